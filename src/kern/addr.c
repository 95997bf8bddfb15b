/* SPDX-License-Identifier: MIT */
/* Addresses of network devices. */
#include "kern/addr.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "kern/netlink.h"

struct reading {
	struct arena *arena;
	struct addrs *addrs;
};

int change_flags(enum change c)
{
	if (c == CHANGE_ADD)
		return NLM_F_CREATE | NLM_F_EXCL;
	return c == CHANGE_REPLACE ? NLM_F_CREATE | NLM_F_REPLACE : 0;
}

int addr_of_msg(struct nlmsghdr *h, struct addr *ret, struct err *e)
{
	struct ifaddrmsg *ifa = nlmsg_data(h);
	struct nlattr *tb[IFA_MAX + 1];

	if (nlmsg_parse(h, sizeof(*ifa), tb, IFA_MAX, NULL) < 0)
		return err_set(e, -EBADMSG, "addresses: malformed answer");
	struct nlattr *own = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	if (!own || nla_len(own) != (int)ip_size(ifa->ifa_family))
		return err_set(e, -EBADMSG, "addresses: one without an address");
	ret->ifindex = (int)ifa->ifa_index;
	ret->prefix.addr = ip_of(ifa->ifa_family, nla_data(own));
	ret->prefix.len = ifa->ifa_prefixlen;
	ret->flags = tb[IFA_FLAGS] ? nla_get_u32(tb[IFA_FLAGS]) : ifa->ifa_flags;
	return 0;
}

static int addr_read(struct nlmsghdr *h, void *arg, struct err *e)
{
	struct reading *rd = arg;
	struct ifaddrmsg *ifa = nlmsg_data(h);

	if (h->nlmsg_type != RTM_NEWADDR || !ip_size(ifa->ifa_family))
		return 0;
	return addr_of_msg(h, vec_add(rd->arena, rd->addrs), e);
}

int addr_list(struct nl_sock *s, struct arena *a, struct addrs *ret, struct err *e)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_UNSPEC };
	auto_msg *m = netlink_msg(RTM_GETADDR, NLM_F_DUMP, &ifa, sizeof(ifa));
	struct reading rd = { .arena = a, .addrs = ret };

	return netlink_ask(s, m, addr_read, &rd, "addresses", e);
}

/* An IPv4 address gets the broadcast address that every network manager would give it: systemd-networkd 252, which
 * takes over one without it, writes it again and again without an end. */
static int broadcast_put(struct nl_msg *m, const struct prefix *p)
{
	struct ip last = prefix_last(p);

	if (p->addr.family != AF_INET || p->len > 30)
		return 0;
	return nla_put(m, IFA_BROADCAST, (int)ip_size(AF_INET), last.bytes);
}

struct nl_msg *addr_msg(enum change c, const struct addr *ad)
{
	struct ifaddrmsg ifa = {
		.ifa_family = ad->prefix.addr.family,
		.ifa_prefixlen = ad->prefix.len,
		.ifa_index = (uint32_t)ad->ifindex,
	};
	int size = (int)ip_size(ad->prefix.addr.family);
	auto_msg *m = netlink_msg(c == CHANGE_DEL ? RTM_DELADDR : RTM_NEWADDR, change_flags(c), &ifa,
				  sizeof(ifa));

	if (!m || nla_put(m, IFA_LOCAL, size, ad->prefix.addr.bytes) < 0 ||
	    nla_put(m, IFA_ADDRESS, size, ad->prefix.addr.bytes) < 0 ||
	    (c != CHANGE_DEL && broadcast_put(m, &ad->prefix) < 0))
		return NULL;
	return TAKE(m);
}

int addr_set(struct nl_sock *s, enum change c, const struct addr *ad, struct err *e)
{
	auto_msg *m = addr_msg(c, ad);
	char text[PREFIX_TEXT], what[PREFIX_TEXT + 24];

	snprintf(what, sizeof(what), "%s address %s", c == CHANGE_DEL ? "remove" : "add",
		 prefix_text(&ad->prefix, text));
	return netlink_change(s, m, what, e);
}
