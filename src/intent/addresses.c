/* SPDX-License-Identifier: MIT */
/* The address plan of the whole node, worked out and checked before anything is written. */
#include "intent/addresses.h"

#include <errno.h>
#include <string.h>

/* What the checks look at together. */
struct checking {
	const struct intent *in;
	const struct node *node;
	struct arena *arena;
	struct diag *d;
};

static bool has_ends(const struct prefix *p)
{
	return p->addr.family == AF_INET && p->len < 31;
}

/* The next address of the sequence for each port that has none of its own. */
static void sequence_deal(const struct checking *c, struct address_plan *ap, size_t n)
{
	const struct placed_prefix *first = &c->in->sequence;
	char text[PREFIX_TEXT], from[IP_TEXT];
	uint64_t k = 0;

	for (size_t i = 0; i < n; i++) {
		struct placed_prefix next = *first;

		if (ap[i].entry->addresses.n) {
			ap[i].addr = ap[i].entry->addresses.at;
			ap[i].n = ap[i].entry->addresses.n;
			continue;
		}
		if (!first->v.addr.family || ap[i].entry->not_ours[SETTING_ADDRESS])
			continue;
		if (!ip_add(&first->v.addr, k++, &next.v.addr) || !ip_in_prefix(&next.v.addr, &first->v)) {
			struct prefix net = prefix_network(&first->v);

			diag_add(c->d, &first->at,
				 "the prefix %s is too small: from %s on it has no address for %s, port %zu of the sequence",
				 prefix_text(&net, text), ip_text(&first->v.addr, from), ap[i].port->name,
				 (size_t)k);
			return;
		}
		ap[i].addr = arena_new(c->arena, struct placed_prefix);
		*ap[i].addr = next;
		ap[i].n = 1;
	}
}

/* /31 and /127 hold two addresses: the gateway is the other one (RFC 3021, RFC 6164). */
static void other_of_two(const struct prefix *p, struct opt_ip *ret)
{
	size_t last = ip_size(p->addr.family) - 1;

	if (p->len != 8 * (last + 1) - 1)
		return;
	*ret = (struct opt_ip){ OPT_SET, p->addr };
	ret->v.bytes[last] ^= 1;
}

static void gateway_choose(const struct intent *in, struct address_plan *ap)
{
	const struct port_intent *pi = ap->entry->gateway.is != OPT_UNSET ? ap->entry : &in->defaults;

	if (pi->not_ours[SETTING_ROUTE] || ap->entry->not_ours[SETTING_ROUTE])
		return;
	ap->gateway = pi->gateway;
	ap->gateway_at = pi->gateway_at;
	if (pi->gateway.is == OPT_UNSET && ap->n)
		other_of_two(&ap->addr[0].v, &ap->gateway);
}

static void address_check(const struct checking *c, const struct address_plan *ap,
			  const struct placed_prefix *pp)
{
	struct ip first = prefix_first(&pp->v), last = prefix_last(&pp->v);
	char text[PREFIX_TEXT];
	const char *name = ap->port->name;

	prefix_text(&pp->v, text);
	if (pp->v.len == 8 * ip_size(pp->v.addr.family) || pp->v.len == 0)
		diag_add(c->d, &pp->at, "%s: %s has no neighbours in its prefix: 1 to 31 is wanted", name,
			 text);
	else if (has_ends(&pp->v) && ip_equal(&pp->v.addr, &first))
		diag_add(c->d, &pp->at, "%s: %s is the network address of its prefix", name, text);
	else if (has_ends(&pp->v) && ip_equal(&pp->v.addr, &last))
		diag_add(c->d, &pp->at, "%s: %s is the broadcast address of its prefix", name, text);
	if (pp->v.addr.bytes[0] == 127 || (pp->v.addr.bytes[0] & 0xf0) == 0xe0 ||
	    pp->v.addr.bytes[0] == 0)
		diag_add(c->d, &pp->at, "%s: %s is no address that a host can have", name, text);
}

