/* SPDX-License-Identifier: MIT */
/* Stage switch: what the switch says of itself by LLDP goes together with what the port has. */
#include <string.h>

#include "validate/verify.h"

enum { FRAME_HEADERS = 14 + 4 }; /* Ethernet header and FCS, which count as the frame's */

/* A VLAN has the switch of the port below it. */
static void port_add(struct verify *v, const struct port *p)
{
	if (!lldp_heard_at(&v->heard, p))
		*vec_add(v->arena, &v->heard) = (struct lldp_heard){ .port = p };
}

int switch_gather(struct verify *v, struct err *e)
{
	qos_find(v);
	qos_look(v);
	for vec_each(q, &v->qos)
		port_add(v, port_base(v->node, q->port));
	return lldp_listen(v->kern, &v->heard, v->o.lldp_s, v->arena, e);
}

void check_switch_neighbour(struct verify *v, const struct check *c)
{
	static const enum verdict verdicts[] = {
		[LLDP_SAID] = VERDICT_PASS, [LLDP_SILENT] = VERDICT_WARN, [LLDP_MALFORMED] = VERDICT_FAIL,
	};

	for vec_each(h, &v->heard) {
		struct result *r = result_add(v, c, verdicts[h->state], h->port);

		r->seen = h->state == LLDP_SAID ? lldp_name(&h->says, v->arena) : h->why;
		r->wanted = "an LLDP frame of the switch";
		if (h->state != LLDP_SAID)
			result_found(r, h->state == LLDP_SILENT ? FINDING_LLDP_SILENT : FINDING_LLDP_MALFORMED);
	}
	if (!v->heard.n)
		result_add(v, c, VERDICT_NA, NULL)->seen = "no RoCE port to verify";
}

/* True when the switch says this of itself; else that it does not is n/a. */
static bool is_said(struct verify *v, const struct check *c, const struct lldp_heard *h, enum lldp_part part,
		    const char *what)
{
	if (h->state == LLDP_SAID && h->says.has & part)
		return true;
	struct result *r = result_add(v, c, VERDICT_NA, h->port);

	if (h->state != LLDP_SAID)
		r->seen = arena_printf(v->arena, "nothing to compare with: %s", h->why);
	else
		r->seen = arena_printf(v->arena, "%s does not say its %s%s", lldp_name(&h->says, v->arena), what,
				       h->says.has & LLDP_CEE ? ", but speaks DCBX of before the standard (CEE)" : "");
	return false;
}

/* What the port has of the setting; NULL: nothing, which is n/a. */
static const uint32_t *own_list(struct verify *v, const struct check *c, const struct port *p, enum setting_id id)
{
	const struct setting_seen *seen = setting_seen(&settings[id], v->node, p);

	if (seen && seen->value.kind == VALUE_LIST)
		return seen->value.list.at;
	result_add(v, c, VERDICT_NA, p)->seen = seen && seen->why ? seen->why : "the port does not tell its own";
	return NULL;
}

static const char *list_text(struct verify *v, enum setting_id id, const uint32_t *at)
{
	const struct value list = setting_value(&settings[id], at);
	char text[VALUE_TEXT];

	return arena_strdup(v->arena, setting_text(&settings[id], &list, text));
}

/* A difference: `seen` of ours, `wanted` by the switch. */
static void differs(struct verify *v, const struct check *c, const struct lldp_heard *h, enum finding_id id,
		    enum verdict verdict, const char *seen, const char *wanted)
{
	struct result *r = result_add(v, c, verdict, h->port);

	result_found(r, id);
	r->seen = seen;
	r->wanted = arena_printf(v->arena, "%s, as %s says", wanted, lldp_name(&h->says, v->arena));
}

static void same(struct verify *v, const struct check *c, const struct lldp_heard *h, const char *seen)
{
	result_add(v, c, VERDICT_PASS, h->port)->seen =
		arena_printf(v->arena, "%s, as %s says", seen, lldp_name(&h->says, v->arena));
}

