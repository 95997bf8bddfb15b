/* SPDX-License-Identifier: MIT */
/* Whether the link of a port is up, and waiting for it: some drivers take it down for a while when they are set. */
#include "kern/carrier.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/socket.h>
#include <poll.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "kern/netlink.h"

static int one_read(struct nlmsghdr *h, void *arg, struct err *e)
{
	const struct ifinfomsg *ifi = nlmsg_data(h);
	struct carrier *c = arg;

	if (h->nlmsg_type != RTM_NEWLINK || ifi->ifi_index != c->ifindex)
		return 0;
	struct nlattr *downs = nlmsg_find_attr(h, sizeof(*ifi), IFLA_CARRIER_DOWN_COUNT);

	(void)e;
	c->on = ifi->ifi_flags & IFF_LOWER_UP;
	c->downs = downs && nla_len(downs) >= 4 ? nla_get_u32(downs) : 0;
	return 0;
}

int carrier_read(struct nl_sock *s, struct carrier *c, struct err *e)
{
	struct ifinfomsg ifi = { .ifi_index = c->ifindex };
	auto_msg *m = netlink_msg(RTM_GETLINK, 0, &ifi, sizeof(ifi));

	return netlink_ask(s, m, one_read, c, "state of the link", e);
}

/* What is known of one link: before the wait, and now. */
static bool is_settled(const struct carrier *was, const struct carrier *now, uint64_t waited_ms)
{
	return now->on && (now->downs != was->downs || waited_ms >= was->grace_ms);
}

/* How long nothing but an event can change the answer; 0: all are settled. */
static int states_read(struct nl_sock *s, struct carrier *c, size_t n, uint64_t waited_ms, unsigned int limit_ms,
		       uint64_t *ret_wait_ms, struct err *e)
{
	int r = 0;

	*ret_wait_ms = 0;
	for (size_t i = 0; i < n && r == 0; i++) {
		struct carrier now = c[i];
		uint64_t until = c[i].grace_ms > waited_ms ? c[i].grace_ms : limit_ms;

		r = carrier_read(s, &now, e);
		c[i].on = now.on;
		if (r < 0 || is_settled(&c[i], &now, waited_ms) || until <= waited_ms)
			continue;
		if (!*ret_wait_ms || until - waited_ms < *ret_wait_ms)
			*ret_wait_ms = until - waited_ms;
	}
	return r;
}

int carrier_wait_all(struct carrier *c, size_t n, unsigned int limit_ms, struct err *e)
{
	const int group = RTNLGRP_LINK;
	auto_sock *table = netlink_open(NETLINK_ROUTE, e);
	auto_sock *events = table ? netlink_listen(NETLINK_ROUTE, &group, 1, 0, e) : NULL;
	uint64_t start = clock_now_ms(), wait_ms = 0;

	if (!events)
		return e && e->code ? e->code : -EIO;
	struct pollfd fd = { .fd = nl_socket_get_fd(events), .events = POLLIN };
	int r = states_read(table, c, n, 0, limit_ms, &wait_ms, e);

	while (r == 0 && wait_ms) {
		if (poll(&fd, 1, (int)wait_ms) > 0)
			(void)nl_recvmsgs_default(events); /* a lost one is as good: the state is read in any case */
		r = states_read(table, c, n, clock_now_ms() - start, limit_ms, &wait_ms, e);
	}
	return r;
}
