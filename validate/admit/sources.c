/* SPDX-License-Identifier: MIT */
/* Own subnets and planned routes, from what the node has and what is wished of it. */
#include "validate/admit/sources.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

static const struct port *port_below(const struct node *n, int ifindex)
{
	for vec_each(p, &n->ports)
		if (port_is_roce(p) && node_rests_on(n, ifindex, p->link.ifindex))
			return p;
	return NULL;
}

void own_addresses(const struct node *n, struct arena *a, struct prefixes *ret)
{
	for vec_each(ad, &n->addrs)
		if (port_below(n, ad->ifindex))
			*vec_add(a, ret) = ad->prefix;
}

static const struct wish *wish_of(const struct wishes *w, const struct port *p)
{
	for (size_t i = 0; w && i < w->n; i++)
		if (w->at[i].port == p)
			return &w->at[i];
	return NULL;
}

static bool wishes_routes(const struct wish *w)
{
	for (size_t i = 0; w && i < w->routes.n; i++)
		if (w->routes.at[i].is == OPT_SET)
			return true;
	return false;
}

/* True when packets from one of our addresses are looked up in the table. */
static bool is_own_table(const struct node *n, const struct prefixes *own, const struct route *rt)
{
	for vec_each(ru, &n->rules) {
		const struct prefix from = { ru->src, ru->src_len };

		if (ru->action != FR_ACT_TO_TBL || ru->table != rt->table || ru->src.family != rt->dst.addr.family)
			continue;
		for vec_each(p, own)
			if (ip_in_prefix(&p->addr, &from))
				return true;
	}
	return false;
}

static bool is_planned(const struct node *n, const struct wishes *w, const struct prefixes *own, const struct route *rt)
{
	const struct port *p = rt->type == RTN_UNICAST ? port_below(n, (int)rt->oif) : NULL;

	if (!p || wishes_routes(wish_of(w, p)))
		return false;
	return (rt->table == RT_TABLE_MAIN && rt->dst.len) || is_own_table(n, own, rt);
}

void sources_find(const struct node *n, const struct wishes *w, struct arena *a, struct prefixes *ret)
{
	struct prefixes own = { 0 };

	own_addresses(n, a, &own);
	for vec_each(p, &own)
		*vec_add(a, ret) = prefix_network(p);
	for vec_each(rt, &n->routes)
		if (is_planned(n, w, &own, rt))
			*vec_add(a, ret) = rt->dst;
	for (size_t i = 0; w && i < w->n; i++)
		for vec_each(rw, &w->at[i].routes)
			if (rw->is == OPT_SET)
				*vec_add(a, ret) = rw->route.dst;
}
