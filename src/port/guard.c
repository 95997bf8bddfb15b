/* SPDX-License-Identifier: MIT */
/* Ports that the operator's own way to the node depends on. */
#include "port/guard.h"

#include <linux/rtnetlink.h>

static bool carries_default_route(const struct node *n, const struct port *p)
{
	for (size_t i = 0; i < n->routes.n; i++) {
		const struct route *r = &n->routes.at[i];

		if (r->table == RT_TABLE_MAIN && r->dst.len == 0 && r->type == RTN_UNICAST &&
		    node_rests_on(n, (int)r->oif, p->link.ifindex))
			return true;
	}
	return false;
}

static bool carries_address(const struct node *n, const struct port *p, const struct ip *ip)
{
	for (size_t i = 0; i < n->addrs.n; i++) {
		const struct addr *ad = &n->addrs.at[i];

		if (ip_equal(&ad->prefix.addr, ip) && node_rests_on(n, ad->ifindex, p->link.ifindex))
			return true;
	}
	return false;
}

void guard_mark(struct node *n, const struct guard_ssh *ssh, struct arena *a)
{
	char client[IP_TEXT];

	for vec_each(p, &n->ports) {
		if (!port_is_roce(p))
			continue;
		if (ssh && carries_address(n, p, &ssh->server))
			p->guard = arena_printf(a, "carries the SSH connection of the caller, from %s",
						ip_text(&ssh->client, client));
		else if (carries_default_route(n, p))
			p->guard = "carries the default route";
	}
}
