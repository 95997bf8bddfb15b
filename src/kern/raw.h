/* SPDX-License-Identifier: MIT */
/* Addresses and routes as the kernel's own messages, whole, to be put back exactly as they were. */
#ifndef DOROCE_KERN_RAW_H
#define DOROCE_KERN_RAW_H

#include <netlink/netlink.h>

#include "base/arena.h"
#include "base/err.h"
#include "kern/addr.h"
#include "kern/route.h"

/* One RTM_NEWADDR or RTM_NEWROUTE as the kernel dumped it; attributes unknown here are in it, too.
 * ifindex: of its device; 0: a route with several or none. addr or hops: what is known here of it, by the type of
 * message; a malformed one has neither (addr.ifindex 0, no hops). */
struct raw {
	struct nlmsghdr *h;
	int ifindex;
	struct addr addr;
	struct routes hops;
};

struct raws VEC(struct raw);

/* What addresses and routes are found by: equal for two that are the same, and for few others. */
struct raw_key {
	int ifindex; /* as of struct raw */
	uint32_t table, metric;
	struct ip dst;
	uint8_t len;
	bool is_route;
};

struct raw_key raw_key(const struct raw *r);
struct raw_key raw_key_of_addr(const struct addr *ad);
struct raw_key raw_key_of_route(const struct route *rt);
bool raw_key_equal(const struct raw_key *x, const struct raw_key *y);

/* Things by their keys, whatever they are, those of one key in the order of their addresses in memory. To be sorted after
 * the last was added, before the first is found. */
struct raw_place {
	struct raw_key key;
	const void *what;
};

struct raw_index VEC(struct raw_place);

void raw_index_add(struct raw_index *ix, const struct raw_key *key, const void *what, struct arena *a);
void raw_index_sort(struct raw_index *ix);

/* Of messages: what is a struct raw. */
struct raw_index raw_index_of(const struct raws *rs, struct arena *a);

/* Those with the key: the first of them, *ret_n in all. */
const struct raw_place *raw_find(const struct raw_index *ix, const struct raw_key *key, size_t *ret_n);

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
