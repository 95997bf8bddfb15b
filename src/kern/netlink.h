/* SPDX-License-Identifier: MIT */
/* Netlink transport: one request, its answers, the kernel's own words on failure. */
#ifndef DOROCE_KERN_NETLINK_H
#define DOROCE_KERN_NETLINK_H

#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "base/err.h"

static inline void msg_drop(struct nl_msg **m)
{
	nlmsg_free(*m);
}

static inline void sock_drop(struct nl_sock **s)
{
	nl_socket_free(*s);
}

#define auto_msg __attribute__((cleanup(msg_drop))) struct nl_msg
#define auto_sock __attribute__((cleanup(sock_drop))) struct nl_sock

/* Called for each answer. A negative return stops the reading and is returned. */
typedef int netlink_item_fn(struct nlmsghdr *h, void *arg, struct err *e);

/* A socket of the family (NETLINK_ROUTE, NETLINK_RDMA) with extended acks. NULL: e says why. */
struct nl_sock *netlink_open(int family, struct err *e);

/* A socket that hears n groups of the family, without blocking. queue_bytes: room for what is not yet taken; 0: the usual.
 * NULL: e says why. */
struct nl_sock *netlink_listen(int family, const int *groups, size_t n, int queue_bytes, struct err *e);

/* Send m and wait for the kernel's word. m may be NULL: no memory.
 * Returns 0 or the kernel's -errno; e: "what: text of errno (text of the kernel)". */
int netlink_change(struct nl_sock *s, struct nl_msg *m, const char *what, struct err *e);

/* Send m (a dump or a get) and call item for each answer; item NULL: answers are dropped.
 * Returns 0, the kernel's -errno, or what item returned; -EINTR, without a text: what was listed changed
 * meanwhile, and the list may lack something. */
int netlink_ask(struct nl_sock *s, struct nl_msg *m, netlink_item_fn *item, void *arg,
		const char *what, struct err *e);

/* A message with a fixed header of size bytes. NULL: no memory. Caller frees. */
struct nl_msg *netlink_msg(int type, int flags, const void *header, size_t size);

#endif
