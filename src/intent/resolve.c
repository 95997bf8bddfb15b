/* SPDX-License-Identifier: MIT */
/* From the intent to one wish list for each port: addresses, gateways, tables, rules, all checked. */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "intent/addresses.h"
#include "intent/intent.h"
#include "intent/layers.h"
#include "intent/match.h"
#include "intent/places.h"
#include "intent/routes.h"
#include "intent/tables.h"

/* What a port with addresses gets unless the intent says otherwise. */
static const struct {
	enum setting_id id;
	uint32_t value;
	uint8_t family; /* of the addresses that it is for; 0: any */
} built_in[] = {
	{ SETTING_UP, 1, 0 },
	{ SETTING_ARP_IGNORE, 1, AF_INET },
	{ SETTING_ARP_ANNOUNCE, 2, AF_INET },
	{ SETTING_ARP_FILTER, 0, AF_INET },
	{ SETTING_ARP_ACCEPT, 0, AF_INET },
	{ SETTING_RP_FILTER, 2, AF_INET },
	{ SETTING_ACCEPT_RA, 0, 0 }, /* a router's default route would come into table main */
	{ SETTING_KEEP_ADDR_ON_DOWN, 1, AF_INET6 },
};

static void remark_add(struct remarks *rs, struct arena *a, const struct port *p, char *text)
{
	*vec_add(a, rs) = (struct remark){ .port = p, .text = text, .left_alone = true };
}

static bool entry_matches_any(const struct port_intent *pi, const struct node *n)
{
	for vec_each(p, &n->ports)
		if (port_is_roce(p) && match_port(&pi->match, p))
			return true;
	return false;
}

/* Entries that no port of the node matches are errors: a port is missing, or its name is wrong. */
static void entries_check(const struct intent *in, const struct node *n, struct arena *a, struct remarks *remarks,
			  struct diag *d)
{
	for vec_each(pi, &in->ports) {
		if (pi->optional || entry_matches_any(pi, n))
			continue;
		char *what = pi->match.any ? arena_printf(a, "no RoCE port has the name '%s'", pi->match.any) :
					     arena_strdup(a, "no RoCE port matches this entry");

		if (in->only_look)
			*vec_add(a, remarks) = (struct remark){ .text = what, .missing = &pi->at };
		else
			diag_add(d, &pi->at, "%s%s (see: doroce show)", what,
				 pi->match.any ? "" : "; `optional: true` allows that");
	}
}

static void names_check(const char *const *glob, size_t count, const char *option,
			const struct node *n, struct diag *d)
{
	struct place at = { .file = option };

	for (size_t i = 0; i < count; i++) {
		bool found = false;

		for (size_t j = 0; j < n->ports.n && !found; j++)
			found = port_is_roce(&n->ports.at[j]) && port_has_name(&n->ports.at[j], glob[i]);
		if (!found)
			diag_add(d, &at, "no RoCE port has the name '%s' (see: doroce show)", glob[i]);
	}
}

/* True when an address of the family is wished, or, with 0, any. */
static bool has_family(const struct wish *w, uint8_t family)
{
	for vec_each(ad, &w->addrs)
		if (!family || ad->prefix.addr.family == family)
			return true;
	return false;
}

/* Of a port without IPv6 nothing of IPv6 is wished, unless it is to have such addresses. */
static bool is_built_in_for(size_t i, const struct wish *w)
{
	const struct link *l = &w->port->link;
	bool ip6 = (l->has_ip6 && !l->conf[CONF6_DISABLE]) || has_family(w, AF_INET6);

	return has_family(w, built_in[i].family) && (built_in[i].id != SETTING_ACCEPT_RA || ip6);
}

static void built_in_wish(struct wish *w)
{
	for (size_t i = 0; i < ARRAY_LEN(built_in); i++)
		if (is_built_in_for(i, w))
			w->number[built_in[i].id] = (struct opt_u32){ OPT_SET, built_in[i].value };
}

static bool table_is_ours(const struct intent *in, const struct port_intent *pi)
{
	return !pi->table_not_ours && !(pi->table.is == OPT_UNSET && in->defaults.table_not_ours);
}

static bool wants_table(const struct intent *in, const struct port_intent *pi)
{
	enum opt is = pi->table.is != OPT_UNSET ? pi->table.is : in->defaults.table.is;

	return is != OPT_NONE && table_is_ours(in, pi);
}

static uint32_t number_or(const struct opt_u32 *own, const struct opt_u32 *general, uint32_t built)
{
	if (own->is == OPT_SET)
		return own->v;
	return general->is == OPT_SET ? general->v : built;
}

