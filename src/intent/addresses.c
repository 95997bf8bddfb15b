/* SPDX-License-Identifier: MIT */
/* The address plan of the whole node, worked out and checked before anything is written. */
#include "intent/addresses.h"

#include <errno.h>
#include <string.h>

#include "intent/parse.h"
#include "intent/places.h"

/* What the checks look at together. */
struct checking {
	const struct intent *in;
	const struct node *node;
	const struct address_plan *ap;
	size_t n;
	struct arena *arena;
	struct remarks *remarks;
	struct diag *d;
};

/* IPv4 has a network and a broadcast address, IPv6 an anycast address of all routers in the place of the
 * former (RFC 4291 2.6.1); prefixes of two addresses have none of them (RFC 3021, RFC 6164). */
static bool has_ends(const struct prefix *p)
{
	return p->len < 8 * ip_size(p->addr.family) - 1;
}

static const char *end_text(const struct prefix *p, const struct ip *ip)
{
	struct ip first = prefix_first(p), last = prefix_last(p);
	bool ip6 = p->addr.family == AF_INET6;

	if (has_ends(p) && ip_equal(ip, &first))
		return ip6 ? "the subnet-router anycast address" : "the network address";
	if (has_ends(p) && !ip6 && ip_equal(ip, &last))
		return "the broadcast address";
	return NULL;
}

/* Why the address can be no host's by an intent, or NULL. */
static const char *no_host_text(const struct ip *ip)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct ip none = { .family = ip->family }, loopback = { AF_INET6, { [15] = 1 } };
	bool ip6 = ip->family == AF_INET6;

	if (ip_is_link_local(ip))
		return "a link-local address: the kernel gives each port its own";
	if (ip6 && ip->bytes[0] == 0xff)
		return "a multicast address";
	if (ip6 && memcmp(ip->bytes, mapped, sizeof(mapped)) == 0)
		return "an IPv4 address in IPv6 form: write it as IPv4";
	if (ip_equal(ip, &none) || ip_equal(ip, &loopback) ||
	    (!ip6 && (ip->bytes[0] == 127 || (ip->bytes[0] & 0xf0) == 0xe0 || ip->bytes[0] == 0)))
		return "no address that a host can have";
	return NULL;
}

bool flush_wanted(const struct intent *in, const struct address_plan *ap)
{
	const struct port_intent *pi = ap->entry;
	const struct opt_u32 *flush = pi->flush.is == OPT_SET ? &pi->flush : &in->defaults.flush;

	if (pi->not_ours[SETTING_ADDRESS])
		return false;
	return pi->no_addresses || (ap->n && flush->is == OPT_SET && flush->v);
}

/* The addresses that the intent has for the port, templates filled in. */
static void own_deal(const struct checking *c, struct address_plan *ap, const struct port_intent *pi)
{
	ap->addr = arena_array(c->arena, struct placed_prefix, pi->addresses.n);
	for vec_each(pp, &pi->addresses) {
		struct placed_prefix one = *pp;
		struct err e = { 0 };
		char *text;

		int r = one.text ? template_fill(one.text, &ap->values, c->arena, &text, &e) : 0;
		if (r == 0 && one.text)
			r = parse_prefix(text, &one.v, &e);
		if (r < 0)
			diag_add(c->d, &one.at, "%s: %s: %s", ap->port->name, one.text, e.text);
		else
			ap->addr[ap->n++] = one;
	}
}

/* The address of the port's turn. False: the prefix has no more, which is told. */
static bool sequence_deal(const struct checking *c, struct address_plan *ap)
{
	const struct placed_prefix *first = &c->in->sequence;
	char text[PREFIX_TEXT], from[IP_TEXT];
	struct placed_prefix next = *first;

	if (!ip_add(&first->v.addr, ap->turn, &next.v.addr) || !ip_in_prefix(&next.v.addr, &first->v)) {
		struct prefix net = prefix_network(&first->v);

		diag_add(c->d, &first->at,
			 "the prefix %s is too small: from %s on it has no address for %s, port %zu of the sequence",
			 prefix_text(&net, text), ip_text(&first->v.addr, from), ap->port->name, ap->turn + 1);
		return false;
	}
	ap->addr = arena_new(c->arena, struct placed_prefix);
	*ap->addr = next;
	ap->n = 1;
	return true;
}

