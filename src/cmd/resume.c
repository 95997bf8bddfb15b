/* SPDX-License-Identifier: MIT */
/* doroce configure --resume: completes a configure that was begun and not finished. */
#include "cmd/resume.h"

#include "cmd/closing.h"
#include "cmd/entries.h"
#include "cmd/json.h"
#include "cmd/keep.h"
#include "cmd/session.h"
#include "cmd/supervise.h"

static int options_check(const struct options *o)
{
	if (o->config || intent_options_given(&o->intent) || o->verify || o->confirm || o->dry_run)
		return complain(EXIT_USAGE, "--resume stands alone (with --keep, --force, --json): it completes "
				"what was begun, with the intent of then");
	return EXIT_OK;
}

static int cannot_print(const struct entry *en, const struct err *e)
{
	complain(EXIT_FAILED, "%s", e->text);
	return complain(EXIT_FAILED, "journal %u can not be completed, nothing was changed now: `doroce revert` "
			"takes back what it has changed", en->id);
}

static int failure_print(const struct entry *en, const struct txn *t, const struct err *e)
{
	size_t stuck = undo_count(&t->undo, UNDO_FAILED) + t->undo.missing.n;

	if (!t->undo.undone.n)
		return cannot_print(en, e);
	complain(EXIT_FAILED, "%s", e->text);
	complain(EXIT_FAILED, "journal %u could not be completed and has been taken back%s", en->id,
		 stuck ? "; not everything could be put back:" : "");
	if (stuck)
		undo_print(&t->undo, stderr);
	return EXIT_FAILED;
}

static void success_print(const struct options *o, const struct entry *en, bool to_confirm)
{
	if (o->json) {
		auto_json *j = json_pack("{s:i, s:i, s:i, s:b}", "version", 1, "resumed", en->id, "changes",
					 en->ops.n, "to_confirm", to_confirm);

		json_print(j);
		return;
	}
	printf("journal %u is completed: its %zu change%s stand%s\n", en->id, en->ops.n,
	       en->ops.n == 1 ? "" : "s", en->ops.n == 1 ? "s" : "");
	if (to_confirm)
		puts("it is to be kept only if `doroce confirm` comes in time");
}

/* The guard asks of what is left as configure asks of a plan. */
static int foresee(const struct options *o, const struct kept *kept, const struct entry *en,
		   struct session *s, struct reach *ret)
{
	struct err e = { 0 };

	s->kern = kern_linux_open(&e);
	if (!s->kern || txn_left(s->kern, en, s->arena, &s->node, &s->plan, &e) < 0)
		return cannot_print(en, &e);
	for vec_each(name, &o->intent.force)
		*vec_add(s->arena, &s->intent.force) = *name;
	return keep_foresee(s, o, kept, ret);
}

/* Its supervisor has survived the configure, unless somebody has ended it. */
static int trial_go_on(struct state *st, const struct entry *en)
{
	if (!entry_unconfirmed(en))
		return EXIT_OK;
	if (supervise_lives(st->dir, en->id))
		return supervise_join(st, en->id);
	return supervise_start(st, en->id, en->confirm_s);
}

static int complete(const struct options *o, struct state *st, const struct kept *kept, const struct entry *en,
		    struct arena *a)
{
	auto_session s = { .arena = a };
	struct closing closing = { .s = &s, .reload = en->reload };
	struct txn_options to = {
		.dir = st->dir, .command = o->line, .stop = signal_came, .check = closing_check,
		.files_back = closing_files_back, .user = &closing,
	};
	struct err e = { 0 };
	struct txn t = { 0 };

	if (option_parallel(o, &to.parallel) != EXIT_OK)
		return EXIT_USAGE;
	s.persist.backend = en->manager ? backend_by_name(en->manager) : NULL;
	if (foresee(o, kept, en, &s, &closing.reach) != EXIT_OK)
		return EXIT_FAILED;
	signals_hold();
	if (trial_go_on(st, en) != EXIT_OK)
		return EXIT_FAILED;
	if (txn_resume(s.kern, en, &to, a, &t, &e) < 0)
		return failure_print(en, &t, &e);
	for vec_each(r, &t.lost)
		complain(EXIT_OK, "note: %s went along with the changes; revert puts it back", raw_text(r, a));
	success_print(o, en, entry_unconfirmed(en));
	return EXIT_OK;
}

int resume(const struct options *o, struct arena *a)
{
	auto_state st = STATE_NONE;
	struct kept kept = { 0 };
	struct entry en = { 0 };
	int r = options_check(o);

	if (r == EXIT_OK)
		r = keep_resolve(o, a, &kept);
	if (r == EXIT_OK)
		r = state_lock(&st, o->line);
	if (r != EXIT_OK)
		return r;
	bool pending = journal_pending(st.dir, a, &en);
	if (pending && en.state != ENTRY_UNFINISHED)
		return entry_pending_refuse(&en);
	if (pending)
		return complete(o, &st, &kept, &en, a);
	if (o->json)
		puts("{\"version\": 1, \"resumed\": null}");
	else
		puts("nothing to resume: no configure was left unfinished");
	return EXIT_OK;
}
