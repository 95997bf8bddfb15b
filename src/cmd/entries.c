/* SPDX-License-Identifier: MIT */
/* The journals as commands find, name and show them. */
#include "cmd/entries.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd/persist.h"
#include "cmd/session.h"
#include "cmd/supervise.h"

int entries_look(struct state *s)
{
	s->dir = state_open(s);
	if (s->dir >= 0 || errno == ENOENT)
		return EXIT_OK;
	if (errno == EACCES)
		return complain(EXIT_FAILED, "%s may be read by root only", JOURNAL_DIR);
	return complain(EXIT_FAILED, "%s: %s", JOURNAL_DIR, strerror(errno));
}

void entries_warn(const struct entries *es)
{
	for vec_each(en, es)
		if (en->state == ENTRY_UNREADABLE)
			complain(EXIT_OK, "note: %s; it is left out", en->why);
}

void entries_warn_foreign(const struct state *s, struct arena *a)
{
	struct journal_ids ids = journal_foreign(s->dir, a);

	for vec_each(id, &ids)
		complain(EXIT_OK, "note: journal %u can not be read by this doroce and is left out (see: doroce "
			 "history)", *id);
}

int entry_unreadable(const struct entry *en)
{
	return complain(EXIT_FAILED, "%s\n"
			"  the doroce that has written it can take it back; where nothing of it is to be taken back any "
			"more:\n  rm " JOURNAL_DIR "/%06u.*", en->why, en->id);
}

int entry_pending_refuse(const struct entry *en)
{
	if (en->state == ENTRY_UNREADABLE) {
		complain(EXIT_FAILED, "journal %u may not be finished, and can not be read; nothing was changed", en->id);
		return entry_unreadable(en);
	}
	if (en->state == ENTRY_UNDOING)
		return complain(EXIT_FAILED, "'%s' of %s (journal %u) was being taken back and that did not end; "
				"nothing was changed.\n  doroce revert %u   completes it", en->command, en->time, en->id, en->id);
	return complain(EXIT_FAILED, "'%s' of %s (journal %u) was begun and not finished; nothing was changed.\n"
			"  doroce configure --resume   completes it\n"
			"  doroce revert               takes back what it has changed", en->command, en->time, en->id);
}

/* Such a command begins with the name. */
bool entry_is_of(const struct entry *en, const char *program)
{
	size_t n = program ? strlen(program) : 0;

	if (!n || en->state == ENTRY_UNREADABLE)
		return !n;
	return strncmp(en->command, program, n) == 0 && (en->command[n] == ' ' || !en->command[n]);
}

static const char *ids_text(const struct entries *es, struct arena *a)
{
	const char *text = "";

	for vec_each(en, es)
		text = arena_printf(a, "%s %u", text, en->id);
	return text;
}

struct entry *entry_named(const struct entries *es, const char *word, struct arena *a, int *ret)
{
	uint32_t id;
	char *end;

	errno = 0;
	unsigned long v = word[0] >= '0' && word[0] <= '9' ? strtoul(word, &end, 10) : 0;
	*ret = EXIT_USAGE; /* until it is found */
	if (!v || *end || errno || v > UINT32_MAX) {
		complain(EXIT_USAGE, "'%s' is no number of a journal (see: doroce history)", word);
		return NULL;
	}
	id = (uint32_t)v;
	for vec_each(en, es) {
		if (en->id != id)
			continue;
		*ret = en->state == ENTRY_UNREADABLE ? entry_unreadable(en) : EXIT_OK;
		return *ret == EXIT_OK ? en : NULL;
	}
	if (es->n)
		complain(EXIT_USAGE, "there is no journal %u; there are:%s", id, ids_text(es, a));
	else
		complain(EXIT_USAGE, "there is no journal %u: nothing has been configured yet", id);
	return NULL;
}

bool entry_stands(const struct entry *en)
{
	if (en->state == ENTRY_GONE)
		return entry_has_files(en);
	return en->state == ENTRY_APPLIED || en->state == ENTRY_UNFINISHED || en->state == ENTRY_UNDOING;
}

bool entry_unconfirmed(const struct entry *en)
{
	bool half_way = en->state == ENTRY_GONE && (!en->applied || en->half_undone) && entry_has_files(en);

	return half_way || (en->confirm_s && !en->confirmed);
}

static bool is_changed_by(const struct entry *en, const struct entry_op *op, const struct entry *later)
{
	/* of other boots the files alone: their devices have other numbers */
	bool files_alone = en->state == ENTRY_GONE || later->state == ENTRY_GONE;

	for vec_each(lo, &later->ops)
		if ((!files_alone || lo->setting->stage == STAGE_FILE) && entry_op_same(en, op, later, lo))
			return true;
	return false;
}