static void addresses_deal(const struct checking *c, struct address_plan *ap, size_t n)
{
	bool more = true;

	if (c->in->defaults.addresses.n && c->in->sequence.v.addr.family)
		diag_add(c->d, &c->in->sequence.at, "defaults has addresses for every port, too: one of both");
	for (size_t i = 0; i < n; i++) {
		const struct port_intent *pi = ap[i].entry;
		bool none = pi->no_addresses || pi->not_ours[SETTING_ADDRESS];

		if (pi->addresses.n)
			own_deal(c, &ap[i], pi);
		else if (!none && c->in->defaults.addresses.n)
			own_deal(c, &ap[i], &c->in->defaults);
		else if (more && draws_from_sequence(c->in, pi))
			more = sequence_deal(c, &ap[i]);
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

/* "peer", or a template, for the addresses of this port. */
static void gateway_fill(const struct checking *c, struct address_plan *ap, bool ip6, const char *text)
{
	struct opt_ip *gw = &ap->gateway[ip6];
	bool peer = strcmp(text, "peer") == 0, any = false;
	struct err e = { 0 };
	char *filled;

	*gw = (struct opt_ip){ 0 };
	for (size_t i = 0; i < ap->n; i++)
		any |= (ap->addr[i].v.addr.family == AF_INET6) == ip6;
	if (!any)
		return;
	for (size_t i = 0; peer && i < ap->n && gw->is == OPT_UNSET; i++)
		if ((ap->addr[i].v.addr.family == AF_INET6) == ip6)
			other_of_two(&ap->addr[i].v, gw);
	int r = peer ? 0 : template_fill(text, &ap->values, c->arena, &filled, &e);
	if (r == 0 && !peer)
		r = parse_opt_ip(filled, gw, &e);
	if (peer && gw->is == OPT_UNSET)
		r = err_set(&e, -EINVAL, "only a /%d has a peer, its other address", ip6 ? 127 : 31);
	if (r < 0)
		diag_add(c->d, &ap->gateway_at[ip6], "%s: gateway: %s: %s", ap->port->name, text, e.text);
}

static void gateway_choose(const struct checking *c, struct address_plan *ap, bool ip6)
{
	const struct port_intent *pi = ap->entry;
	struct opt_ip *gw = &ap->gateway[ip6];

	if ((ip6 ? pi->gateway6 : pi->gateway).is == OPT_UNSET)
		pi = &c->in->defaults;
	if (pi->not_ours[SETTING_ROUTE] || ap->entry->not_ours[SETTING_ROUTE])
		return;
	*gw = ip6 ? pi->gateway6 : pi->gateway;
	ap->gateway_at[ip6] = ip6 ? pi->gateway6_at : pi->gateway_at;
	if (pi->gateway_text[ip6])
		gateway_fill(c, ap, ip6, pi->gateway_text[ip6]);
	for (size_t i = 0; i < ap->n && gw->is == OPT_UNSET; i++)
		if ((ap->addr[i].v.addr.family == AF_INET6) == ip6)
			other_of_two(&ap->addr[i].v, gw);
}

static void address_check(const struct checking *c, const struct address_plan *ap,
			  const struct placed_prefix *pp)
{
	unsigned int bits = 8 * (unsigned int)ip_size(pp->v.addr.family);
	const char *end = end_text(&pp->v, &pp->v.addr), *no_host = no_host_text(&pp->v.addr);
	char text[PREFIX_TEXT];
	const char *name = ap->port->name;

	prefix_text(&pp->v, text);
	if (pp->v.len == bits || pp->v.len == 0)
		diag_add(c->d, &pp->at, "%s: %s has no neighbours in its prefix: 1 to %u is wanted", name,
			 text, bits - 1);
	else if (end)
		diag_add(c->d, &pp->at, "%s: %s is %s of its prefix", name, text, end);
	if (no_host)
		diag_add(c->d, &pp->at, "%s: %s is %s", name, text, no_host);
}

/* True when the plan takes the address off the port that has it now. */
static bool is_to_go(const struct checking *c, const struct addr *ad)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->ap[i].port->link.ifindex != ad->ifindex || !c->ap[i].wished || !flush_wanted(c->in, &c->ap[i]))
			continue;
		for (size_t j = 0; j < c->ap[i].n; j++)
			if (prefix_equal(&c->ap[i].addr[j].v, &ad->prefix))
				return false;
		return true;
	}
	return false;
}

