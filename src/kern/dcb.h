/* SPDX-License-Identifier: MIT */
/* Data center bridging of a port: trust, DSCP map, ETS, PFC, buffers, rates, who owns DCBX. */
#ifndef DOROCE_KERN_DCB_H
#define DOROCE_KERN_DCB_H

#include <netlink/netlink.h>

#include "base/err.h"

enum {
	PRIORITIES = 8, /* IEEE 802.1Q clause 6.9.3; as many traffic classes and buffers */
	DSCPS = 64,     /* RFC 2474 */
};

/* dscp_prio: no entry for this DSCP. */
#define DSCP_UNMAPPED UINT32_MAX

/* Transmission selection of a traffic class: IEEE 802.1Q table 8-6. */
enum tsa { TSA_STRICT = 0, TSA_CBS = 1, TSA_ETS = 2, TSA_VENDOR = 255 };

/* What decides the priority of a received packet, in this order. */
enum trust { TRUST_PCP = 0, TRUST_DSCP = 1, TRUST_DSCP_PCP = 2, TRUST_PCP_DSCP = 3, TRUST_NONE = 4 };

/* Who may write: bits of DCB_CMD_GDCBX. */
enum dcbx_bit { DCBX_HOST = 1, DCBX_LLD_MANAGED = 2, DCBX_CEE = 4, DCBX_IEEE = 8, DCBX_STATIC = 16 };

/* The parts that a driver may have or not: bits of dcb.has. */
enum dcb_part {
	DCB_PART_ETS = 1,
	DCB_PART_PFC = 2,
	DCB_PART_BUFFER = 4,
	DCB_PART_MAXRATE = 8,
	DCB_PART_APP = 16,   /* always there once the driver has any: the kernel keeps the table */
	DCB_PART_TRUST = 32, /* the driver tells and takes a trust list; without it trust follows the DSCP entries */
	DCB_PART_DCBX = 64,
};

/* All that the driver of one netdev tells; has 0: it has no DCB.
 * ets_cap, pfc_cap: traffic classes and priorities that can have it (0: as many as there are).
 * tsa: enum tsa; bandwidth_pct: of each traffic class with TSA_ETS, 100 in all; 0 of the others.
 * pfc: 0 or 1 of each priority; pfc_delay: cable length in m for mlx5, bit times by the standard.
 * maxrate_kbps: 0: no limit. trust: enum trust; without DCB_PART_TRUST by the entries. dcbx: enum dcbx_bit.
 * Source: DCB_CMD_IEEE_GET and DCB_CMD_GDCBX of linux/dcbnl.h. */
struct dcb {
	unsigned int has;
	uint32_t ets_cap, pfc_cap;
	uint32_t prio_tc[PRIORITIES], tsa[PRIORITIES], bandwidth_pct[PRIORITIES];
	uint32_t pfc[PRIORITIES], pfc_delay;
	uint32_t prio_buffer[PRIORITIES], buffer_bytes[PRIORITIES], buffer_total;
	uint32_t maxrate_kbps[PRIORITIES];
	uint32_t dscp_prio[DSCPS];
	uint32_t trust, dcbx;
};

/* Of a driver that tells nothing: begin with it. */
struct dcb dcb_none(void);

/* The answer of DCB_CMD_IEEE_GET. 0, -EBADMSG. */
int dcb_of_msg(struct nlmsghdr *h, struct dcb *ret, struct err *e);

/* DCB_CMD_IEEE_SET of one part but the DSCP map; of the map: entries of `of` that `other` has not, set or deleted.
 * Caller frees. NULL: no memory, no such part, no such entries. */
struct nl_msg *dcb_part_msg(const char *netdev, enum dcb_part part, const struct dcb *to);
struct nl_msg *dcb_apps_msg(const char *netdev, bool del, const struct dcb *of, const struct dcb *other);

/* 0: also where the driver has no DCB; -ENODEV: no such device. */
int dcb_get(struct nl_sock *s, const char *netdev, struct dcb *ret, struct err *e);

/* Write one part: it is `from` now and shall be as in `to`. What the driver has no operation for is passed over by
 * the kernel without an error: read again. 0; -EPERM; -EOPNOTSUPP, -EINVAL and others of the driver. */
int dcb_set(struct nl_sock *s, const char *netdev, enum dcb_part part, const struct dcb *from, const struct dcb *to,
	    struct err *e);

#endif
