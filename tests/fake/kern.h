/* SPDX-License-Identifier: MIT */
/* A kernel in memory: plain arrays, the refusals that matter, failures on order. */
#ifndef DOROCE_TESTS_FAKE_KERN_H
#define DOROCE_TESTS_FAKE_KERN_H

#include <setjmp.h>

#include "kern/kern.h"

/* What the driver of a netdev and its hardware hold. */
struct fake_nic {
	char netdev[IFNAMSIZ];
	struct dcb dcb;
	uint32_t pause;
	bool lies; /* takes every write and does nothing */
	unsigned int lacks; /* enum dcb_part: of these it has no operation to write */
	bool flaps, stays_down; /* as mlx5: another PFC mask takes the link down; it does not come back */
	uint32_t downs;
	bool counts; /* by priority, as mlx5 */
	struct prio_bytes bytes;
};

/* A small file of sysfs, debugfs, procfs; of rdma_cm "DEVICE/PORT/NAME". */
struct fake_attr {
	const char *path;
	char text[64];
};

/* All that can be written. Lists stand in no particular order. */
struct fake_state {
	struct links links;
	struct addrs addrs;
	struct routes routes;
	struct rules rules;
	uint32_t conf_all[CONF_N];
	struct files files;
	struct VEC(struct fake_nic) nics;
	struct VEC(struct fake_attr) attrs;
};

/* Somebody on the wire of ifindex who answers for ip. */
struct fake_host {
	int ifindex;
	struct ip ip;
	uint8_t mac[MAC_LEN];
};

/* fake_init() fills k; everything else may be changed at any time.
 * writes: setters called so far, failed ones too. From write number fail_at on (from 1; 0: none)
 * fail_n writes fail with -fail_errno. Write number die_at is not made: death, if given, is jumped to.
 * link_path: a file that is a symbolic link, NULL none. runs: programs run, ran: the last one's first word;
 * run_errno: what they end with; on_run: what they do. down_most: links that were down at a time by their own
 * drivers' doing; link_waits: times that links were waited for.
 * announced: gratuitous ARPs sent. waited: IPv6 addresses whose detection of duplicates was waited for. probed: addresses asked for before they were put on a port. */
struct fake {
	struct kern k;
	struct arena arena;
	struct fake_state now;
	struct rdma_ports rdma;
	struct VEC(struct fake_host) hosts;
	size_t writes, announced, probed, waited;
	size_t down_most, link_waits;
	size_t fail_at, fail_n;
	int fail_errno;
	size_t die_at;
	jmp_buf *death;
	const char *link_path;
	size_t runs;
	const char *ran;
	int run_errno;
	void (*on_run)(struct fake *f);
};

/* As the kernel: EEXIST for an address, route or rule that is there; EADDRNOTAVAIL, ESRCH, ENOENT
 * for one that is not; ENODEV; for a route ENETDOWN on a port that is down, ENETUNREACH for a
 * gateway and EINVAL for a source that is nowhere. An address brings its connected route in table
 * main while the port is up; its removal takes the routes of table main with that source, the last
 * one of a port all routes of the port; so does going down. Of IPv6: the same without sources, routes stay when
 * an address goes, and addresses when the port goes down. There are no multipath routes. */
void fake_init(struct fake *f);
void fake_done(struct fake *f);

/* IPv6: rules of its own, and a link-local address on every device that is up. */
void fake_ip6(struct fake *f);

/* Count one write of k; fails, or does not come back, when that was ordered. what: for the error. */
int fake_write(struct fake *f, const char *what, struct err *e);

/* Write number n from here (1: the next) fails; with _from, every one after it too. */
void fake_fail(struct fake *f, size_t n, int error);
void fake_fail_from(struct fake *f, size_t n, int error);

/* Write number n from here ends the "process": the stack is left for `to`, the kernel stays. NULL: no more. */
void fake_die(struct fake *f, size_t n, jmp_buf *to);

/* All that k tells, and how two such states differ: text for a message; NULL: not at all. */
struct fake_state state_read(struct kern *k, struct arena *a);
const char *state_difference(const struct fake_state *before, const struct fake_state *after,
			     struct arena *a);

/* The same for the fake. */
struct fake_state fake_snapshot(struct fake *f);
const char *fake_difference(struct fake *f, const struct fake_state *before);

enum { FAKE_PCI = 1 };

/* A node: lo; eth0 (ifindex 2, 192.0.2.10/24) with the default route of table main; the InfiniBand
 * port mlx4_0 on ib0; rxe_away, whose netdev is elsewhere; and n RoCE ports rxe_0 on p0 (ifindex
 * 10), rxe_1 on p1 (11), …: up, 1500 B, without addresses. The three default rules.
 * flags: FAKE_PCI gives rxe_I the address 0000:10:00.0 and up, in the order of I. */
void fake_node(struct fake *f, size_t n, unsigned int flags);

struct link *fake_link(struct fake *f, const char *name);
struct link *fake_link_add(struct fake *f, int ifindex, const char *name);
struct rdma_port *fake_rdma(struct fake *f, const char *device);
struct rdma_port *fake_rdma_add(struct fake *f, const char *device, int ifindex);

/* The netdev's driver has DCB and global pause: every part but a trust list, ETS strict, no PFC, no DSCP entries, the
 * host owns DCBX. */
struct fake_nic *fake_nic_add(struct fake *f, const char *netdev);
struct fake_nic *fake_nic(struct fake *f, const char *netdev);
struct fake_attr *fake_attr_add(struct fake *f, const char *path, const char *text);
const char *fake_attr(struct fake *f, const char *path);

/* Put something there without a write. src of a rule: a prefix, NULL: from all. */
void fake_addr_add(struct fake *f, const char *netdev, const char *prefix);
struct route *fake_route_add(struct fake *f, const char *netdev, const char *dst, uint32_t table);
struct rule *fake_rule_add(struct fake *f, uint32_t priority, const char *src, uint32_t table);

struct ip ip_is(const char *text);
struct prefix prefix_is(const char *text);

#endif