/* True for a port of the plan that takes its address from the sequence, as ap does. */
static bool is_in_sequence(const struct checking *c, const struct address_plan *ap, int ifindex)
{
	for (size_t i = 0; i < c->n && draws_from_sequence(c->in, ap->entry); i++)
		if (c->ap[i].port->link.ifindex == ifindex)
			return draws_from_sequence(c->in, c->ap[i].entry);
	return false;
}

/* A port of the sequence that has another address of it: those before it have become more or fewer. */
static void shift_remark(const struct checking *c, const struct address_plan *ap)
{
	char now[PREFIX_TEXT], then[PREFIX_TEXT];
	const struct link *holder = NULL;

	for vec_each(ad, &c->node->addrs)
		if (ip_equal(&ad->prefix.addr, &ap->addr[0].v.addr))
			holder = node_link(c->node, ad->ifindex);
	for vec_each(ad, &c->node->addrs) {
		if (ad->ifindex != ap->port->link.ifindex || ad->prefix.len != c->in->sequence.v.len ||
		    !ip_in_prefix(&ad->prefix.addr, &c->in->sequence.v))
			continue;
		if (ip_equal(&ad->prefix.addr, &ap->addr[0].v.addr))
			return;
		*vec_add(c->arena, c->remarks) = (struct remark){
			.port = ap->port,
			.text = arena_printf(c->arena, "has %s now and would get %s%s%s%s: is a port missing, or new? Where every entry "
					     "matches by one pci or mac, each port keeps its place", prefix_text(&ad->prefix, now),
					     prefix_text(&ap->addr[0].v, then), holder ? ", which " : "",
					     holder ? holder->name : "", holder ? " has now" : ""),
		};
		return;
	}
}

static void host_check(const struct checking *c, const struct address_plan *ap,
		       const struct placed_prefix *pp)
{
	char ip[IP_TEXT], there[PREFIX_TEXT];

	for (size_t i = 0; i < c->node->addrs.n; i++) {
		const struct addr *ad = &c->node->addrs.at[i];
		bool own = ad->ifindex == ap->port->link.ifindex;

		if (!ip_equal(&ad->prefix.addr, &pp->v.addr) || (own && ad->prefix.len == pp->v.len) ||
		    is_to_go(c, ad))
			continue;
		const struct link *l = node_link(c->node, ad->ifindex);

		ip_text(&pp->v.addr, ip);
		diag_add(c->d, &pp->at, "%s: %s is already on %s as %s: remove it there first%s", ap->port->name,
			 ip, l ? l->name : "another interface", prefix_text(&ad->prefix, there),
			 !own && is_in_sequence(c, ap, ad->ifindex) ?
				 " (--flush), or match ports by pci or mac if one is missing" : "");
	}
}

/* A link-local address is that of another host when another interface of this node has it. */
static bool is_own(const struct checking *c, const struct address_plan *ap, const struct ip *ip)
{
	for vec_each(ad, &c->node->addrs)
		if (ip_equal(&ad->prefix.addr, ip) && !is_to_go(c, ad) &&
		    (!ip_is_link_local(ip) || ad->ifindex == ap->port->link.ifindex))
			return true;
	return false;
}

