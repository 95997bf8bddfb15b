/* SPDX-License-Identifier: MIT */
/* Network devices: what they are, their MTU, their IP settings. */
#include "kern/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_vlan.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <string.h>

#include "kern/netlink.h"

struct reading {
	struct arena *arena;
	struct links *links;
};

/* The device's IPv4 settings: an array of u32, index = IPV4_DEVCONF_* id - 1. */
static void conf_read(struct nlattr *af_spec, struct link *l)
{
	struct nlattr *inet = nla_find(nla_data(af_spec), nla_len(af_spec), AF_INET);
	struct nlattr *conf = inet ? nla_find(nla_data(inet), nla_len(inet), IFLA_INET_CONF) : NULL;

	if (conf)
		memcpy(&l->conf[1], nla_data(conf),
		       min_size((size_t)nla_len(conf), (CONF6 - 1) * sizeof(l->conf[0])));
}

/* The same of IPv6, but index = DEVCONF_* id. */
static void conf6_read(struct nlattr *af_spec, struct link *l)
{
	struct nlattr *inet6 = nla_find(nla_data(af_spec), nla_len(af_spec), AF_INET6);
	struct nlattr *tb[IFLA_INET6_MAX + 1];

	if (!inet6 || nla_parse_nested(tb, IFLA_INET6_MAX, inet6, NULL) < 0 || !tb[IFLA_INET6_CONF])
		return;
	l->has_ip6 = true;
	memcpy(&l->conf[CONF6], nla_data(tb[IFLA_INET6_CONF]),
	       min_size((size_t)nla_len(tb[IFLA_INET6_CONF]), (CONF_N - CONF6) * sizeof(l->conf[0])));
	if (tb[IFLA_INET6_ADDR_GEN_MODE])
		l->addr_gen_mode = nla_get_u8(tb[IFLA_INET6_ADDR_GEN_MODE]);
	struct nlattr *info = tb[IFLA_INET6_CACHEINFO];
	if (info && nla_len(info) >= (int)sizeof(struct ifla_cacheinfo))
		l->retrans_ms = ((struct ifla_cacheinfo *)nla_data(info))->retrans_time;
}

/* The kernel tells of a map only where it has entries. */
static void extra_read(const struct nlattr *data, struct link *l)
{
	struct nlattr *flags = nla_find(nla_data(data), nla_len(data), IFLA_VLAN_FLAGS);
	struct nlattr *protocol = nla_find(nla_data(data), nla_len(data), IFLA_VLAN_PROTOCOL);

	if (protocol && nla_get_u16(protocol) != htons(ETH_P_8021Q))
		l->vlan_extra = "a protocol other than 802.1Q";
	else if (nla_find(nla_data(data), nla_len(data), IFLA_VLAN_INGRESS_QOS))
		l->vlan_extra = "a map of received priorities";
	else if (flags && *(uint32_t *)nla_data(flags) != VLAN_FLAG_REORDER_HDR)
		l->vlan_extra = "flags";
}

static void egress_read(const struct nlattr *data, struct link *l)
{
	struct nlattr *map = nla_find(nla_data(data), nla_len(data), IFLA_VLAN_EGRESS_QOS), *at;
	int left;

	if (!map)
		return;
	nla_for_each_nested(at, map, left) {
		const struct ifla_vlan_qos_mapping *m = nla_data(at);

		if (nla_len(at) >= (int)sizeof(*m) && m->from < SKB_PRIORITIES)
			l->vlan_egress[m->from] = (uint8_t)m->to;
	}
}

static void info_read(struct nlattr *info, struct link *l)
{
	struct nlattr *tb[IFLA_INFO_MAX + 1];

	if (nla_parse_nested(tb, IFLA_INFO_MAX, info, NULL) < 0 || !tb[IFLA_INFO_KIND])
		return;
	nla_strlcpy(l->kind, tb[IFLA_INFO_KIND], sizeof(l->kind));
	if (!tb[IFLA_INFO_DATA])
		return;
	const struct nlattr *data = tb[IFLA_INFO_DATA];
	struct nlattr *id = nla_find(nla_data(data), nla_len(data), IFLA_VLAN_ID);
	struct nlattr *table = nla_find(nla_data(data), nla_len(data), IFLA_VRF_TABLE);

	if (id && strcmp(l->kind, "vlan") == 0) {
		l->vlan_id = nla_get_u16(id);
		extra_read(data, l);
		egress_read(data, l);
	}
	if (table && strcmp(l->kind, "vrf") == 0)
		l->vrf_table = nla_get_u32(table);
}

/* IFLA_LINK of a veth is its other end, which need not be here; only what is stacked counts. */
static void lower_read(struct nlattr *tb[], struct link *l)
{
	bool stacked = strcmp(l->kind, "vlan") == 0 || strcmp(l->kind, "macvlan") == 0;

	if (stacked && tb[IFLA_LINK] && !tb[IFLA_LINK_NETNSID])
		l->lower = (int)nla_get_u32(tb[IFLA_LINK]);
}

