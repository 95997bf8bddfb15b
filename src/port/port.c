/* SPDX-License-Identifier: MIT */
/* The ports of the node's RDMA devices and what lies around them. */
#include "port/port.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "kern/sysfs.h"

enum { STACK_DEPTH = 8 };

bool port_is_roce(const struct port *p)
{
	bool other = p->rdma.protocol[0] && strcmp(p->rdma.protocol, "roce") != 0;

	return p->rdma.layer == LAYER_ETHERNET && !other && p->link.ifindex;
}

bool port_is_first_on_netdev(const struct node *n, const struct port *p)
{
	for (const struct port *q = n->ports.at; q < p; q++)
		if (port_is_roce(q) && q->link.ifindex == p->link.ifindex)
			return false;
	return true;
}

const struct port *port_base(const struct node *n, const struct port *p)
{
	for vec_each(q, &n->ports)
		if (p->below[0] && strcmp(q->link.name, p->below) == 0)
			return q;
	return p;
}

bool port_has_netdev(const struct port *p, const char *glob)
{
	return p->link.ifindex && fnmatch(glob, p->link.name, FNM_CASEFOLD) == 0 &&
	       (!p->below[0] || fnmatch(glob, p->below, FNM_CASEFOLD) != 0);
}

bool port_has_name(const struct port *p, const char *glob)
{
	if (p->below[0])
		return strcmp(glob, p->name) == 0 || port_has_netdev(p, glob);
	return fnmatch(glob, p->rdma.device, 0) == 0 || fnmatch(glob, p->name, 0) == 0 ||
	       (p->link.ifindex && fnmatch(glob, p->link.name, 0) == 0) ||
	       (p->rdma.pci[0] && fnmatch(glob, p->rdma.pci, FNM_CASEFOLD) == 0);
}

const struct link *node_link(const struct node *n, int ifindex)
{
	for (size_t i = 0; i < n->links.n; i++)
		if (n->links.at[i].ifindex == ifindex)
			return &n->links.at[i];
	return NULL;
}

const struct addr *node_addr(const struct node *n, const struct addr *want)
{
	for vec_each(ad, &n->addrs)
		if (ad->ifindex == want->ifindex && prefix_equal(&ad->prefix, &want->prefix))
			return ad;
	return NULL;
}

bool node_has_rule(const struct node *n, const struct rule *want)
{
	for vec_each(ru, &n->rules)
		if (rule_equal(ru, want))
			return true;
	return false;
}

bool node_has_address(const struct node *n, const struct ip *ip)
{
	for vec_each(ad, &n->addrs)
		if (ip_equal(&ad->prefix.addr, ip))
			return true;
	return false;
}

static bool rests_on(const struct node *n, int upper, int lower, int depth)
{
	const struct link *u = node_link(n, upper), *l = node_link(n, lower);

	if (upper == lower)
		return true;
	if (!u || !l || depth == 0)
		return false;
	return (u->lower && rests_on(n, u->lower, lower, depth - 1)) ||
	       (l->master && rests_on(n, upper, l->master, depth - 1));
}

bool node_rests_on(const struct node *n, int upper, int lower)
{
	return rests_on(n, upper, lower, STACK_DEPTH);
}

uint32_t port_speed_mbps(const struct port *p)
{
	char path[IFNAMSIZ + 32];
	uint64_t v;

	snprintf(path, sizeof(path), "/sys/class/net/%s/speed", p->link.name);
	/* a port without carrier answers -1 or EINVAL */
	return sysfs_number(path, &v, NULL) == 0 && v < UINT32_MAX ? (uint32_t)v : 0;
}
