/* SPDX-License-Identifier: MIT */
/* What is wished of a port's QoS, as the keys of an intent that say the same. */
#include <string.h>

#include "persist/boot.h"

enum { KBPS_IN_MBPS = 1000 };

/* Where the text is: at what depth, and what group of keys is open ("qos.cnp"). */
struct block {
	struct text *t;
	int indent;
	const char *group;
	size_t group_len;
	bool any;
};

static void group_close(struct block *b)
{
	if (b->group)
		text_add(b->t, "}\n");
	b->group = NULL;
}

/* The key up to its value: "tos: ", "cnp: {dscp: ", ", prio: ". Keys of one group come one after another. */
static void key_text(struct block *b, const char *key)
{
	const char *rest = strchr(key, '.') + 1, *dot = strrchr(rest, '.');
	size_t len = dot ? (size_t)(dot - key) : 0;
	bool same = b->group && len == b->group_len && strncmp(b->group, key, len) == 0;

	if (!b->any)
		text_add(b->t, "%*sqos:\n", b->indent, "");
	b->any = true;
	if (!same)
		group_close(b);
	if (same)
		text_add(b->t, ", %s: ", dot + 1);
	else if (dot)
		text_add(b->t, "%*s%.*s: {%s: ", b->indent + 2, "", (int)(dot - rest), rest, dot + 1);
	else
		text_add(b->t, "%*s%s: ", b->indent + 2, "", rest);
	b->group = dot ? key : NULL;
	b->group_len = len;
}

static void key_end(struct block *b)
{
	if (!b->group)
		text_add(b->t, "\n");
}

static void number_text(struct block *b, const struct setting *s, const struct opt_u32 *wish)
{
	key_text(b, s->key);
	if (s->words)
		text_add(b->t, "%s", s->words[wish->v]);
	else
		text_add(b->t, "%u", wish->v);
	key_end(b);
}

/* n places in the order of the list, which say something all together or not at all. */
static void numbers_text(struct block *b, const char *key, const uint32_t *at, uint32_t scale, const char *const *words)
{
	if (at[0] == LIST_ANY)
		return;
	key_text(b, key);
	for (size_t i = 0; i < PRIORITIES; i++) {
		text_add(b->t, "%s", i ? ", " : "[");
		if (words)
			text_add(b->t, "%s", words[at[i]]);
		else
			text_add(b->t, "%u", at[i] / scale);
	}
	text_add(b->t, "]");
	key_end(b);
}

static void ets_text_add(struct block *b, const char *key, const uint32_t *at, size_t n)
{
	(void)key;
	(void)n;
	numbers_text(b, "qos.ets.prio_tc", at, 1, NULL);
	numbers_text(b, "qos.ets.tsa", at + PRIORITIES, 1, tsa_words);
	numbers_text(b, "qos.ets.bandwidth", at + 2 * PRIORITIES, 1, NULL);
}

static void buffer_text_add(struct block *b, const char *key, const uint32_t *at, size_t n)
{
	(void)key;
	(void)n;
	numbers_text(b, "qos.buffer.prio", at, 1, NULL);
	numbers_text(b, "qos.buffer.size_bytes", at + PRIORITIES, 1, NULL);
}

static void rates_text(struct block *b, const char *key, const uint32_t *at, size_t n)
{
	(void)n;
	numbers_text(b, key, at, KBPS_IN_MBPS, NULL);
}

/* {place: value} of the places that are wished; on: of priorities, which are on or off. */
static void pairs_text(struct block *b, const char *key, const uint32_t *at, size_t n, bool on)
{
	const char *before = "{";

	key_text(b, key);
	for (size_t i = 0; i < n; i++) {
		if (at[i] == LIST_ANY)
			continue;
		text_add(b->t, "%s%zu: ", before, i);
		if (on || at[i] == LIST_NONE)
			text_add(b->t, "%s", !on ? "none" : at[i] ? "on" : "off");
		else
			text_add(b->t, "%u", at[i]);
		before = ", ";
	}
	text_add(b->t, "%s", before[0] == '{' ? "null" : "}");
	key_end(b);
}

static void prios_text_add(struct block *b, const char *key, const uint32_t *at, size_t n)
{
	pairs_text(b, key, at, n, true);
}

static void map_text_add(struct block *b, const char *key, const uint32_t *at, size_t n)
{
	pairs_text(b, key, at, n, false);
}

/* Lists and their keys; ECN of both sides comes from one. */
static const struct list_row {
	enum setting_id id;
	const char *key;
	void (*add)(struct block *b, const char *key, const uint32_t *at, size_t n);
} list_rows[] = {
	{ SETTING_DSCP_PRIO, "qos.dscp_prio", map_text_add },
	{ SETTING_PFC, "qos.pfc", prios_text_add },
	{ SETTING_ETS, "qos.ets", ets_text_add },
	{ SETTING_BUFFER, "qos.buffer", buffer_text_add },
	{ SETTING_MAXRATE, "qos.maxrate_mbps", rates_text },
	{ SETTING_ECN_NP, "qos.ecn", prios_text_add },
	{ SETTING_VLAN_EGRESS, "qos.vlan_egress", map_text_add },
};

/* What would follow from others, had it not been taken out of doroce's hands. */
static void nulls_text(struct block *b, const struct wish *w)
{
	bool dcb = w->list[SETTING_PFC].is == OPT_SET || w->list[SETTING_ETS].is == OPT_SET;
	const struct {
		enum setting_id id;
		const char *key;
		bool follows;
	} rows[] = {
		{ SETTING_PAUSE, "qos.pause", dcb },
		{ SETTING_DCBX, "qos.dcbx", dcb },
		{ SETTING_DSCP_PRIO, "qos.dscp_prio", w->number[SETTING_TRUST].is == OPT_SET },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!rows[i].follows || setting_is_wished(&settings[rows[i].id], w))
			continue;
		key_text(b, rows[i].key);
		text_add(b->t, "null");
		key_end(b);
	}
}

void boot_qos_text(struct text *t, const struct wish *w, int indent)
{
	struct block b = { .t = t, .indent = indent };

	for (const struct setting *s = settings; s < settings + SETTING_N; s++)
		if (s->key && s->read && !s->count && setting_is_wished(s, w) && !w->follows[setting_id(s)])
			number_text(&b, s, &w->number[setting_id(s)]);
	group_close(&b);
	for (size_t i = 0; i < ARRAY_LEN(list_rows); i++) {
		const struct opt_list *l = &w->list[list_rows[i].id];

		if (l->is == OPT_SET)
			list_rows[i].add(&b, list_rows[i].key, l->v.at, l->v.n);
		group_close(&b);
	}
	nulls_text(&b, w);
}
