/* SPDX-License-Identifier: MIT */
/* Which of the kernel's events are about RoCE ports: all others are nobody's business here. */
#include "kern/concern.h"

#include <linux/dcbnl.h>
#include <linux/netconf.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/route/neighbour.h>
#include <string.h>

#include "kern/addr.h"
#include "kern/rule.h"

enum {
	CREATED = ~0U, /* ifi_change of a device that has just come */
};

static bool is_ours(const struct concern *c, int ifindex)
{
	for vec_each(l, &c->links)
		if (*l == ifindex)
			return true;
	return false;
}

static bool attr_is_ours(const struct concern *c, struct nlattr *a)
{
	return a && nla_len(a) == sizeof(uint32_t) && is_ours(c, (int)nla_get_u32(a));
}

static bool overlaps(const struct prefix *a, const struct prefix *b)
{
	return ip_in_prefix(&a->addr, b) || ip_in_prefix(&b->addr, a);
}

static bool is_near(const struct concern *c, const struct prefix *p)
{
	for vec_each(near, &c->near)
		if (overlaps(near, p))
			return true;
	return false;
}

/* A new device that nobody has made up may be the netdev of a port: it has no kind. */
static bool of_link(const struct concern *c, struct nlmsghdr *h)
{
	const struct ifinfomsg *ifi = nlmsg_data(h);
	struct nlattr *tb[IFLA_MAX + 1];

	if (nlmsg_parse(h, sizeof(*ifi), tb, IFLA_MAX, NULL) < 0)
		return true;
	return is_ours(c, ifi->ifi_index) || attr_is_ours(c, tb[IFLA_LINK]) || attr_is_ours(c, tb[IFLA_MASTER]) ||
	       (ifi->ifi_change == (unsigned int)CREATED && !tb[IFLA_LINKINFO]);
}

static bool of_addr(const struct concern *c, struct nlmsghdr *h)
{
	struct addr ad;

	return addr_of_msg(h, &ad, NULL) < 0 || is_ours(c, ad.ifindex) || is_near(c, &ad.prefix);
}

static bool is_table_of_ports(const struct concern *c, uint32_t table)
{
	for vec_each(t, &c->tables)
		if (*t == table)
			return true;
	return false;
}

static bool of_route(const struct concern *c, struct nlmsghdr *h)
{
	const struct rtmsg *rtm = nlmsg_data(h);
	struct nlattr *tb[RTA_MAX + 1];

	if (nlmsg_parse(h, sizeof(*rtm), tb, RTA_MAX, NULL) < 0)
		return true;
	if (rtm->rtm_flags & RTM_F_CLONED) /* the cache of IPv6 */
		return false;
	struct nlattr *dst = tb[RTA_DST];
	struct prefix to = { .addr = { .family = rtm->rtm_family }, .len = rtm->rtm_dst_len };

	if (dst && nla_len(dst) == (int)ip_size(rtm->rtm_family))
		to.addr = ip_of(rtm->rtm_family, nla_data(dst));
	return attr_is_ours(c, tb[RTA_OIF]) || tb[RTA_MULTIPATH] || is_near(c, &to) ||
	       is_table_of_ports(c, tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : rtm->rtm_table);
}

static bool is_netdev_of_ports(const struct concern *c, const char *name)
{
	for vec_each(own, &c->netdevs)
		if (strcmp(*own, name) == 0)
			return true;
	return false;
}

/* A rule of another source, or of packets that come in elsewhere, is not about what the ports send. */
static bool of_rule(const struct concern *c, struct nlmsghdr *h)
{
	struct rule ru;

	if (rule_of_msg(h, &ru, NULL) < 0)
		return true;
	const struct prefix from = { .addr = ru.src, .len = ru.src_len };
	bool of_others = ru.src_len && !is_near(c, &from);
	bool elsewhere = ru.iif[0] && strcmp(ru.iif, "lo") != 0 && !is_netdev_of_ports(c, ru.iif);

	return !of_others && !elsewhere;
}

static const struct neigh_ask *ask_of(const struct concern *c, int ifindex, struct nlattr *dst)
{
	for vec_each(q, &c->asks)
		if (q->ifindex == ifindex && dst && nla_len(dst) == (int)ip_size(q->ip.family) &&
		    memcmp(nla_data(dst), q->ip.bytes, ip_size(q->ip.family)) == 0)
			return q;
	return NULL;
}

