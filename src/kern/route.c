/* SPDX-License-Identifier: MIT */
/* Routes of every table, and the kernel's own answer to "where does this packet go". */
#include "kern/route.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kern/fields.h"
#include "kern/netlink.h"

/* Every attribute of a route; what struct rtmsg holds beside them is in head_put and head_get. */
static const struct field route_fields[] = {
	FIELD(struct route, gateway, RTA_GATEWAY, FIELD_IP),
	FIELD(struct route, prefsrc, RTA_PREFSRC, FIELD_IP),
	FIELD(struct route, table, RTA_TABLE, FIELD_BYTES),
	FIELD(struct route, oif, RTA_OIF, FIELD_BYTES),
	FIELD(struct route, metric, RTA_PRIORITY, FIELD_BYTES),
};

struct reading {
	struct arena *arena;
	struct routes *routes;
};

static struct rtmsg head_put(const struct route *rt)
{
	return (struct rtmsg){
		.rtm_family = rt->dst.addr.family,
		.rtm_dst_len = rt->dst.len,
		.rtm_tos = rt->tos,
		.rtm_table = rt->table < 256 ? (uint8_t)rt->table : RT_TABLE_UNSPEC,
		.rtm_protocol = rt->protocol,
		.rtm_scope = rt->scope,
		.rtm_type = rt->type,
	};
}

static void head_get(const struct rtmsg *rtm, struct nlattr *dst, struct route *rt)
{
	static const uint8_t any[16];
	bool given = dst && nla_len(dst) == (int)ip_size(rtm->rtm_family);

	rt->dst.addr = ip_of(rtm->rtm_family, given ? nla_data(dst) : any);
	rt->dst.len = rtm->rtm_dst_len;
	rt->tos = rtm->rtm_tos;
	rt->table = rtm->rtm_table;
	rt->protocol = rtm->rtm_protocol;
	rt->scope = rtm->rtm_scope;
	rt->type = rtm->rtm_type;
}

/* One route per next hop of a multipath route. */
static void multipath_read(struct reading *rd, struct nlattr *mp, const struct route *rt)
{
	struct rtnexthop *nh = nla_data(mp);
	int left = nla_len(mp);

	/* RTNH_OK looks into *nh before it looks at what is left */
	while (left >= (int)sizeof(*nh) && RTNH_OK(nh, left)) {
		struct route *hop = vec_add(rd->arena, rd->routes);
		struct nlattr *gw = nla_find((struct nlattr *)RTNH_DATA(nh),
					     (int)(nh->rtnh_len - sizeof(*nh)), RTA_GATEWAY);

		*hop = *rt;
		hop->multipath = true;
		hop->oif = (uint32_t)nh->rtnh_ifindex;
		if (gw && nla_len(gw) == (int)ip_size(rt->dst.addr.family))
			hop->gateway = ip_of(rt->dst.addr.family, nla_data(gw));
		left -= (int)NLMSG_ALIGN(nh->rtnh_len);
		nh = RTNH_NEXT(nh);
	}
}

static int route_parse(struct nlmsghdr *h, struct nlattr *tb[RTA_MAX + 1], struct route *ret,
		       struct err *e)
{
	struct rtmsg *rtm = nlmsg_data(h);

	if (nlmsg_parse(h, sizeof(*rtm), tb, RTA_MAX, NULL) < 0)
		return err_set(e, -EBADMSG, "routes: malformed answer");
	*ret = (struct route){ 0 };
	head_get(rtm, tb[RTA_DST], ret);
	return fields_get(tb, route_fields, ARRAY_LEN(route_fields), rtm->rtm_family, ret, e);
}

int route_of_msg(struct nlmsghdr *h, struct arena *a, struct routes *ret, struct err *e)
{
	struct reading rd = { .arena = a, .routes = ret };
	struct nlattr *tb[RTA_MAX + 1];
	struct route rt;
	int r = route_parse(h, tb, &rt, e);

	if (r < 0)
		return r;
	if (tb[RTA_MULTIPATH])
		multipath_read(&rd, tb[RTA_MULTIPATH], &rt);
	else
		*vec_add(a, ret) = rt;
	return 0;
}

static int route_read(struct nlmsghdr *h, void *arg, struct err *e)
{
	struct reading *rd = arg;
	struct rtmsg *rtm = nlmsg_data(h);

	/* a dump of an old kernel also lists cached entries; other families are not ours */
	if (h->nlmsg_type != RTM_NEWROUTE || rtm->rtm_table == RT_TABLE_LOCAL ||
	    (rtm->rtm_flags & RTM_F_CLONED) || !ip_size(rtm->rtm_family))
		return 0;
	return route_of_msg(h, rd->arena, rd->routes, e);
}

