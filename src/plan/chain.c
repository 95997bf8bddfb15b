/* SPDX-License-Identifier: MIT */
/* The way of a RoCE packet through a port's QoS: from its ToS to the queue that is paused for it. */
#include "plan/chain.h"

#include <linux/pkt_sched.h>
#include <string.h>

const enum setting_id chain_needs[CHAIN_NEEDS] = {
	SETTING_CM_TOS, SETTING_TRUST, SETTING_DSCP_PRIO, SETTING_PFC, SETTING_ETS, SETTING_BUFFER, SETTING_PAUSE,
	SETTING_ECN_NP, SETTING_ECN_RP, SETTING_CNP_DSCP, SETTING_CNP_PRIO,
};

static const struct {
	const char *name, *why;
} parts[CHAIN_PARTS] = {
	[CHAIN_DSCP] = { "DSCP", "switches and the peer tell RoCE from other traffic by it" },
	[CHAIN_TRUST] = { "trust", "it decides whether the DSCP or the tag gives the priority" },
	[CHAIN_PRIO] = { "priority", "PFC, ETS and ECN know priorities alone" },
	[CHAIN_TC] = { "traffic class", "priorities in one class stop together" },
	[CHAIN_BUFFER] = { "buffer", "what arrives before the sender has paused must fit into it" },
	[CHAIN_PFC] = { "PFC", "RoCE of another priority than those with PFC is dropped under load" },
	[CHAIN_ETS] = { "bandwidth", "a class without bandwidth waits for all others" },
	[CHAIN_ECN] = { "ECN", "without it on RoCE's priority nobody slows down before PFC stops everybody" },
	[CHAIN_CNP] = { "CNP", "CNPs that are paused, or of another priority than meant, slow senders down too late" },
};

/* rt_tos2priority() of net/ipv4/route.c: bits 1 to 4 of the ToS; IPv6's traffic class goes through the same in
 * rdma_cm. */
static const uint8_t ip_tos2prio[] = {
	TC_PRIO_BESTEFFORT, TC_PRIO_BESTEFFORT, TC_PRIO_BESTEFFORT, TC_PRIO_BESTEFFORT,
	TC_PRIO_BULK, TC_PRIO_BULK, TC_PRIO_BULK, TC_PRIO_BULK,
	TC_PRIO_INTERACTIVE, TC_PRIO_INTERACTIVE, TC_PRIO_INTERACTIVE, TC_PRIO_INTERACTIVE,
	TC_PRIO_INTERACTIVE_BULK, TC_PRIO_INTERACTIVE_BULK, TC_PRIO_INTERACTIVE_BULK, TC_PRIO_INTERACTIVE_BULK,
};

/* Where values come from: the port that has the settings of DCB (w: its wish, NULL none), and the VLAN on it. */
struct view {
	const struct node *node;
	const struct port *port;
	const struct wish *w, *vlan;
	bool planned;
	struct arena *arena;
	struct chain *c;
};

uint32_t skb_prio_of_tos(uint32_t tos)
{
	return ip_tos2prio[(tos & 0x1e) >> 1];
}

const char *chain_name(enum chain_part c)
{
	return parts[c].name;
}

const char *chain_why(enum chain_part c)
{
	return parts[c].why;
}

static bool is_wished(const struct wish *w, enum setting_id id)
{
	return w && setting_is_wished(&settings[id], w);
}

/* The setting of the port, as it is or will be. */
static struct value value_of(const struct view *v, enum setting_id id)
{
	return setting_later(&settings[id], v->node, v->port, v->planned ? v->w : NULL, v->arena);
}

/* The list of the setting, NULL: not known. */
static const uint32_t *list_of(const struct view *v, enum setting_id id)
{
	struct value x = value_of(v, id);

	return x.kind == VALUE_LIST ? x.list.at : NULL;
}

static void link_put(struct view *v, enum chain_part c, enum chain_state state, const char *seen)
{
	v->c->link[c] = (struct chain_link){ .state = state, .seen = seen };
}

/* The link does not hold as it is seen; at: the setting whose place in the intent counts. */
static void link_fault(struct view *v, enum chain_part c, enum chain_state state, const char *wanted,
		       enum setting_id at, const char *text)
{
	struct chain_link *l = &v->c->link[c];

	l->state = state;
	l->wanted = wanted;
	l->text = text;
	l->at = wish_said_at(v->w, at);
}

