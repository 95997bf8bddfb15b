/* SPDX-License-Identifier: MIT */
/* The kinds of values that say something of some places of a list. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "intent/intent.h"
#include "intent/kinds.h"

/* The places that the key is about, to be written. */
static uint32_t *places_open(const struct slot *s)
{
	const struct span *sp = &s->key->span;
	struct opt_list *l = slot_member(s);
	uint32_t *at = arena_array(s->doc->arena, uint32_t, sp->of);

	for (size_t i = 0; i < sp->of; i++)
		at[i] = l->v.at ? l->v.at[i] : LIST_UNSAID;
	*l = (struct opt_list){ .v = { sp->of, at }, .is = OPT_SET };
	if (sp->also)
		*(struct opt_list *)((char *)s->obj + sp->also) = *l;
	return at + sp->first;
}

static void places_fill(const struct slot *s, uint32_t *at, uint32_t v)
{
	for (size_t i = 0; i < s->key->span.n; i++)
		at[i] = v;
}

void null_list(const struct slot *s)
{
	places_fill(s, places_open(s), LIST_ANY);
}

static bool is_none(const yaml_node_t *n)
{
	return doc_text(n) && strcmp(doc_text(n), "none") == 0;
}

/* Read one number into *ret, telling what is wrong with it at its own place. False: something is. */
static bool number_into(const struct slot *s, yaml_node_t *n, const struct range *g, const char *const *words,
			uint32_t *ret)
{
	struct key k = { .path = s->key->path, .range = *g, .words = words };
	size_t before = s->doc->diag->n;

	slot_read(&(struct slot){ s->doc, &k, n, ret }, words ? kind_word : kind_u32);
	return s->doc->diag->n == before;
}

static int wrong_form(const struct slot *s, const char *wanted, struct err *e)
{
	const char *text = doc_text(s->node);

	if (text && *text)
		return err_set(e, -EINVAL, "%s is wanted, not '%.*s'", wanted, quote_len(text), text);
	return err_set(e, -EINVAL, "%s is wanted, not %s", wanted, doc_kind(s->node));
}

int kind_numbers(const struct slot *s, struct err *e)
{
	const struct key *k = s->key;
	const yaml_node_t *n = s->node;
	char wanted[48];

	snprintf(wanted, sizeof(wanted), "a list of %zu %s", k->span.n, k->words ? "words" : "numbers");
	if (n->type != YAML_SEQUENCE_NODE)
		return wrong_form(s, wanted, e);
	size_t count = (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
	if (count != k->span.n)
		return err_set(e, -EINVAL, "%s is wanted, not of %zu", wanted, count);
	uint32_t *at = places_open(s);
	for (size_t i = 0; i < count; i++) {
		yaml_node_t *item = yaml_document_get_node(&s->doc->tree, n->data.sequence.items.start[i]);

		if (!doc_visit(s->doc, item))
			return 0;
		if (number_into(s, item, &k->range, k->words, &at[i]) && k->span.scale)
			at[i] *= k->span.scale;
	}
	return 0;
}

/* The place in the list that the node names, telling what is wrong; NULL: something is. */
static uint32_t *place_named(const struct slot *s, yaml_node_t *n, uint32_t *at)
{
	const struct range index = { .max = (uint32_t)s->key->span.n - 1 };
	struct place where = doc_place(s->doc, n);
	uint32_t i = 0;

	if (!doc_visit(s->doc, n) || !number_into(s, n, &index, NULL, &i))
		return NULL;
	if (at[i] == LIST_ANY)
		return &at[i];
	diag_add(s->doc->diag, &where, "%s: %u is given twice", s->key->path, i);
	return NULL;
}

/* {place: value} into at, words: of the values. */
static int pairs_read(const struct slot *s, uint32_t *at, const struct range *values, const char *const *words)
{
	for (yaml_node_pair_t *p = s->node->data.mapping.pairs.start; p < s->node->data.mapping.pairs.top; p++) {
		yaml_node_t *key = yaml_document_get_node(&s->doc->tree, p->key);
		yaml_node_t *value = yaml_document_get_node(&s->doc->tree, p->value);
		uint32_t *to = place_named(s, key, at);

		if (to && !words && is_none(value))
			*to = s->key->span.none;
		else if (to)
			number_into(s, value, values, words, to);
	}
	return 0;
}

static bool is_empty_list(const yaml_node_t *n)
{
	return n->type == YAML_SEQUENCE_NODE && n->data.sequence.items.top == n->data.sequence.items.start;
}

int kind_prios(const struct slot *s, struct err *e)
{
	static const char *const words[] = { "off", "on" };
	const struct range on = { .max = 1 };
	const yaml_node_t *n = s->node;

	if (is_empty_list(n))
		return err_set(e, -EINVAL, "an empty list: none turns it off on all priorities; else leave the key out, or "
			       "write null");
	if (!is_none(n) && n->type == YAML_SCALAR_NODE)
		return wrong_form(s, "priorities such as [3], {3: on, 4: off}, or none", e);
	uint32_t *at = places_open(s);
	places_fill(s, at, is_none(n) ? 0 : LIST_ANY);
	if (n->type == YAML_MAPPING_NODE)
		return pairs_read(s, at, &on, words);
	for (yaml_node_item_t *i = n->data.sequence.items.start; !is_none(n) && i < n->data.sequence.items.top; i++) {
		uint32_t *to = place_named(s, yaml_document_get_node(&s->doc->tree, *i), at);

		if (to)
			*to = 1;
	}
	return 0;
}

int kind_place_map(const struct slot *s, struct err *e)
{
	const yaml_node_t *n = s->node;

	if (!is_none(n) && n->type != YAML_MAPPING_NODE)
		return wrong_form(s, "a mapping such as {26: 3}, or none,", e);
	uint32_t *at = places_open(s);
	places_fill(s, at, is_none(n) ? s->key->span.none : LIST_ANY);
	return is_none(n) ? 0 : pairs_read(s, at, &s->key->range, NULL);
}
