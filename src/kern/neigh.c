/* SPDX-License-Identifier: MIT */
/* Neighbours: who answers for an address on the wire of a port. */
#include "kern/neigh.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/route/neighbour.h>
#include <netlink/socket.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "kern/arp.h"
#include "kern/nd.h"
#include "kern/netlink.h"

enum {
	SECOND_ANSWER_MS = 60, /* a second answer follows the first one closely */
	EVENT_BYTES = 1024 * 1024,
};

static inline void neigh_drop(struct rtnl_neigh **n)
{
	rtnl_neigh_put(*n);
}

static inline void nladdr_drop(struct nl_addr **a)
{
	nl_addr_put(*a);
}

#define auto_neigh __attribute__((cleanup(neigh_drop))) struct rtnl_neigh
#define auto_nladdr __attribute__((cleanup(nladdr_drop))) struct nl_addr

/* The round of questions under way. */
struct asking {
	struct neigh_ask *ask;
	size_t n;
};

static struct neigh_ask *ask_find(struct asking *as, int ifindex, const void *ip, size_t size)
{
	for (size_t i = 0; i < as->n; i++) {
		struct neigh_ask *q = &as->ask[i];

		if (q->ifindex == ifindex && ip_size(q->ip.family) == size &&
		    memcmp(q->ip.bytes, ip, size) == 0)
			return q;
	}
	return NULL;
}

/* An entry of the neighbour table, from a dump or an event. */
static int entry_read(struct nlmsghdr *h, void *arg, struct err *e)
{
	auto_neigh *n = NULL;

	(void)e;
	if (h->nlmsg_type != RTM_NEWNEIGH || rtnl_neigh_parse(h, &n) < 0)
		return 0;
	struct nl_addr *dst = rtnl_neigh_get_dst(n), *mac = rtnl_neigh_get_lladdr(n);
	struct neigh_ask *q = dst ? ask_find(arg, rtnl_neigh_get_ifindex(n),
					     nl_addr_get_binary_addr(dst), nl_addr_get_len(dst)) :
				    NULL;
	int state = rtnl_neigh_get_state(n);

	if (!q || state < 0)
		return 0;
	q->permanent = state & (NUD_PERMANENT | NUD_NOARP);
	q->resolved = (state & NEIGH_VALID) && mac && nl_addr_get_len(mac) == MAC_LEN;
	if (q->resolved)
		memcpy(q->mac, nl_addr_get_binary_addr(mac), MAC_LEN);
	return 0;
}

static int table_read(struct nl_sock *s, struct asking *as, struct err *e)
{
	struct ndmsg nd = { .ndm_family = AF_UNSPEC };
	auto_msg *m = netlink_msg(RTM_GETNEIGH, NLM_F_DUMP, &nd, sizeof(nd));

	int r = netlink_ask(s, m, entry_read, as, "neighbours", e);

	/* what the list lacks, the events tell */
	return r == -EINTR ? 0 : r;
}

static struct rtnl_neigh *entry_of(const struct neigh_ask *q)
{
	auto_neigh *n = rtnl_neigh_alloc();
	auto_nladdr *dst = nl_addr_build(q->ip.family, (void *)q->ip.bytes, ip_size(q->ip.family));

	if (!n || !dst || rtnl_neigh_set_dst(n, dst) < 0)
		return NULL;
	rtnl_neigh_set_ifindex(n, q->ifindex);
	return TAKE(n);
}

static int start_one(struct nl_sock *s, struct neigh_ask *q, struct err *e)
{
	auto_neigh *n = entry_of(q);
	auto_msg *del = NULL, *use = NULL;

	if (!n || rtnl_neigh_build_delete_request(n, 0, &del) < 0)
		return err_set(e, -ENOMEM, "ask neighbour: no memory");
	if (q->permanent)
		return 0;
	/* there may be no entry to forget */
	(void)netlink_change(s, del, "forget neighbour", NULL);
	q->resolved = false;
	rtnl_neigh_set_flags(n, NTF_USE);
	if (rtnl_neigh_build_add_request(n, NLM_F_CREATE | NLM_F_REPLACE, &use) < 0)
		return err_set(e, -ENOMEM, "ask neighbour: no memory");
	return netlink_change(s, use, "ask neighbour", e);
}

static void seen_add(struct neigh_ask *q, const uint8_t *mac)
{
	for (size_t i = 0; i < q->seen_n; i++)
		if (memcmp(q->seen[i], mac, MAC_LEN) == 0)
			return;
	if (q->seen_n < NEIGH_SEEN_MAX)
		memcpy(q->seen[q->seen_n++], mac, MAC_LEN);
}

