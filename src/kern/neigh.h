/* SPDX-License-Identifier: MIT */
/* Neighbours: who answers for an address on the wire of a port. */
#ifndef DOROCE_KERN_NEIGH_H
#define DOROCE_KERN_NEIGH_H

#include <linux/neighbour.h>

#include "base/err.h"
#include "base/ip.h"

enum { NEIGH_SEEN_MAX = 4 };

/* States of an entry whose MAC address counts: NUD_VALID of the kernel. */
enum { NEIGH_VALID = NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY };

/* One question: who has ip, on the wire of ifindex? The answer is in the rest.
 * resolved: the kernel holds a valid entry (NUD_VALID); mac: that entry's address.
 * seen[0..seen_n-1]: every distinct MAC address that answered, the first NEIGH_SEEN_MAX of them.
 * More than one: ARP flux, or an address used twice. */
struct neigh_ask {
	int ifindex;
	struct ip ip;
	bool resolved;
	bool permanent; /* an entry that somebody wrote; nothing was asked */
	uint8_t mac[MAC_LEN];
	uint8_t seen[NEIGH_SEEN_MAX][MAC_LEN];
	size_t seen_n;
};

/* Ask all n at once and wait until each is resolved or timeout_ms has passed. What the kernel had
 * learnt before is forgotten first, so that the answer is the wire's and not an old one.
 * The kernel itself sends the requests (RTM_NEWNEIGH with NTF_USE), ARP or neighbour solicitations, as it does
 * for rdma_cm.
 * Returns 0, silent neighbours included; -EPERM without CAP_NET_ADMIN and CAP_NET_RAW. */
int neigh_ask_all(struct neigh_ask *ask, size_t n, unsigned int timeout_ms, struct err *e);

/* One address of ours and where it is. */
struct announcement {
	int ifindex;
	struct ip ip; /* IPv4 */
	uint8_t mac[MAC_LEN];
};

/* Tell the wire that each address is where it is (gratuitous ARP requests, RFC 5227 section 3), so that
 * neighbours replace what they had learnt before. 0, or the first -errno; -EPERM without CAP_NET_RAW. */
int neigh_announce_all(const struct announcement *an, size_t n, struct err *e);

#endif