/* "3", "3 4": the priorities of the list that are on. */
static const char *prios(const struct view *v, const uint32_t *on)
{
	const struct value list = { .kind = VALUE_LIST, .list = { PRIORITIES, on } };
	char text[VALUE_TEXT];

	return arena_strdup(v->arena, prios_text(&list, text));
}

/* True when some place of the list is wished to be on. */
static bool is_wished_on(const struct view *v, enum setting_id id)
{
	for (size_t i = 0; is_wished(v->w, id) && i < settings[id].count; i++)
		if (v->w->list[id].v.at[i] == 1)
			return true;
	return false;
}

static bool dscp_find(struct view *v)
{
	struct value tos = value_of(v, SETTING_CM_TOS);

	if (tos.kind != VALUE_NUMBER) {
		link_put(v, CHAIN_DSCP, CHAIN_UNKNOWN, "rdma_cm's ToS is not known");
		return false;
	}
	v->c->tos = tos.number;
	v->c->dscp = tos.number >> 2;
	link_put(v, CHAIN_DSCP, CHAIN_HOLDS, arena_printf(v->arena, "tos %u: DSCP %u", tos.number, v->c->dscp));
	return true;
}

/* Trust that follows the entries is what the entries will be. */
static bool trust_find(struct view *v, bool *ret_dscp)
{
	const struct setting_seen *seen = v->port ? setting_seen(&settings[SETTING_TRUST], v->node, v->port) : NULL;
	const uint32_t *map = seen && seen->derived && v->planned ? list_of(v, SETTING_DSCP_PRIO) : NULL;
	struct value trust = value_of(v, SETTING_TRUST);
	bool entries = false;

	for (size_t i = 0; map && i < DSCPS; i++)
		entries |= map[i] != LIST_NONE;
	if (trust.kind != VALUE_NUMBER) {
		link_put(v, CHAIN_TRUST, CHAIN_UNKNOWN, "trust is not known");
		return false;
	}
	*ret_dscp = map && !is_wished(v->w, SETTING_TRUST) ? entries :
							     trust.number == TRUST_DSCP || trust.number == TRUST_DSCP_PCP;
	link_put(v, CHAIN_TRUST, CHAIN_HOLDS, *ret_dscp ? "trust dscp" : "trust pcp");
	return true;
}

/* With PCP trust: rdma_cm's own priority through the VLAN's map, 0 without a tag. */
static bool tag_prio(struct view *v)
{
	uint32_t skb = skb_prio_of_tos(v->c->tos);

	if (!v->vlan) {
		v->c->prio = 0;
		link_put(v, CHAIN_PRIO, CHAIN_HOLDS, "untagged packets are of priority 0 with trust pcp");
		return true;
	}
	struct value map = setting_later(&settings[SETTING_VLAN_EGRESS], v->node, v->vlan->port, v->planned ? v->vlan : NULL,
					 v->arena);
	v->c->in_tag = true;
	if (map.kind == VALUE_LIST)
		v->c->prio = map.list.at[skb];
	else if (v->vlan->port->link.vlan_id)
		v->c->prio = v->vlan->port->link.vlan_egress[skb];
	else
		return false;
	link_put(v, CHAIN_PRIO, CHAIN_HOLDS,
		 arena_printf(v->arena, "rdma_cm's priority %u (for tos %u) is tagged %u on %s", skb, v->c->tos,
			      v->c->prio, v->vlan->port->link.name));
	return true;
}

static bool prio_find(struct view *v, bool by_dscp)
{
	const uint32_t *map = by_dscp ? list_of(v, SETTING_DSCP_PRIO) : NULL;
	uint32_t dscp = v->c->dscp;
	bool known = by_dscp ? map != NULL : tag_prio(v);

	if (!known) {
		link_put(v, CHAIN_PRIO, CHAIN_UNKNOWN, "the map from DSCP to priority is not known");
		return false;
	}
	v->c->prio_known = true;
	if (!by_dscp)
		return true;
	v->c->prio = map[dscp] == LIST_NONE ? 0 : map[dscp];
	link_put(v, CHAIN_PRIO, CHAIN_HOLDS,
		 arena_printf(v->arena, "DSCP %u is of priority %u%s", dscp, v->c->prio,
			      map[dscp] == LIST_NONE ? ": it has no entry" : ""));
	return true;
}

/* A priority without PFC beside prio, which has it, by the list of what both are in; PRIORITIES: none. */
static uint32_t unpaused_beside(const uint32_t *in, const uint32_t *pfc, uint32_t prio)
{
	uint32_t i = 0;

	while (i < PRIORITIES && (!pfc || pfc[prio] != 1 || in[i] != in[prio] || pfc[i] == 1))
		i++;
	return i;
}

