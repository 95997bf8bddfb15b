/* SPDX-License-Identifier: MIT */
/* Routing rules: which table a packet is looked up in. */
#ifndef DOROCE_KERN_RULE_H
#define DOROCE_KERN_RULE_H

#include <linux/if.h>
#include <netlink/netlink.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/ip.h"
#include "kern/addr.h"

/* One rule, with every selector that the kernel knows, so that a foreign rule is told from ours.
 * src, dst: no family when any. action: FR_ACT_* (1: look up table). priority 0..2^32-1, lower first.
 * protocol: RTPROT_* of who made it, part of its identity. Source: RTM_GETRULE, linux/fib_rules.h. */
struct rule {
	uint8_t family;
	struct ip src, dst;
	uint8_t src_len, dst_len;
	uint8_t tos, action;
	uint8_t protocol, ip_proto, l3mdev;
	bool other;     /* read only: it has a selector that is not known here (a newer kernel's) */
	uint32_t flags; /* FIB_RULE_* */
	uint32_t table, priority;
	uint32_t fwmark, fwmask, flow, goto_priority;
	uint32_t suppress_group, suppress_prefix_len; /* 2^32-1: not given */
	uint32_t source_ports, dest_ports;            /* struct fib_rule_port_range */
	uint64_t uids;                                /* struct fib_rule_uid_range */
	uint64_t tunnel_id;
	char iif[IFNAMSIZ], oif[IFNAMSIZ];
};

struct rules VEC(struct rule);

int rule_list(struct nl_sock *s, struct arena *a, struct rules *ret, struct err *e);

/* 0; -EEXIST; -ENOENT not there; -EPERM without CAP_NET_ADMIN. CHANGE_REPLACE is not for rules. */
int rule_set(struct nl_sock *s, enum change c, const struct rule *ru, struct err *e);

/* The rule that an RTM_NEWRULE message tells. 0; -EBADMSG. */
int rule_of_msg(struct nlmsghdr *h, struct rule *ret, struct err *e);

struct nl_msg *rule_msg(enum change c, const struct rule *ru);
bool rule_equal(const struct rule *a, const struct rule *b);

/* A rule with nothing given but what the kernel always answers. */
struct rule rule_any(uint8_t family);

/* True when ru asks for more than the source address: interface, mark, ports, users, … */
bool rule_is_narrow(const struct rule *ru);

#endif
