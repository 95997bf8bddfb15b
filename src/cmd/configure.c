/* SPDX-License-Identifier: MIT */
/* doroce configure: makes the plan true, and verifies when asked. */
#include <string.h>

#include "cmd/closing.h"
#include "cmd/entries.h"
#include "cmd/json.h"
#include "cmd/keep.h"
#include "cmd/persist.h"
#include "cmd/plan_print.h"
#include "cmd/probe.h"
#include "cmd/resume.h"
#include "cmd/session.h"
#include "cmd/state.h"
#include "cmd/supervise.h"
#include "cmd/verify.h"

/* With files below another directory alone there is nothing to reload, to confirm or to verify. */
static int root_refuse(const struct options *o)
{
	const char *other = o->reload ? "reload" : o->confirm ? "confirm" : o->verify ? "verify" :
			    o->resume ? "resume" : NULL;

	if (!o->root || !other)
		return EXIT_OK;
	return complain(EXIT_USAGE, "--%s is of this node, --root of a copy: one of them", other);
}

static int reload_check(struct session *s, const struct options *o)
{
	if (o->reload && !s->persist.wanted)
		return complain(EXIT_USAGE, "--reload: no files are to be written: --persist, or persist: in the intent");
	for vec_each(op, &s->plan.ops)
		if (op->setting->stage == STAGE_FILE && s->persist.backend)
			s->plan.manager = s->persist.backend->name;
	s->plan.reload = o->reload && s->plan.manager && s->persist.backend->reload;
	return EXIT_OK;
}

/* Files have been written and nobody has read them yet. */
static void reload_hint(const struct session *s)
{
	const char *command = persist_reload_text(s->persist.backend, s->arena);

	if (s->plan.manager && !s->plan.reload && !s->root && command)
		complain(EXIT_OK, "note: %s reads the files at the next boot, or at once by: %s", s->plan.manager,
			 command);
}

/* A change failed: its cause, and what became of those before it. */
static int failure_print(const struct txn *t, const struct err *e)
{
	size_t back = undo_count(&t->undo, UNDO_DONE);
	size_t stuck = undo_count(&t->undo, UNDO_FAILED) + t->undo.missing.n;

	complain(EXIT_FAILED, "%s", e->text);
	complain(EXIT_FAILED, "%zu change%s made before it %s taken back%s", back, back == 1 ? "" : "s",
		 back == 1 ? "was" : "were", stuck ? "; not everything could be put back:" : "");
	if (t->undo_err.code && !stuck)
		complain(EXIT_FAILED, "taking back has stopped before its end: %s; `doroce revert` goes on with it",
			 t->undo_err.text);
	if (stuck)
		undo_print(&t->undo, stderr);
	return EXIT_FAILED;
}

/* What is not finished, or half taken back, is not built upon. */
static int unfinished_refuse(const struct state *st, struct arena *a)
{
	struct entry en;

	if (journal_pending(st->dir, a, &en))
		return entry_pending_refuse(&en);
	entries_warn_foreign(st, a);
	return EXIT_OK;
}

/* Before the first change: what takes all back if this process, or the way to it, does not survive. */
static int trial_begin(struct state *st)
{
	unsigned int id = journal_next_id(st->dir);

	if (id > 1 && supervise_lives(st->dir, id - 1))
		return complain(EXIT_FAILED, "journal %u waits to be confirmed; nothing was changed.\n"
				"  doroce confirm   keeps it\n  doroce revert    takes it back", id - 1);
	if (!st->confirm_s)
		return EXIT_OK;
	st->confirm_end_ms = supervise_now_ms() + (uint64_t)st->confirm_s * 1000;
	return supervise_start(st, id, st->confirm_s);
}

/* Seconds that are left for `doroce confirm`. */
static unsigned int trial_left(const struct state *st)
{
	uint64_t now = supervise_now_ms();

	return now < st->confirm_end_ms ? (unsigned int)((st->confirm_end_ms - now) / 1000) : 0;
}

/* The changes failed: where they are all taken back nothing is to be confirmed; else the supervisor tries again. */
static void trial_end(const struct state *st, unsigned int id, struct arena *a)
{
	struct entry en;

	if (!id)
		supervise_end(st->dir, journal_next_id(st->dir));
	else if (journal_load(st->dir, id, a, &en, NULL) == 0 && en.state == ENTRY_REVERTED)
		supervise_end(st->dir, id);
}

static void trial_print(const struct state *st, unsigned int id)
{
	unsigned int left = trial_left(st);

	if (!left)
		printf("the %u s of --confirm are over: journal %u is being taken back (see: doroce history)\n",
		       st->confirm_s, id);
	else
		printf("to be kept only if `doroce confirm` comes within %u s\n", left);
}

