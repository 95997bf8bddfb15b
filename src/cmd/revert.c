/* SPDX-License-Identifier: MIT */
/* doroce revert: puts back what a configure changed. */
#include <string.h>

#include "cmd/entries.h"
#include "cmd/json.h"
#include "cmd/plan_print.h"
#include "cmd/session.h"
#include "cmd/supervise.h"

/* One run. targets: newest first. docs: a JSON document each. status: the exit status so far. */
struct revert {
	const struct options *o;
	struct taking t;
	struct VEC(struct entry *) targets;
	json_t *docs;
	const char *root;
	int status;
};

/* What `doroce reapply` has made again belongs to the configure that it repeats. */
static bool is_repetition(const struct entry *en)
{
	return en->state != ENTRY_UNREADABLE && strcmp(en->command, "doroce reapply") == 0;
}

static const struct entry *original(const struct entries *es, const struct entry *en)
{
	while (en > es->at && is_repetition(en))
		en--;
	return en;
}

static void targets_choose(struct revert *rv, struct entry *named)
{
	const struct options *o = rv->o;

	if (named) {
		if (entry_stands(named))
			*vec_add(rv->t.arena, &rv->targets) = named;
		return;
	}
	for (size_t i = rv->t.es.n; i-- > 0;) {
		struct entry *en = &rv->t.es.at[i];
		bool marked = o->unconfirmed && en->state == ENTRY_GONE;

		if (!entry_is_of(original(&rv->t.es, en), o->program))
			continue;
		/* it may be what was meant: the others are taken back, and the exit status tells */
		if (en->state == ENTRY_UNREADABLE && !o->unconfirmed)
			rv->status = entry_unreadable(en);
		if (!marked && !entry_stands(en))
			continue;
		if (o->unconfirmed && !entry_unconfirmed(en))
			continue;
		*vec_add(rv->t.arena, &rv->targets) = en;
		if (!o->all && !o->unconfirmed && !is_repetition(en))
			return;
	}
}

static void nothing_print(const struct options *o, const struct entry *named)
{
	if (o->json)
		return;
	if (!named)
		printf("nothing to take back: no %s%s stands\n", o->unconfirmed ? "unconfirmed " : "",
		       o->program ? o->program : "configure");
	else if (named->state == ENTRY_REVERTED)
		printf("nothing to take back: journal %u has been taken back already\n", named->id);
	else
		printf("nothing to take back: journal %u is of an earlier boot, what it changed went "
		       "with that\n", named->id);
}

static const char *result_word(enum undo_result r, bool dry)
{
	static const char *const word[] = {
		[UNDO_DONE] = "put back", [UNDO_NOTHING] = "was so already", [UNDO_CONFLICT] = "conflict",
		[UNDO_GONE] = "port gone", [UNDO_REBOOT] = "went with the reboot", [UNDO_FAILED] = "failed",
	};

	return dry && r == UNDO_DONE ? "to be put back" : word[r];
}

static json_t *json_of_undone(const struct undone *un, bool dry)
{
	json_t *j = json_pack("{s:o, s:s, s:o, s:o, s:s}", "port", json_of_entry_port(un->port), "setting",
			      un->setting->name, "from", json_of_value(un->setting, &un->want), "to",
			      json_of_value(un->setting, &un->old), "result", result_word(un->result, dry));

	if (un->result == UNDO_CONFLICT)
		json_object_set_new(j, "seen", json_of_value(un->setting, &un->seen));
	if (un->err.code)
		json_object_set_new(j, "error", json_string(un->err.text));
	return j;
}

static json_t *json_of_raws(const struct raws *rs, struct arena *a)
{
	json_t *list = json_array();

	for vec_each(r, rs)
		json_array_append_new(list, json_string(raw_text(r, a)));
	return list;
}

static void doc_add(struct revert *rv, const struct entry *en, const struct undo *u,
		    const struct err *e)
{
	json_t *j = json_of_entry(en), *changes = json_array();

	for vec_each(un, &u->undone)
		json_array_append_new(changes, json_of_undone(un, rv->o->dry_run));
	json_object_set_new(j, "changes", changes);
	json_object_set_new(j, "back", json_of_raws(&u->back, rv->t.arena));
	json_object_set_new(j, "missing", json_of_raws(&u->missing, rv->t.arena));
	if (e->code)
		json_object_set_new(j, "error", json_string(e->text));
	json_array_append_new(rv->docs, j);
}

