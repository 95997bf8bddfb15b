/* SPDX-License-Identifier: MIT */
/* Network devices: what they are, their MTU, their IP settings. */
#ifndef DOROCE_KERN_LINK_H
#define DOROCE_KERN_LINK_H

#include <linux/ip.h>
#include <linux/if.h>
#include <netlink/netlink.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/ip.h"

/* Settings of both families stand in one array: net.ipv4.conf by IPV4_DEVCONF_* id (linux/ip.h), net.ipv6.conf
 * by CONF6 + DEVCONF_* id (linux/ipv6.h, which does not go together with netinet/in.h). Room for more than the
 * kernel has today. */
enum {
	CONF6 = 64,
	CONF6_ACCEPT_RA = CONF6 + 3,
	CONF6_DAD_TRANSMITS = CONF6 + 6,
	CONF6_RTR_SOLICIT_DELAY = CONF6 + 9, /* as netlink tells it: ms */
	CONF6_DISABLE = CONF6 + 26,
	CONF6_KEEP_ADDR_ON_DOWN = CONF6 + 42,
	CONF_N = 160,
};

/* Priorities inside the kernel that its ToS table gives (TC_PRIO_* of linux/pkt_sched.h). */
enum { SKB_PRIORITIES = 16 };

/* One network device of our namespace.
 * kind: rtnetlink's IFLA_INFO_KIND ("vlan", "bond", "veth"; "" for a physical port).
 * vlan_extra: what a VLAN has that its id does not tell ("flags"), else NULL.
 * lower: ifindex below a VLAN or macvlan, else 0; master: of the bond or bridge it belongs to, else 0.
 * conf: the device's own values, not the effective ones. has_ip6: IPv6 is there (below 1280 B of MTU it is not).
 * addr_gen_mode: IN6_ADDR_GEN_MODE_* of linux/if_link.h: how its link-local address comes.
 * retrans_ms: between two solicitations.
 * Source: RTM_GETLINK; IFLA_AF_SPEC: AF_INET/IFLA_INET_CONF, AF_INET6/IFLA_INET6_CONF, _ADDR_GEN_MODE, _CACHEINFO. */
struct link {
	int ifindex;
	char name[IFNAMSIZ];
	char kind[16];
	int lower;
	int master;
	uint16_t vlan_id; /* 1..4094 of a VLAN, else 0 */
	uint8_t vlan_egress[SKB_PRIORITIES]; /* of a VLAN: priority of the tag, by the kernel's priority */
	const char *vlan_extra;
	uint32_t vrf_table; /* of a VRF, else 0 */
	uint32_t mtu;
	bool up;      /* IFF_UP: the administrator's wish */
	bool carrier; /* IFF_LOWER_UP */
	bool running; /* IFF_RUNNING: up, and the kernel has acted upon the carrier (net/core/link_watch.c: up to 1 s behind it) */
	uint8_t mac[MAC_LEN];
	uint32_t conf[CONF_N];
	bool has_ip6;
	uint8_t addr_gen_mode;
	uint32_t retrans_ms;
};

struct links VEC(struct link);

int link_list(struct nl_sock *s, struct arena *a, struct links *ret, struct err *e);

/* Each: 0; -ENODEV no such device; -EPERM without CAP_NET_ADMIN; -EINVAL beyond what the device can. */
int link_mtu_set(struct nl_sock *s, int ifindex, uint32_t mtu, struct err *e);
int link_up_set(struct nl_sock *s, int ifindex, bool up, struct err *e);
/* Priorities of a VLAN's tags: those that differ between both are written. */
int link_vlan_egress_set(struct nl_sock *s, int ifindex, const uint32_t *from, const uint32_t *to, struct err *e);
/* values: n pairs of id (see CONF6) and value; those of IPv4 in one message */
struct conf_value {
	uint16_t id;
	uint32_t value;
};
int link_conf_set(struct nl_sock *s, int ifindex, const struct conf_value *v, size_t n,
		  struct err *e);

#endif