static int link_read(struct nlmsghdr *h, void *arg, struct err *e)
{
	struct reading *rd = arg;
	struct ifinfomsg *ifi = nlmsg_data(h);
	struct nlattr *tb[IFLA_MAX + 1];

	if (h->nlmsg_type != RTM_NEWLINK)
		return 0;
	if (nlmsg_parse(h, sizeof(*ifi), tb, IFLA_MAX, NULL) < 0 || !tb[IFLA_IFNAME])
		return err_set(e, -EBADMSG, "network devices: malformed answer");
	struct link *l = vec_add(rd->arena, rd->links);
	l->ifindex = ifi->ifi_index;
	l->up = ifi->ifi_flags & IFF_UP;
	l->carrier = ifi->ifi_flags & IFF_LOWER_UP;
	l->running = ifi->ifi_flags & IFF_RUNNING;
	nla_strlcpy(l->name, tb[IFLA_IFNAME], sizeof(l->name));
	l->mtu = tb[IFLA_MTU] ? nla_get_u32(tb[IFLA_MTU]) : 0;
	l->master = tb[IFLA_MASTER] ? (int)nla_get_u32(tb[IFLA_MASTER]) : 0;
	if (tb[IFLA_ADDRESS] && nla_len(tb[IFLA_ADDRESS]) == MAC_LEN)
		memcpy(l->mac, nla_data(tb[IFLA_ADDRESS]), MAC_LEN);
	if (tb[IFLA_LINKINFO])
		info_read(tb[IFLA_LINKINFO], l);
	if (tb[IFLA_AF_SPEC]) {
		conf_read(tb[IFLA_AF_SPEC], l);
		conf6_read(tb[IFLA_AF_SPEC], l);
	}
	lower_read(tb, l);
	return 0;
}

int link_list(struct nl_sock *s, struct arena *a, struct links *ret, struct err *e)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	auto_msg *m = netlink_msg(RTM_GETLINK, NLM_F_DUMP, &ifi, sizeof(ifi));
	struct reading rd = { .arena = a, .links = ret };

	/* counters are the larger part of the answer and nobody reads them here */
	if (m && nla_put_u32(m, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS) < 0)
		return err_set(e, -ENOMEM, "network devices: no memory");
	return netlink_ask(s, m, link_read, &rd, "network devices", e);
}

int link_mtu_set(struct nl_sock *s, int ifindex, uint32_t mtu, struct err *e)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };
	auto_msg *m = netlink_msg(RTM_SETLINK, 0, &ifi, sizeof(ifi));
	char what[48];

	snprintf(what, sizeof(what), "set mtu to %u B", mtu);
	if (m && nla_put_u32(m, IFLA_MTU, mtu) < 0)
		return err_set(e, -ENOMEM, "%s: no memory", what);
	return netlink_change(s, m, what, e);
}

int link_up_set(struct nl_sock *s, int ifindex, bool up, struct err *e)
{
	struct ifinfomsg ifi = {
		.ifi_index = ifindex,
		.ifi_flags = up ? IFF_UP : 0,
		.ifi_change = IFF_UP,
	};
	auto_msg *m = netlink_msg(RTM_SETLINK, 0, &ifi, sizeof(ifi));

	return netlink_change(s, m, up ? "set link up" : "set link down", e);
}

int link_conf_set(struct nl_sock *s, int ifindex, const struct conf_value *v, size_t n,
		  struct err *e)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };
	auto_msg *m = netlink_msg(RTM_SETLINK, 0, &ifi, sizeof(ifi));
	struct nlattr *spec = m ? nla_nest_start(m, IFLA_AF_SPEC) : NULL;
	struct nlattr *inet = spec ? nla_nest_start(m, AF_INET) : NULL;
	struct nlattr *conf = inet ? nla_nest_start(m, IFLA_INET_CONF) : NULL;
	int r = conf ? 0 : -ENOMEM;

	for (size_t i = 0; i < n && r == 0; i++)
		r = nla_put_u32(m, v[i].id, v[i].value);
	if (r < 0)
		return err_set(e, -ENOMEM, "set IPv4 settings: no memory");
	nla_nest_end(m, conf);
	nla_nest_end(m, inet);
	nla_nest_end(m, spec);
	return netlink_change(s, m, "set IPv4 settings", e);
}

static int egress_put(struct nl_msg *m, const uint32_t *from, const uint32_t *to)
{
	struct nlattr *map = nla_nest_start(m, IFLA_VLAN_EGRESS_QOS);

	for (uint32_t i = 0; i < SKB_PRIORITIES && map; i++) {
		struct ifla_vlan_qos_mapping one = { .from = i, .to = to[i] };

		if (from[i] != to[i] && nla_put(m, IFLA_VLAN_QOS_MAPPING, sizeof(one), &one) < 0)
			return -ENOMEM;
	}
	return map ? nla_nest_end(m, map) : -ENOMEM;
}

int link_vlan_egress_set(struct nl_sock *s, int ifindex, const uint32_t *from, const uint32_t *to, struct err *e)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };
	auto_msg *m = netlink_msg(RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	struct nlattr *info = m ? nla_nest_start(m, IFLA_LINKINFO) : NULL, *data;

	if (!info || nla_put_string(m, IFLA_INFO_KIND, "vlan") < 0 || !(data = nla_nest_start(m, IFLA_INFO_DATA)) ||
	    egress_put(m, from, to) < 0)
		return err_set(e, -ENOMEM, "set the VLAN's priorities: no memory");
	nla_nest_end(m, data);
	nla_nest_end(m, info);
	return netlink_change(s, m, "set the VLAN's priorities", e);
}
