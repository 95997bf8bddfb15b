/* SPDX-License-Identifier: MIT */
/* JSON of what several commands print. */
#include "cmd/json.h"

#include <stdio.h>

#include "apply/encode.h"

json_t *json_of_port_name(const struct port *p)
{
	return json_pack("{s:s, s:s, s:s?}", "port", p->name, "netdev", p->link.name, "pci",
			 p->rdma.pci[0] ? p->rdma.pci : NULL);
}

/* Whole, so that the one that was there can be got out by hand. What is no UTF-8 is no JSON string: null. */
static json_t *json_of_file(const struct file *f)
{
	json_t *text = json_stringn(f->text, f->len);
	char mode[8];

	snprintf(mode, sizeof(mode), "%04o", f->mode);
	return json_pack("{s:s, s:s, s:i, s:i, s:o}", "path", f->path, "mode", mode, "uid", (int)f->uid, "gid",
			 (int)f->gid, "text", text ? text : json_null());
}

json_t *json_of_value(const struct setting *s, const struct value *v)
{
	char text[VALUE_TEXT];

	if (v->kind == VALUE_NONE || v->kind == VALUE_LIST || (v->kind == VALUE_NUMBER && !s->words))
		return encode_value(v);
	if (v->kind == VALUE_FILE)
		return json_of_file(&v->file);
	return json_string(setting_text(s, v, text));
}

static json_t *json_of_op(const struct op *op)
{
	json_t *j = json_pack("{s:o, s:s, s:o, s:o}", "port",
			      op->port ? json_of_port_name(op->port) : json_null(), "setting",
			      op->setting->name, "old", json_of_value(op->setting, &op->old), "new",
			      json_of_value(op->setting, &op->want));

	if (op->setting->flaps)
		json_object_set_new(j, "link", json_string(op->setting->flaps));
	return j;
}

static json_t *json_of_obstacle(const struct obstacle *ob)
{
	return json_pack("{s:o, s:b, s:s, s:s, s:s, s:s, s:s}", "port",
			 ob->port ? json_of_port_name(ob->port) : json_null(),
			 "advisory", ob->advisory,
			 "setting", ob->setting->name, "seen", ob->seen, "wanted", ob->wanted, "why",
			 ob->why, "mend", ob->mend);
}

json_t *json_of_plan(const struct plan *pl, const struct remarks *remarks)
{
	json_t *changes = json_array(), *obstacles = json_array(), *said = json_array();

	for vec_each(op, &pl->ops)
		json_array_append_new(changes, json_of_op(op));
	for vec_each(ob, &pl->obstacles)
		json_array_append_new(obstacles, json_of_obstacle(ob));
	for vec_each(rm, remarks)
		json_array_append_new(said, json_pack("{s:o, s:s}", "port",
						      rm->port ? json_of_port_name(rm->port) : json_null(),
						      "text", rm->text));
	return json_pack("{s:i, s:o, s:o, s:o}", "version", 1, "changes", changes, "obstacles", obstacles,
			 "remarks", said);
}

void json_print(const json_t *j)
{
	json_dumpf(j, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
}
