/* SPDX-License-Identifier: MIT */
/* What there is to verify: our addresses, and the peers' ports that each of them can reach. */
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include "validate/verify.h"

static bool port_has(const struct node *n, const struct port *p, const struct prefix *addr)
{
	for vec_each(ad, &n->addrs)
		if (ad->ifindex == p->link.ifindex && prefix_equal(&ad->prefix, addr))
			return true;
	return false;
}

/* The gateway of the family that the kernel has for the port now, of any table. */
static struct ip gateway_seen(const struct node *n, const struct port *p, uint8_t family)
{
	for vec_each(rt, &n->routes)
		if (rt->dst.len == 0 && rt->gateway.family == family &&
		    rt->oif == (uint32_t)p->link.ifindex)
			return rt->gateway;
	return (struct ip){ 0 };
}

static void wish_of_target(struct target *t)
{
	for (size_t i = 0; i < t->wish->routes.n; i++) {
		const struct route_wish *rw = &t->wish->routes.at[i];

		if (rw->is == OPT_SET && rw->route.dst.len == 0 &&
		    rw->route.dst.addr.family == t->addr.addr.family)
			t->gateway = rw->route.gateway;
	}
	for vec_each(ru, &t->wish->rules)
		if (ip_equal(&ru->src, &t->addr.addr))
			t->table = ru->table;
}

static void target_add(struct verify *v, const struct port *p, const struct wish *w,
		       const struct prefix *addr)
{
	struct target *t = vec_add(v->arena, &v->targets);

	*t = (struct target){ .port = p, .wish = w, .addr = *addr, .gid_index = -1 };
	t->present = port_has(v->node, p, addr);
	if (!t->present)
		t->blocked = "settings";
	if (w)
		wish_of_target(t);
	else
		t->gateway = gateway_seen(v->node, p, addr->addr.family);
}

/* A link-local address is the kernel's own: nobody is told to use it. */
static void port_targets(struct verify *v, const struct port *p, const struct wish *w)
{
	for vec_each(ad, &v->node->addrs)
		if (ad->ifindex == p->link.ifindex && !ip_is_link_local(&ad->prefix.addr))
			target_add(v, p, w, &ad->prefix);
}

bool verify_takes(const struct verify *v, const struct port *p)
{
	return !v->wishes && port_is_roce(p) && !p->gone && port_is_first_on_netdev(v->node, p);
}

void targets_find(struct verify *v)
{
	for (size_t i = 0; v->wishes && i < v->wishes->n; i++) {
		const struct wish *w = &v->wishes->at[i];

		for vec_each(ad, &w->addrs)
			target_add(v, w->port, w, &ad->prefix);
		if (!w->addrs.n) /* an intent without addresses: those that somebody else gave */
			port_targets(v, w->port, w);
	}
	for vec_each(p, &v->node->ports)
		if (verify_takes(v, p))
			port_targets(v, p, NULL);
}

struct ip target_neighbour(const struct verify *v, const struct target *t)
{
	struct ip first = prefix_first(&t->addr), ip = first;

	for vec_each(pa, &v->pairs)
		if (pa->target == t && pa->on_link)
			return pa->dst;
	for (uint64_t i = t->addr.len < 8 * ip_size(t->addr.addr.family) - 1 ? 1 : 0; i <= v->node->addrs.n + 1; i++)
		if (ip_add(&first, i, &ip) && ip_in_prefix(&ip, &t->addr) && !node_has_address(v->node, &ip))
			return ip;
	return (struct ip){ 0 };
}

static bool is_wished_route(const struct wish *w, const struct ip *dst)
{
	for vec_each(rw, &w->routes)
		if (rw->is == OPT_SET && rw->route.gateway.family && ip_in_prefix(dst, &rw->route.dst))
			return true;
	return false;
}

/* Without an intent any route of the port that names a gateway leads to the peer. */
static bool is_routed(const struct verify *v, const struct target *t, const struct ip *dst)
{
	if (t->wish && is_wished_route(t->wish, dst))
		return true;
	struct route_query q = { .src = t->addr.addr, .dst = *dst, .oif = (uint32_t)t->port->link.ifindex };
	struct route rt = { 0 };

	return !t->wish && t->present && v->kern->route_get(v->kern, &q, &rt, NULL) == 0 && rt.gateway.family;
}

bool target_leads(const struct verify *v, const struct target *t, const struct ip *dst)
{
	return ip_in_prefix(dst, &t->addr) || t->gateway.family || is_routed(v, t, dst);
}

static void pair_try(struct verify *v, struct target *t, const struct peer *peer,
		     const struct peer_port *port, const struct ip *dst)
{
	/* an address of our own among them: every node may be given the same list of peers */
	if (dst->family != t->addr.addr.family || ip_is_link_local(dst) || node_has_address(v->node, dst) ||
	    !target_leads(v, t, dst))
		return;
	*vec_add(v->arena, &v->pairs) = (struct pair){
		.target = t, .peer = peer, .port = port, .dst = *dst, .on_link = ip_in_prefix(dst, &t->addr),
	};
}

/* The pairs of one peer side by side: what is in flight together then goes by all of our ports, and to few responders. */
void pairs_find(struct verify *v)
{
	for (size_t i = 0; i < v->o.peers_n; i++)
		for vec_each(t, &v->targets)
			for (size_t j = 0; j < v->peers[i].port_n; j++)
				for (size_t k = 0; k < v->peers[i].port[j].addr_n; k++)
					pair_try(v, t, &v->peers[i], &v->peers[i].port[j],
						 &v->peers[i].port[j].addr[k].addr);
}
