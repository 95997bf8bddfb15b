/* SPDX-License-Identifier: MIT */
/* doroce configure --resume: completes a configure that was begun and not finished. */
#include "cmd/resume.h"

#include "cmd/entries.h"
#include "cmd/json.h"
#include "cmd/session.h"
#include "cmd/supervise.h"

static int options_check(const struct options *o)
{
	if (o->config || intent_options_given(&o->intent) || o->intent.force.n || o->keep.n || o->verify ||
	    o->confirm || o->dry_run)
		return complain(EXIT_USAGE, "--resume stands alone (with --json): it completes what was begun, "
				"with the intent of then");
	return EXIT_OK;
}

static int failure_print(const struct entry *en, const struct txn *t, const struct err *e)
{
	size_t stuck = undo_count(&t->undo, UNDO_FAILED) + t->undo.missing.n;

	complain(EXIT_FAILED, "%s", e->text);
	if (!t->done)
		return complain(EXIT_FAILED, "journal %u can not be completed, nothing was changed now: "
				"`doroce revert` takes back what it has changed", en->id);
	complain(EXIT_FAILED, "journal %u could not be completed and has been taken back%s", en->id,
		 stuck ? "; not everything could be put back:" : "");
	if (stuck)
		undo_print(&t->undo, en, stderr);
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

static int complete(const struct options *o, const struct state *st, const struct entry *en,
		    struct arena *a)
{
	struct txn_options to = { .dir = st->dir, .command = o->line, .stop = signal_came };
	bool to_confirm = entry_unconfirmed(en);
	struct err e = { 0 };
	struct txn t = { 0 };
	auto_kern *k = kern_linux_open(&e);

	if (!k)
		return complain(EXIT_FAILED, "%s", e.text);
	signals_hold();
	/* its supervisor has survived the configure, unless somebody has ended it */
	if (to_confirm && !supervise_lives(st->dir, en->id) &&
	    supervise_start(st->dir, en->id, en->confirm_s) != EXIT_OK)
		return EXIT_FAILED;
	if (txn_resume(k, en, &to, a, &t, &e) < 0)
		return failure_print(en, &t, &e);
	for vec_each(r, &t.lost)
		complain(EXIT_OK, "note: %s went along with the changes; revert puts it back", raw_text(r, a));
	success_print(o, en, to_confirm);
	return EXIT_OK;
}

int resume(const struct options *o, struct arena *a)
{
	auto_state st = STATE_NONE;
	struct entry en = { 0 };
	int r = options_check(o);

	if (r == EXIT_OK)
		r = state_lock(&st, o->line);
	if (r != EXIT_OK)
		return r;
	if (journal_pending(st.dir, a, &en))
		return complete(o, &st, &en, a);
	if (o->json)
		puts("{\"version\": 1, \"resumed\": null}");
	else
		puts("nothing to resume: no configure was left unfinished");
	return EXIT_OK;
}
