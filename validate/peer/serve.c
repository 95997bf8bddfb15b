/* SPDX-License-Identifier: MIT */
/* Telling peers which RoCE ports this node has: one document, then the connection is closed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/cleanup.h"
#include "validate/peer/inventory.h"

enum { BACKLOG = 256, SEND_SECONDS = 2, ACCEPTS_A_TURN = 16 };

struct inventory_server {
	struct kern *kern;
	int fd;
};

/* A socket for all addresses; that of IPv6 takes IPv4 as well. -1 with errno. */
static int listen_at(uint8_t family, uint16_t service)
{
	const struct ip any = { .family = family };
	struct sockaddr_storage at;
	socklen_t size = ip_sockaddr(&any, service, &at);
	auto_fd fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1, both = 0;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
	    (family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &both, sizeof(both)) < 0) ||
	    bind(fd, (void *)&at, size) < 0 || listen(fd, BACKLOG) < 0)
		return -1;
	return TAKE_FD(fd);
}

/* Where a connection came to: one of IPv4 has its address in IPv6 form ("::ffff:10.0.0.1"). */
static struct ip came_to(const struct sockaddr_storage *own)
{
	const struct in6_addr *in6 = &((const struct sockaddr_in6 *)own)->sin6_addr;

	if (own->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(in6))
		return ip_of(AF_INET, &in6->s6_addr[12]);
	return ip_of_sockaddr((const void *)own);
}

struct inventory_server *inventory_server_open(struct kern *k, uint16_t service, struct err *e)
{
	struct inventory_server *s = calloc(1, sizeof(*s));
	auto_fd fd = listen_at(AF_INET6, service);

	if (fd < 0 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) /* no IPv6 here */
		fd = listen_at(AF_INET, service);
	if (!s || fd < 0) {
		err_set(e, -errno, "TCP port %u: %s%s", service, strerror(errno),
			errno == EADDRINUSE ? ": does another doroce serve run? (ss -ltnp)" : "");
		free(s);
		return NULL;
	}
	s->kern = k;
	s->fd = TAKE_FD(fd);
	return s;
}

int inventory_server_fd(const struct inventory_server *s)
{
	return s->fd;
}

/* True when the connection came to an address of a RoCE port: the others are not for strangers. */
static bool came_to_roce(struct kern *k, int fd)
{
	auto_arena a = { 0 };
	struct sockaddr_storage own;
	socklen_t size = sizeof(own);
	struct node n;

	if (getsockname(fd, (void *)&own, &size) < 0 || node_read(k, &a, &n, NULL) < 0)
		return false;
	struct ip ip = came_to(&own);
	for vec_each(ad, &n.addrs)
		for vec_each(p, &n.ports)
			if (ip_equal(&ad->prefix.addr, &ip) && port_is_roce(p) &&
			    node_rests_on(&n, ad->ifindex, p->link.ifindex))
				return true;
	return false;
}

static void answer(struct kern *k, int fd)
{
	struct timeval limit = { .tv_sec = SEND_SECONDS };
	auto_free char *text = came_to_roce(k, fd) ? inventory_write(k, NULL) : NULL;
	size_t left = text ? strlen(text) : 0;
	const char *p = text;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	while (left) {
		ssize_t n = send(fd, p, left, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		p += n;
		left -= (size_t)n;
	}
}

void inventory_server_work(struct inventory_server *s)
{
	/* the same loop serves rdma_cm: a crowd of askers waits its turn */
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		auto_fd fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			return;
		answer(s->kern, fd);
	}
}

void inventory_server_close(struct inventory_server *s)
{
	if (!s)
		return;
	close(s->fd);
	free(s);
}
