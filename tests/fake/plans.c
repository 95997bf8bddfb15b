/* SPDX-License-Identifier: MIT */
/* Four plans that every backend of persist/ writes down. */
#include "fake/plans.h"

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "fake/kern.h"
#include "fake/must.h"

enum { PORTS_MAX = 1000, IFINDEX_FIRST = 10, TABLE_FIRST = 101, RULE_PRIORITY = 32761 };
enum { IP6_METRIC = 1024 };

struct plans *plans_empty(struct arena *a)
{
	struct plans *pl = arena_new(a, struct plans);

	pl->arena = a;
	/* wishes point to ports: the array must not move */
	pl->node.ports.at = arena_array(a, struct port, PORTS_MAX);
	pl->node.ports.room = PORTS_MAX;
	pl->in = (struct persist_in){
		.arena = a, .wishes = &pl->wishes, .node = &pl->node, .seen = &pl->seen, .version = "",
	};
	return pl;
}

static void port_fill(struct port *p, size_t i, const char *netdev)
{
	*p = (struct port){
		.rdma = { .port = 1, .port_count = 1, .layer = LAYER_ETHERNET, .protocol = "roce",
			  .driver = "mlx5_core", .state = 4, .phys_state = 5,
			  .ifindex = (int)i + IFINDEX_FIRST, .device_index = (uint32_t)i },
		.link = { .ifindex = (int)i + IFINDEX_FIRST, .mtu = 1500, .up = true, .carrier = true, .running = true,
			  .mac = { 0xb8, 0xce, 0xf6, 0, (uint8_t)((i + IFINDEX_FIRST) >> 8),
				   (uint8_t)(i + IFINDEX_FIRST) } },
	};
	snprintf(p->rdma.device, sizeof(p->rdma.device), "mlx5_%zu", i);
	snprintf(p->rdma.pci, sizeof(p->rdma.pci), "0000:%02x:%02x.%zu", (unsigned int)(0x1a + i / 256),
		 (unsigned int)(i / 8 % 32), i % 8);
	snprintf(p->link.name, sizeof(p->link.name), "%s", netdev);
	snprintf(p->name, sizeof(p->name), "%s/1", p->rdma.device);
}

struct wish *plans_port(struct plans *pl, const char *netdev)
{
	static const struct {
		enum setting_id id;
		uint32_t value;
	} number[] = {
		{ SETTING_UP, 1 },	   { SETTING_ARP_IGNORE, 1 }, { SETTING_ARP_ANNOUNCE, 2 },
		{ SETTING_ARP_FILTER, 0 }, { SETTING_ARP_ACCEPT, 0 }, { SETTING_RP_FILTER, 2 },
		{ SETTING_ACCEPT_RA, 0 },
	};
	size_t i = pl->node.ports.n;

	must(i < PORTS_MAX && strlen(netdev) < IFNAMSIZ);
	struct port *p = vec_add(pl->arena, &pl->node.ports);
	port_fill(p, i, netdev);
	*vec_add(pl->arena, &pl->node.links) = p->link;
	struct wish *w = vec_add(pl->arena, &pl->wishes);
	w->port = p;
	for (size_t j = 0; j < ARRAY_LEN(number); j++)
		w->number[number[j].id] = (struct opt_u32){ OPT_SET, number[j].value };
	return w;
}

struct port *plans_port_of(struct plans *pl, const struct wish *w)
{
	return &pl->node.ports.at[w->port - pl->node.ports.at];
}

static const struct port *port_on(const struct plans *pl, const char *netdev)
{
	for vec_each(p, &pl->node.ports)
		if (strcmp(p->link.name, netdev) == 0)
			return p;
	must(!"a netdev that is there");
	return NULL;
}

struct wish *plans_vlan(struct plans *pl, const char *below, const char *netdev, uint16_t id)
{
	struct wish *w = plans_port(pl, netdev);
	const struct port *base = port_on(pl, below);
	struct port *p = plans_port_of(pl, w);

	p->rdma = base->rdma;
	p->link.vlan_id = id;
	p->link.lower = base->link.ifindex;
	memcpy(p->link.mac, base->link.mac, MAC_LEN);
	strcpy(p->link.kind, "vlan");
	memcpy(p->below, base->link.name, sizeof(p->below));
	snprintf(p->name, sizeof(p->name), "%s/%u.%u", p->rdma.device, p->rdma.port, id);
	pl->node.links.at[pl->node.links.n - 1] = p->link;
	return w;
}

/* As intent_resolve() makes them: without a source and with the kernel's metric where IPv6. */
static struct route route_of(const struct wish *w, struct prefix dst, const struct ip *via,
			     struct ip src, uint32_t table)
{
	bool ip6 = src.family == AF_INET6;

	return (struct route){
		.dst = dst, .prefsrc = ip6 ? (struct ip){ 0 } : src, .table = table,
		.oif = (uint32_t)w->port->link.ifindex, .gateway = via ? *via : (struct ip){ 0 },
		.metric = ip6 ? IP6_METRIC : 0, .protocol = RTPROT_STATIC, .type = RTN_UNICAST,
		.scope = via || ip6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
	};
}

static void route_add(struct plans *pl, struct wish *w, enum opt is, const struct route *rt)
{
	*vec_add(pl->arena, &w->routes) = (struct route_wish){ .is = is, .route = *rt };
}