/* The worse one: 1 before 3 before 0. */
static void status_add(struct revert *rv, int status)
{
	if (rv->status != EXIT_FAILED && status != EXIT_OK)
		rv->status = status;
}

static void headline_print(const struct entry *en, bool dry)
{
	printf("journal %u of %s (%s)%s\n", en->id, en->time, en->command,
	       dry ? ", would be taken back:" : ":");
}

static void summary_print(const struct undo *u)
{
	size_t kept = undo_count(u, UNDO_CONFLICT), failed = undo_count(u, UNDO_FAILED) + u->missing.n;

	printf("%zu put back", undo_count(u, UNDO_DONE));
	if (undo_count(u, UNDO_NOTHING))
		printf(", %zu so already", undo_count(u, UNDO_NOTHING));
	if (undo_count(u, UNDO_GONE))
		printf(", %zu on ports that are gone", undo_count(u, UNDO_GONE));
	if (undo_count(u, UNDO_REBOOT))
		printf(", %zu gone with the reboot", undo_count(u, UNDO_REBOOT));
	if (kept)
		printf(", %zu kept: somebody else has changed %s since", kept, kept == 1 ? "it" : "them");
	if (failed)
		printf(", %zu could not be put back", failed);
	putchar('\n');
}

static void covered_note(const struct revert *rv, const struct entry *en)
{
	size_t n = 0;
	const struct entry *later = entry_covered(&rv->t.es, en, &n);

	if (later)
		complain(EXIT_DIFFERS, "note: journal %u has changed %zu of these after it: take that one "
			 "back, then journal %u again (or: doroce revert --all)", later->id, n, en->id);
}

/* Marked and no more: what the kernel held went with the boot. */
static void gone_mark(struct revert *rv, struct entry *en)
{
	struct err e = { 0 };
	struct journal j = { .log = -1 };
	int r = rv->o->dry_run ? 0 : journal_open(rv->t.dir, en->id, &j, &e);

	if (r == 0 && !rv->o->dry_run)
		r = journal_end(&j, "reverted", NULL, &e);
	journal_close(&j);
	if (r == 0 && !rv->o->dry_run)
		supervise_end(rv->t.dir, en->id); /* only its file: the process went with the boot, too */
	if (r < 0)
		status_add(rv, complain(EXIT_FAILED, "journal %u: %s", en->id, e.text));
	else if (!rv->o->json)
		printf("journal %u was not confirmed, and is of an earlier boot: what it changed went "
		       "with that\n", en->id);
	if (rv->o->json)
		doc_add(rv, en, &(struct undo){ 0 }, &e);
}

static void take_back(struct revert *rv, struct entry *en)
{
	struct err e = { 0 };
	struct undo u = { 0 };
	size_t n;
	int r = entry_take_back(&rv->t, en, &u, &e);

	if (rv->o->json) {
		doc_add(rv, en, &u, &e);
	} else {
		headline_print(en, false);
		undo_print(&u, stdout);
		summary_print(&u);
	}
	covered_note(rv, en);
	if (r < 0)
		status_add(rv, complain(EXIT_FAILED, "journal %u: %s", en->id, e.text));
	if (rv->t.reload_err.code)
		status_add(rv, complain(EXIT_FAILED, "the files are back, but the network manager has not read them: %s",
					rv->t.reload_err.text));
	if (undo_count(&u, UNDO_CONFLICT) || entry_covered(&rv->t.es, en, &n))
		status_add(rv, EXIT_DIFFERS);
}

/* A value that a later journal has, which is to be taken back before, is no conflict. */
static void preview_settle(const struct revert *rv, const struct entry *en, struct undo *u)
{
	for (size_t i = 0; rv->targets.n > 1 && i < u->undone.n; i++)
		if (entry_op_covered(&rv->t.es, en, &en->ops.at[en->ops.n - 1 - i]))
			u->undone.at[i].result = UNDO_DONE;
}

