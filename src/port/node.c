/* SPDX-License-Identifier: MIT */
/* Reading the node: RDMA ports joined with their netdevs, in one order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kern/caller.h"
#include "port/guard.h"
#include "port/port.h"

/* Virtual devices have no PCI address and come after the others. */
static int by_place(const void *a, const void *b)
{
	const struct port *x = a, *y = b;
	bool vx = !x->rdma.pci[0], vy = !y->rdma.pci[0];
	int pci = vx == vy ? strcmp(x->rdma.pci, y->rdma.pci) : vx - vy;

	if (pci)
		return pci;
	if (!vx && x->rdma.port != y->rdma.port)
		return x->rdma.port < y->rdma.port ? -1 : 1;
	if (x->link.ifindex != y->link.ifindex)
		return x->link.ifindex < y->link.ifindex ? -1 : 1;
	return strcmp(x->rdma.device, y->rdma.device);
}

static void ports_join(struct node *n, const struct rdma_ports *rdma, struct arena *a)
{
	for (size_t i = 0; i < rdma->n; i++) {
		struct port *p = vec_add(a, &n->ports);
		const struct link *l = node_link(n, rdma->at[i].ifindex);

		p->rdma = rdma->at[i];
		p->link = l ? *l : (struct link){ 0 };
		snprintf(p->name, sizeof(p->name), "%s/%u", p->rdma.device, p->rdma.port);
	}
	if (n->ports.n)
		qsort(n->ports.at, n->ports.n, sizeof(*n->ports.at), by_place);
}

int node_read(struct kern *k, struct arena *a, struct node *ret, struct err *e)
{
	struct rdma_ports rdma = { 0 };
	struct node n = { 0 };
	struct ip client, server;
	int r = k->rdma_ports(k, a, &rdma, e);

	if (r == 0)
		r = k->links(k, a, &n.links, e);
	if (r == 0)
		r = k->addrs(k, a, &n.addrs, e);
	if (r == 0)
		r = k->routes(k, a, &n.routes, e);
	if (r == 0)
		r = k->rules(k, a, &n.rules, e);
	if (r == 0)
		r = k->conf_all(k, n.conf_all, e);
	if (r < 0)
		return r;
	ports_join(&n, &rdma, a);
	guard_mark(&n, caller_ssh(&client, &server) ? &server : NULL);
	*ret = n;
	return 0;
}
