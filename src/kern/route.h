/* SPDX-License-Identifier: MIT */
/* Routes of every table, and the kernel's own answer to "where does this packet go". */
#ifndef DOROCE_KERN_ROUTE_H
#define DOROCE_KERN_ROUTE_H

#include <netlink/netlink.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/ip.h"
#include "kern/addr.h"

enum { ROUTE_TEXT = 192 };

/* One route, or one next hop of a multipath route (multipath set; such a one is never written).
 * dst: network; len 0 is the default route. gateway, prefsrc: no family when not given.
 * table 1..2^32-1; protocol RTPROT_*, scope RT_SCOPE_*, type RTN_* of linux/rtnetlink.h; oif: ifindex.
 * metric: 0 not given (IPv4). Source: RTM_GETROUTE. */
struct route {
	struct prefix dst;
	struct ip gateway;
	struct ip prefsrc;
	uint32_t table;
	uint32_t oif;
	uint32_t metric;
	uint8_t protocol;
	uint8_t scope;
	uint8_t type;
	uint8_t tos;
	bool multipath;
};

struct routes VEC(struct route);

/* Routes of all tables but `local`, whose entries follow from the addresses. */
int route_list(struct nl_sock *s, struct arena *a, struct routes *ret, struct err *e);

/* 0; -EEXIST; -ESRCH not there; -ENETDOWN, -ENETUNREACH, -EINVAL as the kernel judges the next hop. */
int route_set(struct nl_sock *s, enum change c, const struct route *rt, struct err *e);

/* One look-up: who asks. oif 0: as a socket bound to src alone sees it; else as rdma_cm asks.
 * in_tables: the route as it stands in its table, and an error where none does: IPv4 by a port else takes the
 * destination to be on the link (RTM_F_FIB_MATCH, Linux 4.13). */
struct route_query {
	struct ip src;
	struct ip dst;
	uint32_t oif;
	bool in_tables;
};

/* The route that the kernel takes: ret->oif, gateway, prefsrc, table, type; in_tables: dst, too, and of several next hops
 * the one by oif, else the first. table 0: no table has one (see in_tables).
 * 0; -ENETUNREACH, -EHOSTUNREACH, -EACCES; src not ours: -EINVAL, from newer kernels -ENETUNREACH.
 * Source: RTM_GETROUTE. */
int route_get(struct nl_sock *s, const struct route_query *q, struct route *ret, struct err *e);

/* The route that an RTM_NEWROUTE message tells, one for each next hop, added to ret. 0; -EBADMSG. */
int route_of_msg(struct nlmsghdr *h, struct arena *a, struct routes *ret, struct err *e);

struct nl_msg *route_msg(enum change c, const struct route *rt);
bool route_equal(const struct route *a, const struct route *b);

/* Same destination, table, metric and tos: the kernel holds one of them, a replace exchanges them. */
bool route_same_key(const struct route *a, const struct route *b);

/* "default via 10.0.0.254", "10.0.0.0/24 src 10.0.0.1" in buf (ROUTE_TEXT bytes); returns buf. */
const char *route_text(const struct route *rt, char *buf);

#endif