static void host_check(const struct checking *c, const struct address_plan *ap,
		       const struct placed_prefix *pp)
{
	char ip[IP_TEXT], there[PREFIX_TEXT];

	for (size_t i = 0; i < c->node->addrs.n; i++) {
		const struct addr *ad = &c->node->addrs.at[i];
		const struct link *l = node_link(c->node, ad->ifindex);
		bool own = ad->ifindex == ap->port->link.ifindex;

		if (!ip_equal(&ad->prefix.addr, &pp->v.addr) || (own && ad->prefix.len == pp->v.len))
			continue;
		ip_text(&pp->v.addr, ip);
		diag_add(c->d, &pp->at, "%s: %s is already on %s as %s: remove it there first", ap->port->name,
			 ip, l ? l->name : "another interface", prefix_text(&ad->prefix, there));
	}
}

static void gateway_check(const struct checking *c, const struct address_plan *ap)
{
	char text[IP_TEXT];
	bool inside = false;

	if (ap->gateway.is != OPT_SET || !ap->n)
		return;
	ip_text(&ap->gateway.v, text);
	for (size_t i = 0; i < ap->n; i++) {
		const struct prefix *p = &ap->addr[i].v;
		struct ip first = prefix_first(p), last = prefix_last(p);

		inside |= ip_in_prefix(&ap->gateway.v, p);
		if (has_ends(p) && (ip_equal(&ap->gateway.v, &first) || ip_equal(&ap->gateway.v, &last)))
			diag_add(c->d, &ap->gateway_at,
				 "%s: the gateway %s is the network or broadcast address of its prefix",
				 ap->port->name, text);
	}
	for vec_each(ad, &c->node->addrs)
		if (ip_equal(&ad->prefix.addr, &ap->gateway.v))
			diag_add(c->d, &ap->gateway_at, "%s: the gateway %s is an address of this node",
				 ap->port->name, text);
	if (!inside)
		diag_add(c->d, &ap->gateway_at, "%s: the gateway %s is in no subnet of the port",
			 ap->port->name, text);
}

/* One address of the plan, with its port, for the search for twins. */
struct used {
	struct ip ip;
	const struct address_plan *ap;
	const struct placed_prefix *pp;
};

static int by_ip(const void *a, const void *b)
{
	return memcmp(&((const struct used *)a)->ip, &((const struct used *)b)->ip, sizeof(struct ip));
}

static struct used *used_list(const struct checking *c, const struct address_plan *ap, size_t n,
			      size_t *ret_n)
{
	struct VEC(struct used) v = { 0 };

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < ap[i].n; j++)
			*vec_add(c->arena, &v) = (struct used){ ap[i].addr[j].v.addr, &ap[i],
								&ap[i].addr[j] };
	if (v.n)
		qsort(v.at, v.n, sizeof(*v.at), by_ip);
	*ret_n = v.n;
	return v.at;
}

static void twins_check(const struct checking *c, const struct address_plan *ap, size_t n)
{
	char text[IP_TEXT];
	size_t count;
	struct used *u = used_list(c, ap, n, &count);

	for (size_t i = 1; i < count; i++)
		if (ip_equal(&u[i].ip, &u[i - 1].ip))
			diag_add(c->d, &u[i].pp->at, "%s is used twice: by %s and by %s", ip_text(&u[i].ip, text),
				 u[i - 1].ap->port->name, u[i].ap->port->name);
	for (size_t i = 0; i < n && count; i++) {
		struct used key = { .ip = ap[i].gateway.v };
		const struct used *hit = ap[i].gateway.is == OPT_SET ?
						 bsearch(&key, u, count, sizeof(*u), by_ip) : NULL;

		if (hit)
			diag_add(c->d, &hit->pp->at, "%s: %s is the gateway of %s", hit->ap->port->name,
				 ip_text(&hit->ip, text), ap[i].port->name);
	}
}

int addresses_plan(const struct intent *in, struct address_plan *ap, size_t n,
		   const struct node *node, struct arena *a, struct diag *d)
{
	struct checking c = { .in = in, .node = node, .arena = a, .d = d };
	size_t before = d->n;

	sequence_deal(&c, ap, n);
	for (size_t i = 0; i < n; i++) {
		gateway_choose(in, &ap[i]);
		for (size_t j = 0; j < ap[i].n; j++) {
			address_check(&c, &ap[i], &ap[i].addr[j]);
			if (ap[i].wished && !in->only_look)
				host_check(&c, &ap[i], &ap[i].addr[j]);
		}
		gateway_check(&c, &ap[i]);
	}
	twins_check(&c, ap, n);
	return d->n > before ? -EINVAL : 0;
}
