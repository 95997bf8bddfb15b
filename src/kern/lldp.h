/* SPDX-License-Identifier: MIT */
/* LLDP frames as they come in at ports. Nothing is ever sent. */
#ifndef DOROCE_KERN_LLDP_H
#define DOROCE_KERN_LLDP_H

#include "base/arena.h"
#include "base/err.h"

/* One port that is listened at. The rest is the answer: the first frame to the nearest bridge's address
 * (01:80:c2:00:00:0e, IEEE 802.1AB-2016 clause 7.1) without its Ethernet header; bytes NULL: none came. */
struct lldp_frame {
	int ifindex;
	const uint8_t *bytes;
	size_t len;
};

/* Listen at all n ports at once, until each has its frame or limit_ms has passed. A port that is gone has none and is
 * not waited for. 0, whatever came; -EPERM without CAP_NET_RAW; -errno. */
int lldp_hear_all(struct lldp_frame *f, size_t n, unsigned int limit_ms, struct arena *a, struct err *e);

#endif
