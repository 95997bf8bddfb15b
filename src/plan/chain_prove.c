/* SPDX-License-Identifier: MIT */
/* Before any write: what is wished is one chain, adds up, and is not more than the driver can have. */
#include <errno.h>
#include <string.h>

#include "plan/chain.h"

struct proof {
	const struct wishes *wishes;
	const struct node *node;
	struct arena *arena;
	struct remarks *remarks;
	struct diag *diag;
	struct VEC(const char *) told; /* many ports may have the same fault */
};

static void tell(struct proof *pr, const struct place *at, const char *text)
{
	for vec_each(t, &pr->told)
		if (strcmp(*t, text) == 0)
			return;
	*vec_add(pr->arena, &pr->told) = text;
	diag_add(pr->diag, at, "%s", text);
}

/* The list as it will be; NULL: not known, or not wished at all. */
static const uint32_t *list_wanted(const struct node *n, const struct wish *w, enum setting_id id, struct arena *a)
{
	const struct setting *s = &settings[id];
	struct value later = setting_later(s, n, w->port, w, a);

	return setting_is_wished(s, w) && later.kind == VALUE_LIST ? later.list.at : NULL;
}

static uint32_t cap_of(const struct node *n, const struct wish *w, enum setting_id id)
{
	const struct setting_seen *seen = setting_seen(&settings[id], n, w->port);

	return seen ? seen->cap : 0;
}

static void bandwidth_prove(struct proof *pr, const struct wish *w)
{
	const uint32_t *ets = list_wanted(pr->node, w, SETTING_ETS, pr->arena);
	uint32_t sum = 0;
	bool shares = false;

	for (size_t i = 0; ets && i < PRIORITIES; i++)
		if (ets[PRIORITIES + i] == TSA_ETS) {
			shares = true;
			sum += ets[2 * PRIORITIES + i];
		}
	if (shares && sum != 100)
		tell(pr, wish_said_at(w, SETTING_ETS),
		     arena_printf(pr->arena, "qos.ets.bandwidth: %u %% in all over the classes whose tsa is ets: 100 %% is "
				  "wanted", sum));
}

static void buffer_prove(struct proof *pr, const struct wish *w)
{
	const uint32_t *b = list_wanted(pr->node, w, SETTING_BUFFER, pr->arena);
	uint32_t total = cap_of(pr->node, w, SETTING_BUFFER);
	uint64_t sum = 0;

	for (size_t i = 0; b && i < PRIORITIES; i++)
		sum += b[PRIORITIES + i];
	if (total && sum > total)
		tell(pr, wish_said_at(w, SETTING_BUFFER),
		     arena_printf(pr->arena, "qos.buffer.size_bytes: %llu B in all: the port has %u B", (unsigned long long)sum,
				  total));
}

/* Where RoCE is meant to leave through a VLAN, what would leave without a tag is nobody's. */
static bool is_only_below(const struct proof *pr, const struct wish *w)
{
	for (size_t i = 0; i < pr->wishes->n && !w->addrs.n; i++)
		if (strcmp(pr->wishes->at[i].port->below, w->port->link.name) == 0)
			return true;
	return false;
}

static void links_prove(struct proof *pr, const struct wish *w)
{
	struct chain c = chain_of(pr->wishes, w, pr->node, true, pr->arena);
	bool lenient = is_only_below(pr, w);

	for (enum chain_part part = 0; part < CHAIN_PARTS; part++) {
		const struct chain_link *l = &c.link[part];

		if (l->state == CHAIN_BROKEN && !lenient)
			tell(pr, l->at, l->text);
		else if (l->state >= CHAIN_REMARK)
			*vec_add(pr->arena, pr->remarks) = (struct remark){ .port = w->port, .text = (char *)l->text };
	}
}

int chain_prove(const struct wishes *ws, const struct node *n, struct arena *a, struct remarks *remarks, struct diag *d)
{
	struct proof pr = { .wishes = ws, .node = n, .arena = a, .remarks = remarks, .diag = d };
	size_t before = d->n;

	for (size_t i = 0; i < ws->n; i++) {
		bandwidth_prove(&pr, &ws->at[i]);
		buffer_prove(&pr, &ws->at[i]);
		links_prove(&pr, &ws->at[i]);
	}
	return d->n > before ? -EINVAL : 0;
}

static void cap_exceeded(struct planning *pl, const struct wish *w, enum setting_id id, const char *cap,
			 const char *wanted)
{
	const struct setting *s = &settings[id];

	*vec_add(pl->arena, &pl->obstacles) = (struct obstacle){
		.port = w->port, .setting = s, .wanted = (char *)wanted, .why = (char *)s->why,
		.seen = arena_printf(pl->arena, "the driver of %s can have %u (%s)", w->port->link.name,
				     cap_of(pl->node, w, id), cap),
		.mend = arena_printf(pl->arena, "%s within that in the intent", s->key),
	};
}

static void pfc_cap(struct planning *pl, const struct wish *w)
{
	const uint32_t *pfc = list_wanted(pl->node, w, SETTING_PFC, pl->arena);
	uint32_t cap = cap_of(pl->node, w, SETTING_PFC), on = 0;

	for (size_t i = 0; pfc && i < PRIORITIES; i++)
		on += pfc[i] == 1;
	if (cap && on > cap)
		cap_exceeded(pl, w, SETTING_PFC, "pfc_cap", arena_printf(pl->arena, "PFC on %u priorities", on));
}

static void ets_cap(struct planning *pl, const struct wish *w)
{
	const uint32_t *ets = list_wanted(pl->node, w, SETTING_ETS, pl->arena);
	uint32_t cap = cap_of(pl->node, w, SETTING_ETS), highest = 0;

	for (size_t i = 0; ets && i < PRIORITIES; i++)
		highest = max_u32(highest, ets[i]);
	if (cap && highest >= cap)
		cap_exceeded(pl, w, SETTING_ETS, "ets_cap", arena_printf(pl->arena, "traffic class %u", highest));
}

void chain_caps(struct planning *pl, const struct wish *w)
{
	pfc_cap(pl, w);
	ets_cap(pl, w);
}