/* A class stops with its paused priority, and with it what else is in it. */
static void tc_check(struct view *v)
{
	const uint32_t *ets = list_of(v, SETTING_ETS);
	uint32_t prio = v->c->prio, beside;

	if (!ets || ets[prio] >= PRIORITIES) {
		link_put(v, CHAIN_TC, CHAIN_UNKNOWN, "ETS is not known");
		return;
	}
	v->c->tc = ets[prio];
	v->c->tc_known = true;
	link_put(v, CHAIN_TC, CHAIN_HOLDS, arena_printf(v->arena, "priority %u is in traffic class %u", prio, v->c->tc));
	beside = unpaused_beside(ets, list_of(v, SETTING_PFC), prio);
	if (beside < PRIORITIES)
		link_fault(v, CHAIN_TC, CHAIN_REMARK, "a class of its own", SETTING_ETS,
			   arena_printf(v->arena, "priority %u, with PFC, and %u, without, are both in traffic class %u: a "
					"pause stops both", prio, beside, v->c->tc));
}

/* Only buffers that are wished are judged: drivers fit those of their own to PFC by themselves. */
static void buffer_check(struct view *v)
{
	const uint32_t *b = list_of(v, SETTING_BUFFER);
	uint32_t prio = v->c->prio, beside;

	if (!b || b[prio] >= PRIORITIES) {
		link_put(v, CHAIN_BUFFER, CHAIN_UNKNOWN, "buffers are not known");
		return;
	}
	uint32_t bytes = b[PRIORITIES + b[prio]];
	link_put(v, CHAIN_BUFFER, CHAIN_HOLDS,
		 arena_printf(v->arena, "priority %u is in buffer %u of %u B", prio, b[prio], bytes));
	if (!is_wished(v->w, SETTING_BUFFER))
		return;
	beside = unpaused_beside(b, list_of(v, SETTING_PFC), prio);
	if (bytes == 0)
		link_fault(v, CHAIN_BUFFER, CHAIN_BROKEN, "a buffer with bytes", SETTING_BUFFER,
			   arena_printf(v->arena, "tos %u is of priority %u, whose buffer %u has 0 B", v->c->tos, prio, b[prio]));
	else if (beside < PRIORITIES)
		link_fault(v, CHAIN_BUFFER, CHAIN_REMARK, "a buffer of its own", SETTING_BUFFER,
			   arena_printf(v->arena, "priority %u, with PFC, and %u, without, are both in buffer %u: traffic that "
					"is not paused fills it", prio, beside, b[prio]));
}

/* How the ToS came to its priority, for people. */
static const char *way_text(const struct view *v)
{
	const struct chain *c = v->c;

	if (c->in_tag)
		return arena_printf(v->arena, "tos %u is of priority %u for rdma_cm, and is tagged %u on %s", c->tos,
				    skb_prio_of_tos(c->tos), c->prio, v->vlan->port->link.name);
	if (strcmp(c->link[CHAIN_TRUST].seen, "trust pcp") == 0)
		return arena_printf(v->arena, "tos %u is untagged, which is of priority 0 with trust pcp", c->tos);
	return arena_printf(v->arena, "tos %u is DSCP %u, which is of priority %u here", c->tos, c->dscp, c->prio);
}

/* Where to look first when the priority is not the one that is meant; NULL: the intent says nothing of it. */
static const struct place *way_at(const struct view *v)
{
	const struct place *at = v->c->in_tag ? wish_said_at(v->vlan, SETTING_VLAN_EGRESS) : NULL;

	return at ? at : wish_said_at(v->w, SETTING_CM_TOS);
}

/* RoCE's priority is on in the list of the setting, where any is wished to be. */
static void switch_check(struct view *v, enum chain_part part, enum setting_id id)
{
	const uint32_t *on = list_of(v, id);
	const char *name = parts[part].name;
	uint32_t prio = v->c->prio;

	if (!on) {
		link_put(v, part, CHAIN_UNKNOWN, arena_printf(v->arena, "%s is not known", name));
		return;
	}
	const char *seen = arena_printf(v->arena, "%s is on %s", name, prios(v, on));
	link_put(v, part, CHAIN_HOLDS, seen);
	if (!is_wished_on(v, id) || on[prio] == 1)
		return;
	link_fault(v, part, CHAIN_BROKEN, arena_printf(v->arena, "%s on %u, of which tos %u is", name, prio, v->c->tos), id,
		   arena_printf(v->arena, "%s: %s", way_text(v), seen));
	if (way_at(v))
		v->c->link[part].at = way_at(v);
}

