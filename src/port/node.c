/* SPDX-License-Identifier: MIT */
/* Reading the node: RDMA ports joined with their netdevs, in one order. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kern/caller.h"
#include "port/guard.h"
#include "port/port.h"

enum { TRIES = 10 };

static int base_ifindex(const struct port *p)
{
	return p->below[0] ? p->link.lower : p->link.ifindex;
}

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
	if (base_ifindex(x) != base_ifindex(y))
		return base_ifindex(x) < base_ifindex(y) ? -1 : 1;
	if (x->link.ifindex != y->link.ifindex && !x->below[0] != !y->below[0])
		return x->below[0] ? 1 : -1;
	if (x->link.ifindex != y->link.ifindex)
		return x->link.ifindex < y->link.ifindex ? -1 : 1;
	return strcmp(x->rdma.device, y->rdma.device);
}

/* The kernel gives the RDMA port GIDs for the addresses of VLANs on its netdev. */
static void vlans_join(struct node *n, const struct port *below, struct arena *a)
{
	struct port base = *below; /* the vector moves */

	for vec_each(l, &n->links) {
		if (!l->vlan_id || l->lower != base.link.ifindex)
			continue;
		struct port *p = vec_add(a, &n->ports);

		*p = base;
		p->link = *l;
		memcpy(p->below, base.link.name, sizeof(p->below));
		snprintf(p->name, sizeof(p->name), "%s/%u.%u", p->rdma.device, p->rdma.port, l->vlan_id);
	}
}

static bool has_vlans(const struct node *n)
{
	for vec_each(l, &n->links)
		if (l->vlan_id)
			return true;
	return false;
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
	for (size_t i = 0; i < rdma->n && has_vlans(n); i++)
		if (port_is_roce(&n->ports.at[i]))
			vlans_join(n, &n->ports.at[i], a);
	if (n->ports.n)
		qsort(n->ports.at, n->ports.n, sizeof(*n->ports.at), by_place);
}

void node_add_port(struct node *n, const struct port *p, struct arena *a)
{
	*vec_add(a, &n->ports) = *p;
	qsort(n->ports.at, n->ports.n, sizeof(*n->ports.at), by_place);
}

static const struct file *file_in(const struct files *fs, const char *path)
{
	for vec_each(f, fs)
		if (strcmp(f->path, path) == 0)
			return f;
	return NULL;
}

int node_read_file(struct kern *k, struct arena *a, struct node *n, const char *path, struct err *e)
{
	struct err own = { 0 };
	struct file f;

	if (node_file(n, path))
		return 0;
	int r = k->file_read(k, path, a, &f, &own);
	if (r == 0)
		*vec_add(a, &n->files) = f;
	if (r == 0 || r == -ENOENT)
		return 0;
	if (!node_file_refused(n, path))
		*vec_add(a, &n->refused) = (struct file){ .path = arena_strdup(a, path),
							  .text = arena_strdup(a, own.text) };
	return err_set(e, r, "%s", own.text);
}

const struct file *node_file(const struct node *n, const char *path)
{
	return file_in(&n->files, path);
}

const char *node_file_refused(const struct node *n, const char *path)
{
	const struct file *f = file_in(&n->refused, path);

	return f ? f->text : NULL;
}

static int lists_read(struct kern *k, struct arena *a, struct rdma_ports *rdma, struct node *n,
		      struct err *e)
{
	int r = k->rdma_ports(k, a, rdma, e);

	if (r == 0)
		r = k->links(k, a, &n->links, e);
	if (r == 0)
		r = k->addrs(k, a, &n->addrs, e);
	if (r == 0)
		r = k->routes(k, a, &n->routes, e);
	if (r == 0)
		r = k->rules(k, a, &n->rules, e);
	return r == 0 ? k->conf_all(k, n->conf_all, e) : r;
}

int node_read(struct kern *k, struct arena *a, struct node *ret, struct err *e)
{
	struct rdma_ports rdma;
	struct guard_ssh ssh;
	struct node n;
	int r = -EINTR;

	/* a list that changed while it was read may lack something: nothing is decided by it */
	for (int tries = 0; tries < TRIES && r == -EINTR; tries++) {
		rdma = (struct rdma_ports){ 0 };
		n = (struct node){ 0 };
		r = lists_read(k, a, &rdma, &n, e);
	}
	if (r < 0)
		return err_set(e, r, "the node's settings change faster than they can be read");
	ports_join(&n, &rdma, a);
	guard_mark(&n, caller_ssh(&ssh.client, &ssh.server) ? &ssh : NULL, a);
	*ret = n;
	return 0;
}
