/* SPDX-License-Identifier: MIT */
/* The places of an intent that say something of a port's settings, laid one over the other. */
#include "intent/layers.h"

struct layers layers_of(const struct intent *in, struct arena *a, struct diag *d)
{
	struct layers la = { .in = in, .arena = a, .diag = d };
	const struct profile *chain[PROFILE_BASES_MAX];
	size_t n = in->profile.v ? profile_chain(in, in->profile.v, a, chain) : 0;

	for (size_t i = 0; i < n; i++)
		la.at[la.n++] = &chain[i]->set;
	la.at[la.n++] = &in->qos;
	la.at[la.n++] = &in->defaults;
	return la;
}

static void number_lay(const struct port_intent *over, size_t id, struct wish *w, struct said *said)
{
	if (over->number[id].is != OPT_UNSET)
		w->number[id] = over->number[id];
	if (over->not_ours[id])
		w->number[id] = (struct opt_u32){ 0 };
	said->at[id] |= over->not_ours[id] || over->number[id].is != OPT_UNSET;
}

static void list_lay(const struct list *over, uint32_t *at)
{
	for (size_t i = 0; i < over->n; i++)
		if (over->at[i] != LIST_UNSAID)
			at[i] = over->at[i];
}

/* A list of which no place is ours is not wished. */
static struct opt_list list_done(uint32_t *at, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		at[i] = at[i] == LIST_UNSAID ? LIST_ANY : at[i];
		any |= at[i] != LIST_ANY;
	}
	return any ? (struct opt_list){ { n, at }, OPT_SET } : (struct opt_list){ .is = OPT_NONE };
}

static uint32_t *list_unsaid(struct arena *a, size_t n)
{
	uint32_t *at = arena_array(a, uint32_t, n);

	for (size_t i = 0; i < n; i++)
		at[i] = LIST_UNSAID;
	return at;
}

static void list_fold(const struct port_intent *const *layer, size_t n, size_t id, struct arena *a, struct wish *w)
{
	uint32_t *at = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct opt_list *over = &layer[i]->list[id];

		if (over->is == OPT_SET && !at)
			at = list_unsaid(a, settings[id].count);
		if (over->is == OPT_SET)
			list_lay(&over->v, at);
	}
	if (at)
		w->list[id] = list_done(at, settings[id].count);
}

void layers_fold(const struct layers *la, const struct port_intent *entry, struct wish *w, struct said *ret)
{
	const struct port_intent *layer[ARRAY_LEN(la->at) + 1];
	size_t n = 0;

	ret->where = arena_array(la->arena, struct place, SETTING_N);
	while (n < la->n) {
		layer[n] = la->at[n];
		n++;
	}
	if (entry)
		layer[n++] = entry;
	for (size_t id = 0; id < SETTING_N; id++) {
		for (size_t i = 0; i < n; i++) {
			number_lay(layer[i], id, w, ret);
			if (layer[i]->said_at[id].file)
				ret->where[id] = layer[i]->said_at[id];
		}
		list_fold(layer, n, id, la->arena, w);
		ret->at[id] |= w->list[id].is != OPT_UNSET;
	}
	w->said_at = ret->where;
}

void layers_wish_node(const struct layers *la, struct wish *node)
{
	struct said said = { 0 };
	struct wish all = { 0 };

	layers_fold(la, NULL, &all, &said);
	node->said_at = all.said_at;
	for (size_t id = 0; id < SETTING_N; id++)
		if (settings[id].of_node)
			node->number[id] = all.number[id];
}
