/* SPDX-License-Identifier: MIT */
/* Detection of duplicate IPv6 addresses (RFC 4862): its end, and who has the address already. */
#ifndef DOROCE_KERN_DAD_H
#define DOROCE_KERN_DAD_H

#include "kern/nd.h"

enum dad_state { DAD_TENTATIVE, DAD_DONE, DAD_FAILED, DAD_GONE };

/* One address of a device. waits: false: without carrier it stays tentative; only its state is read.
 * The rest is the answer. heard: mac is that of another host that has it or wants it. */
struct dad {
	int ifindex;
	struct ip ip;
	bool waits;
	enum dad_state state; /* DAD_GONE: it is not there (any more) */
	bool heard;
	uint8_t mac[MAC_LEN];
};

/* Wait until none that waits is tentative, or timeout_ms has passed; the kernel tells each end. 0, whatever came
 * out; -errno when the kernel can not be asked. Without CAP_NET_RAW it is not known who else has it. */
int dad_wait_all(struct dad *d, size_t n, unsigned int timeout_ms, struct err *e);

/* What one packet says: true when somebody else has or wants the address. Pure. */
bool dad_is_answered(const struct dad *d, const struct nd_heard *h);

#endif