static void gateway_check(const struct checking *c, const struct address_plan *ap, bool ip6)
{
	const struct opt_ip *gw = &ap->gateway[ip6];
	const struct place *at = &ap->gateway_at[ip6];
	const char *name = ap->port->name;
	bool inside = ip_is_link_local(&gw->v), any = false;
	char text[IP_TEXT];

	if (gw->is != OPT_SET)
		return;
	ip_text(&gw->v, text);
	for (size_t i = 0; i < ap->n; i++) {
		const struct prefix *p = &ap->addr[i].v;
		const char *end = ip_in_prefix(&gw->v, p) ? end_text(p, &gw->v) : NULL;

		any |= (p->addr.family == AF_INET6) == ip6;
		inside |= ip_in_prefix(&gw->v, p);
		if (end)
			diag_add(c->d, at, "%s: the gateway %s is %s of its prefix", name, text, end);
	}
	if (!any)
		return;
	if (is_own(c, ap, &gw->v))
		diag_add(c->d, at, "%s: the gateway %s is an address of this node", name, text);
	if (!inside)
		diag_add(c->d, at, "%s: the gateway %s is in no subnet of the port", name, text);
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
	for (size_t i = 0; i < 2 * n && count; i++) {
		const struct opt_ip *gw = &ap[i / 2].gateway[i % 2];
		struct used key = { .ip = gw->v };
		const struct used *hit = gw->is == OPT_SET ? bsearch(&key, u, count, sizeof(*u), by_ip) : NULL;

		if (hit)
			diag_add(c->d, &hit->pp->at, "%s: %s is the gateway of %s", hit->ap->port->name,
				 ip_text(&hit->ip, text), ap[i / 2].port->name);
	}
}

static bool overlap(const struct prefix *a, const struct prefix *b)
{
	return a->addr.family == b->addr.family && (ip_in_prefix(&a->addr, b) || ip_in_prefix(&b->addr, a));
}

/* Without tables of their own the kernel has one way into a subnet: what is sent from the second port leaves by
 * the first. */
static void overlap_check(const struct checking *c, const struct used *x, const struct used *y)
{
	const struct used *bare = !x->ap->has_table ? x : y;
	char text[PREFIX_TEXT], other[PREFIX_TEXT];

	if (x->ap == y->ap || !x->ap->wished || !y->ap->wished || (x->ap->has_table && y->ap->has_table) ||
	    ip_equal(&x->ip, &y->ip) || !overlap(&x->pp->v, &y->pp->v))
		return;
	diag_add(c->d, &y->pp->at, "%s: %s and %s of %s overlap, and %s has no table of its own (table: none): what it sends would leave "
		 "by one port", y->ap->port->name, prefix_text(&y->pp->v, text), prefix_text(&x->pp->v, other),
		 x->ap->port->name, bare->ap->port->name);
}

/* In the order of the addresses those that overlap are neighbours, but for what lies in a wider subnet. */
static void overlaps_check(const struct checking *c, const struct address_plan *ap, size_t n)
{
	size_t count, widest = 0;
	struct used *u = used_list(c, ap, n, &count);

	for (size_t i = 1; i < count; i++) {
		overlap_check(c, &u[i - 1], &u[i]);
		if (!overlap(&u[widest].pp->v, &u[i].pp->v))
			widest = i;
		else if (widest != i - 1)
			overlap_check(c, &u[widest], &u[i]);
	}
}

int addresses_plan(const struct intent *in, struct address_plan *ap, size_t n,
		   const struct node *node, struct arena *a, struct remarks *remarks, struct diag *d)
{
	struct checking c = { .in = in, .node = node, .ap = ap, .n = n, .arena = a, .remarks = remarks, .d = d };
	size_t before = d->n;

	addresses_deal(&c, ap, n);
	for (size_t i = 0; i < n; i++) {
		gateway_choose(&c, &ap[i], false);
		gateway_choose(&c, &ap[i], true);
		for (size_t j = 0; j < ap[i].n; j++) {
			address_check(&c, &ap[i], &ap[i].addr[j]);
			if (ap[i].wished && !in->only_look)
				host_check(&c, &ap[i], &ap[i].addr[j]);
		}
		if (ap[i].wished && ap[i].n && draws_from_sequence(in, ap[i].entry))
			shift_remark(&c, &ap[i]);
		gateway_check(&c, &ap[i], false);
		gateway_check(&c, &ap[i], true);
	}
	twins_check(&c, ap, n);
	overlaps_check(&c, ap, n);
	return d->n > before ? -EINVAL : 0;
}
