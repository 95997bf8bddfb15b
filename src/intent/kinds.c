/* SPDX-License-Identifier: MIT */
/* The kinds of values that keys have. */
#include "intent/kinds.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "base/opt.h"

static int wrong_type(const struct slot *s, const char *wanted, struct err *e)
{
	return err_set(e, -EINVAL, "%s is wanted, not %s", wanted, doc_kind(s->node));
}

static int number(const struct slot *s, uint32_t *ret, struct err *e)
{
	if (!doc_is_plain(s->node) || doc_is_null(s->node))
		return wrong_type(s, "a number", e);
	return parse_u32(doc_text(s->node), &s->key->range, ret, e);
}

int kind_u32(const struct slot *s, struct err *e)
{
	return number(s, slot_member(s), e);
}

int kind_opt_u32(const struct slot *s, struct err *e)
{
	struct opt_u32 *o = slot_member(s);
	int r = number(s, &o->v, e);

	if (r == 0)
		o->is = OPT_SET;
	return r;
}

static int boolean(const struct slot *s, bool *ret, struct err *e)
{
	const char *text = doc_text(s->node);

	if (!doc_is_plain(s->node))
		return wrong_type(s, "true or false", e);
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return err_set(e, -EINVAL, "true or false is wanted, not '%.*s'", quote_len(text),
			       text);
	*ret = text[0] == 't';
	return 0;
}

int kind_bool(const struct slot *s, struct err *e)
{
	return boolean(s, slot_member(s), e);
}

int kind_opt_bool(const struct slot *s, struct err *e)
{
	struct opt_u32 *o = slot_member(s);
	bool b = false;
	int r = boolean(s, &b, e);

	if (r == 0)
		*o = (struct opt_u32){ OPT_SET, b };
	return r;
}

static const char *words_text(const struct slot *s)
{
	const struct key *k = s->key;
	const char *text = "";

	for (uint32_t v = k->range.min; v <= k->range.max; v++)
		if (k->words[v])
			text = arena_printf(s->doc->arena, "%s%s%s", text, *text ? ", " : "", k->words[v]);
	return text;
}

/* Programs that write YAML turn off and on into false and true. */
static const char *word_of(const yaml_node_t *n)
{
	const char *text = doc_text(n);

	if (text && doc_is_plain(n) && strcmp(text, "false") == 0)
		return "off";
	return text && doc_is_plain(n) && strcmp(text, "true") == 0 ? "on" : text;
}

int kind_word(const struct slot *s, struct err *e)
{
	const struct key *k = s->key;
	const char *text = word_of(s->node), *allowed = words_text(s);
	const char *wanted = arena_printf(s->doc->arena, "%s%s", strchr(allowed, ',') ? "one of " : "", allowed);

	for (uint32_t v = k->range.min; text && v <= k->range.max; v++)
		if (k->words[v] && strcmp(k->words[v], text) == 0) {
			*(uint32_t *)slot_member(s) = v;
			return 0;
		}
	if (!text || doc_is_null(s->node))
		return wrong_type(s, wanted, e);
	return err_set(e, -EINVAL, "%s is wanted, not '%.*s'", wanted, quote_len(doc_text(s->node)), doc_text(s->node));
}

int kind_opt_word(const struct slot *s, struct err *e)
{
	struct opt_u32 *o = slot_member(s);
	struct key number = *s->key;
	struct slot one = { s->doc, &number, s->node, &o->v };

	number.off = 0;
	int r = kind_word(&one, e);
	if (r == 0)
		o->is = OPT_SET;
	return r;
}

int kind_text(const struct slot *s, struct err *e)
{
	const char **member = slot_member(s);

	if (!doc_text(s->node))
		return wrong_type(s, "text", e);
	*member = arena_strdup(s->doc->arena, doc_text(s->node));
	return 0;
}

int kind_path(const struct slot *s, struct err *e)
{
	const char *text = doc_text(s->node);

	if (!text || text[0] != '/')
		return err_set(e, -EINVAL, "the path of a file is wanted, from / on");
	*(const char **)slot_member(s) = arena_strdup(s->doc->arena, text);
	return 0;
}

int kind_glob(const struct slot *s, struct err *e)
{
	const char *text = doc_text(s->node);
	const char **member = slot_member(s);

	if (!text)
		return wrong_type(s, "a name or pattern", e);
	if (!*text)
		return err_set(e, -EINVAL, "an empty name matches nothing");
	*member = arena_strdup(s->doc->arena, text);
	return 0;
}

int slot_prefix(const struct slot *s, struct prefix *ret, struct err *e)
{
	if (!doc_text(s->node) || doc_is_null(s->node))
		return wrong_type(s, "an address with its prefix length", e);
	return parse_prefix(doc_text(s->node), ret, e);
}

int slot_ip(const struct slot *s, struct ip *ret, struct err *e)
{
	if (!doc_text(s->node) || doc_is_null(s->node))
		return wrong_type(s, "an address", e);
	return parse_ip(doc_text(s->node), ret, e);
}

int kind_prefix(const struct slot *s, struct err *e)
{
	return slot_prefix(s, slot_member(s), e);
}

/* name of a routing table that the kernel has of its own, NULL for all others */
static const char *table_reserved(uint32_t table)
{
	switch (table) {
	case RT_TABLE_UNSPEC:
		return "unspec";
	case RT_TABLE_DEFAULT:
		return "default";
	case RT_TABLE_MAIN:
		return "main";
	case RT_TABLE_LOCAL:
		return "local";
	default:
		return NULL;
	}
}

int kind_table(const struct slot *s, struct err *e)
{
	struct opt_u32 *o = slot_member(s), t = { .is = OPT_SET };
	const char *text = doc_text(s->node);
	bool none = text && strcmp(text, "none") == 0;

	if (none)
		t.is = OPT_NONE;
	else if (number(s, &t.v, e) < 0)
		return -EINVAL;
	else if (table_reserved(t.v))
		return err_set(e, -EINVAL, "%u is reserved: %s", t.v, table_reserved(t.v));
	*o = t;
	return 0;
}

int slot_each(const struct slot *s, key_read_fn *item, struct err *e)
{
	if (s->node->type != YAML_SEQUENCE_NODE)
		return wrong_type(s, "a list", e);
	for (yaml_node_item_t *i = s->node->data.sequence.items.start;
	     i < s->node->data.sequence.items.top; i++) {
		struct slot one = *s;

		one.node = yaml_document_get_node(&s->doc->tree, *i);
		if (!doc_visit(s->doc, one.node))
			return 0;
		slot_read(&one, item);
	}
	return 0;
}

int kind_map(const struct slot *s, struct err *e)
{
	return keys_read(s->doc, s->node, s->key->sub, slot_member(s), e);
}