/* Some agents (lldpd in its earlier versions) tell the MTU, without what the standard counts as the frame's. */
void check_switch_mtu(struct verify *v, const struct check *c)
{
	for vec_each(h, &v->heard) {
		uint32_t mtu = h->port->link.mtu, max = h->says.max_frame;

		if (!is_said(v, c, h, max ? LLDP_MAX_FRAME : 0, "maximum frame size"))
			continue;
		struct result *r = result_add(v, c, max < mtu		      ? VERDICT_FAIL :
						    max < mtu + FRAME_HEADERS ? VERDICT_NA :
										VERDICT_PASS, h->port);
		if (r->verdict == VERDICT_FAIL)
			result_found(r, FINDING_SWITCH_MTU_SMALL);
		r->seen = arena_printf(v->arena, "%s says frames of %u B, netdev MTU %u B%s", lldp_name(&h->says, v->arena),
				       max, mtu, r->verdict == VERDICT_NA ? ": with or without the 18 B around a packet is not told" : "");
		r->wanted = arena_printf(v->arena, "frames of %u B at least", mtu + FRAME_HEADERS);
	}
}

void check_switch_pfc(struct verify *v, const struct check *c)
{
	for vec_each(h, &v->heard) {
		const uint32_t *own = is_said(v, c, h, LLDP_PFC, "PFC") ? own_list(v, c, h->port, SETTING_PFC) : NULL;

		if (!own)
			continue;
		const char *seen = arena_printf(v->arena, "PFC on %s", list_text(v, SETTING_PFC, own));
		if (memcmp(own, h->says.pfc, sizeof(h->says.pfc)) == 0)
			same(v, c, h, seen);
		else
			differs(v, c, h, FINDING_SWITCH_PFC_DIFFERS, VERDICT_FAIL, seen,
				arena_printf(v->arena, "PFC on %s", list_text(v, SETTING_PFC, h->says.pfc)));
	}
}

/* How a priority is sent, whatever the number of its class: that has a meaning on its own end alone. */
struct sending {
	uint32_t with; /* bit for each priority of the class */
	uint32_t tsa, bandwidth_pct;
};

/* at: as the setting ets has it. */
static struct sending sending_of(const uint32_t *at, size_t prio)
{
	size_t tc = min_size(at[prio], PRIORITIES - 1); /* a driver may say anything */
	struct sending s = { .tsa = at[PRIORITIES + tc], .bandwidth_pct = at[2 * PRIORITIES + tc] };

	for (size_t i = 0; i < PRIORITIES; i++)
		s.with |= (uint32_t)(at[i] == at[prio]) << i;
	return s;
}

/* "priority 3: ets 50 %, alone", "priority 0: strict 0 %, with 1 2" */
static const char *sending_text(struct verify *v, const struct sending *s, size_t prio)
{
	uint32_t with[PRIORITIES];
	const char *word = s->tsa <= TSA_VENDOR && tsa_words[s->tsa] ? tsa_words[s->tsa] : "another selection";

	for (size_t i = 0; i < PRIORITIES; i++)
		with[i] = i != prio && s->with >> i & 1;
	bool alone = s->with == 1u << prio;
	return arena_printf(v->arena, "priority %zu: %s %u %%, %s%s", prio, word, s->bandwidth_pct, alone ? "alone" : "with ",
			    alone ? "" : list_text(v, SETTING_PFC, with));
}

static bool is_vendors(const uint32_t *ets)
{
	for (size_t i = 0; i < PRIORITIES; i++)
		if (ets[PRIORITIES + i] != TSA_VENDOR)
			return false;
	return true;
}

static void ets_compare(struct verify *v, const struct check *c, const struct lldp_heard *h, const uint32_t *own)
{
	const struct lldp_ets *ets = h->says.has & LLDP_ETS_ADVICE ? &h->says.advice : &h->says.ets;

	for (size_t prio = 0; prio < PRIORITIES; prio++) {
		struct sending ours = sending_of(own, prio), theirs = sending_of(ets->prio_tc, prio);

		if (memcmp(&ours, &theirs, sizeof(ours)) == 0)
			continue;
		differs(v, c, h, FINDING_SWITCH_ETS_DIFFERS, VERDICT_WARN, sending_text(v, &ours, prio),
			sending_text(v, &theirs, prio));
		return;
	}
	same(v, c, h, list_text(v, SETTING_ETS, own));
}

