/* SPDX-License-Identifier: MIT */
/* Stage neighbour: where a next hop is that is silent on its own wire. Costs only as many questions as there are silent ones. */
#include <string.h>

#include "validate/stage/neighbour.h"

/* Questions beside `from`, same indices: of which silent one, asked by which other port of ours. */
struct seeking {
	struct VEC(struct neigh_ask) asks;
	struct VEC(size_t) of;
	struct VEC(struct target *) from;
};

static bool is_silent(const struct neigh_ask *q)
{
	return !q->resolved && !q->permanent;
}

static bool has_subnet_of(const struct verify *v, const struct port *p, const struct ip *ip)
{
	for vec_each(t, &v->targets)
		if (t->port == p && ip_in_prefix(ip, &t->addr))
			return true;
	return false;
}

static bool is_first_of_family(const struct verify *v, const struct target *t)
{
	for (const struct target *o = v->targets.at; o < t; o++)
		if (o->port == t->port && o->addr.addr.family == t->addr.addr.family)
			return false;
	return true;
}

/* A port in the same subnet asks for its own sake. */
static void seek_add(struct verify *v, struct seeking *s, size_t i)
{
	const struct ip *ip = &v->asks.at[i].ip;

	for vec_each(t, &v->targets) {
		if (t->blocked || t->port == v->asked.at[i].target->port || t->addr.addr.family != ip->family ||
		    !is_first_of_family(v, t) || has_subnet_of(v, t->port, ip))
			continue;
		*vec_add(v->arena, &s->asks) = (struct neigh_ask){ .ifindex = t->port->link.ifindex, .ip = *ip };
		*vec_add(v->arena, &s->of) = i;
		*vec_add(v->arena, &s->from) = t;
	}
}

/* Who answers there for more than its own addresses: a router, a peer with ARP flux. It is known on that wire, and is not
 * the port that has the address. */
static bool is_for_others(const struct verify *v, const struct asked *as, const struct neigh_ask *there)
{
	if (as->port && memcmp(as->port->mac, there->mac, MAC_LEN) == 0)
		return false;
	for vec_each(q, &v->asks)
		if (q->ifindex == there->ifindex && q->resolved && memcmp(q->mac, there->mac, MAC_LEN) == 0)
			return true;
	return false;
}

int neighbour_seek(struct verify *v, unsigned int timeout_ms, struct err *e)
{
	struct seeking s = { 0 };

	/* a link-local address is another one on each wire */
	for (size_t i = 0; i < v->asks.n; i++)
		if (is_silent(&v->asks.at[i]) && !ip_is_link_local(&v->asks.at[i].ip))
			seek_add(v, &s, i);
	int r = s.asks.n ? v->kern->neigh_ask(v->kern, s.asks.at, s.asks.n, timeout_ms, e) : 0;

	for (size_t k = 0; k < s.asks.n && r == 0; k++) {
		struct asked *as = &v->asked.at[s.of.at[k]];

		if (!s.asks.at[k].resolved || s.asks.at[k].permanent || is_for_others(v, as, &s.asks.at[k]))
			continue;
		as->elsewhere = s.from.at[k];
		memcpy(as->elsewhere_mac, s.asks.at[k].mac, MAC_LEN);
	}
	return r;
}
