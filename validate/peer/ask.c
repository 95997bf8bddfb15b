/* SPDX-License-Identifier: MIT */
/* Asking peers which RoCE ports they have: all at once, each from several of our addresses. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "validate/peer/inventory.h"

enum { SOURCES_MAX = 4 }; /* a peer that four of our ports do not reach is told as such */

/* One connection to one peer. */
struct call {
	struct peer *peer;
	int fd;
	char *text;
	size_t size, room;
};

struct calls VEC(struct call);

static void call_end(struct call *c)
{
	close(c->fd);
	free(c->text);
	*c = (struct call){ .peer = c->peer, .fd = -1 };
}

static void call_fail(struct call *c, int code, struct arena *a)
{
	if (!c->peer->port && code == ECONNREFUSED)
		c->peer->error = "connection refused: no responder runs there";
	else if (!c->peer->port && !c->peer->error)
		c->peer->error = arena_strdup(a, strerror(code));
	call_end(c);
}

static void call_start(struct calls *cs, struct peer *p, const struct ip *src, uint16_t service,
		       struct arena *a)
{
	struct sockaddr_storage from, to;
	socklen_t from_size = ip_sockaddr(src, 0, &from), to_size = ip_sockaddr(&p->asked, service, &to);
	auto_fd fd = socket(p->asked.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (void *)&from, from_size) < 0 ||
	    (connect(fd, (void *)&to, to_size) < 0 && errno != EINPROGRESS)) {
		if (!p->error)
			p->error = arena_strdup(a, strerror(errno));
		return;
	}
	*vec_add(a, cs) = (struct call){ .peer = p, .fd = TAKE_FD(fd) };
}

/* Sources in the peer's subnet first; where there is none, the first few, through their gateways. */
static void peer_start(struct calls *cs, struct peer *p, const struct prefix *src, size_t n,
		       uint16_t service, struct arena *a)
{
	size_t used = 0;

	for (size_t i = 0; i < n && used < SOURCES_MAX; i++) {
		if (!ip_in_prefix(&p->asked, &src[i]))
			continue;
		call_start(cs, p, &src[i].addr, service, a);
		used++;
	}
	for (size_t i = 0; i < n && i < SOURCES_MAX && !used; i++)
		if (src[i].addr.family == p->asked.family)
			call_start(cs, p, &src[i].addr, service, a);
}

static void call_answer(struct call *c, struct arena *a)
{
	struct err e = { 0 };

	if (!c->peer->port && inventory_read(c->text, c->size, a, c->peer, &e) < 0) {
		c->peer->port = NULL;
		c->peer->error = arena_strdup(a, e.text);
	}
	call_end(c);
}

static bool room_make(struct call *c)
{
	if (c->size < c->room)
		return true;
	size_t room = c->room ? 2 * c->room : 16 * 1024;
	char *text = room <= INVENTORY_BYTES_MAX ? realloc(c->text, room) : NULL;

	if (!text)
		return false;
	c->text = text;
	c->room = room;
	return true;
}

static void call_read(struct call *c, struct arena *a)
{
	while (c->fd >= 0) {
		if (!room_make(c)) {
			call_fail(c, EMSGSIZE, a);
			return;
		}
		ssize_t n = read(c->fd, c->text + c->size, c->room - c->size);
		if (n > 0)
			c->size += (size_t)n;
		else if (n == 0)
			call_answer(c, a);
		else if (errno == EAGAIN)
			return;
		else
			call_fail(c, errno, a);
	}
}

/* Calls that another call to the same peer has made needless are ended; the rest is polled. */
static size_t poll_list(struct calls *cs, struct pollfd *fd, struct call **of)
{
	size_t n = 0;

	for vec_each(c, cs) {
		if (c->fd >= 0 && c->peer->port)
			call_end(c);
		if (c->fd < 0)
			continue;
		fd[n] = (struct pollfd){ .fd = c->fd, .events = POLLIN };
		of[n++] = c;
	}
	return n;
}

void inventory_ask_all(struct peer *peer, size_t n, const struct prefix *src, size_t src_n,
		       uint16_t service, unsigned int timeout_ms, struct arena *a)
{
	struct calls cs = { 0 };
	uint64_t end = clock_now_ms() + timeout_ms;

	for (size_t i = 0; i < n; i++)
		if (!peer[i].error)
			peer_start(&cs, &peer[i], src, src_n, service, a);
	struct pollfd *fd = arena_array(a, struct pollfd, cs.n + 1);
	struct call **of = arena_array(a, struct call *, cs.n + 1);
	for (uint64_t now = clock_now_ms(); now < end; now = clock_now_ms()) {
		size_t open = poll_list(&cs, fd, of);

		if (!open || poll(fd, open, (int)(end - now)) < 0)
			break;
		for (size_t i = 0; i < open; i++)
			if (fd[i].revents)
				call_read(of[i], a);
	}
	for vec_each(c, &cs)
		if (c->fd >= 0)
			call_fail(c, ETIMEDOUT, a);
	for (size_t i = 0; i < n; i++) {
		if (peer[i].port)
			peer[i].error = NULL;
		else if (!peer[i].error)
			peer[i].error = "no RoCE port of this node has an address to ask it from";
	}
}