bool entry_op_covered(const struct entries *es, const struct entry *en, const struct entry_op *op)
{
	for vec_each(later, es)
		if (later->id > en->id && entry_stands(later) && is_changed_by(en, op, later))
			return true;
	return false;
}

const struct entry *entry_covered(const struct entries *es, const struct entry *en, size_t *ret_n)
{
	for (size_t i = es->n; i-- > 0 && es->at[i].id > en->id;) {
		size_t n = 0;

		for (size_t o = 0; o < en->ops.n && entry_stands(&es->at[i]); o++)
			n += is_changed_by(en, &en->ops.at[o], &es->at[i]);
		*ret_n = n;
		if (n)
			return &es->at[i];
	}
	return NULL;
}

struct reloading {
	struct taking *t;
	const struct entry *en;
};

static int reverted_note(const struct taking *t, struct entry *en, const struct journal *j,
			 struct err *e)
{
	struct err own = { 0 };
	size_t n;

	bool covered = entry_covered(&t->es, en, &n);
	int r = journal_end(j, covered ? "stands" : "reverted", NULL, &own);
	if (covered)
		return 0;
	if (r < 0)
		return err_set(e, r, "all is put back, but that could not be noted: %s", own.text);
	en->state = ENTRY_REVERTED;
	supervise_end(t->dir, en->id);
	return 0;
}

/* What a manager has read must be read again; at boot most have read nothing yet. */
static void files_back(void *user)
{
	const struct reloading *re = user;
	const struct backend *b = re->en->manager ? backend_by_name(re->en->manager) : NULL;
	bool of_this_boot = re->en->state != ENTRY_GONE;

	if (b && (re->t->reload || (of_this_boot ? re->en->reload : re->t->boot && b->generator)))
		(void)persist_reload(re->t->kern, b, &re->t->reload_err);
}

int entry_take_back(struct taking *t, struct entry *en, struct undo *ret, struct err *e)
{
	struct reloading re = { t, en };
	struct undo_options uo = { .parallel = t->parallel, .files_back = files_back, .user = &re };
	struct journal j = { .log = -1 };
	/* a journal that can not be written (a full disk) must not keep anything from being put back */
	bool noted = journal_open(t->dir, en->id, &j, NULL) == 0;
	uo.journal = noted ? &j : NULL;
	t->reload_err = (struct err){ 0 };
	int r = undo_run_with(t->kern, en, &uo, t->arena, ret, e);

	if (r == 0)
		r = reverted_note(t, en, &j, e);
	else if (r == -EIO && noted)
		(void)journal_end(&j, "stands", NULL, NULL); /* all was tried: the next one begins anew */
	journal_close(&j);
	return r;
}

const char *entry_state_text(const struct entry *en)
{
	switch (en->state) {
	case ENTRY_UNFINISHED:
		return "unfinished";
	case ENTRY_APPLIED:
		if (en->confirm_s)
			return en->confirmed ? "applied, confirmed" : "applied, to be confirmed";
		return "applied";
	case ENTRY_UNDOING:
		return "half taken back (doroce revert completes it)";
	case ENTRY_UNREADABLE:
		return "can not be read";
	case ENTRY_REVERTED:
		return "reverted";
	case ENTRY_GONE:
		if (!entry_has_files(en))
			return "gone with the reboot";
		return en->applied ? "gone with the reboot, its files stand" :
				     "gone with the reboot, not finished: its files stand";
	}
	return "";
}

static const char *state_word(const struct entry *en)
{
	static const char *const word[] = {
		[ENTRY_UNFINISHED] = "unfinished", [ENTRY_APPLIED] = "applied",
		[ENTRY_UNDOING] = "undoing", [ENTRY_REVERTED] = "reverted", [ENTRY_GONE] = "gone",
		[ENTRY_UNREADABLE] = "unreadable",
	};

	return word[en->state];
}

json_t *json_of_entry(const struct entry *en)
{
	if (en->state == ENTRY_UNREADABLE)
		return json_pack("{s:i, s:s, s:s}", "id", en->id, "state", state_word(en), "why", en->why);
	return json_pack("{s:i, s:s, s:s, s:i, s:b, s:s}", "id", en->id, "time", en->time, "state",
			 state_word(en), "confirm_s", en->confirm_s, "confirmed", en->confirmed,
			 "command", en->command);
}

json_t *json_of_entry_port(const struct entry_port *p)
{
	if (!p)
		return json_null();
	return json_pack("{s:s, s:s}", "port", p->name, "netdev", p->netdev);
}