static int apply(struct session *s, const struct options *o, struct state *st, const struct kept *kept,
		 unsigned int *ret_id)
{
	struct closing closing = { .s = s };
	struct txn_options to = {
		.dir = st->dir, .command = o->line, .stop = signal_came, .check = closing_check,
		.files_back = closing_files_back, .user = &closing,
	};
	struct err e = { 0 };
	struct txn t = { 0 };

	if (option_parallel(o, &to.parallel) != EXIT_OK)
		return EXIT_USAGE;
	if (plan_blocked(&s->plan)) {
		plan_print(&s->plan, &s->node, &s->remarks, false);
		return complain(EXIT_FAILED, "nothing was written: the wish can not be reached, see above");
	}
	if (persist_check(s) != EXIT_OK)
		return EXIT_FAILED;
	if (!s->plan.ops.n)
		return EXIT_OK;
	closing.reload = s->plan.reload;
	if (keep_foresee(s, o, kept, &closing.reach) != EXIT_OK || probe_wire(s, o) != EXIT_OK)
		return EXIT_FAILED;
	signals_hold();
	if (trial_begin(st) != EXIT_OK)
		return EXIT_FAILED;
	to.confirm_s = st->confirm_s;
	if (txn_run(s->kern, &s->plan, &to, s->arena, &t, ret_id, &e) < 0) {
		trial_end(st, *ret_id, s->arena);
		return failure_print(&t, &e);
	}
	journal_prune(st->dir, s->arena);
	for vec_each(r, &t.lost)
		complain(EXIT_OK, "note: %s went along with the changes; revert puts it back", raw_text(r, s->arena));
	if (txn_announce(s->kern, &s->plan, &s->wishes, s->arena) < 0)
		complain(EXIT_OK, "note: peers could not be told of the addresses (gratuitous ARP needs "
			 "CAP_NET_RAW); what they had learnt before may hold for a minute");
	return EXIT_OK;
}

/* Verification failed, or a signal came meanwhile: the changes of this run are taken back. */
static int take_back(struct session *s, struct state *st, unsigned int id)
{
	struct taking t = { .kern = s->kern, .dir = st->dir, .arena = s->arena };
	struct err e = { 0 };
	struct entry en;
	struct undo u = { 0 };

	if (!id)
		return EXIT_OK;
	if (journal_load(st->dir, id, s->arena, &en, &e) < 0 || entry_take_back(&t, &en, &u, &e) < 0) {
		undo_print(&u, stderr);
		return complain(EXIT_FAILED, "take back: %s", e.text);
	}
	st->confirm_s = 0;
	if (t.reload_err.code)
		complain(EXIT_FAILED, "the files are back, but the network manager has not read them: %s",
			 t.reload_err.text);
	complain(EXIT_OK, "verification failed: the %zu change%s of this run %s taken back (--keep-going keeps them)",
		 en.ops.n, en.ops.n == 1 ? "" : "s", en.ops.n == 1 ? "was" : "were");
	return EXIT_OK;
}

static json_t *json_of_run(const struct session *s, const struct state *st, unsigned int id)
{
	json_t *j = json_of_plan(&s->plan, &s->remarks);

	if (id)
		json_object_set_new(j, "journal", json_integer(id));
	if (id && st->confirm_s)
		json_object_set_new(j, "confirm_within_s", json_integer(trial_left(st)));
	return j;
}

static void result_print(const struct session *s, const struct options *o, const struct state *st,
			 unsigned int id)
{
	if (!o->json) {
		plan_print(&s->plan, &s->node, &s->remarks, !o->dry_run);
		return;
	}
	auto_json *j = json_of_run(s, st, id);
	json_object_set_new(j, "applied", json_boolean(!o->dry_run));
	json_print(j);
}

static int verify(struct session *s, const struct options *o, struct state *st, unsigned int id)
{
	auto_json *changes = o->json ? json_of_run(s, st, id) : NULL;
	int r = session_reread(s);

	if (r == EXIT_OK)
		r = verify_and_report(s, o, changes);
	if ((r == EXIT_OK && !signal_came(NULL)) || o->keep_going)
		return r;
	int back = take_back(s, st, id);
	return back != EXIT_OK ? back : r == EXIT_OK ? EXIT_FAILED : r;
}

/* What can be said of the command line before anything is read or locked. */
static int options_check(struct options *o, struct arena *a, struct state *st, struct kept *kept)
{
	int r = root_path(o, a, &st->root);

	if (r == EXIT_OK && o->confirm)
		r = option_number("confirm", o->confirm, 1, CONFIRM_S_MAX, &st->confirm_s);
	return r == EXIT_OK ? keep_resolve(o, a, kept) : r;
}

int cmd_configure(struct options *o, struct arena *a, char **operand)
{
	auto_session s = { 0 };
	auto_state st = STATE_NONE;
	struct kept kept = { 0 };
	unsigned int id = 0;
	int r = root_refuse(o);

	(void)operand;
	if (r == EXIT_OK && o->resume)
		return resume(o, a);
	if (r == EXIT_OK)
		r = options_check(o, a, &st, &kept);
	if (r == EXIT_OK && !o->dry_run)
		r = o->wait ? state_wait(&st, o->line) : state_lock(&st, o->line);
	if (r == EXIT_OK && !o->dry_run)
		r = unfinished_refuse(&st, a);
	if (o->dry_run)
		state_warn();
	if (r == EXIT_OK)
		r = session_open(&s, o, a, true);
	if (r == EXIT_OK && o->review)
		r = o->review(&s, o);
	if (r == EXIT_OK)
		r = reload_check(&s, o);
	if (r == EXIT_OK && !o->dry_run)
		r = apply(&s, o, &st, &kept, &id);
	if (r == EXIT_OK && o->dry_run && s.plan.ops.n)
		(void)keep_foresee(&s, o, &kept, &(struct reach){ 0 }); /* told, no failure: nothing is tried */
	if (r != EXIT_OK)
		return r;
	/* with --verify --json there is one document: the verification's, with the changes in it */
	if (!(o->verify && o->json) || o->dry_run)
		result_print(&s, o, &st, id);
	if (!o->dry_run)
		reload_hint(&s);
	if (o->verify && !o->dry_run)
		r = verify(&s, o, &st, id);
	if (id && st.confirm_s && !o->json)
		trial_print(&st, id);
	return r;
}
