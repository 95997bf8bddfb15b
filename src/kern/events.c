/* SPDX-License-Identifier: MIT */
/* The kernel's word that something has changed: sockets of netlink and the RDMA devices, behind one fd. */
#include "kern/events.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <rdma/rdma_netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "kern/async.h"
#include "kern/netlink.h"

enum {
	RECV_BYTES = 32 * 1024,
	QUEUE_BYTES = 1024 * 1024,
	UEVENT_GROUP = 1, /* the kernel's own; 2 is udev's */
	RDMA_NOTIFY_GROUP = 4, /* RDMA_NL_GROUP_NOTIFY of Linux 6.12; before, nothing comes */
};

static const int route_groups[] = {
	RTNLGRP_LINK, RTNLGRP_NEIGH, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
	RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE, RTNLGRP_DCB, RTNLGRP_IPV4_NETCONF, RTNLGRP_IPV6_NETCONF,
};

/* rdma: NULL where the kernel has no RDMA, which may come. buf: one datagram of any socket. */
struct events {
	int epoll;
	struct nl_sock *route, *rdma, *kobject;
	struct async async;
	char buf[RECV_BYTES];
};

static struct nl_sock *listen_to(struct events *ev, int family, const int *groups, size_t n, struct err *e)
{
	auto_sock *s = netlink_listen(family, groups, n, QUEUE_BYTES, e);
	struct epoll_event in = { .events = EPOLLIN };

	if (!s)
		return NULL;
	if (epoll_ctl(ev->epoll, EPOLL_CTL_ADD, nl_socket_get_fd(s), &in) < 0) {
		err_sys(e, "listen to events");
		return NULL;
	}
	return TAKE(s);
}

static void rdma_listen(struct events *ev)
{
	const int group = RDMA_NOTIFY_GROUP;

	if (!ev->rdma)
		ev->rdma = listen_to(ev, NETLINK_RDMA, &group, 1, NULL);
}

struct events *events_open(struct err *e)
{
	auto_events *ev = calloc(1, sizeof(*ev));
	const int group = UEVENT_GROUP;

	if (!ev) {
		err_set(e, -ENOMEM, "no memory");
		return NULL;
	}
	ev->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (ev->epoll < 0) {
		err_sys(e, "listen to events");
		return NULL;
	}
	ev->route = listen_to(ev, NETLINK_ROUTE, route_groups, ARRAY_LEN(route_groups), e);
	if (!ev->route)
		return NULL;
	(void)nl_socket_add_membership(ev->route, RTNLGRP_NEXTHOP); /* from Linux 5.3 */
	/* without them a device that comes or goes is found at the next look */
	ev->kobject = listen_to(ev, NETLINK_KOBJECT_UEVENT, &group, 1, NULL);
	rdma_listen(ev);
	return TAKE(ev);
}

void events_close(struct events *ev)
{
	if (!ev)
		return;
	async_done(&ev->async);
	nl_socket_free(ev->route);
	nl_socket_free(ev->rdma);
	nl_socket_free(ev->kobject);
	if (ev->epoll >= 0)
		close(ev->epoll);
	free(ev);
}

int events_fd(const struct events *ev)
{
	return ev->epoll;
}

/* Bytes of the next datagram from the kernel; 0: none waits. *lost: some were, and what they said is not known. */
static size_t datagram(struct events *ev, struct nl_sock *s, bool *lost)
{
	while (s) {
		struct sockaddr_nl from = { .nl_pid = 1 };
		socklen_t size = sizeof(from);
		ssize_t n = recvfrom(nl_socket_get_fd(s), ev->buf, sizeof(ev->buf), MSG_DONTWAIT, (void *)&from, &size);

		if (n > 0 && from.nl_pid == 0)
			return (size_t)n;
		if (n < 0 && errno == ENOBUFS)
			*lost = true;
		else if (n < 0 && errno != EINTR)
			return 0;
	}
	return 0;
}

static bool route_take(struct events *ev, const struct concern *c)
{
	bool concerns = false;
	size_t n;

	while ((n = datagram(ev, ev->route, &concerns))) {
		struct nlmsghdr *h = (void *)ev->buf;

		for (int left = (int)n; !concerns && nlmsg_ok(h, left); h = nlmsg_next(h, &left))
			concerns = concern_of_route(c, h);
	}
	return concerns;
}

/* Whatever it says is about RDMA devices. */
static bool rdma_take(struct events *ev)
{
	bool came = false;

	while (datagram(ev, ev->rdma, &came))
		came = true;
	return came;
}

static bool kobject_take(struct events *ev)
{
	bool concerns = false;
	size_t n;

	while ((n = datagram(ev, ev->kobject, &concerns)))
		if (concern_of_uevent(ev->buf, n)) {
			async_removed(&ev->async, ev->buf, n);
			concerns = true;
		}
	return concerns;
}

bool events_take(struct events *ev, const struct concern *c)
{
	bool route = route_take(ev, c), rdma = rdma_take(ev), kobject = kobject_take(ev);

	return async_take(&ev->async) || route || rdma || kobject;
}

void events_devices(struct events *ev, const struct concern *c)
{
	rdma_listen(ev);
	async_listen(&ev->async, ev->epoll, c);
}
