/* SPDX-License-Identifier: MIT */
/* ARP packets as they are on the wire. */
#ifndef DOROCE_KERN_ARP_H
#define DOROCE_KERN_ARP_H

#include "base/err.h"
#include "base/ip.h"

/* A packet that came in at ifindex. mac, sender: of whom it is from, as the packet says. is_reply: an
 * answer; else a request. */
struct arp_heard {
	int ifindex;
	bool is_reply;
	uint8_t mac[MAC_LEN];
	struct ip sender, target;
};

/* A socket for ARP packets of all devices, which never waits. hears: false: only to send by.
 * -EPERM without CAP_NET_RAW. */
int arp_open(bool hears, struct err *e);

/* Broadcast a request for target on the wire of ifindex, from mac. No sender (family 0): a probe, which
 * leaves no trace in the tables of those who hear it. 0 or -errno. */
int arp_request(int fd, int ifindex, const uint8_t mac[MAC_LEN], const struct ip *sender,
		const struct ip *target);

/* The next packet that is waiting, our own ones passed over. False: there is none. */
bool arp_hear(int fd, struct arp_heard *ret);

#endif
