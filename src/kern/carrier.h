/* SPDX-License-Identifier: MIT */
/* Whether the link of a port is up, and waiting for it: some drivers take it down for a while when they are set. */
#ifndef DOROCE_KERN_CARRIER_H
#define DOROCE_KERN_CARRIER_H

#include <netlink/netlink.h>

#include "base/err.h"

/* on: the link is up. downs: how often it has gone down since the netdev is there. grace_ms: it may go down only so
 * long after the write that does it; later it does not. Source: IFF_LOWER_UP, IFLA_CARRIER_DOWN_COUNT. */
struct carrier {
	int ifindex;
	bool on;
	uint32_t downs;
	unsigned int grace_ms;
};

/* Fill on and downs of the ifindex. 0; -ENODEV. */
int carrier_read(struct nl_sock *s, struct carrier *c, struct err *e);

/* Wait until each of n links has gone down since it was read and is up again, or has not gone down within its grace;
 * at most limit_ms. c[i].on: as it is then. 0, also when one is down still; -errno: it could not be told. */
int carrier_wait_all(struct carrier *c, size_t n, unsigned int limit_ms, struct err *e);

#endif
