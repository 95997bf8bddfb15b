/* SPDX-License-Identifier: MIT */
/* Addresses of network devices. */
#ifndef DOROCE_KERN_ADDR_H
#define DOROCE_KERN_ADDR_H

#include <netlink/netlink.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/ip.h"

/* How an object is written. */
enum change { CHANGE_ADD, CHANGE_REPLACE, CHANGE_DEL };

/* One address of one device. prefix.addr is the device's own address (IFA_LOCAL of IPv4).
 * flags: IFA_F_* of linux/if_addr.h. Source: RTM_GETADDR. */
struct addr {
	int ifindex;
	struct prefix prefix;
	uint32_t flags;
};

struct addrs VEC(struct addr);

int addr_list(struct nl_sock *s, struct arena *a, struct addrs *ret, struct err *e);

/* 0; -EEXIST it is there; -EADDRNOTAVAIL it is not; -ENODEV; -EPERM without CAP_NET_ADMIN. */
int addr_set(struct nl_sock *s, enum change c, const struct addr *ad, struct err *e);

/* The address that an RTM_NEWADDR message tells. 0; -EBADMSG. */
int addr_of_msg(struct nlmsghdr *h, struct addr *ret, struct err *e);

/* Message for the change: RTM_NEWADDR or RTM_DELADDR. NULL: no memory. Caller frees. */
struct nl_msg *addr_msg(enum change c, const struct addr *ad);

/* nlmsg_flags of a change that makes something: add refuses what exists, replace does not. */
int change_flags(enum change c);

#endif