int route_list(struct nl_sock *s, struct arena *a, struct routes *ret, struct err *e)
{
	struct rtmsg rtm = { .rtm_family = AF_UNSPEC };
	auto_msg *m = netlink_msg(RTM_GETROUTE, NLM_F_DUMP, &rtm, sizeof(rtm));
	struct reading rd = { .arena = a, .routes = ret };

	return netlink_ask(s, m, route_read, &rd, "routes", e);
}

struct nl_msg *route_msg(enum change c, const struct route *rt)
{
	struct rtmsg rtm = head_put(rt);
	auto_msg *m = netlink_msg(c == CHANGE_DEL ? RTM_DELROUTE : RTM_NEWROUTE, change_flags(c),
				  &rtm, sizeof(rtm));
	int size = (int)ip_size(rt->dst.addr.family);

	if (!m || (rt->dst.len && nla_put(m, RTA_DST, size, rt->dst.addr.bytes) < 0))
		return NULL;
	if (fields_put(m, route_fields, ARRAY_LEN(route_fields), rt) < 0)
		return NULL;
	return TAKE(m);
}

int route_set(struct nl_sock *s, enum change c, const struct route *rt, struct err *e)
{
	auto_msg *m = route_msg(c, rt);
	char text[ROUTE_TEXT], what[ROUTE_TEXT + 40];

	snprintf(what, sizeof(what), "%s route %s table %u", c == CHANGE_DEL ? "remove" : "write",
		 route_text(rt, text), rt->table);
	return netlink_change(s, m, what, e);
}

struct look_up {
	const struct route_query *q;
	struct route *ret;
};

static int got_route(struct nlmsghdr *h, void *arg, struct err *e)
{
	const struct look_up *l = arg;
	auto_arena a = { 0 };
	struct routes hops = { 0 };
	int r = h->nlmsg_type == RTM_NEWROUTE ? route_of_msg(h, &a, &hops, e) : 0;

	for vec_each(hop, &hops)
		if (hop == hops.at || (l->q->oif && hop->oif == l->q->oif))
			*l->ret = *hop;
	return r;
}

int route_get(struct nl_sock *s, const struct route_query *q, struct route *ret, struct err *e)
{
	struct rtmsg rtm = {
		.rtm_family = q->dst.family,
		.rtm_dst_len = (uint8_t)(8 * ip_size(q->dst.family)),
		.rtm_src_len = q->src.family ? (uint8_t)(8 * ip_size(q->src.family)) : 0,
		.rtm_flags = RTM_F_LOOKUP_TABLE | (q->in_tables ? RTM_F_FIB_MATCH : 0),
	};
	struct look_up l = { .q = q, .ret = ret };
	auto_msg *m = netlink_msg(RTM_GETROUTE, 0, &rtm, sizeof(rtm));
	int r = m ? nla_put(m, RTA_DST, (int)ip_size(q->dst.family), q->dst.bytes) : -ENOMEM;

	if (r == 0 && q->src.family)
		r = nla_put(m, RTA_SRC, (int)ip_size(q->src.family), q->src.bytes);
	if (r == 0 && q->oif)
		r = nla_put_u32(m, RTA_OIF, q->oif);
	if (r < 0)
		return err_set(e, -ENOMEM, "route look-up: no memory");
	return netlink_ask(s, m, got_route, &l, "route look-up", e);
}

bool route_same_key(const struct route *a, const struct route *b)
{
	return a->table == b->table && a->metric == b->metric && a->tos == b->tos && prefix_equal(&a->dst, &b->dst);
}

bool route_equal(const struct route *a, const struct route *b)
{
	return route_same_key(a, b) && a->protocol == b->protocol && a->scope == b->scope && a->type == b->type &&
	       a->multipath == b->multipath && fields_equal(route_fields, ARRAY_LEN(route_fields), a, b);
}

const char *route_text(const struct route *rt, char *buf)
{
	char dst[PREFIX_TEXT], gw[IP_TEXT], src[IP_TEXT];
	bool is_default = rt->dst.len == 0;

	snprintf(buf, ROUTE_TEXT, "%s%s%s%s%s%s", rt->type == RTN_UNREACHABLE ? "unreachable " : "",
		 is_default ? "default" : prefix_text(&rt->dst, dst),
		 rt->gateway.family ? " via " : "",
		 rt->gateway.family ? ip_text(&rt->gateway, gw) : "",
		 rt->prefsrc.family ? " src " : "",
		 rt->prefsrc.family ? ip_text(&rt->prefsrc, src) : "");
	return buf;
}