static void ets_check(struct view *v)
{
	const uint32_t *ets = list_of(v, SETTING_ETS);
	uint32_t tc = v->c->tc;

	if (!v->c->tc_known) {
		link_put(v, CHAIN_ETS, CHAIN_UNKNOWN, "ETS is not known");
		return;
	}
	bool shares = ets[PRIORITIES + tc] == TSA_ETS;
	uint32_t pct = ets[2 * PRIORITIES + tc];
	link_put(v, CHAIN_ETS, CHAIN_HOLDS,
		 shares ? arena_printf(v->arena, "traffic class %u has %u %% of the bandwidth", tc, pct) :
			  arena_printf(v->arena, "traffic class %u shares by no percentage", tc));
	if (shares && pct == 0)
		link_fault(v, CHAIN_ETS, CHAIN_REMARK, "more than 0 %", SETTING_ETS,
			   arena_printf(v->arena, "tos %u is in traffic class %u, which has 0 %% of the bandwidth", v->c->tos, tc));
}

/* Priority of the DSCP that CNPs have, PRIORITIES: not known. */
static uint32_t cnp_prio_by_dscp(const struct view *v, bool by_dscp, uint32_t *ret_dscp)
{
	const uint32_t *map = by_dscp ? list_of(v, SETTING_DSCP_PRIO) : NULL;
	struct value dscp = value_of(v, SETTING_CNP_DSCP);

	if (!map || dscp.kind != VALUE_NUMBER || dscp.number >= DSCPS || map[dscp.number] == LIST_NONE)
		return PRIORITIES;
	*ret_dscp = dscp.number;
	return map[dscp.number];
}

static void cnp_check(struct view *v, bool by_dscp)
{
	struct value prio = value_of(v, SETTING_CNP_PRIO);
	const uint32_t *pfc = list_of(v, SETTING_PFC);
	uint32_t dscp = 0, other = cnp_prio_by_dscp(v, by_dscp, &dscp);

	if (prio.kind != VALUE_NUMBER || prio.number >= PRIORITIES) {
		link_put(v, CHAIN_CNP, CHAIN_UNKNOWN, "the priority of CNPs is not known");
		return;
	}
	link_put(v, CHAIN_CNP, CHAIN_HOLDS, arena_printf(v->arena, "CNPs are of priority %u", prio.number));
	if (pfc && pfc[prio.number] == 1)
		link_fault(v, CHAIN_CNP, CHAIN_REMARK, "a priority without PFC", SETTING_CNP_PRIO,
			   arena_printf(v->arena, "CNPs are of priority %u, which has PFC: they wait when it is paused",
					prio.number));
	else if (other < PRIORITIES && other != prio.number)
		link_fault(v, CHAIN_CNP, CHAIN_REMARK, arena_printf(v->arena, "DSCP %u of the same priority", dscp), SETTING_CNP_DSCP,
			   arena_printf(v->arena, "CNPs are of priority %u here, and of %u by their DSCP %u", prio.number, other,
					dscp));
}

const char *chain_unknown(const struct chain *c)
{
	enum chain_part part = CHAIN_DSCP;

	while (part < CHAIN_PRIO && c->link[part].state != CHAIN_UNKNOWN)
		part++;
	return c->link[part].seen;
}

struct chain chain_of(const struct wishes *ws, const struct wish *w, const struct node *n, bool planned,
		      struct arena *a)
{
	const struct port *base = port_base(n, w->port);
	const bool is_vlan = base != w->port;
	struct chain c = { .port = w->port };
	struct view v = { .node = n, .port = base, .vlan = is_vlan ? w : NULL, .planned = planned, .arena = a, .c = &c,
			  .w = is_vlan ? wishes_find(ws, base->link.ifindex) : w };
	bool by_dscp = false;

	for (enum chain_part part = 0; part < CHAIN_PARTS; part++)
		link_put(&v, part, CHAIN_UNKNOWN, "a part before it is not known");
	bool known = dscp_find(&v);
	if (!trust_find(&v, &by_dscp) || !known || !prio_find(&v, by_dscp))
		return c;
	tc_check(&v);
	buffer_check(&v);
	switch_check(&v, CHAIN_PFC, SETTING_PFC);
	ets_check(&v);
	switch_check(&v, CHAIN_ECN, SETTING_ECN_NP);
	cnp_check(&v, by_dscp);
	return c;
}