static void preview_line(const struct undone *un)
{
	char seen[VALUE_TEXT];

	if (un->err.code)
		printf("  %-13s kept, somebody else has changed it since (%s)\n", un->setting->name, un->err.text);
	else if (un->result == UNDO_DONE)
		change_print(un->setting, &un->want, &un->old);
	else if (un->result == UNDO_CONFLICT)
		printf("  %-13s kept, somebody else has changed it since (now %s)\n", un->setting->name,
		       setting_text(un->setting, &un->seen, seen));
	else
		printf("  %-13s %s\n", un->setting->name, result_word(un->result, true));
}

static void preview_print(const struct entry *en, const struct undo *u)
{
	for vec_each(p, &en->ports) {
		printf("%s %s\n", p->name, p->netdev);
		for vec_each(un, &u->undone)
			if (un->port == p)
				preview_line(un);
	}
	if (entry_has_files(en))
		puts("files");
	for vec_each(un, &u->undone)
		if (!un->port)
			preview_line(un);
}

static void preview(struct revert *rv, struct entry *en)
{
	struct err e = { 0 };
	struct undo u = { 0 };
	struct node n;

	if (entry_node_read(rv->t.kern, en, rv->t.arena, &n, &e) < 0) {
		status_add(rv, complain(EXIT_FAILED, "read the node: %s", e.text));
		return;
	}
	undo_preview(&n, en, rv->t.arena, &u);
	preview_settle(rv, en, &u);
	if (rv->o->json) {
		doc_add(rv, en, &u, &e);
	} else {
		headline_print(en, true);
		preview_print(en, &u);
	}
	if (rv->targets.n == 1)
		covered_note(rv, en);
}

static int targets_run(struct revert *rv)
{
	struct err e = { 0 };
	auto_kern *k = kern_linux_open(&e);

	if (!k)
		return complain(EXIT_FAILED, "%s", e.text);
	rv->t.kern = k;
	if (rv->root)
		kern_linux_root(k, rv->root);
	signals_hold();
	for vec_each(en, &rv->targets) {
		if (!entry_stands(*en))
			gone_mark(rv, *en);
		else if (rv->o->dry_run)
			preview(rv, *en);
		else
			take_back(rv, *en);
	}
	return rv->status;
}

static int supervise(const struct options *o)
{
	uint32_t id, after;

	if (!o->unless_confirmed || !o->after)
		return complain(EXIT_USAGE, "--unless-confirmed and --after belong together");
	int r = option_number("unless-confirmed", o->unless_confirmed, 1, UINT32_MAX, &id);
	if (r == EXIT_OK)
		r = option_number("after", o->after, 1, CONFIRM_S_MAX, &after);
	return r == EXIT_OK ? supervise_run(id, after) : r;
}

int cmd_revert(struct options *o, struct arena *a, char **operand)
{
	auto_state st = STATE_NONE;
	auto_json *docs = json_array();
	struct revert rv = { .o = o, .t.arena = a, .docs = docs };
	struct entry *named = NULL;
	int r;

	if (o->unless_confirmed || o->after)
		return supervise(o);
	if (!!operand[0] + o->all + o->unconfirmed > 1)
		return complain(EXIT_USAGE, "revert: one of ID, --all and --unconfirmed");
	if (root_path(o, a, &st.root) != EXIT_OK || option_parallel(o, &rv.t.parallel) != EXIT_OK)
		return EXIT_USAGE;
	if (o->reload && st.root)
		return complain(EXIT_USAGE, "--reload: no network manager reads the files below --root");
	rv.root = st.root;
	rv.t.reload = o->reload;
	rv.t.boot = o->unconfirmed;
	r = o->dry_run ? entries_look(&st) : state_lock(&st, o->line);
	if (r == EXIT_OK)
		journal_list(st.dir, a, &rv.t.es);
	if (r == EXIT_OK && operand[0])
		named = entry_named(&rv.t.es, operand[0], a, &r);
	if (r != EXIT_OK)
		return r;
	rv.t.dir = st.dir;
	targets_choose(&rv, named);
	if (rv.targets.n)
		r = targets_run(&rv);
	else
		nothing_print(o, named);
	if (o->json) {
		auto_json *j = json_pack("{s:i, s:b, s:O}", "version", 1, "dry_run", o->dry_run,
					 "journals", docs);

		json_print(j);
	}
	return rv.targets.n ? r : rv.status;
}