static bool of_neigh(const struct concern *c, struct nlmsghdr *h)
{
	const struct ndmsg *nd = nlmsg_data(h);
	struct nlattr *tb[NDA_MAX + 1];

	if (h->nlmsg_type == RTM_DELNEIGH)
		return false;
	if (nlmsg_parse(h, sizeof(*nd), tb, NDA_MAX, NULL) < 0)
		return true;
	const struct neigh_ask *q = ask_of(c, nd->ndm_ifindex, tb[NDA_DST]);
	struct nlattr *mac = tb[NDA_LLADDR];

	if (!q)
		return false;
	if (nd->ndm_state & NUD_FAILED)
		return q->resolved && !h->nlmsg_pid;
	bool valid = (nd->ndm_state & NEIGH_VALID) && mac && nla_len(mac) == MAC_LEN;
	return valid && (!q->resolved || memcmp(q->mac, nla_data(mac), MAC_LEN) != 0);
}

static bool of_nexthop(const struct concern *c, struct nlmsghdr *h)
{
	struct nlattr *tb[NHA_MAX + 1];

	return nlmsg_parse(h, sizeof(struct nhmsg), tb, NHA_MAX, NULL) < 0 || tb[NHA_GROUP] || attr_is_ours(c, tb[NHA_OIF]);
}

static bool of_netconf(const struct concern *c, struct nlmsghdr *h)
{
	struct nlattr *a = nlmsg_find_attr(h, sizeof(struct netconfmsg), NETCONFA_IFINDEX);

	return attr_is_ours(c, a) ||
	       (a && nla_len(a) == sizeof(uint32_t) && (int)nla_get_u32(a) == NETCONFA_IFINDEX_ALL);
}

static bool of_dcb(const struct concern *c, struct nlmsghdr *h)
{
	struct nlattr *a = nlmsg_find_attr(h, sizeof(struct dcbmsg), DCB_ATTR_IFNAME);
	char name[IFNAMSIZ];

	if (!a)
		return false;
	nla_strlcpy(name, a, sizeof(name));
	return is_netdev_of_ports(c, name);
}

static const struct {
	uint16_t types[2];
	size_t head;
	bool (*concerns)(const struct concern *c, struct nlmsghdr *h);
} kinds[] = {
	{ { RTM_NEWLINK, RTM_DELLINK }, sizeof(struct ifinfomsg), of_link },
	{ { RTM_NEWADDR, RTM_DELADDR }, sizeof(struct ifaddrmsg), of_addr },
	{ { RTM_NEWROUTE, RTM_DELROUTE }, sizeof(struct rtmsg), of_route },
	{ { RTM_NEWRULE, RTM_DELRULE }, sizeof(struct rtmsg), of_rule },
	{ { RTM_NEWNEIGH, RTM_DELNEIGH }, sizeof(struct ndmsg), of_neigh },
	{ { RTM_NEWNEXTHOP, RTM_DELNEXTHOP }, sizeof(struct nhmsg), of_nexthop },
	{ { RTM_NEWNETCONF, RTM_DELNETCONF }, sizeof(struct netconfmsg), of_netconf },
	{ { RTM_GETDCB, RTM_SETDCB }, sizeof(struct dcbmsg), of_dcb },
};

bool concern_of_route(const struct concern *c, struct nlmsghdr *h)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (h->nlmsg_type == kinds[i].types[0] || h->nlmsg_type == kinds[i].types[1])
			return nlmsg_valid_hdr(h, (int)kinds[i].head) && kinds[i].concerns(c, h);
	return false;
}

bool concern_of_uevent(const char *text, size_t size)
{
	static const char key[] = "SUBSYSTEM=infiniband"; /* and infiniband_verbs, …_mad, …_cm */

	for (size_t at = 0; at < size; at += strnlen(text + at, size - at) + 1)
		if (size - at >= sizeof(key) - 1 && memcmp(text + at, key, sizeof(key) - 1) == 0)
			return true;
	return false;
}

bool concern_is_removal(const char *text, size_t size, const char *name)
{
	static const char verb[] = "remove@";
	const size_t len = strnlen(text, size);
	const char *slash = len < size ? strrchr(text, '/') : NULL;

	return slash && strncmp(text, verb, sizeof(verb) - 1) == 0 && strcmp(slash + 1, name) == 0;
}