static void route_wish_add(struct wish *w, struct arena *a, enum opt is, const struct route *rt)
{
	*vec_add(a, &w->routes) = (struct route_wish){ .is = is, .route = *rt };
}

/* IPv6 knows no scope of routes, and has no route without a metric. The source is the rule's to choose: with one
 * of its own a route is refused while the address is tentative, and changed when the address goes. */
static void routes_ip6(struct route *connected, struct route *out)
{
	connected->scope = RT_SCOPE_UNIVERSE;
	connected->prefsrc = out->prefsrc = (struct ip){ 0 };
	connected->metric = out->metric = IP6_METRIC;
}

/* The connected route, the default route through the gateway, and the rule, of one address. */
static void table_wish(struct wish *w, struct arena *a, const struct addr *ad,
		       const struct opt_ip *gateway, uint32_t table, uint32_t priority)
{
	struct route connected = {
		.dst = prefix_network(&ad->prefix), .prefsrc = ad->prefix.addr, .table = table,
		.oif = (uint32_t)ad->ifindex, .protocol = RTPROT_STATIC, .scope = RT_SCOPE_LINK,
		.type = RTN_UNICAST,
	};
	struct route out = {
		.dst = { .addr = { .family = ad->prefix.addr.family } }, .table = table,
		.gateway = gateway->v, .prefsrc = ad->prefix.addr, .oif = (uint32_t)ad->ifindex,
		.protocol = RTPROT_STATIC, .scope = RT_SCOPE_UNIVERSE, .type = RTN_UNICAST,
	};
	struct rule ru = rule_any(ad->prefix.addr.family);

	if (ru.family == AF_INET6)
		routes_ip6(&connected, &out);
	if (!has_route_wish(w, &connected)) /* two addresses of one subnet share it */
		route_wish_add(w, a, OPT_SET, &connected);
	/* one default route in a table, by the first address */
	if (gateway->is == OPT_NONE && !has_route_wish(w, &out))
		route_wish_add(w, a, OPT_NONE, &out);
	bool near = ip_in_prefix(&gateway->v, &ad->prefix) || ip_is_link_local(&gateway->v);
	if (gateway->is == OPT_SET && near && !has_route_wish(w, &out))
		route_wish_add(w, a, OPT_SET, &out);
	ru.src = ad->prefix.addr;
	ru.src_len = (uint8_t)(8 * ip_size(ru.family));
	ru.table = table;
	ru.priority = priority;
	ru.protocol = RTPROT_STATIC;
	*vec_add(a, &w->rules) = ru;
}

/* Claims on tables of all ports that want one, with the wish that each is for. */
static size_t claims_collect(const struct intent *in, const struct address_plan *ap, size_t n,
			     struct wishes *ws, struct table_claim *claim, size_t *of)
{
	size_t claims = 0, wi = 0;

	for (size_t i = 0; i < n; i++) {
		struct wish *w = ap[i].wished ? &ws->at[wi++] : NULL;

		if (!w || !w->addrs.n || !wants_table(in, ap[i].entry))
			continue;
		of[claims] = i;
		claim[claims++] = (struct table_claim){
			.port = w->port, .addrs = w->addrs.at, .n = w->addrs.n,
			.first = number_or(&ap[i].entry->table, &in->defaults.table, TABLE_DEFAULT),
			.exact = ap[i].entry->table.is == OPT_SET,
		};
	}
	return claims;
}

/* Routes and rules of one port. */
static void table_fill(const struct routing *ro, const struct address_plan *ap, uint32_t table, struct wish *w)
{
	uint32_t priority = number_or(&ap->entry->rule_priority, &ro->in->defaults.rule_priority,
				      RULE_PRIORITY_DEFAULT);

	for (size_t j = 0; j < w->addrs.n && table; j++)
		table_wish(w, ro->arena, &w->addrs.at[j], gateway_of(ap, w->addrs.at[j].prefix.addr.family), table,
			   priority);
	routes_wish(ro, ap, table, w);
}

static void tables_wish(const struct routing *ro, struct wishes *ws, struct remarks *remarks)
{
	struct table_claim *claim = arena_array(ro->arena, struct table_claim, ro->n + 1);
	size_t *of = arena_array(ro->arena, size_t, ro->n + 1), wi = 0, c = 0;
	size_t claims = claims_collect(ro->in, ro->ap, ro->n, ws, claim, of);

	tables_assign(claim, claims, ro->node, &ro->in->table_names, ro->arena, remarks);
	for (size_t i = 0; i < ro->n; i++) {
		bool has = c < claims && of[c] == i;

		if (ro->ap[i].wished)
			table_fill(ro, &ro->ap[i], has ? claim[c].table : 0, &ws->at[wi++]);
		c += has;
	}
}

