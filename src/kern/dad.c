/* SPDX-License-Identifier: MIT */
/* Detection of duplicate IPv6 addresses (RFC 4862): its end, and who has the address already. */
#include "kern/dad.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/socket.h>
#include <poll.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "kern/addr.h"
#include "kern/neigh.h"
#include "kern/netlink.h"

enum { HOLDER_MS = 1000, EVENT_BYTES = 1024 * 1024 };

/* What is waited for. */
struct waiting {
	struct dad *d;
	size_t n;
};

static void state_note(struct waiting *w, const struct addr *ad, bool gone)
{
	for (size_t i = 0; i < w->n; i++) {
		if (w->d[i].ifindex != ad->ifindex || !ip_equal(&w->d[i].ip, &ad->prefix.addr))
			continue;
		w->d[i].state = gone			       ? DAD_GONE :
				ad->flags & IFA_F_DADFAILED ? DAD_FAILED :
				ad->flags & IFA_F_TENTATIVE ? DAD_TENTATIVE :
							      DAD_DONE;
	}
}

static int states_read(struct nl_sock *s, struct waiting *w, struct err *e)
{
	auto_arena a = { 0 };
	struct addrs now = { 0 };
	int r = addr_list(s, &a, &now, e);

	if (r < 0 && r != -EINTR) /* what the list lacks, the events tell */
		return r;
	for (size_t i = 0; i < w->n; i++)
		w->d[i].state = DAD_GONE;
	for vec_each(ad, &now)
		state_note(w, ad, false);
	return 0;
}

static int event_read(struct nl_msg *m, void *arg)
{
	struct nlmsghdr *h = nlmsg_hdr(m);
	struct addr ad;

	if ((h->nlmsg_type == RTM_NEWADDR || h->nlmsg_type == RTM_DELADDR) && addr_of_msg(h, &ad, NULL) == 0)
		state_note(arg, &ad, h->nlmsg_type == RTM_DELADDR);
	return NL_OK;
}

static struct nl_sock *event_socket(struct waiting *w, struct err *e)
{
	const int group = RTNLGRP_IPV6_IFADDR;
	struct nl_sock *s = netlink_listen(NETLINK_ROUTE, &group, 1, EVENT_BYTES, e);

	if (s)
		nl_socket_modify_cb(s, NL_CB_VALID, NL_CB_CUSTOM, event_read, w);
	return s;
}

bool dad_is_answered(const struct dad *d, const struct nd_heard *h)
{
	static const struct ip nobody = { .family = AF_INET6 };

	return h->ifindex == d->ifindex && ip_equal(&h->target, &d->ip) &&
	       (h->is_advert || ip_equal(&h->sender, &nobody));
}

static void hear(int nd, struct waiting *w)
{
	struct nd_heard h;

	while (nd >= 0 && nd_hear(nd, &h))
		for (size_t i = 0; i < w->n; i++) {
			if (!dad_is_answered(&w->d[i], &h))
				continue;
			w->d[i].heard = true;
			memcpy(w->d[i].mac, h.mac, MAC_LEN);
		}
}

static bool any_waits(const struct waiting *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->d[i].waits && w->d[i].state == DAD_TENTATIVE)
			return true;
	return false;
}

/* Who has it may have answered before we listened: those that failed are asked for. */
static void holders_ask(struct waiting *w)
{
	auto_arena a = { 0 };
	struct VEC(struct neigh_ask) ask = { 0 };

	for (size_t i = 0; i < w->n; i++)
		if (w->d[i].state == DAD_FAILED && !w->d[i].heard)
			*vec_add(&a, &ask) = (struct neigh_ask){ .ifindex = w->d[i].ifindex, .ip = w->d[i].ip };
	if (!ask.n || neigh_ask_all(ask.at, ask.n, HOLDER_MS, NULL) < 0)
		return;
	for vec_each(q, &ask)
		for (size_t i = 0; i < w->n && q->seen_n; i++)
			if (w->d[i].ifindex == q->ifindex && ip_equal(&w->d[i].ip, &q->ip)) {
				w->d[i].heard = true;
				memcpy(w->d[i].mac, q->seen[0], MAC_LEN);
			}
}

static int wait_end(struct nl_sock *table, struct nl_sock *events, int nd, struct waiting *w,
		    unsigned int timeout_ms, struct err *e)
{
	/* poll passes over a socket that could not be opened */
	struct pollfd fd[] = { { .fd = nl_socket_get_fd(events), .events = POLLIN },
			       { .fd = nd, .events = POLLIN } };
	uint64_t end = clock_now_ms() + timeout_ms;
	int r = states_read(table, w, e);

	for (uint64_t now = clock_now_ms(); now < end && r == 0 && any_waits(w); now = clock_now_ms()) {
		if (poll(fd, ARRAY_LEN(fd), (int)(end - now)) <= 0)
			continue;
		int got = nl_recvmsgs_default(events);
		hear(nd, w);
		if (got < 0 && got != -NLE_AGAIN)
			r = states_read(table, w, e);
	}
	/* nobody is called tentative on the word of an event that did not come */
	return r == 0 && any_waits(w) ? states_read(table, w, e) : r;
}

int dad_wait_all(struct dad *d, size_t n, unsigned int timeout_ms, struct err *e)
{
	struct waiting w = { .d = d, .n = n };
	auto_sock *table = netlink_open(NETLINK_ROUTE, e);
	auto_sock *events = table ? event_socket(&w, e) : NULL;
	auto_fd nd = events ? nd_open(NULL) : -1;

	if (!events)
		return e && e->code ? e->code : -EIO;
	int r = wait_end(table, events, nd, &w, timeout_ms, e);
	if (r == 0)
		holders_ask(&w);
	return r;
}
