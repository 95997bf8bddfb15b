/* SPDX-License-Identifier: MIT */
/* What ethtool shows of a port: global pause, counters. */
#ifndef DOROCE_KERN_ETHTOOL_H
#define DOROCE_KERN_ETHTOOL_H

#include <netlink/netlink.h>

#include "base/arena.h"
#include "base/err.h"
#include "kern/dcb.h"

/* Global pause (IEEE 802.3 annex 31B): what the port acts on (rx) and sends (tx). */
enum pause_bit { PAUSE_RX = 1, PAUSE_TX = 2 };

/* The way to ethtool netlink: all zero at first, opened by the first call that takes it. */
struct ethtool {
	struct nl_sock *sock;
	int family;
};

void ethtool_done(struct ethtool *et);

/* Bits of enum pause_bit. Source: ETHTOOL_MSG_PAUSE_GET, ETHTOOL_MSG_PAUSE_SET of linux/ethtool_netlink.h;
 * autonegotiation is left as it is. 0; -EOPNOTSUPP: the driver has none; -EPROTONOSUPPORT: the kernel is older than
 * 5.6; -ENODEV; -EPERM. */
int pause_get(struct ethtool *et, const char *netdev, uint32_t *ret, struct err *e);
int pause_set(struct ethtool *et, const char *netdev, uint32_t pause, struct err *e);

/* A counter of the driver: "tx_prio3_packets". */
struct counter {
	char name[32];
	uint64_t value;
};

struct counters VEC(struct counter);

/* All counters of `ethtool -S`, in the driver's order. Source: ETHTOOL_GSTRINGS, ETHTOOL_GSTATS of linux/ethtool.h.
 * 0: also where the driver has none; -ENODEV. */
int counters_get(const char *netdev, struct arena *a, struct counters *ret, struct err *e);

/* The counter with the name, else NULL. */
const struct counter *counter_find(const struct counters *cs, const char *name);

/* Bytes that came and went, by priority. */
struct prio_bytes {
	uint64_t rx[PRIORITIES], tx[PRIORITIES];
};

/* By the names of mlx5 (rx_prio3_bytes) or bnxt_en (rx_bytes_pri3). False: the driver does not count by priority. */
bool counters_by_prio(const struct counters *cs, struct prio_bytes *ret);

#endif
