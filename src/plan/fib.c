/* SPDX-License-Identifier: MIT */
/* Where packets of this node go by its rules and routes, and where they would go after a plan. */
#include "plan/fib.h"

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

enum { IP6_CONNECTED_METRIC = 256 };

/* Behind those of the same priority, as the kernel does. */
static void rule_insert(struct fib *f, const struct rule *ru, const struct op *by, struct arena *a)
{
	(void)vec_add(a, &f->rules);
	struct fib_rule *at = f->rules.at + f->rules.n - 1;

	for (; at > f->rules.at && at[-1].rule.priority > ru->priority; at--)
		at[0] = at[-1];
	*at = (struct fib_rule){ .rule = *ru, .by = by };
}

static void route_insert(struct fib *f, const struct route *rt, const struct op *by, struct arena *a)
{
	*vec_add(a, &f->routes) = (struct fib_route){ .route = *rt, .by = by };
}

struct fib fib_of_node(const struct node *n, struct arena *a)
{
	struct fib f = { 0 };

	for vec_each(ad, &n->addrs)
		*vec_add(a, &f.own) = (struct fib_own){ .addr = *ad };
	for vec_each(rt, &n->routes)
		route_insert(&f, rt, NULL, a);
	for vec_each(ru, &n->rules)
		rule_insert(&f, ru, NULL, a);
	return f;
}

/* The route of table main that the kernel adds to an address. In a VRF it would be another table: left to
 * the look-ups after the change. */
static void connected_insert(struct fib *f, const struct node *n, const struct addr *ad,
			     const struct op *op, struct arena *a)
{
	const struct link *master = node_link(n, op->port->link.master);
	bool ip4 = ad->prefix.addr.family == AF_INET;
	struct route rt = {
		.dst = prefix_network(&ad->prefix), .table = RT_TABLE_MAIN, .oif = (uint32_t)ad->ifindex,
		.metric = ip4 ? 0 : IP6_CONNECTED_METRIC, .protocol = RTPROT_KERNEL,
		.scope = ip4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE, .type = RTN_UNICAST,
	};

	if ((ip4 && ad->prefix.len == 32) || (ad->flags & IFA_F_NOPREFIXROUTE) ||
	    (master && strcmp(master->kind, "vrf") == 0))
		return;
	if (ip4)
		rt.prefsrc = ad->prefix.addr;
	route_insert(f, &rt, op, a);
}

static bool will_be_up(const struct port *p, const struct plan *pl)
{
	bool up = p->link.up;

	for vec_each(op, &pl->ops)
		if (op->port == p && setting_id(op->setting) == SETTING_UP)
			up = op->want.number;
	return up;
}

static void up_change(struct fib *f, const struct node *n, const struct op *op, struct arena *a)
{
	int ifindex = op->port->link.ifindex;

	for vec_each(ad, &n->addrs)
		if (op->want.number && ad->ifindex == ifindex)
			connected_insert(f, n, ad, op, a);
	for vec_each(r, &f->routes)
		if (!op->want.number && !r->gone && r->route.oif == (uint32_t)ifindex)
			*r = (struct fib_route){ .route = r->route, .by = op, .gone = true };
}

/* True for the route of table main that the kernel made of the address. IPv6 keeps it while another address of
 * the prefix is there; that is left to the look-ups after the change. */
static bool comes_of(const struct route *rt, const struct addr *ad)
{
	struct prefix net = prefix_network(&ad->prefix);

	if (rt->table != RT_TABLE_MAIN)
		return false;
	if (ad->prefix.addr.family == AF_INET)
		return ip_equal(&rt->prefsrc, &ad->prefix.addr);
	return rt->protocol == RTPROT_KERNEL && rt->oif == (uint32_t)ad->ifindex && prefix_equal(&rt->dst, &net);
}

static void address_change(struct fib *f, const struct node *n, const struct op *op, bool up, struct arena *a)
{
	const struct addr *old = &op->old.addr, *want = &op->want.addr;

	for vec_each(o, &f->own)
		if (op->old.kind == VALUE_ADDR && o->addr.ifindex == old->ifindex &&
		    prefix_equal(&o->addr.prefix, &old->prefix))
			*o = (struct fib_own){ .addr = o->addr, .by = op, .gone = true };
	for vec_each(r, &f->routes)
		if (op->old.kind == VALUE_ADDR && !r->gone && comes_of(&r->route, old))
			*r = (struct fib_route){ .route = r->route, .by = op, .gone = true };
	if (op->want.kind != VALUE_ADDR)
		return;
	*vec_add(a, &f->own) = (struct fib_own){ .addr = *want, .by = op };
	if (up)
		connected_insert(f, n, want, op, a);
}

static void route_change(struct fib *f, const struct op *op, struct arena *a)
{
	const struct route *key = op->want.kind == VALUE_ROUTE ? &op->want.route : &op->old.route;

	for vec_each(r, &f->routes)
		if (!r->gone && route_same_key(&r->route, key))
			*r = (struct fib_route){ .route = r->route, .by = op, .gone = true };
	if (op->want.kind == VALUE_ROUTE)
		route_insert(f, key, op, a);
}