static void wish_add(const struct layers *la, const struct address_plan *ap, struct wishes *ws)
{
	struct wish *w = vec_add(la->arena, ws);

	w->port = ap->port;
	w->flush = flush_wanted(la->in, ap);
	for (size_t i = 0; i < ap->n; i++)
		*vec_add(la->arena, &w->addrs) = (struct addr){
			.ifindex = ap->port->link.ifindex, .prefix = ap->addr[i].v,
		};
	built_in_wish(w);
	layers_wish(la, ap->entry, w);
}

/* Why the port gets no wish although an entry matches it, or NULL. */
static char *left_alone(const struct intent *in, const struct node *n, const struct port *p,
			struct arena *a)
{
	const struct link *master = p->link.master ? node_link(n, p->link.master) : NULL;

	if (p->gone)
		return arena_strdup(a, "left alone: it is gone");
	/* a VRF is a master, too, but leaves the addresses where they are */
	if (master && strcmp(master->kind, "vrf") != 0)
		return arena_printf(a, "left alone: in %s %s, which carries the addresses", master->kind,
				    master->name);
	if (in->only.n && !match_any_name(in->only.at, in->only.n, p))
		return arena_strdup(a, "left alone: not named by --port");
	if (p->guard && !match_any_name(in->force.at, in->force.n, p))
		return arena_printf(a, "left alone: %s (--force %s changes it all the same)", p->guard,
				    p->link.name);
	return NULL;
}

/* A VLAN can have no larger MTU than the netdev below, which begins with 1500 B after each boot. */
static void vlan_mtus_remark(const struct wishes *ws, struct arena *a, struct remarks *remarks)
{
	for vec_each(w, ws) {
		const struct opt_u32 *mtu = &w->number[SETTING_MTU];

		if (w->port->below[0] && mtu->is == OPT_SET && mtu->v > ETH_DATA_LEN && !wishes_mtu(ws, w->port->link.lower))
			*vec_add(a, remarks) = (struct remark){
				.port = w->port,
				.text = arena_printf(a, "mtu %u holds only as long as %s, below it, has as much: the intent says no mtu of %s",
						     mtu->v, w->port->below, w->port->below),
			};
	}
}

int intent_resolve(const struct intent *in, const struct node *n, struct arena *a,
		   struct wishes *ret, struct remarks *remarks, struct diag *d)
{
	struct address_plan *ap = arena_array(a, struct address_plan, n->ports.n ? n->ports.n : 1);
	size_t count = 0;

	entries_check(in, n, a, remarks, d);
	names_check(in->only.at, in->only.n, "--port", n, d);
	names_check(in->force.at, in->force.n, "--force", n, d);
	for vec_each(p, &n->ports) {
		const struct port_intent *pi = port_is_roce(p) ? match_entry(in, p) : NULL;

		if (pi && port_is_first_on_netdev(n, p))
			ap[count++] = (struct address_plan){ .port = p, .entry = pi };
		else if (pi)
			remark_add(remarks, a, p, arena_printf(a, "left alone: another RDMA device on %s comes first",
							       p->link.name));
	}
	for (size_t i = 0; i < count; i++) {
		char *why = left_alone(in, n, ap[i].port, a);

		ap[i].wished = !why;
		ap[i].has_table = wants_table(in, ap[i].entry) || !table_is_ours(in, ap[i].entry);
		if (why)
			remark_add(remarks, a, ap[i].port, why);
	}
	places_count(in, ap, count);
	for (size_t i = 0; i < count; i++)
		ap[i].values = (struct template_values){
			.rail = { OPT_SET, number_or(&ap[i].entry->rail, &in->defaults.rail, (uint32_t)ap[i].place) },
			.host = in->host.number,
		};
	if (addresses_plan(in, ap, count, n, a, remarks, d) < 0 || d->n)
		return -EINVAL;
	const struct layers la = layers_of(in, a, d);
	for (size_t i = 0; i < count; i++)
		if (ap[i].wished)
			wish_add(&la, &ap[i], ret);
	if (ret->n)
		layers_wish_node(&la, &ret->node);
	tables_wish(&(struct routing){ in, ap, count, n, a, d }, ret, remarks);
	vlan_mtus_remark(ret, a, remarks);
	return d->n ? -EINVAL : 0;
}
