/* SPDX-License-Identifier: MIT */
/* The rule that sends what comes from a port's address to the port's own table. */
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "setting/setting.h"

/* True when the table can answer for what our rule is about: a route that covers the port's subnets or
 * lies in them, or a default route. A table of other networks lets the packet pass on to our rule. */
static bool table_answers(const struct node *n, uint32_t table, uint8_t family, const struct wish *w)
{
	for vec_each(rt, &n->routes) {
		if (rt->table != table || rt->type == RTN_THROW || rt->dst.addr.family != family)
			continue;
		if (rt->dst.len == 0)
			return true;
		for (size_t i = 0; i < w->addrs.n; i++)
			if (ip_in_prefix(&w->addrs.at[i].prefix.addr, &rt->dst) ||
			    ip_in_prefix(&rt->dst.addr, &w->addrs.at[i].prefix))
				return true;
	}
	return false;
}

/* Among rules of one priority the older one comes first, and ours, where it is not there yet, last. */
static bool is_older(const struct rule *ru, const struct rule *ours, const struct node *n)
{
	for vec_each(x, &n->rules)
		if (x == ru || rule_equal(x, ours))
			return x == ru;
	return true;
}

/* True when ru, met before ours, takes every packet from src to another table. Rules that only
 * look (no route there, or a suppressed one) pass the packet on; the table `local` does. */
static bool rule_shadows(const struct rule *ru, const struct rule *ours, const struct node *n,
			 const struct wish *w)
{
	struct prefix src = { .addr = ru->src, .len = ru->src_len };
	bool catches = ru->src_len == 0 || ip_in_prefix(&ours->src, &src);

	if (ru->family != ours->family || ru->priority > ours->priority || !catches || rule_equal(ru, ours) ||
	    rule_is_narrow(ru) || (ru->priority == ours->priority && !is_older(ru, ours, n)))
		return false;
	if (ru->action == FR_ACT_BLACKHOLE || ru->action == FR_ACT_UNREACHABLE ||
	    ru->action == FR_ACT_PROHIBIT)
		return true;
	return ru->action == FR_ACT_TO_TBL && ru->table != ours->table && ru->table != RT_TABLE_LOCAL &&
	       table_answers(n, ru->table, ru->family, w);
}

static char *mend_text(struct arena *a, const struct rule *ru)
{
	struct prefix src = { .addr = ru->src, .len = ru->src_len };
	char text[PREFIX_TEXT];

	return arena_printf(a, "is it of an earlier intent, or no longer needed: ip %srule del priority %u from %s; "
			    "else a smaller rule_priority in the intent", ru->family == AF_INET6 ? "-6 " : "", ru->priority,
			    ru->src_len ? prefix_text(&src, text) : "all");
}

static void shadow_note(struct planning *pl, const struct setting *s, const struct wish *w,
			const struct rule *ru, const struct rule *ours)
{
	char seen[VALUE_TEXT], wanted[VALUE_TEXT];
	struct value a = { .kind = VALUE_RULE, .rule = *ru }, b = { .kind = VALUE_RULE, .rule = *ours };
	const char *text = value_text(&a, seen);

	*vec_add(pl->arena, &pl->obstacles) = (struct obstacle){
		.port = w->port,
		.setting = s,
		.seen = arena_printf(pl->arena, "rule %s comes first", text),
		.wanted = arena_strdup(pl->arena, value_text(&b, wanted)),
		.why = (char *)s->why,
		.mend = mend_text(pl->arena, ru),
	};
}

static bool is_from(const struct rule *ru, const struct ip *src)
{
	return ru->src_len == 8 * ip_size(ru->family) && ip_equal(&ru->src, src);
}

static bool is_wished(const struct planning *pl, const struct rule *ru)
{
	for vec_each(w, pl->wishes)
		for vec_each(want, &w->rules)
			if (rule_equal(want, ru))
				return true;
	return false;
}

bool rule_goes(const struct planning *pl, const struct rule *ru)
{
	if (ru->protocol != RTPROT_STATIC || ru->action != FR_ACT_TO_TBL || rule_is_narrow(ru))
		return false;
	for vec_each(ad, &pl->node->addrs)
		if (is_from(ru, &ad->prefix.addr) && address_goes(pl, ad))
			return !is_wished(pl, ru);
	return false;
}

/* A rule from an address that is taken off leads nobody any more, and would hold its table for good. */
static void flush_plan(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct value none = { 0 };

	for vec_each(ru, &pl->node->rules) {
		struct value old = { .kind = VALUE_RULE, .rule = *ru };
		bool ours = false;

		for vec_each(ad, &pl->node->addrs)
			ours |= ad->ifindex == w->port->link.ifindex && is_from(ru, &ad->prefix.addr);
		if (ours && rule_goes(pl, ru))
			planning_add(pl, s, w->port, &old, &none);
	}
}

/* The rule of all VRFs leads what such a port sends and receives to the VRF's table, before ours is met. */
static void vrf_check(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct link *l = &w->port->link, *vrf = l->master ? node_link(pl->node, l->master) : NULL;

	if (!vrf || !vrf->vrf_table || !w->rules.n)
		return;
	*vec_add(pl->arena, &pl->obstacles) = (struct obstacle){
		.port = w->port,
		.setting = s,
		.seen = arena_printf(pl->arena, "in VRF %s, whose table %u answers first", vrf->name, vrf->vrf_table),
		.wanted = arena_printf(pl->arena, "table %u for what comes from the port's addresses", w->rules.at[0].table),
		.why = (char *)s->why,
		.mend = arena_printf(pl->arena, "ip link set %s nomaster; or table: none in the intent, and the routes in the "
				     "VRF's table by its owner", l->name),
	};
}

void rule_plan(struct planning *pl, const struct setting *s, const struct wish *w)
{
	const struct value none = { 0 };

	vrf_check(pl, s, w);
	if (w->flush)
		flush_plan(pl, s, w);
	for (size_t i = 0; i < w->rules.n; i++) {
		struct value want = { .kind = VALUE_RULE, .rule = w->rules.at[i] };

		if (!node_has_rule(pl->node, &want.rule))
			planning_add(pl, s, w->port, &none, &want);
		for (size_t j = 0; j < pl->node->rules.n; j++)
			if (rule_shadows(&pl->node->rules.at[j], &want.rule, pl->node, w) &&
			    !rule_goes(pl, &pl->node->rules.at[j]))
				shadow_note(pl, s, w, &pl->node->rules.at[j], &want.rule);
	}
}

int rule_apply(struct kern *k, const struct op *op, const struct value *from, const struct value *to,
	       struct err *e)
{
	(void)op;
	if (to->kind == VALUE_RULE)
		return k->rule_set(k, CHANGE_ADD, &to->rule, e);
	return k->rule_set(k, CHANGE_DEL, &from->rule, e);
}