void plans_address(struct plans *pl, struct wish *w, const char *prefix, const char *gateway,
		   uint32_t table)
{
	struct prefix own = prefix_is(prefix), all = { .addr.family = own.addr.family };
	struct ip via = gateway ? ip_is(gateway) : (struct ip){ 0 };
	struct route connected = route_of(w, prefix_network(&own), NULL, own.addr, table);
	struct route out = route_of(w, all, &via, own.addr, table);
	struct rule ru = rule_any(own.addr.family);

	*vec_add(pl->arena, &w->addrs) = (struct addr){ w->port->link.ifindex, own, 0 };
	route_add(pl, w, OPT_SET, &connected);
	route_add(pl, w, gateway ? OPT_SET : OPT_NONE, &out);
	ru.src = own.addr;
	ru.src_len = (uint8_t)(8 * ip_size(own.addr.family));
	ru.table = table;
	ru.priority = RULE_PRIORITY;
	ru.protocol = RTPROT_STATIC;
	*vec_add(pl->arena, &w->rules) = ru;
}

void plans_route(struct plans *pl, struct wish *w, const char *to, const char *via, uint32_t table)
{
	struct ip gateway = ip_is(via);
	struct route rt = route_of(w, prefix_is(to), &gateway, w->addrs.at[0].prefix.addr, table);

	route_add(pl, w, OPT_SET, &rt);
}

static void mtu_wish(struct plans *pl, uint32_t mtu)
{
	for vec_each(w, &pl->wishes)
		w->number[SETTING_MTU] = (struct opt_u32){ OPT_SET, mtu };
}

static struct plans *two_ports(struct arena *a)
{
	struct plans *pl = plans_empty(a);

	plans_port(pl, "ens1f0np0");
	plans_port(pl, "ens1f1np1");
	return pl;
}

struct plans *plans_one_subnet(struct arena *a)
{
	struct plans *pl = two_ports(a);

	plans_address(pl, &pl->wishes.at[0], "192.168.1.1/24", NULL, TABLE_FIRST);
	plans_address(pl, &pl->wishes.at[1], "192.168.1.2/24", NULL, TABLE_FIRST + 1);
	mtu_wish(pl, 4200);
	return pl;
}

struct plans *plans_rail_gateway(struct arena *a)
{
	struct plans *pl = two_ports(a);
	struct wish *w = pl->wishes.at;

	plans_address(pl, &w[0], "10.1.0.1/24", "10.1.0.254", TABLE_FIRST);
	plans_route(pl, &w[0], "10.0.0.0/8", "10.1.0.254", TABLE_FIRST);
	plans_address(pl, &w[1], "10.2.0.1/31", "10.2.0.0", TABLE_FIRST + 1);
	plans_route(pl, &w[1], "10.0.0.0/8", "10.2.0.0", TABLE_FIRST + 1);
	mtu_wish(pl, 9000);
	return pl;
}

struct plans *plans_ipv6(struct arena *a)
{
	struct plans *pl = two_ports(a);
	struct wish *w = pl->wishes.at;

	plans_address(pl, &w[0], "10.1.0.1/24", NULL, TABLE_FIRST);
	plans_address(pl, &w[0], "fd01:0:0:1::1/64", "fd01:0:0:1::fffe", TABLE_FIRST);
	plans_address(pl, &w[1], "fd01:0:0:2::1/64", "fd01:0:0:2::fffe", TABLE_FIRST + 1);
	for (size_t i = 0; i < pl->wishes.n; i++)
		w[i].number[SETTING_KEEP_ADDR_ON_DOWN] = (struct opt_u32){ OPT_SET, 1 };
	return pl;
}

struct plans *plans_vlans(struct arena *a)
{
	struct plans *pl = two_ports(a);
	struct wish *w;

	pl->wishes.n = 1;
	plans_address(pl, &pl->wishes.at[0], "10.1.0.1/24", NULL, TABLE_FIRST);
	w = plans_vlan(pl, "ens1f0np0", "ens1f0np0.100", 100);
	plans_address(pl, w, "10.100.0.1/24", "10.100.0.254", TABLE_FIRST + 1);
	w = plans_vlan(pl, "ens1f1np1", "storage", 200);
	plans_address(pl, w, "10.200.0.1/24", NULL, TABLE_FIRST + 2);
	mtu_wish(pl, 4200);
	pl->wishes.at[0].number[SETTING_MTU].v = 9000;
	pl->wishes.at[2].number[SETTING_MTU] = (struct opt_u32){ 0 };
	return pl;
}

struct plans *plans_many(struct arena *a, size_t n)
{
	struct plans *pl = plans_empty(a);
	char name[IFNAMSIZ], prefix[PREFIX_TEXT], gateway[IP_TEXT];

	for (unsigned int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "enP1s%03uf0np%03u", i, i);
		snprintf(prefix, sizeof(prefix), "10.%u.%u.1/24", i / 256, i % 256);
		snprintf(gateway, sizeof(gateway), "10.%u.%u.254", i / 256, i % 256);
		plans_address(pl, plans_port(pl, name), prefix, gateway, TABLE_FIRST + i);
	}
	mtu_wish(pl, 9000);
	return pl;
}

void plans_seen(struct plans *pl, const char *path, const char *text)
{
	*vec_add(pl->arena, &pl->seen) = (struct file){
		.path = arena_strdup(pl->arena, path), .text = arena_strdup(pl->arena, text),
		.len = strlen(text), .mode = 0644,
	};
}

const struct file_wish *plans_file(const struct file_wishes *ws, const char *path)
{
	for vec_each(w, ws)
		if (strcmp(w->path, path) == 0)
			return w;
	return NULL;
}

const struct persist_note *plans_note(const struct persist_notes *notes, const char *fragment)
{
	for vec_each(n, notes)
		if (strstr(n->text, fragment))
			return n;
	return NULL;
}
