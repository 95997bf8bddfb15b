/* SPDX-License-Identifier: MIT */
/* Tables of the keys that a mapping may have, and how a mapping is read by one. */
#include "intent/keys.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/word.h"

static const char *key_name(const struct key *k)
{
	const char *dot = strrchr(k->path, '.');

	return dot ? dot + 1 : k->path;
}

static const struct key *key_find(const struct keys *keys, const char *name)
{
	for (size_t i = 0; i < keys->n; i++)
		if (strcmp(key_name(&keys->at[i]), name) == 0)
			return &keys->at[i];
	return NULL;
}

/* The key that was probably meant, NULL: none is near. */
static const char *key_near(const struct keys *keys, const char *name)
{
	size_t best = word_limit(name);
	const char *near = NULL;

	for (size_t i = 0; i < keys->n; i++) {
		size_t far = word_distance(name, key_name(&keys->at[i]));

		if (!keys->at[i].hidden && far < best) {
			best = far;
			near = key_name(&keys->at[i]);
		}
	}
	return near;
}

static const char *allowed_text(struct arena *a, const struct keys *keys)
{
	const char *text = "";

	for (size_t i = 0; i < keys->n; i++)
		if (!keys->at[i].hidden)
			text = arena_printf(a, "%s%s%s", text, *text ? ", " : "",
					    key_name(&keys->at[i]));
	return text;
}

static int unknown_key(const struct doc *d, const yaml_node_t *key, const struct keys *keys)
{
	struct place at = doc_place(d, key);
	const char *name = doc_text(key), *near = key_near(keys, name);

	if (d->diag->n >= DIAG_MAX)
		return diag_add(d->diag, &at, "unknown key");
	if (near)
		return diag_add(d->diag, &at, "unknown key '%.*s': did you mean '%s'?",
				quote_len(name), name, near);
	return diag_add(d->diag, &at, "unknown key '%.*s': allowed here: %s", quote_len(name), name,
			allowed_text(d->arena, keys));
}

static void null_read(const struct slot *s)
{
	const struct key *k = s->key;

	if (k->null)
		k->null(s);
	if (k->not_ours)
		*(bool *)((char *)s->obj + k->not_ours) = true;
	for (size_t i = 0; k->group && i < k->sub->n; i++)
		null_read(&(struct slot){ s->doc, &k->sub->at[i], s->node, s->obj });
}

void slot_read(const struct slot *s, key_read_fn *read)
{
	struct place at = doc_place(s->doc, s->node);
	struct err e = { 0 };

	if (doc_check(s->node, &e) < 0 || read(s, &e) < 0)
		diag_add(s->doc->diag, &at, "%s: %s", s->key->path, e.text);
}

static void value_read(const struct slot *s)
{
	const struct key *k = s->key;

	if (doc_is_null(s->node) && !k->required && !k->null_is_error)
		null_read(s);
	else
		slot_read(s, k->read);
	if (k->at)
		*(struct place *)((char *)s->obj + k->at) = doc_place(s->doc, s->node);
}

/* The row of a key that is known and was not given before. 0, -EINVAL with the error told. */
static int key_read(const struct doc *d, const yaml_node_t *key, const struct keys *keys,
		    unsigned int *seen_line, const struct key **ret)
{
	struct place at = doc_place(d, key);
	struct err e = { 0 };

	if (doc_check(key, &e) < 0)
		return diag_add(d->diag, &at, "key: %s", e.text);
	if (!doc_text(key))
		return diag_add(d->diag, &at, "a key must be a word, not %s", doc_kind(key));
	const struct key *k = key_find(keys, doc_text(key));
	if (!k)
		return unknown_key(d, key, keys);
	unsigned int *line = &seen_line[k - keys->at];
	if (*line)
		return diag_add(d->diag, &at, "%s: given twice, first in line %u", k->path, *line);
	*line = at.line;
	*ret = k;
	return 0;
}

static void tell_missing(const struct doc *d, const yaml_node_t *map, const struct keys *keys,
			 const unsigned int *seen_line)
{
	struct place at = doc_place(d, map);

	for (size_t i = 0; i < keys->n; i++)
		if (keys->at[i].required && !seen_line[i])
			diag_add(d->diag, &at, "%s is missing", keys->at[i].path);
}

int keys_read(struct doc *d, yaml_node_t *map, const struct keys *keys, void *obj, struct err *e)
{
	unsigned int seen_line[KEYS_MAX] = { 0 };

	assert(keys->n <= KEYS_MAX);
	if (map->type != YAML_MAPPING_NODE)
		return err_set(e, -EINVAL, "a mapping (key: value) is wanted, not %s",
			       doc_kind(map));
	for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top;
	     p++) {
		yaml_node_t *key = yaml_document_get_node(&d->tree, p->key);
		yaml_node_t *value = yaml_document_get_node(&d->tree, p->value);

		if (!doc_visit(d, key))
			return 0;
		const struct key *k = NULL;
		if (key_read(d, key, keys, seen_line, &k) == 0)
			value_read(&(struct slot){ .doc = d, .key = k, .node = value, .obj = obj });
	}
	tell_missing(d, map, keys, seen_line);
	return 0;
}
