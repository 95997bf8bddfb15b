/* SPDX-License-Identifier: MIT */
/* The value of a setting: as text, and compared. */
#include "setting/value.h"

#include <stdio.h>
#include <string.h>

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

static void list_text(const struct list *l, char *buf)
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < l->n && len < VALUE_TEXT; i++)
		len += (size_t)(l->at[i] == LIST_NONE ?
					snprintf(buf + len, VALUE_TEXT - len, "%s-", i ? " " : "") :
					snprintf(buf + len, VALUE_TEXT - len, "%s%u", i ? " " : "", l->at[i]));
}

const char *value_text(const struct value *v, char *buf)
{
	char text[ROUTE_TEXT];

	switch (v->kind) {
	case VALUE_NONE:
		snprintf(buf, VALUE_TEXT, "-");
		break;
	case VALUE_NUMBER:
		snprintf(buf, VALUE_TEXT, v->number == LIST_NONE ? "none" : "%u", v->number);
		break;
	case VALUE_LIST:
		list_text(&v->list, buf);
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

bool list_equal(const struct list *x, const struct list *y)
{
	return x->n == y->n && (x->n == 0 || memcmp(x->at, y->at, x->n * sizeof(*x->at)) == 0);
}

bool value_equal(const struct value *x, const struct value *y)
{
	if (x->kind != y->kind)
		return false;
	switch (x->kind) {
	case VALUE_NONE:
		return true;
	case VALUE_NUMBER:
		return x->number == y->number;
	case VALUE_LIST:
		return list_equal(&x->list, &y->list);
	case VALUE_ADDR:
		return x->addr.ifindex == y->addr.ifindex && prefix_equal(&x->addr.prefix, &y->addr.prefix);
	case VALUE_ROUTE:
		return route_equal(&x->route, &y->route);
	case VALUE_RULE:
		return rule_equal(&x->rule, &y->rule);
	case VALUE_FILE:
		return strcmp(x->file.path, y->file.path) == 0 && file_equal(&x->file, &y->file);
	}
	return false;
}
