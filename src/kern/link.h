/* SPDX-License-Identifier: MIT */
/* Network devices: what they are, their MTU, their IPv4 settings. */
#ifndef DOROCE_KERN_LINK_H
#define DOROCE_KERN_LINK_H

#include <linux/ip.h>
#include <linux/if.h>
#include <netlink/netlink.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/ip.h"

enum { CONF_N = 40 }; /* IPV4_DEVCONF_* ids that are kept, more than the kernel has today */

/* One network device of our namespace.
 * kind: rtnetlink's IFLA_INFO_KIND ("vlan", "bond", "veth"; "" for a physical port).
 * lower: ifindex below a VLAN or macvlan, else 0; master: of the bond or bridge it belongs to, else 0.
 * conf: the device's own net.ipv4.conf values by IPV4_DEVCONF_* id (linux/ip.h), not the effective ones.
 * Source: RTM_GETLINK; IFLA_AF_SPEC/AF_INET/IFLA_INET_CONF. */
struct link {
	int ifindex;
	char name[IFNAMSIZ];
	char kind[16];
	int lower;
	int master;
	uint16_t vlan_id; /* 1..4094 of a VLAN, else 0 */
	uint32_t mtu;
	bool up;      /* IFF_UP: the administrator's wish */
	bool carrier; /* IFF_LOWER_UP */
	uint8_t mac[MAC_LEN];
	uint32_t conf[CONF_N];
};

struct links VEC(struct link);

int link_list(struct nl_sock *s, struct arena *a, struct links *ret, struct err *e);

/* Each: 0; -ENODEV no such device; -EPERM without CAP_NET_ADMIN; -EINVAL beyond what the device can. */
int link_mtu_set(struct nl_sock *s, int ifindex, uint32_t mtu, struct err *e);
int link_up_set(struct nl_sock *s, int ifindex, bool up, struct err *e);
/* values: n pairs of IPV4_DEVCONF_* id and value, one message for all of them */
struct conf_value {
	uint16_t id;
	uint32_t value;
};
int link_conf_set(struct nl_sock *s, int ifindex, const struct conf_value *v, size_t n,
		  struct err *e);

#endif
