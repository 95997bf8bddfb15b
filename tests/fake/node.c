/* SPDX-License-Identifier: MIT */
/* Nodes for the fake kernel: their links, RDMA ports and what is already set on them. */
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "fake/kern.h"
#include "fake/must.h"

struct ip ip_is(const char *text)
{
	struct ip ip;
	int r = ip_parse(text, &ip);

	must(r == 0);
	return ip;
}

struct prefix prefix_is(const char *text)
{
	struct prefix p;
	int r = prefix_parse(text, &p);

	must(r == 0);
	return p;
}

struct link *fake_link(struct fake *f, const char *name)
{
	for vec_each(l, &f->now.links)
		if (strcmp(l->name, name) == 0)
			return l;
	must(!"no such link");
	return NULL;
}

struct link *fake_link_add(struct fake *f, int ifindex, const char *name)
{
	struct link *l = vec_add(&f->arena, &f->now.links);

	*l = (struct link){ .ifindex = ifindex, .mtu = 1500, .up = true, .carrier = true, .running = true, .has_ip6 = true,
			    .mac = { 0x02, 0, 0, 0, (uint8_t)(ifindex >> 8), (uint8_t)ifindex } };
	snprintf(l->name, sizeof(l->name), "%s", name);
	return l;
}

struct rdma_port *fake_rdma(struct fake *f, const char *device)
{
	for vec_each(p, &f->rdma)
		if (strcmp(p->device, device) == 0)
			return p;
	must(!"no such RDMA device");
	return NULL;
}

struct rdma_port *fake_rdma_add(struct fake *f, const char *device, int ifindex)
{
	struct rdma_port *p = vec_add(&f->arena, &f->rdma);

	*p = (struct rdma_port){ .device_index = (uint32_t)f->rdma.n, .port = 1, .port_count = 1,
				 .ifindex = ifindex, .layer = LAYER_ETHERNET, .protocol = "roce",
				 .driver = "rdma_rxe", .state = 4, .phys_state = 5 };
	snprintf(p->device, sizeof(p->device), "%s", device);
	return p;
}

void fake_addr_add(struct fake *f, const char *netdev, const char *prefix)
{
	const struct link *l = fake_link(f, netdev);
	struct addr ad = { .ifindex = l->ifindex, .prefix = prefix_is(prefix) };

	int r = f->k.addr_set(&f->k, CHANGE_ADD, &ad, NULL);

	must(r == 0);
	f->writes--; /* the node was like that before */
}

struct route *fake_route_add(struct fake *f, const char *netdev, const char *dst, uint32_t table)
{
	struct route *rt = vec_add(&f->arena, &f->now.routes);

	*rt = (struct route){ .dst = prefix_is(dst), .table = table, .protocol = RTPROT_STATIC,
			      .scope = RT_SCOPE_LINK, .type = RTN_UNICAST,
			      .oif = (uint32_t)fake_link(f, netdev)->ifindex };
	return rt;
}

struct rule *fake_rule_add(struct fake *f, uint32_t priority, const char *src, uint32_t table)
{
	struct rule *ru = vec_add(&f->arena, &f->now.rules);

	*ru = rule_any(AF_INET);
	ru->priority = priority;
	ru->table = table;
	ru->protocol = RTPROT_STATIC;
	if (src) {
		struct prefix p = prefix_is(src);

		ru->src = p.addr;
		ru->src_len = p.len;
	}
	return ru;
}

void fake_ip6(struct fake *f)
{
	static const uint32_t table[] = { RT_TABLE_LOCAL, RT_TABLE_MAIN };
	auto_arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct rule *ru = fake_rule_add(f, i ? 32766 : 0, NULL, table[i]);

		ru->family = AF_INET6;
		ru->protocol = RTPROT_KERNEL;
	}
	for vec_each(l, &f->now.links)
		if (l->up)
			fake_addr_add(f, l->name, arena_printf(&a, "fe80::%x/64", (unsigned int)l->ifindex));
}

static void roce_port_add(struct fake *f, size_t i, bool pci)
{
	char name[IFNAMSIZ], device[RDMA_NAME];
	int ifindex = 10 + (int)i;

	snprintf(name, sizeof(name), "p%u", (unsigned int)i);
	snprintf(device, sizeof(device), "rxe_%u", (unsigned int)i);
	fake_link_add(f, ifindex, name);
	struct rdma_port *p = fake_rdma_add(f, device, ifindex);
	if (pci) {
		snprintf(p->pci, sizeof(p->pci), "0000:%02x:00.0", 0x10 + (unsigned int)(i & 0x7f));
		snprintf(p->driver, sizeof(p->driver), "mlx5_core");
	}
}

void fake_node(struct fake *f, size_t n, unsigned int flags)
{
	fake_init(f);
	fake_link_add(f, 1, "lo");
	fake_link_add(f, 2, "eth0");
	fake_link_add(f, 3, "ib0");
	fake_addr_add(f, "eth0", "192.0.2.10/24");
	struct route *out = fake_route_add(f, "eth0", "0.0.0.0/0", RT_TABLE_MAIN);
	out->gateway = ip_is("192.0.2.1");
	out->scope = RT_SCOPE_UNIVERSE;
	out->metric = 100;
	struct rdma_port *ib = fake_rdma_add(f, "mlx4_0", 3);
	ib->layer = LAYER_INFINIBAND;
	snprintf(ib->protocol, sizeof(ib->protocol), "ib");
	fake_rdma_add(f, "rxe_away", 0);
	for (size_t i = 0; i < n; i++)
		roce_port_add(f, i, flags & FAKE_PCI);
	fake_rule_add(f, 0, NULL, RT_TABLE_LOCAL)->protocol = RTPROT_KERNEL;
	fake_rule_add(f, 32766, NULL, RT_TABLE_MAIN)->protocol = RTPROT_KERNEL;
	fake_rule_add(f, 32767, NULL, RT_TABLE_DEFAULT)->protocol = RTPROT_KERNEL;
}
