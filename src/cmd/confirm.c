/* SPDX-License-Identifier: MIT */
/* doroce confirm: what was configured for a time is to stay. */
#include "cmd/entries.h"
#include "cmd/json.h"
#include "cmd/session.h"
#include "cmd/supervise.h"

/* The newest journal that was to be confirmed, wherever it stands; NULL: none was. */
static const struct entry *newest(const struct entries *es)
{
	for (size_t i = es->n; i-- > 0;)
		if (es->at[i].confirm_s)
			return &es->at[i];
	return NULL;
}

static int refuse(const struct entry *en)
{
	if (!en)
		return complain(EXIT_FAILED, "nothing waits to be confirmed: no configure was given --confirm");
	if (!en->confirm_s)
		return complain(EXIT_FAILED, "journal %u needs no confirmation: it was made without "
				"--confirm", en->id);
	if (en->state == ENTRY_REVERTED)
		return complain(EXIT_FAILED, "nothing to confirm: journal %u of %s has been taken back%s",
				en->id, en->time, en->confirmed ? "" : " without having been confirmed");
	if (en->state == ENTRY_UNDOING)
		return complain(EXIT_FAILED, "journal %u was being taken back and that did not end: `doroce revert "
				"%u` completes it", en->id, en->id);
	if (en->state == ENTRY_UNFINISHED)
		return complain(EXIT_FAILED, "journal %u was begun and not finished: `doroce configure "
				"--resume` completes it, `doroce revert` takes it back", en->id);
	return complain(EXIT_FAILED, "nothing to confirm: journal %u of %s is of an earlier boot, what it "
			"changed went with that", en->id, en->time);
}

/* After a reboot there are its files to be kept. */
static bool can_be_confirmed(const struct entry *en)
{
	return en->confirm_s && (en->state == ENTRY_APPLIED ||
				 (en->state == ENTRY_GONE && en->applied && entry_stands(en)));
}

static int confirm(const struct state *st, const struct entry *en)
{
	struct err e = { 0 };
	struct journal j;

	if (journal_open(st->dir, en->id, &j, &e) < 0)
		return complain(EXIT_FAILED, "%s", e.text);
	int r = journal_confirmed(&j, &e);
	journal_close(&j);
	if (r < 0)
		return complain(EXIT_FAILED, "not confirmed: %s", e.text);
	supervise_end(st->dir, en->id);
	return EXIT_OK;
}

static void result_print(const struct options *o, const struct entry *en)
{
	if (o->json) {
		auto_json *j = json_pack("{s:i, s:i}", "version", 1, "confirmed", en->id);

		json_print(j);
		return;
	}
	printf("journal %u %s: its %zu change%s stay%s\n", en->id,
	       en->confirmed ? "was confirmed already" : "is confirmed", en->ops.n,
	       en->ops.n == 1 ? "" : "s", en->ops.n == 1 ? "s" : "");
}

int cmd_confirm(struct options *o, struct arena *a, char **operand)
{
	auto_state st = STATE_NONE;
	struct entries es = { 0 };
	int r = state_lock(&st, o->line);

	if (r != EXIT_OK)
		return r;
	journal_list(st.dir, a, &es);
	entries_warn(&es);
	const struct entry *en = operand[0] ? entry_named(&es, operand[0], a, &r) : newest(&es);
	if (operand[0] && !en)
		return r;
	if (!en || !can_be_confirmed(en))
		return refuse(en);
	if (!en->confirmed)
		r = confirm(&st, en);
	if (r == EXIT_OK)
		result_print(o, en);
	return r;
}