/* Note the sender of every ARP answer that is waiting. */
static void arp_read(int fd, struct asking *as)
{
	struct arp_heard h;

	while (arp_hear(fd, &h)) {
		struct neigh_ask *q = ask_find(as, h.ifindex, h.sender.bytes, ip_size(h.sender.family));

		if (q && h.is_reply)
			seen_add(q, h.mac);
	}
}

/* The same of IPv6. */
static void nd_read(int fd, struct asking *as)
{
	struct nd_heard h;

	while (fd >= 0 && nd_hear(fd, &h)) {
		struct neigh_ask *q = ask_find(as, h.ifindex, h.target.bytes, ip_size(h.target.family));

		if (q && h.is_advert)
			seen_add(q, h.mac);
	}
}

static int event_read(struct nl_msg *m, void *arg)
{
	(void)entry_read(nlmsg_hdr(m), arg, NULL); /* it never fails */
	return NL_OK;
}

static struct nl_sock *event_socket(struct asking *as, struct err *e)
{
	const int group = RTNLGRP_NEIGH;
	struct nl_sock *s = netlink_listen(NETLINK_ROUTE, &group, 1, EVENT_BYTES, e);

	if (s)
		nl_socket_modify_cb(s, NL_CB_VALID, NL_CB_CUSTOM, event_read, as);
	return s;
}

static bool all_resolved(const struct asking *as)
{
	for (size_t i = 0; i < as->n; i++)
		if (!as->ask[i].resolved)
			return false;
	return true;
}

/* Where a round of questions hears the answers: the kernel's table and events, the wire itself. */
struct ears {
	struct nl_sock *table, *events;
	int arp, nd; /* nd: -1 where nothing of IPv6 is asked */
};

/* Take in what is waiting. Events that were lost (the socket overran) are made good from the table. */
static int hear(const struct ears *ears, struct asking *as, struct err *e)
{
	int r = nl_recvmsgs_default(ears->events);

	arp_read(ears->arp, as);
	nd_read(ears->nd, as);
	return r < 0 && r != -NLE_AGAIN ? table_read(ears->table, as, e) : 0;
}

static int collect(const struct ears *ears, struct asking *as, unsigned int timeout_ms, struct err *e)
{
	struct pollfd fd[] = { { .fd = nl_socket_get_fd(ears->events), .events = POLLIN },
			       { .fd = ears->arp, .events = POLLIN },
			       { .fd = ears->nd, .events = POLLIN } };
	uint64_t end = clock_now_ms() + timeout_ms;
	bool last_round = false;
	int r = 0;

	for (uint64_t now = clock_now_ms(); now < end && r == 0; now = clock_now_ms()) {
		if (!last_round && all_resolved(as)) {
			last_round = true;
			end = now + SECOND_ANSWER_MS;
		}
		if (poll(fd, ARRAY_LEN(fd), (int)(end - now)) > 0)
			r = hear(ears, as, e);
	}
	/* nobody is called silent on the word of an event that did not come */
	return r == 0 && !all_resolved(as) ? table_read(ears->table, as, e) : r;
}

static bool any_ip6(const struct neigh_ask *ask, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ask[i].ip.family == AF_INET6)
			return true;
	return false;
}

int neigh_ask_all(struct neigh_ask *ask, size_t n, unsigned int timeout_ms, struct err *e)
{
	struct asking as = { .ask = ask, .n = n };
	auto_sock *table = netlink_open(NETLINK_ROUTE, e);
	auto_sock *events = table ? event_socket(&as, e) : NULL;
	auto_fd arp = events ? arp_open(true, e) : -1;
	bool ip6 = any_ip6(ask, n);
	auto_fd nd = arp >= 0 && ip6 ? nd_open(e) : -1;
	struct ears ears = { .table = table, .events = events, .arp = arp, .nd = nd };
	bool deaf = arp < 0 || (ip6 && nd < 0);
	int r = deaf ? (e && e->code ? e->code : -EIO) : table_read(table, &as, e);

	for (size_t i = 0; i < n && r == 0; i++) {
		r = start_one(table, &ask[i], e);
		if (r == 0)
			r = hear(&ears, &as, e);
	}
	return r == 0 && n ? collect(&ears, &as, timeout_ms, e) : r;
}

int neigh_announce_all(const struct announcement *an, size_t n, struct err *e)
{
	/* one socket for all: closing one waits for every processor (synchronize_net) */
	auto_fd fd = arp_open(false, e);
	int first = fd < 0 ? fd : 0;

	for (size_t i = 0; fd >= 0 && i < n; i++) {
		int r = arp_request(fd, an[i].ifindex, an[i].mac, &an[i].ip, &an[i].ip);

		if (r < 0 && first == 0)
			first = err_set(e, r, "announce address: %s", strerror(-r));
	}
	return first;
}
