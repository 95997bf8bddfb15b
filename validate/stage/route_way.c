/* SPDX-License-Identifier: MIT */
/* The kernel's answer to one look-up, and whether it is the one that is wanted. */
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "validate/stage/route.h"

static bool is_in_vrf(const struct verify *v, const struct target *t)
{
	const struct link *master = node_link(v->node, t->port->link.master);

	return master && master->vrf_table;
}

/* RTM_GETROUTE asks as a socket does, from lo, and so meets rules that the check of the way back passes over. */
static bool asks_for_lo(const struct node *n, uint8_t family)
{
	for vec_each(ru, &n->rules)
		if (ru->family == family && strcmp(ru->iif, "lo") == 0)
			return true;
	return false;
}

const struct fib *way_fib(struct verify *v)
{
	if (!v->fib) {
		struct fib *f = arena_new(v->arena, struct fib);

		*f = fib_of_node(v->node, v->arena);
		v->fib = f;
	}
	return v->fib;
}

struct fib_packet way_packet(const struct way *w)
{
	const struct link *l = &w->t->port->link;
	bool bound = w->kind != WAY_SOCKET;

	return (struct fib_packet){
		.src = w->t->addr.addr, .dst = w->dst, .oif = bound ? (uint32_t)l->ifindex : 0,
		.iif = w->kind == WAY_BACK ? "" : "lo", .oif_name = bound ? l->name : NULL,
	};
}

bool way_owns(const struct target *t, const struct rule *ru)
{
	return ru->src_len == 8 * ip_size(t->addr.addr.family) && ip_equal(&ru->src, &t->addr.addr) &&
	       ru->action == FR_ACT_TO_TBL;
}

static void way_walk(struct verify *v, struct way *w)
{
	struct fib_packet p = way_packet(w);
	struct fib_path path;

	if (fib_find_bound(way_fib(v), &p, &path) && path.route)
		w->seen = path.route->route;
	else
		w->error = "no route";
}

void way_ask(struct verify *v, struct way *w)
{
	struct fib_packet p = way_packet(w);
	struct route_query q = { .src = p.src, .dst = p.dst, .oif = p.oif, .in_tables = w->kind == WAY_BACK };
	struct err e = { 0 };

	if (w->kind == WAY_BACK && asks_for_lo(v->node, w->dst.family) && !is_in_vrf(v, w->t))
		way_walk(v, w);
	else if (v->kern->route_get(v->kern, &q, &w->seen, &e) < 0)
		w->error = arena_strdup(v->arena, e.text);
}

/* rt6_lookup(), which the passive side asks, takes of a prefix the route by the port whatever its metric is. */
static bool has_sibling(const struct verify *v, const struct route *seen, uint32_t oif)
{
	for vec_each(rt, &v->node->routes)
		if (rt->oif == oif && rt->table == seen->table && prefix_equal(&rt->dst, &seen->dst))
			return true;
	return false;
}

bool way_is_right(const struct verify *v, const struct way *w)
{
	uint32_t oif = (uint32_t)w->t->port->link.ifindex;

	if (w->error || w->seen.type != RTN_UNICAST)
		return false;
	if (w->kind == WAY_BACK)
		return w->seen.oif == oif || (w->dst.family == AF_INET6 && has_sibling(v, &w->seen, oif));
	return w->seen.oif == oif && ip_equal(&w->seen.gateway, &w->gateway);
}
