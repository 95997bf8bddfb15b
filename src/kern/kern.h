/* SPDX-License-Identifier: MIT */
/* The kernel as a table of functions: kern_linux is the real one, tests have another. */
#ifndef DOROCE_KERN_KERN_H
#define DOROCE_KERN_KERN_H

#include "kern/addr.h"
#include "kern/attr.h"
#include "kern/carrier.h"
#include "kern/dad.h"
#include "kern/dcb.h"
#include "kern/ethtool.h"
#include "kern/file.h"
#include "kern/link.h"
#include "kern/lldp.h"
#include "kern/neigh.h"
#include "kern/probe.h"
#include "kern/raw.h"
#include "kern/rdma.h"
#include "kern/route.h"
#include "kern/rule.h"
#include "kern/run.h"
#include "kern/sysctl.h"

/* Every function: 0 or -errno, e filled. What each reads or writes stands in the header named.
 * `conf_all`: the values of `all`, CONF_N of them by id (CONF6 in link.h). `conf_set`: ids of one family,
 * one alone where it is IPv6. */
struct kern {
	int (*links)(struct kern *k, struct arena *a, struct links *ret, struct err *e);
	int (*addrs)(struct kern *k, struct arena *a, struct addrs *ret, struct err *e);
	int (*routes)(struct kern *k, struct arena *a, struct routes *ret, struct err *e);
	int (*rules)(struct kern *k, struct arena *a, struct rules *ret, struct err *e);
	int (*rdma_ports)(struct kern *k, struct arena *a, struct rdma_ports *ret, struct err *e);
	int (*rdma_attr)(struct kern *k, const struct rdma_port *p, struct arena *a,
			 struct rdma_attr *ret, struct err *e);
	int (*objects)(struct kern *k, struct arena *a, struct raws *ret, struct err *e);
	int (*conf_all)(struct kern *k, uint32_t *ret, struct err *e);
	int (*route_get)(struct kern *k, const struct route_query *q, struct route *ret, struct err *e);
	int (*neigh_ask)(struct kern *k, struct neigh_ask *ask, size_t n, unsigned int timeout_ms,
			 struct err *e);
	int (*probe)(struct kern *k, struct probe *p, size_t n, const struct own_macs *own, struct err *e);
	int (*lldp_hear)(struct kern *k, struct lldp_frame *f, size_t n, unsigned int limit_ms, struct arena *a,
			 struct err *e);

	int (*mtu_set)(struct kern *k, int ifindex, uint32_t mtu, struct err *e);
	int (*dcb_get)(struct kern *k, const char *netdev, struct dcb *ret, struct err *e);
	int (*dcb_set)(struct kern *k, const char *netdev, enum dcb_part part, const struct dcb *from,
		       const struct dcb *to, struct err *e);
	int (*pause_get)(struct kern *k, const char *netdev, uint32_t *ret, struct err *e);
	int (*pause_set)(struct kern *k, const char *netdev, uint32_t pause, struct err *e);
	int (*attr_read)(struct kern *k, const char *path, char *buf, size_t size, struct err *e);
	int (*attr_write)(struct kern *k, const char *path, const char *text, struct err *e);
	int (*cm_read)(struct kern *k, const char *device, uint32_t port, const char *name, char *buf, size_t size,
		       struct err *e);
	int (*cm_write)(struct kern *k, const char *device, uint32_t port, const char *name, const char *text,
			struct err *e);
	int (*carrier_read)(struct kern *k, struct carrier *c, struct err *e);
	int (*carrier_wait)(struct kern *k, struct carrier *c, size_t n, unsigned int limit_ms, struct err *e);
	int (*counters)(struct kern *k, const char *netdev, struct arena *a, struct counters *ret, struct err *e);
	int (*port_counters)(struct kern *k, const struct rdma_port *p, struct arena *a, struct counters *ret, struct err *e);
	int (*vlan_egress_set)(struct kern *k, int ifindex, const uint32_t *from, const uint32_t *to, struct err *e);
	int (*up_set)(struct kern *k, int ifindex, bool up, struct err *e);
	int (*conf_set)(struct kern *k, int ifindex, const struct conf_value *v, size_t n,
			struct err *e);
	int (*addr_set)(struct kern *k, enum change c, const struct addr *ad, struct err *e);
	int (*route_set)(struct kern *k, enum change c, const struct route *rt, struct err *e);
	int (*rule_set)(struct kern *k, enum change c, const struct rule *ru, struct err *e);
	int (*put_back)(struct kern *k, const struct raw *r, bool replace, struct err *e);
	int (*dad_wait)(struct kern *k, struct dad *d, size_t n, unsigned int timeout_ms, struct err *e);
	int (*announce)(struct kern *k, const struct announcement *an, size_t n, struct err *e);

	int (*file_read)(struct kern *k, const char *path, struct arena *a, struct file *ret, struct err *e);
	int (*files_put)(struct kern *k, const struct file *f, size_t n, struct err *e);
	void (*file_tidy)(struct kern *k, const char *path);
	int (*file_check)(struct kern *k, const char *path, struct err *e);
	int (*run)(struct kern *k, const char *const *argv, char *out, size_t size, struct err *e);
};

/* The running kernel, in the network namespace of the caller. NULL: e says why. */
struct kern *kern_linux_open(struct err *e);

/* Files are read and written below the directory (lives as long as k); at first "". */
void kern_linux_root(struct kern *k, const char *root);

void kern_linux_close(struct kern *k);

static inline void kern_drop(struct kern **k)
{
	kern_linux_close(*k);
}

#define auto_kern __attribute__((cleanup(kern_drop))) struct kern

#endif
