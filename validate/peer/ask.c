/* SPDX-License-Identifier: MIT */
/* Asking peers which RoCE ports they have: all at once, each from several of our addresses. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "validate/peer/handshake.h"
#include "validate/peer/inventory.h"

enum { SOURCES_MAX = 4 }; /* a peer that four of our ports do not reach is told as such */

/* One connection to one peer. proof: of the two ends; responded: to the peer's challenge. */
struct call {
	struct peer *peer;
	const struct admit_key *key;
	struct proof_of proof;
	bool responded;
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

/* The peer answers, and does not tell its ports: no other of our addresses would do better. */
static void call_refused(struct call *c, const char *error, enum finding_id finding)
{
	if (!c->peer->port) {
		c->peer->error = error;
		c->peer->finding = finding;
	}
	call_end(c);
}

static void call_fail(struct call *c, int code, struct arena *a)
{
	if (!c->peer->port && code == ECONNREFUSED)
		c->peer->error = "connection refused: no responder runs there";
	else if (!c->peer->port && !c->peer->error)
		c->peer->error = arena_strdup(a, strerror(code));
	call_end(c);
}

static void call_start(struct calls *cs, struct peer *p, const struct ip *src,
		       const struct inventory_asking *how, struct arena *a)
{
	struct sockaddr_storage from, to;
	socklen_t from_size = ip_sockaddr(src, 0, &from), to_size = ip_sockaddr(&p->asked, how->service, &to);
	auto_fd fd = socket(p->asked.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (void *)&from, from_size) < 0 ||
	    (connect(fd, (void *)&to, to_size) < 0 && errno != EINPROGRESS)) {
		if (!p->error)
			p->error = arena_strdup(a, strerror(errno));
		return;
	}
	*vec_add(a, cs) = (struct call){
		.peer = p, .key = how->key, .fd = TAKE_FD(fd),
		.proof = { .asker = *src, .server = p->asked, .service = how->service },
	};
}

/* Sources in the peer's subnet first; where there is none, the first few, through their gateways. */
static void peer_start(struct calls *cs, struct peer *p, const struct inventory_asking *how, struct arena *a)
{
	size_t used = 0;

	for (size_t i = 0; i < how->src_n && used < SOURCES_MAX; i++) {
		if (!ip_in_prefix(&p->asked, &how->src[i]))
			continue;
		call_start(cs, p, &how->src[i].addr, how, a);
		used++;
	}
	for (size_t i = 0; i < how->src_n && i < SOURCES_MAX && !used; i++)
		if (how->src[i].addr.family == p->asked.family)
			call_start(cs, p, &how->src[i].addr, how, a);
}

/* The peer wants to see the key before it tells anything. */
static void call_respond(struct call *c)
{
	uint8_t response[HANDSHAKE_RESPONSE];

	if (!c->key)
		call_refused(c, "it wants a key before it answers", FINDING_PEER_WANTS_KEY);
	else if (handshake_respond(c->key, &c->proof, c->text, response) < 0 ||
		 /* it fits into the buffer of a new socket, whole */
		 send(c->fd, response, sizeof(response), MSG_NOSIGNAL) != sizeof(response))
		call_refused(c, "the proof could not be made or sent", FINDING_NONE);
	c->responded = true;
	c->size = 0;
}

/* Where the peer's document begins in what came; NULL: the call has been refused. */
static const char *call_document(struct call *c)
{
	if (!c->size && !c->responded)
		call_refused(c, "it ends the connection at once", FINDING_NOT_ANSWERED);
	else if (!c->size)
		call_refused(c, "it ends the connection when it sees the proof", FINDING_OTHER_KEY);
	else if (c->key && !c->responded)
		call_refused(c, "it answers without a key", FINDING_PEER_WITHOUT_KEY);
	else if (c->key && handshake_accept(c->key, &c->proof, c->text, c->size, &c->peer->ticket) < 0)
		call_refused(c, "its proof is of another key", FINDING_OTHER_KEY);
	else
		return c->text + (c->key ? HANDSHAKE_ANSWER : 0);
	return NULL;
}

static void call_answer(struct call *c, struct arena *a)
{
	struct err e = { 0 };
	const char *text = call_document(c);

	if (!text)
		return;
	if (!c->peer->port && inventory_read(text, c->size - (size_t)(text - c->text), a, c->peer, &e) < 0) {
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
		if (n > 0) {
			c->size += (size_t)n;
			if (!c->responded && handshake_wanted(c->text, c->size))
				call_respond(c);
		} else if (n == 0)
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

void inventory_ask_all(struct peer *peer, size_t n, const struct inventory_asking *how, struct arena *a)
{
	struct calls cs = { 0 };
	uint64_t end = clock_now_ms() + how->timeout_ms;

	for (size_t i = 0; i < n; i++)
		if (!peer[i].error)
			peer_start(&cs, &peer[i], how, a);
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
		if (peer[i].port) {
			peer[i].error = NULL;
			peer[i].finding = FINDING_NONE;
		} else if (!peer[i].error) {
			peer[i].error = "no RoCE port of this node has an address to ask it from";
		}
	}
}
