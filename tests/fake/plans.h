/* SPDX-License-Identifier: MIT */
/* Four plans that every backend of persist/ writes down: the golden files are made of them. */
#ifndef DOROCE_TESTS_FAKE_PLANS_H
#define DOROCE_TESTS_FAKE_PLANS_H

#include "persist/persist.h"

/* What a backend looks at, to be changed freely; in points to the others. It lives in the arena. */
struct plans {
	struct arena *arena;
	struct node node;
	struct wishes wishes;
	struct files seen;
	struct persist_in in;
};

/* Each of them: two ports, mlx5_0 on ens1f0np0 (0000:1a:00.0, ifindex 10, b8:ce:f6:00:00:0a) and
 * mlx5_1 on ens1f1np1 (0000:1a:00.1, 11, …:0b), up, tables 101 and 102, rules of priority 32761, the
 * ARP settings, no router advertisements; no file seen, version not known.
 * one subnet: 192.168.1.1/24 and .2/24, no default route in the tables; MTU 4200. */
struct plans *plans_one_subnet(struct arena *a);

/* 10.1.0.1/24 by 10.1.0.254 and 10.2.0.1/31 by 10.2.0.0, and 10.0.0.0/8 by the same; MTU 9000. */
struct plans *plans_rail_gateway(struct arena *a);

/* 10.1.0.1/24 without a gateway and fd01:0:0:1::1/64 by fd01:0:0:1::fffe; fd01:0:0:2::1/64 by
 * fd01:0:0:2::fffe alone. MTU not mentioned. */
struct plans *plans_ipv6(struct arena *a);

/* ens1f0np0 with 10.1.0.1/24, its VLAN ens1f0np0.100 with 10.100.0.1/24 by 10.100.0.254; ens1f1np1 without a
 * wish, its VLAN `storage`, 200, with 10.200.0.1/24. MTU 9000, of the first VLAN 4200. */
struct plans *plans_vlans(struct arena *a);

/* n ports (up to 1000) with names of 15 characters, each like those of the rails: for timing. */
struct plans *plans_many(struct arena *a, size_t n);

/* No ports at all; and one more port, with a wish of nothing, mlx5_I on netdev. */
struct plans *plans_empty(struct arena *a);
struct wish *plans_port(struct plans *pl, const char *netdev);

/* One more port, with a wish of nothing: a VLAN on the netdev, which is there. */
struct wish *plans_vlan(struct plans *pl, const char *below, const char *netdev, uint16_t id);

/* What one address brings: the connected route of the table, the default route by the gateway (NULL:
 * there shall be none), the rule. */
void plans_address(struct plans *pl, struct wish *w, const char *prefix, const char *gateway,
		   uint32_t table);
void plans_route(struct plans *pl, struct wish *w, const char *to, const char *via, uint32_t table);

/* The port in a wish, to be changed. */
struct port *plans_port_of(struct plans *pl, const struct wish *w);

/* A file that is there, before the backend looks. */
void plans_seen(struct plans *pl, const char *path, const char *text);

/* The file that is wished under the path, else NULL. */
const struct file_wish *plans_file(const struct file_wishes *ws, const char *path);

/* The first note whose text has the fragment, else NULL. */
const struct persist_note *plans_note(const struct persist_notes *notes, const char *fragment);

#endif