void check_switch_ets(struct verify *v, const struct check *c)
{
	for vec_each(h, &v->heard) {
		bool said = is_said(v, c, h, LLDP_ETS | LLDP_ETS_ADVICE, "ETS");
		const uint32_t *own = said ? own_list(v, c, h->port, SETTING_ETS) : NULL;

		if (own && is_vendors(own))
			result_add(v, c, VERDICT_NA, h->port)->seen = "the port's classes are its driver's own (vendor)";
		else if (own)
			ets_compare(v, c, h, own);
	}
}

static const struct chain *chain_at(const struct verify *v, const struct port *p)
{
	for vec_each(q, &v->qos)
		if (q->port == p)
			return &q->now;
	return NULL;
}

/* By the port's own entries; RoCE's DSCP has a priority without one, too. DSCP_UNMAPPED: not known. */
static uint32_t own_prio(const uint32_t *map, const struct chain *ch, size_t dscp)
{
	bool is_roces = ch && ch->prio_known && !ch->in_tag && ch->dscp == dscp;

	return map[dscp] == DSCP_UNMAPPED && is_roces ? ch->prio : map[dscp];
}

/* DSCPs that both have a priority for, and how many of them have another one. */
static size_t dscps_compare(struct verify *v, const struct check *c, const struct lldp_heard *h, const uint32_t *map,
			    const struct chain *ch)
{
	uint32_t says[DSCPS], ours[DSCPS], theirs[DSCPS];
	size_t both = 0, other = 0;

	lldp_dscp_prio(&h->says, says);
	for (size_t i = 0; i < DSCPS; i++) {
		uint32_t prio = own_prio(map, ch, i);
		bool is_both = prio != DSCP_UNMAPPED && says[i] != DSCP_UNMAPPED, is_other = is_both && prio != says[i];

		both += is_both;
		other += is_other;
		ours[i] = is_other ? prio : DSCP_UNMAPPED;
		theirs[i] = is_other ? says[i] : DSCP_UNMAPPED;
	}
	if (other)
		differs(v, c, h, FINDING_SWITCH_APP_DIFFERS, VERDICT_FAIL,
			arena_printf(v->arena, "priorities of DSCPs %s", list_text(v, SETTING_DSCP_PRIO, ours)),
			list_text(v, SETTING_DSCP_PRIO, theirs));
	else if (both)
		same(v, c, h, arena_printf(v->arena, "%zu DSCPs have the same priority", both));
	return both;
}

/* RoCE v2 as such, by its UDP port. True: both have a priority for it. */
static bool roce_compare(struct verify *v, const struct check *c, const struct lldp_heard *h, const struct chain *ch)
{
	uint32_t prio = lldp_roce_prio(&h->says);

	if (prio == DSCP_UNMAPPED || !ch || !ch->prio_known)
		return false;
	const char *seen = arena_printf(v->arena, "RoCE v2 has priority %u", ch->prio);
	if (prio == ch->prio)
		same(v, c, h, seen);
	else
		differs(v, c, h, FINDING_SWITCH_APP_DIFFERS, VERDICT_FAIL, seen, arena_printf(v->arena, "priority %u", prio));
	return true;
}

void check_switch_app(struct verify *v, const struct check *c)
{
	for vec_each(h, &v->heard) {
		bool said = is_said(v, c, h, LLDP_APP, "priorities of applications");
		const uint32_t *map = said ? own_list(v, c, h->port, SETTING_DSCP_PRIO) : NULL;
		const struct chain *ch = chain_at(v, h->port);

		if (!map)
			continue;
		size_t compared = dscps_compare(v, c, h, map, ch) + roce_compare(v, c, h, ch);
		if (!compared)
			result_add(v, c, VERDICT_NA, h->port)->seen =
				arena_printf(v->arena, "%s has a priority for no DSCP of the port",
					     lldp_name(&h->says, v->arena));
	}
}
