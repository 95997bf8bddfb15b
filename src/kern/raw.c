/* SPDX-License-Identifier: MIT */
/* Addresses and routes as the kernel's own messages, whole, to be put back exactly as they were. */
#include "kern/raw.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <stdlib.h>
#include <string.h>

#include "kern/netlink.h"

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
	struct raw r = { .h = copy, .ifindex = ifindex_of(copy) };

	if (copy->nlmsg_type == RTM_NEWROUTE) /* of one hop as a rule */
		r.hops = (struct routes){ .at = arena_new(a, struct route), .room = 1 };
	if (copy->nlmsg_type == RTM_NEWADDR && addr_of_msg(copy, &r.addr, NULL) < 0)
		r.addr = (struct addr){ 0 };
	if (copy->nlmsg_type == RTM_NEWROUTE && route_of_msg(copy, a, &r.hops, NULL) < 0)
		r.hops.n = 0;
	return r;
}

struct raw_key raw_key_of_addr(const struct addr *ad)
{
	return (struct raw_key){ .ifindex = ad->ifindex, .dst = ad->prefix.addr, .len = ad->prefix.len };
}

struct raw_key raw_key_of_route(const struct route *rt)
{
	return (struct raw_key){
		.ifindex = rt->multipath ? 0 : (int)rt->oif, .table = rt->table, .metric = rt->metric,
		.dst = rt->dst.addr, .len = rt->dst.len, .is_route = true,
	};
}

struct raw_key raw_key(const struct raw *r)
{
	if (r->h->nlmsg_type == RTM_NEWADDR)
		return raw_key_of_addr(&r->addr);
	return r->hops.n ? raw_key_of_route(&r->hops.at[0]) : (struct raw_key){ .is_route = true };
}

static int by_key(const struct raw_key *x, const struct raw_key *y)
{
	if (x->ifindex != y->ifindex)
		return x->ifindex < y->ifindex ? -1 : 1;
	if (x->is_route != y->is_route)
		return x->is_route ? 1 : -1;
	if (x->table != y->table)
		return x->table < y->table ? -1 : 1;
	if (x->metric != y->metric)
		return x->metric < y->metric ? -1 : 1;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return memcmp(&x->dst, &y->dst, sizeof(x->dst)); /* bytes alone: there is no padding */
}

bool raw_key_equal(const struct raw_key *x, const struct raw_key *y)
{
	return by_key(x, y) == 0;
}

static int by_place(const void *a, const void *b)
{
	const struct raw_place *x = a, *y = b;
	int by = by_key(&x->key, &y->key);

	return by ? by : (x->what > y->what) - (x->what < y->what);
}

void raw_index_add(struct raw_index *ix, const struct raw_key *key, const void *what, struct arena *a)
{
	*vec_add(a, ix) = (struct raw_place){ .key = *key, .what = what };
}

void raw_index_sort(struct raw_index *ix)
{
	if (ix->n)
		qsort(ix->at, ix->n, sizeof(*ix->at), by_place);
}

struct raw_index raw_index_of(const struct raws *rs, struct arena *a)
{
	struct raw_index ix = { 0 };

	for vec_each(r, rs) {
		struct raw_key key = raw_key(r);

		raw_index_add(&ix, &key, r, a);
	}
	raw_index_sort(&ix);
	return ix;
}

const struct raw_place *raw_find(const struct raw_index *ix, const struct raw_key *key, size_t *ret_n)
{
	size_t low = 0, end;

	for (size_t high = ix->n; low < high;) {
		size_t mid = (low + high) / 2;

		if (by_key(&ix->at[mid].key, key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (end = low; end < ix->n && by_key(&ix->at[end].key, key) == 0; end++)
		;
	*ret_n = end - low;
	return ix->at + low;
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
	if (x->h->nlmsg_type != y->h->nlmsg_type || x->ifindex != y->ifindex)
		return false;
	if (x->h->nlmsg_type == RTM_NEWADDR)
		return x->addr.ifindex && prefix_equal(&x->addr.prefix, &y->addr.prefix);
	if (!x->hops.n || x->hops.n != y->hops.n)
		return false;
	for (size_t i = 0; i < x->hops.n; i++)
		if (!route_equal(&x->hops.at[i], &y->hops.at[i]))
			return false;
	return true;
}

bool raw_touches(const struct raw *r, int ifindex)
{
	if (r->ifindex || r->h->nlmsg_type == RTM_NEWADDR)
		return r->ifindex == ifindex;
	for vec_each(hop, &r->hops)
		if (hop->oif == (uint32_t)ifindex)
			return true;
	return false;
}

char *raw_text(const struct raw *r, struct arena *a)
{
	char text[ROUTE_TEXT];

	if (r->h->nlmsg_type == RTM_NEWADDR && r->addr.ifindex)
		return arena_printf(a, "address %s", prefix_text(&r->addr.prefix, text));
	if (r->hops.n)
		return arena_printf(a, "route %s table %u", route_text(r->hops.at, text), r->hops.at[0].table);
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
