/* SPDX-License-Identifier: MIT */
/* Addresses and routes as the kernel's own messages, whole, to be put back exactly as they were. */
#ifndef DOROCE_KERN_RAW_H
#define DOROCE_KERN_RAW_H

#include <netlink/netlink.h>

#include "base/arena.h"
#include "base/err.h"

/* One RTM_NEWADDR or RTM_NEWROUTE as the kernel dumped it; attributes unknown here are in it, too.
 * ifindex: of its device; 0: a route with several or none. */
struct raw {
	struct nlmsghdr *h;
	int ifindex;
};

struct raws VEC(struct raw);

/* All addresses, and all routes but those of table local, which follow from the addresses. */
int raw_list(struct nl_sock *s, struct arena *a, struct raws *ret, struct err *e);

/* A copy of a message in the arena. */
struct raw raw_copy(const struct nlmsghdr *h, struct arena *a);

/* True when both messages are the same to the last byte, but for their numbers. */
bool raw_identical(const struct raw *x, const struct raw *y);

/* True when both are the same address of the same device, or the same route. */
bool raw_same(const struct raw *x, const struct raw *y);

/* True when the device has the address, or the route leaves by it. */
bool raw_touches(const struct raw *r, int ifindex);

/* "address 10.0.0.1/24", "route default via 10.0.0.254 table 101" */
char *raw_text(const struct raw *r, struct arena *a);

/* Write it again. replace: in the place of what has its key; else -EEXIST. 0 or -errno of the kernel. */
int raw_put_back(struct nl_sock *s, const struct raw *r, bool replace, struct err *e);

#endif
