/* SPDX-License-Identifier: MIT */
/* Neighbour solicitations and advertisements of IPv6 as they are on the wire. */
#ifndef DOROCE_KERN_ND_H
#define DOROCE_KERN_ND_H

#include "base/err.h"
#include "base/ip.h"

/* A packet that came in at ifindex. is_advert: somebody has target; else somebody asks for it, and does so for
 * himself (detection of duplicates) when sender is "::". mac: of whom it is from: as the packet says, else as
 * its frame did. */
struct nd_heard {
	int ifindex;
	bool is_advert;
	uint8_t mac[MAC_LEN];
	struct ip sender, target;
};

/* A socket that hears them on all devices and never waits. -EPERM without CAP_NET_RAW. */
int nd_open(struct err *e);

/* The next packet that is waiting, our own ones and malformed ones passed over. False: there is none. */
bool nd_hear(int fd, struct nd_heard *ret);

/* What n bytes from the IPv6 header on say; mac: of the frame. False: no such packet. Pure. */
bool nd_parse(const void *packet, size_t n, const uint8_t mac[MAC_LEN], struct nd_heard *ret);

#endif
