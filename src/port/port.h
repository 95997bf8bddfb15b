/* SPDX-License-Identifier: MIT */
/* The ports of the node's RDMA devices and what lies around them. */
#ifndef DOROCE_PORT_PORT_H
#define DOROCE_PORT_PORT_H

#include "kern/kern.h"

enum { PORT_NAME = RDMA_NAME + 9 };

/* One port of an RDMA device together with its netdev; a VLAN on that netdev is one more, with the same rdma.
 * link: of the netdev; link.ifindex 0 when the netdev is in another network namespace or absent.
 * seen: by setting id, see setting/setting.h; NULL: nothing was asked for.
 * guard: why nothing on it may be changed without being forced ("carries the default route"), else NULL.
 * gone: it is not there any more, and stands for what it was; node_read() knows no such ports. */
struct setting_seen;

struct port {
	struct rdma_port rdma;
	struct link link;
	char name[PORT_NAME]; /* "mlx5_0/1", of a VLAN "mlx5_0/1.100" */
	char below[IFNAMSIZ]; /* of a VLAN: the netdev of the RDMA port; else "" */
	const char *guard;
	bool gone;
	struct setting_seen *seen;
};

struct ports VEC(struct port);

/* Everything seen of this node in one pass. ports: by PCI address, port number, ifindex.
 * conf_all: of `all`, by id (see CONF6). files: those that were asked for and are there; refused:
 * those that are there and are left alone (see file_read()), the text tells why. */
struct node {
	struct ports ports;
	struct links links;
	struct addrs addrs;
	struct routes routes;
	struct rules rules;
	uint32_t conf_all[CONF_N];
	struct files files, refused;
	struct setting_seen *seen; /* of settings of the node, as in struct port */
};

/* Read the node. Memory from a. Returns 0 or the first -errno. */
int node_read(struct kern *k, struct arena *a, struct node *ret, struct err *e);

/* Put a port that node_read() did not find in its place among the others; pointers to ports no longer hold. */
void node_add_port(struct node *n, const struct port *p, struct arena *a);

/* True when p is a RoCE port of ours: Ethernet, RoCE protocol, netdev in our namespace. */
bool port_is_roce(const struct port *p);

/* The RDMA port's own: of a VLAN the port below it, which has the QoS of both; else p itself. */
const struct port *port_base(const struct node *n, const struct port *p);

/* True when p is the first port on its netdev: soft-RoCE can sit on a RoCE NIC's netdev, and the
 * netdev is configured once. */
bool port_is_first_on_netdev(const struct node *n, const struct port *p);

/* True when the name (or glob) is that of p: "mlx5_0", "mlx5_0/1", its netdev, its PCI address. A VLAN is
 * meant by its own names alone. */
bool port_has_name(const struct port *p, const char *glob);

/* True when the glob fits the port's netdev. What fits the netdev below a VLAN means that one, not the VLAN:
 * "ens*" was never meant for both. */
bool port_has_netdev(const struct port *p, const char *glob);

/* Read the file into n->files, or note it in n->refused, unless it is not there or was read already.
 * 0, -errno (see file_read()). */
int node_read_file(struct kern *k, struct arena *a, struct node *n, const char *path, struct err *e);

/* The file as it was read, else NULL. */
const struct file *node_file(const struct node *n, const char *path);

/* Why the file could not be read; NULL: it could, or is not there. */
const char *node_file_refused(const struct node *n, const char *path);

/* The device with the ifindex or the name, else NULL. */
const struct link *node_link(const struct node *n, int ifindex);

/* The address of the device with this prefix length, else NULL. */
const struct addr *node_addr(const struct node *n, const struct addr *want);

/* True when the very rule is there. */
bool node_has_rule(const struct node *n, const struct rule *want);

/* True when one of the node's interfaces has the address. */
bool node_has_address(const struct node *n, const struct ip *ip);

/* True when traffic of the device `upper` goes through `lower`: the same, a VLAN on it, its bond. */
bool node_rests_on(const struct node *n, int upper, int lower);

/* Speed of a netdev in Mb/s, 0 when the driver does not know. Source: /sys/class/net/X/speed. */
uint32_t port_speed_mbps(const struct port *p);

#endif
