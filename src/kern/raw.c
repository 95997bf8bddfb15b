/* SPDX-License-Identifier: MIT */
/* Addresses and routes as the kernel's own messages, whole, to be put back exactly as they were. */
#include "kern/raw.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <string.h>

#include "kern/addr.h"
#include "kern/netlink.h"
#include "kern/route.h"

struct reading {
	struct arena *arena;
	struct raws *raws;
};

static int ifindex_of(struct nlmsghdr *h)
{
	const struct ifaddrmsg *ifa = nlmsg_data(h);

	if (h->nlmsg_type == RTM_NEWADDR)
		return (int)ifa->ifa_index;
	struct nlattr *oif = nlmsg_find_attr(h, sizeof(struct rtmsg), RTA_OIF);
	return oif && nla_len(oif) == sizeof(uint32_t) ? (int)nla_get_u32(oif) : 0;
}

struct raw raw_copy(const struct nlmsghdr *h, struct arena *a)
{
	struct nlmsghdr *copy = memcpy(arena_alloc(a, h->nlmsg_len), h, h->nlmsg_len);

	return (struct raw){ .h = copy, .ifindex = ifindex_of(copy) };
}

bool raw_identical(const struct raw *x, const struct raw *y)
{
	return x->ifindex == y->ifindex && x->h->nlmsg_len == y->h->nlmsg_len &&
	       x->h->nlmsg_type == y->h->nlmsg_type &&
	       memcmp(x->h + 1, y->h + 1, x->h->nlmsg_len - sizeof(*x->h)) == 0;
}

static int item_read(struct nlmsghdr *h, void *arg, struct err *e)
{
	struct reading *rd = arg;
	const struct rtmsg *rtm = nlmsg_data(h);

	(void)e;
	if (h->nlmsg_type == RTM_NEWROUTE &&
	    (rtm->rtm_table == RT_TABLE_LOCAL || rtm->rtm_flags & RTM_F_CLONED))
		return 0;
	if (h->nlmsg_type == RTM_NEWROUTE || h->nlmsg_type == RTM_NEWADDR)
		*vec_add(rd->arena, rd->raws) = raw_copy(h, rd->arena);
	return 0;
}

int raw_list(struct nl_sock *s, struct arena *a, struct raws *ret, struct err *e)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_UNSPEC };
	struct rtmsg rtm = { .rtm_family = AF_UNSPEC };
	auto_msg *addrs = netlink_msg(RTM_GETADDR, NLM_F_DUMP, &ifa, sizeof(ifa));
	auto_msg *routes = netlink_msg(RTM_GETROUTE, NLM_F_DUMP, &rtm, sizeof(rtm));
	struct reading rd = { .arena = a, .raws = ret };
	int r = netlink_ask(s, addrs, item_read, &rd, "addresses", e);

	return r < 0 ? r : netlink_ask(s, routes, item_read, &rd, "routes", e);
}

bool raw_same(const struct raw *x, const struct raw *y)
{
	struct addr ax, ay;
	struct routes rx = { 0 }, ry = { 0 };
	auto_arena a = { 0 };

	if (x->h->nlmsg_type != y->h->nlmsg_type || x->ifindex != y->ifindex)
		return false;
	if (x->h->nlmsg_type == RTM_NEWADDR)
		return addr_of_msg(x->h, &ax, NULL) == 0 && addr_of_msg(y->h, &ay, NULL) == 0 &&
		       ax.ifindex == ay.ifindex && prefix_equal(&ax.prefix, &ay.prefix);
	if (route_of_msg(x->h, &a, &rx, NULL) < 0 || route_of_msg(y->h, &a, &ry, NULL) < 0 ||
	    rx.n != ry.n)
		return false;
	for (size_t i = 0; i < rx.n; i++)
		if (!route_equal(&rx.at[i], &ry.at[i]))
			return false;
	return true;
}

bool raw_touches(const struct raw *r, int ifindex)
{
	struct routes hops = { 0 };
	auto_arena a = { 0 };

	if (r->ifindex || r->h->nlmsg_type == RTM_NEWADDR)
		return r->ifindex == ifindex;
	if (route_of_msg(r->h, &a, &hops, NULL) < 0)
		return false;
	for vec_each(hop, &hops)
		if (hop->oif == (uint32_t)ifindex)
			return true;
	return false;
}

char *raw_text(const struct raw *r, struct arena *a)
{
	struct routes hops = { 0 };
	struct addr ad;
	char text[ROUTE_TEXT];

	if (r->h->nlmsg_type == RTM_NEWADDR && addr_of_msg(r->h, &ad, NULL) == 0)
		return arena_printf(a, "address %s", prefix_text(&ad.prefix, text));
	if (route_of_msg(r->h, a, &hops, NULL) == 0 && hops.n)
		return arena_printf(a, "route %s table %u", route_text(hops.at, text), hops.at[0].table);
	return arena_strdup(a, "object");
}

/* What the kernel only reports of a route it refuses to be told: link down, offloaded, …, and the hops
 * beside the nexthop object that they come from. Attributes of type 0 are passed over. */
static void route_prepare(struct nlmsghdr *h)
{
	enum { WISHES = RTNH_F_ONLINK | RTNH_F_PERVASIVE };
	struct nlattr *hops = nlmsg_find_attr(h, sizeof(struct rtmsg), RTA_MULTIPATH), *at;
	bool by_object = nlmsg_find_attr(h, sizeof(struct rtmsg), RTA_NH_ID);
	struct rtnexthop *nh = hops ? nla_data(hops) : NULL;
	int left = hops ? nla_len(hops) : 0;

	((struct rtmsg *)nlmsg_data(h))->rtm_flags &= WISHES;
	for (; left >= (int)sizeof(*nh) && RTNH_OK(nh, left); nh = RTNH_NEXT(nh)) {
		left -= (int)NLMSG_ALIGN(nh->rtnh_len);
		nh->rtnh_flags &= WISHES;
	}
	nlmsg_for_each_attr(at, h, (int)sizeof(struct rtmsg), left)
		if (by_object && (nla_type(at) == RTA_OIF || nla_type(at) == RTA_GATEWAY ||
				  nla_type(at) == RTA_VIA || nla_type(at) == RTA_MULTIPATH ||
				  nla_type(at) == RTA_ENCAP || nla_type(at) == RTA_ENCAP_TYPE))
			at->nla_type = RTA_UNSPEC;
}

int raw_put_back(struct nl_sock *s, const struct raw *r, bool replace, struct err *e)
{
	auto_msg *m = nlmsg_convert(r->h);
	auto_arena a = { 0 };

	if (!m)
		return err_set(e, -ENOMEM, "put back: no memory");
	struct nlmsghdr *h = nlmsg_hdr(m);
	h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | change_flags(replace ? CHANGE_REPLACE : CHANGE_ADD));
	h->nlmsg_seq = 0;
	h->nlmsg_pid = 0;
	if (h->nlmsg_type == RTM_NEWROUTE)
		route_prepare(h);
	return netlink_change(s, m, raw_text(r, &a), e);
}
