/* SPDX-License-Identifier: MIT */
/* The keys that the settings bring along: numbers from their table, lists from rows here. */
#include "intent/setting_keys.h"

#include <string.h>

#include "intent/intent.h"
#include "intent/kinds.h"

enum { MBPS_MAX = 4000000, KBPS_IN_MBPS = 1000 };

#define LIST_OF(id) (offsetof(struct port_intent, list) + (id) * sizeof(struct opt_list))
#define PLACE_OF(id) (offsetof(struct port_intent, said_at) + (id) * sizeof(struct place))

/* A key that says something of a list: a part of it, or all. */
static const struct list_row {
	enum setting_id id;
	const char *path;
	key_read_fn *read;
	struct span span; /* of: from the setting */
	struct range range;
	const char *const *words;
} list_rows[] = {
	{ SETTING_DSCP_PRIO, "qos.dscp_prio", kind_place_map, { .n = DSCPS, .none = LIST_NONE },
	  { .max = PRIORITIES - 1 }, NULL },
	{ SETTING_PFC, "qos.pfc", kind_prios, { .n = PRIORITIES }, { .max = 1 }, NULL },
	{ SETTING_ETS, "qos.ets.prio_tc", kind_numbers, { .n = PRIORITIES }, { .max = PRIORITIES - 1 }, NULL },
	{ SETTING_ETS, "qos.ets.tsa", kind_numbers, { .first = PRIORITIES, .n = PRIORITIES }, { .max = TSA_VENDOR },
	  tsa_words },
	{ SETTING_ETS, "qos.ets.bandwidth", kind_numbers, { .first = 2 * PRIORITIES, .n = PRIORITIES },
	  { .max = 100, .unit = "%" }, NULL },
	{ SETTING_BUFFER, "qos.buffer.prio", kind_numbers, { .n = PRIORITIES }, { .max = PRIORITIES - 1 }, NULL },
	{ SETTING_BUFFER, "qos.buffer.size_bytes", kind_numbers, { .first = PRIORITIES, .n = PRIORITIES },
	  { .max = INT32_MAX, .unit = "B" }, NULL },
	{ SETTING_MAXRATE, "qos.maxrate_mbps", kind_numbers, { .n = PRIORITIES, .scale = KBPS_IN_MBPS },
	  { .max = MBPS_MAX, .unit = "Mb/s", .note = "0: no limit" }, NULL },
	{ SETTING_ECN_NP, "qos.ecn", kind_prios, { .n = PRIORITIES, .also = LIST_OF(SETTING_ECN_RP) }, { .max = 1 }, NULL },
	{ SETTING_VLAN_EGRESS, "qos.vlan_egress", kind_place_map, { .n = SKB_PRIORITIES }, { .max = PRIORITIES - 1 }, NULL },
};

void keys_add(struct arena *a, struct key_list *l, const struct key *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		*vec_add(a, l) = rows[i];
}

const struct keys *keys_done(struct arena *a, const struct key_list *l)
{
	struct keys *keys = arena_new(a, struct keys);

	*keys = (struct keys){ l->at, l->n };
	return keys;
}

struct key setting_key(enum setting_id id)
{
	const struct setting *s = &settings[id];

	return (struct key){
		.path = s->key,
		.read = s->words ? kind_opt_word : kind_opt_u32,
		.off = offsetof(struct port_intent, number) + id * sizeof(struct opt_u32),
		.at = PLACE_OF(id),
		.not_ours = offsetof(struct port_intent, not_ours) + id * sizeof(bool),
		.range = { s->min, s->max, .unit = s->unit },
		.words = s->words,
	};
}

static struct key list_key(const struct list_row *row)
{
	struct key k = {
		.path = row->path, .read = row->read, .off = LIST_OF(row->id), .at = PLACE_OF(row->id),
		.range = row->range, .words = row->words, .span = row->span, .null = null_list,
	};

	k.span.of = settings[row->id].count;
	return k;
}

struct key_list setting_keys_of(struct arena *a, enum setting_id id)
{
	struct key_list l = { 0 };

	if (settings[id].key && !settings[id].count)
		*vec_add(a, &l) = setting_key(id);
	for (size_t i = 0; i < ARRAY_LEN(list_rows); i++)
		if (list_rows[i].id == id || list_rows[i].span.also == LIST_OF(id))
			*vec_add(a, &l) = list_key(&list_rows[i]);
	return l;
}

/* All keys of settings, by their whole path. */
static struct key_list all_keys(struct arena *a)
{
	struct key_list l = { 0 };

	for (enum setting_id id = 0; id < SETTING_N; id++)
		if (settings[id].key && !settings[id].count)
			*vec_add(a, &l) = setting_key(id);
	for (size_t i = 0; i < ARRAY_LEN(list_rows); i++)
		*vec_add(a, &l) = list_key(&list_rows[i]);
	return l;
}

static bool has_path(const struct key_list *l, const char *path)
{
	for vec_each(k, l)
		if (strcmp(k->path, path) == 0)
			return true;
	return false;
}

static void keys_below(struct arena *a, const struct key_list *all, const char *below, struct key_list *l)
{
	size_t len = strlen(below);

	for vec_each(k, all) {
		const char *dot = strncmp(k->path, below, len) == 0 ? strchr(k->path + len, '.') : NULL;
		const char *group = dot ? arena_printf(a, "%.*s", (int)(dot - k->path), k->path) : NULL;
		struct key_list members = { 0 };

		if (!dot && strncmp(k->path, below, len) == 0)
			*vec_add(a, l) = *k;
		if (!dot || has_path(l, group))
			continue;
		keys_below(a, all, arena_printf(a, "%s.", group), &members);
		*vec_add(a, l) = (struct key){
			.path = group, .read = kind_map, .sub = keys_done(a, &members), .group = true,
		};
	}
}

void setting_keys_add(struct arena *a, struct key_list *l, const char *below)
{
	const struct key_list all = all_keys(a);

	keys_below(a, &all, below, l);
}
