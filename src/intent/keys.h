/* SPDX-License-Identifier: MIT */
/* Tables of the keys that a mapping may have, and how a mapping is read by one. */
#ifndef DOROCE_INTENT_KEYS_H
#define DOROCE_INTENT_KEYS_H

#include "intent/doc.h"
#include "intent/parse.h"

struct key;

/* One value to read. obj: the object that the key's mapping describes. */
struct slot {
	struct doc *doc;
	const struct key *key;
	yaml_node_t *node;
	void *obj;
};

/* Put the value into s->obj. 0, -errno with what is wrong in e; the caller tells it with its place.
 * A kind that has parts tells their errors itself. */
typedef int key_read_fn(const struct slot *s, struct err *e);

/* What null puts there. */
typedef void key_null_fn(const struct slot *s);

struct keys {
	const struct key *at;
	size_t n;
};

/* Of a key that is a part of a list: its first place and how many of those `of` that the list has. none: what the
 * word none stands for. scale: what is stored is so many times what is written, 0: once. also: of a second list in
 * the object that gets the same, 0: none. */
struct span {
	size_t first, n, of;
	uint32_t none, scale;
	size_t also;
};

/* path: the name after the last dot is the key, the whole is for messages.
 * off: of the member in the object; at: of its struct place, 0: not kept.
 * not_ours: of the bool that null sets, 0: null is as good as not mentioned.
 * sub: keys of a mapping; group: they are members of the same object, and null means all of them.
 * words: of the numbers from range.min to range.max, NULL where there is none. null: instead of not_ours.
 * hidden: not offered in messages. */
struct key {
	const char *path;
	key_read_fn *read;
	size_t off, at, not_ours;
	const struct keys *sub;
	struct range range;
	const char *const *words;
	struct span span;
	key_null_fn *null;
	bool required, null_is_error, group, hidden;
};

enum { KEYS_MAX = 32 }; /* keys of one mapping */

/* Read the mapping `map` into obj. Every error goes to the document's diag, also unknown keys, keys
 * given twice, and required ones that are missing. 0, -EINVAL when `map` is no mapping. */
int keys_read(struct doc *d, yaml_node_t *map, const struct keys *keys, void *obj, struct err *e);

/* Read one value by its key, telling what is wrong. */
void slot_read(const struct slot *s, key_read_fn *read);

/* The member that the key is about. */
static inline void *slot_member(const struct slot *s)
{
	return (char *)s->obj + s->key->off;
}

#endif
