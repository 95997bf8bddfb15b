/* SPDX-License-Identifier: MIT */
/* The value of a setting as text. */
#include "setting/value.h"

#include <stdio.h>

static void rule_text(const struct rule *ru, char *buf)
{
	struct prefix src = { .addr = ru->src, .len = ru->src_len };
	char text[PREFIX_TEXT];
	bool host = src.len == 8 * ip_size(src.addr.family);

	snprintf(buf, VALUE_TEXT, "%u: from %s lookup %u", ru->priority,
		 !src.len ? "all" : host ? ip_text(&src.addr, text) : prefix_text(&src, text),
		 ru->table);
}

static void file_text(const struct file *f, char *buf)
{
	size_t lines = 0;

	for (size_t i = 0; i < f->len; i++)
		lines += f->text[i] == '\n';
	snprintf(buf, VALUE_TEXT, "%.200s, %zu line%s", f->path, lines, lines == 1 ? "" : "s");
}

const char *value_text(const struct value *v, char *buf)
{
	char text[ROUTE_TEXT];

	switch (v->kind) {
	case VALUE_NONE:
		snprintf(buf, VALUE_TEXT, "-");
		break;
	case VALUE_NUMBER:
		snprintf(buf, VALUE_TEXT, "%u", v->number);
		break;
	case VALUE_ADDR:
		prefix_text(&v->addr.prefix, buf);
		break;
	case VALUE_ROUTE:
		snprintf(buf, VALUE_TEXT, "%s table %u", route_text(&v->route, text), v->route.table);
		break;
	case VALUE_RULE:
		rule_text(&v->rule, buf);
		break;
	case VALUE_FILE:
		file_text(&v->file, buf);
		break;
	}
	return buf;
}
