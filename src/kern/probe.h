/* SPDX-License-Identifier: MIT */
/* Is an address free on the wire? Asked before it is put on a port (RFC 5227). */
#ifndef DOROCE_KERN_PROBE_H
#define DOROCE_KERN_PROBE_H

#include "kern/arp.h"

/* RFC 5227 waits up to 1 s, sends 3 probes 1 to 2 s apart and waits 2 s more: for hosts that wake up
 * together on links of any kind. An operator waits here, and an answer on a cluster's wire comes within
 * milliseconds: the same 3 probes, closer together. All ports at once: this is the time of the whole. */
enum { PROBE_N = 3, PROBE_EVERY_MS = 300, PROBE_LISTEN_MS = 500 };

/* One IPv4 address that the device does not have yet. mac: of the device. The rest is the answer:
 * taken: somebody has it, or was asking for it for himself at the same time; holder: his MAC address.
 * unasked: nothing is sent there, or nothing could be (down, gone); may be set before. */
struct probe {
	int ifindex;
	struct ip ip;
	uint8_t mac[MAC_LEN];
	bool taken, unasked;
	uint8_t holder[MAC_LEN];
};

/* MAC addresses of this node: whoever answers with one of them is ourselves. */
struct own_macs {
	const uint8_t (*at)[MAC_LEN];
	size_t n;
};

/* Probe all n. 0, whatever was found; -EPERM without CAP_NET_RAW; -errno. */
int probe_all(struct probe *p, size_t n, const struct own_macs *own, struct err *e);

/* What one packet says about the address: true when it is taken, or wished by another. Pure. */
bool probe_is_answered(const struct probe *p, const struct arp_heard *h, const struct own_macs *own);

#endif