static void rule_change(struct fib *f, const struct op *op, struct arena *a)
{
	for vec_each(r, &f->rules)
		if (op->old.kind == VALUE_RULE && !r->gone && rule_equal(&r->rule, &op->old.rule))
			*r = (struct fib_rule){ .rule = r->rule, .by = op, .gone = true };
	if (op->want.kind == VALUE_RULE)
		rule_insert(f, &op->want.rule, op, a);
}

void fib_change(struct fib *f, const struct node *n, const struct plan *pl, struct arena *a)
{
	for vec_each(op, &pl->ops) {
		enum value_kind kind = op->want.kind != VALUE_NONE ? op->want.kind : op->old.kind;

		if (setting_id(op->setting) == SETTING_UP)
			up_change(f, n, op, a);
		else if (kind == VALUE_ADDR)
			address_change(f, n, op, will_be_up(op->port, pl), a);
		else if (kind == VALUE_ROUTE)
			route_change(f, op, a);
		else if (kind == VALUE_RULE)
			rule_change(f, op, a);
	}
}

/* The rule asks for the very interface: no more to be looked at. */
static void interface_meet(char name[IFNAMSIZ], const char *have)
{
	if (have && strcmp(name, have) == 0)
		memset(name, 0, IFNAMSIZ);
}

static bool rule_catches(const struct rule *ru, const struct fib_packet *p)
{
	struct prefix from = { .addr = ru->src, .len = ru->src_len };
	struct prefix to = { .addr = ru->dst, .len = ru->dst_len };
	struct rule rest = *ru, any = rule_any(ru->family);

	/* what is looked at here, or in table_find */
	rest.dst = any.dst;
	rest.dst_len = any.dst_len;
	rest.suppress_prefix_len = any.suppress_prefix_len;
	rest.flags &= ~(uint32_t)(FIB_RULE_PERMANENT | FIB_RULE_UNRESOLVED); /* no selectors */
	interface_meet(rest.iif, p->iif);
	interface_meet(rest.oif, p->oif_name);
	return ru->family == p->dst.family && !rule_is_narrow(&rest) &&
	       (!ru->src_len || ip_in_prefix(&p->src, &from)) && (!ru->dst_len || ip_in_prefix(&p->dst, &to));
}

/* The longest prefix, then the port that was asked for, then the smallest metric, then the first. */
static bool is_better(const struct route *rt, const struct route *best, uint32_t oif)
{
	bool by = oif && rt->oif == oif, best_by = oif && best->oif == oif;

	if (rt->dst.len != best->dst.len)
		return rt->dst.len > best->dst.len;
	return by == best_by ? rt->metric < best->metric : by;
}

/* IPv4 passes over routes by another port; one that refuses has none. */
static bool route_leads(const struct route *rt, const struct rule *ru, const struct fib_packet *p)
{
	bool strict = p->oif && p->dst.family == AF_INET && rt->type == RTN_UNICAST;

	return rt->table == ru->table && !rt->tos && ip_in_prefix(&p->dst, &rt->dst) && (!strict || rt->oif == p->oif);
}

static const struct fib_route *table_find(const struct fib *f, const struct rule *ru, const struct fib_packet *p)
{
	const struct fib_route *best = NULL;

	for vec_each(r, &f->routes)
		if (!r->gone && route_leads(&r->route, ru, p) && (!best || is_better(&r->route, &best->route, p->oif)))
			best = r;
	if (best && ru->suppress_prefix_len != UINT32_MAX &&
	    best->route.dst.len <= ru->suppress_prefix_len)
		return NULL;
	return best && best->route.type == RTN_THROW ? NULL : best;
}

static const struct fib_own *own_find(const struct fib *f, const struct ip *ip)
{
	for vec_each(o, &f->own)
		if (!o->gone && ip_equal(&o->addr.prefix.addr, ip))
			return o;
	return NULL;
}

bool fib_find_bound(const struct fib *f, const struct fib_packet *p, struct fib_path *ret)
{
	*ret = (struct fib_path){ 0 };
	for vec_each(r, &f->rules) {
		struct fib_path at = { .rule = r };
		bool refuses = r->rule.action != FR_ACT_TO_TBL; /* unreachable, prohibit, …; goto is narrow */

		if (r->gone || !rule_catches(&r->rule, p))
			continue;
		if (!refuses && r->rule.table == RT_TABLE_LOCAL)
			at.own = own_find(f, &p->dst);
		else if (!refuses)
			at.route = table_find(f, &r->rule, p);
		if (!refuses && !at.own && !at.route)
			continue;
		*ret = at;
		return !refuses && (!at.route || at.route->route.type == RTN_UNICAST);
	}
	return false;
}

bool fib_find(const struct fib *f, const struct ip *src, const struct ip *dst, struct fib_path *ret)
{
	const struct fib_packet p = { .src = *src, .dst = *dst };
	struct fib_path at;
	bool found = fib_find_bound(f, &p, &at);

	if (found)
		*ret = at;
	return found;
}
