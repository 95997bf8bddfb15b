/* SPDX-License-Identifier: MIT */
/* Routes of a port's table beside those that follow from its addresses and its gateway. */
#include "intent/routes.h"

#include <errno.h>
#include <linux/rtnetlink.h>

#include "intent/parse.h"

int route_to_parse(const char *text, struct prefix *ret, struct err *e)
{
	struct prefix net;
	char buf[PREFIX_TEXT];
	int r = parse_prefix(text, ret, e);

	if (r < 0)
		return r;
	net = prefix_network(ret);
	if (!prefix_equal(&net, ret))
		return err_set(e, -EINVAL, "%s has host bits: is %s meant?", text, prefix_text(&net, buf));
	return 0;
}

int route_via_parse(const char *text, struct opt_ip *ret, struct err *e)
{
	return parse_opt_ip(text, ret, e);
}

bool has_route_wish(const struct wish *w, const struct route *rt)
{
	for vec_each(rw, &w->routes)
		if (route_same_key(&rw->route, rt))
			return true;
	return false;
}

static bool is_of_this_node(const struct routing *ro, const struct ip *ip)
{
	if (ip_is_link_local(ip))
		return false;
	for (size_t i = 0; i < ro->n; i++)
		for (size_t j = 0; j < ro->ap[i].n; j++)
			if (ip_equal(&ro->ap[i].addr[j].v.addr, ip))
				return true;
	return node_has_address(ro->node, ip);
}

/* The port's address in whose subnet ip is; a link-local one is near to any address of IPv6. */
static const struct addr *near_address(const struct wish *w, const struct ip *ip)
{
	for vec_each(ad, &w->addrs)
		if (ip_in_prefix(ip, &ad->prefix) ||
		    (ad->prefix.addr.family == AF_INET6 && ip_is_link_local(ip)))
			return ad;
	return NULL;
}

/* Both texts with the values of the port. 0, -EINVAL told. */
static int parts_fill(const struct routing *ro, const struct address_plan *ap, const struct route_intent *ri,
		      struct prefix *to, struct opt_ip *via)
{
	struct err e = { 0 };
	char *text;
	int r = template_fill(ri->to, &ap->values, ro->arena, &text, &e);

	if (r == 0)
		r = route_to_parse(text, to, &e);
	if (r == 0)
		r = template_fill(ri->via, &ap->values, ro->arena, &text, &e);
	if (r == 0)
		r = route_via_parse(text, via, &e);
	if (r == 0 && via->is == OPT_SET && via->v.family != to->addr.family)
		r = err_set(&e, -EINVAL, "%s by %s: two families", ri->to, ri->via);
	return r < 0 ? diag_add(ro->d, &ri->at, "%s: routes: %s", ap->port->name, e.text) : 0;
}

/* What keeps the next hop from being one, or NULL. */
static const char *via_fault(const struct routing *ro, const struct wish *w, const struct ip *via)
{
	const struct addr *near = near_address(w, via);

	if (!near)
		return "is in no subnet of the port";
	if (is_of_this_node(ro, via))
		return "is an address of this node";
	return NULL;
}

static void route_wish(const struct routing *ro, const struct address_plan *ap, uint32_t table,
		       const struct route_intent *ri, struct wish *w)
{
	struct opt_ip via = { 0 };
	struct prefix to;
	char text[PREFIX_TEXT];

	if (parts_fill(ro, ap, ri, &to, &via) < 0)
		return;
	bool ip6 = to.addr.family == AF_INET6;
	struct route rt = {
		.dst = to, .gateway = via.v, .table = table, .oif = (uint32_t)ap->port->link.ifindex,
		.metric = ri->metric.is == OPT_SET && ri->metric.v ? ri->metric.v : ip6 ? IP6_METRIC : 0,
		.protocol = RTPROT_STATIC, .type = RTN_UNICAST,
	};
	const char *fault = via.is == OPT_SET ? via_fault(ro, w, &via.v) : NULL;
	if (fault)
		diag_add(ro->d, &ri->at, "%s: routes: the next hop %s %s", ap->port->name, ip_text(&via.v, text), fault);
	else if (has_route_wish(w, &rt))
		diag_add(ro->d, &ri->at, "%s: routes: %s is there twice, or follows from address and gateway",
			 ap->port->name, prefix_text(&to, text));
	if (!fault && via.is == OPT_SET && !ip6)
		rt.prefsrc = near_address(w, &via.v)->prefix.addr;
	*vec_add(ro->arena, &w->routes) = (struct route_wish){ .is = via.is, .route = rt };
}

void routes_wish(const struct routing *ro, const struct address_plan *ap, uint32_t table, struct wish *w)
{
	bool own = ap->entry->routes_at.file || ap->entry->routes_not_ours;
	const struct port_intent *pi = own ? ap->entry : &ro->in->defaults;

	if (!pi->routes.n || pi->routes_not_ours)
		return;
	if (!w->addrs.n || !table) {
		diag_add(ro->d, &pi->routes_at, "%s: routes: they need %s", ap->port->name,
			 w->addrs.n ? "a table of the port's own, and there is none" : "an address of the port");
		return;
	}
	for vec_each(ri, &pi->routes)
		route_wish(ro, ap, table, ri, w);
}
