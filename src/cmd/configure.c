/* SPDX-License-Identifier: MIT */
/* doroce configure: makes the plan true, and verifies when asked. */
#include <string.h>

#include "cmd/json.h"
#include "cmd/plan_print.h"
#include "cmd/session.h"
#include "cmd/state.h"
#include "cmd/verify.h"

/* What is not there yet is refused in plain words, never passed over. */
static int persist_refuse(const struct options *o)
{
	if (!o->persist || strcmp(o->persist, "none") == 0)
		return EXIT_OK;
	return complain(EXIT_USAGE, "--persist: writing files that survive a reboot is not there yet in this "
			"version; nothing was changed. Leave it out, or give --no-persist");
}

/* A change failed: its cause, and what became of those before it. */
static int failure_print(const struct txn *t, const struct entry *en, const struct err *e)
{
	size_t back = undo_count(&t->undo, UNDO_DONE);
	size_t stuck = undo_count(&t->undo, UNDO_FAILED) + t->undo.missing.n;

	complain(EXIT_FAILED, "%s", e->text);
	complain(EXIT_FAILED, "%zu change%s made before it %s taken back%s", back, back == 1 ? "" : "s",
		 back == 1 ? "was" : "were", stuck ? "; not everything could be put back:" : "");
	if (stuck)
		undo_print(&t->undo, en, stderr);
	return EXIT_FAILED;
}

static int apply(struct session *s, const struct options *o, const struct state *st, unsigned int *ret_id)
{
	struct txn_options to = {
		.dir = st->dir, .command = o->line, .stop = signal_came,
	};
	struct err e = { 0 };
	struct txn t;

	if (plan_blocked(&s->plan)) {
		plan_print(&s->plan, &s->node, &s->remarks, false);
		return complain(EXIT_FAILED, "nothing was written: the wish can not be reached, see above");
	}
	if (!s->plan.ops.n)
		return EXIT_OK;
	signals_hold();
	if (txn_run(s->kern, &s->plan, &to, s->arena, &t, ret_id, &e) < 0)
		return failure_print(&t, NULL, &e);
	for vec_each(r, &t.lost)
		complain(EXIT_OK, "note: %s went along with the changes; revert puts it back", raw_text(r, s->arena));
	if (txn_announce(s->kern, &s->plan, &s->wishes, s->arena) < 0)
		complain(EXIT_OK, "note: peers could not be told of the addresses (gratuitous ARP needs "
			 "CAP_NET_RAW); what they had learnt before may hold for a minute");
	return EXIT_OK;
}

/* Verification failed, or a signal came meanwhile: the changes of this run are taken back. */
static int take_back(struct session *s, const struct state *st, unsigned int id)
{
	struct err e = { 0 };
	struct entry en;
	struct journal j;
	struct undo u;

	if (!id)
		return EXIT_OK;
	if (journal_load(st->dir, id, s->arena, &en, &e) < 0 || journal_open(st->dir, id, &j, &e) < 0)
		return complain(EXIT_FAILED, "take back: %s", e.text);
	int r = undo_run(s->kern, &en, &j, s->arena, &u, &e);
	if (r == 0)
		r = journal_end(&j, "reverted", NULL, &e);
	journal_close(&j);
	if (r < 0) {
		undo_print(&u, &en, stderr);
		return complain(EXIT_FAILED, "take back: %s", e.text);
	}
	complain(EXIT_OK, "verification failed: the %zu change%s of this run %s taken back (--keep-going keeps them)",
		 en.ops.n, en.ops.n == 1 ? "" : "s", en.ops.n == 1 ? "was" : "were");
	return EXIT_OK;
}

static void result_print(const struct session *s, const struct options *o, bool done)
{
	if (!o->json) {
		plan_print(&s->plan, &s->node, &s->remarks, done);
		return;
	}
	auto_json *j = json_of_plan(&s->plan, &s->remarks);
	json_object_set_new(j, "applied", json_boolean(done));
	json_print(j);
}

static int verify(struct session *s, const struct options *o, const struct state *st, unsigned int id)
{
	auto_json *changes = o->json ? json_of_plan(&s->plan, &s->remarks) : NULL;
	int r = session_reread(s);

	if (r == EXIT_OK)
		r = verify_and_report(s, o, changes);
	if ((r == EXIT_OK && !signal_came(NULL)) || o->keep_going)
		return r;
	int back = take_back(s, st, id);
	return back != EXIT_OK ? back : r == EXIT_OK ? EXIT_FAILED : r;
}

int cmd_configure(struct options *o, struct arena *a, char **operand)
{
	auto_session s = { 0 };
	auto_state st = STATE_NONE;
	unsigned int id = 0;
	int r = persist_refuse(o);

	(void)operand;
	if (r == EXIT_OK && !o->dry_run)
		r = state_lock(&st, o->line);
	if (r == EXIT_OK)
		r = session_open(&s, o, a, true);
	if (r == EXIT_OK && !o->dry_run)
		r = apply(&s, o, &st, &id);
	if (r != EXIT_OK)
		return r;
	/* with --verify --json there is one document: the verification's, with the changes in it */
	if (!(o->verify && o->json) || o->dry_run)
		result_print(&s, o, !o->dry_run);
	return o->verify && !o->dry_run ? verify(&s, o, &st, id) : EXIT_OK;
}
