/* SPDX-License-Identifier: MIT */
/* doroce history: the journals of this node, and what each of them changed. */
#include "cmd/entries.h"
#include "cmd/json.h"
#include "cmd/plan_print.h"
#include "cmd/session.h"

static char *ports_text(const struct entry *en, struct arena *a)
{
	char *text = arena_strdup(a, "");

	for vec_each(p, &en->ports)
		text = arena_printf(a, "%s%s%s", text, text[0] ? " " : "", p->netdev);
	return text;
}

static void list_print(const struct entries *es, struct arena *a)
{
	if (!es->n)
		puts("nothing has been configured by doroce yet");
	for (size_t i = es->n; i-- > 0;) {
		const struct entry *en = &es->at[i];

		if (en->state == ENTRY_UNREADABLE) {
			printf("%u  can not be read\n    %s\n", en->id, en->why);
			continue;
		}
		printf("%u  %s  %s  %zu change%s%s%s%s\n    %s\n", en->id, en->time, entry_state_text(en),
		       en->ops.n, en->ops.n == 1 ? "" : "s", en->ports.n ? " on " : "", ports_text(en, a),
		       entry_has_files(en) ? ", with files" : "", en->command);
	}
}

static json_t *json_of_changes(const struct entry *en)
{
	json_t *list = json_array();

	for vec_each(op, &en->ops)
		json_array_append_new(list, json_pack("{s:o, s:s, s:o, s:o}", "port",
						      json_of_entry_port(entry_port(en, op)),
						      "setting", op->setting->name, "old",
						      json_of_value(op->setting, &op->old), "new",
						      json_of_value(op->setting, &op->want)));
	return list;
}

static void list_json(const struct entries *es)
{
	json_t *list = json_array();

	for (size_t i = es->n; i-- > 0;) {
		json_t *j = json_of_entry(&es->at[i]);

		json_object_set_new(j, "changes", json_of_changes(&es->at[i]));
		json_array_append_new(list, j);
	}
	auto_json *all = json_pack("{s:i, s:o}", "version", 1, "journals", list);
	json_print(all);
}

static void entry_print(const struct entry *en)
{
	printf("journal %u, %s: %s\n%s\n", en->id, en->time, entry_state_text(en), en->command);
	for (size_t i = 0; i < en->ports.n; i++) {
		printf("%s %s\n", en->ports.at[i].name, en->ports.at[i].netdev);
		for vec_each(op, &en->ops)
			if (op->port == (int)i)
				change_print(op->setting, &op->old, &op->want);
	}
	if (entry_has_files(en))
		puts("files");
	for vec_each(op, &en->ops)
		if (op->port == ENTRY_NODE)
			change_print(op->setting, &op->old, &op->want);
}

int cmd_history(struct options *o, struct arena *a, char **operand)
{
	auto_state st = STATE_NONE;
	struct entries es = { 0 }, one = { 0 };
	int r = root_path(o, a, &st.root);

	if (r == EXIT_OK)
		r = entries_look(&st);

	if (r != EXIT_OK)
		return r;
	journal_list(st.dir, a, &es);
	if (operand[0]) {
		one.at = entry_named(&es, operand[0], a, &r);
		one.n = 1;
		if (!one.at)
			return r;
	}
	if (o->json)
		list_json(one.n ? &one : &es);
	else if (one.n)
		entry_print(one.at);
	else
		list_print(&es, a);
	return EXIT_OK;
}
