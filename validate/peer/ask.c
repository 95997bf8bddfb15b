/* SPDX-License-Identifier: MIT */
/* Asking peers which RoCE ports they have: all at once, each from several of our addresses, one after the other. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "validate/peer/handshake.h"
#include "validate/peer/inventory.h"

/* SOURCES_MAX: a peer that four of our ports do not reach is told as such. NEXT_MS: after so long without an answer it is
 * asked from the next address as well (RFC 8305, section 5); from all at once it would answer as often. */
enum { SOURCES_MAX = 4, NEXT_MS = 250 };

/* One connection to one peer; those to the same peer stand side by side. due_ms: until then it waits for the one before it.
 * proof: of the two ends; responded: to the peer's challenge. */
struct call {
	struct peer *peer;
	const struct admit_key *key;
	struct proof_of proof;
	bool waits, responded;
	uint64_t due_ms;
	int fd;
	char *text;
	size_t size, room;
};

struct calls VEC(struct call);

static void call_end(struct call *c)
{
	if (c->fd >= 0)
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

static void call_start(struct call *c, struct arena *a)
{
	const struct ip *src = &c->proof.asker, *dst = &c->peer->asked;
	struct sockaddr_storage from, to;
	socklen_t from_size = ip_sockaddr(src, 0, &from), to_size = ip_sockaddr(dst, c->proof.service, &to);

	c->waits = false;
	c->fd = socket(dst->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || bind(c->fd, (void *)&from, from_size) < 0 ||
	    (connect(c->fd, (void *)&to, to_size) < 0 && errno != EINPROGRESS))
		call_fail(c, errno, a);
}

static void call_add(struct calls *cs, struct peer *p, const struct ip *src, size_t number,
		     const struct inventory_asking *how, struct arena *a)
{
	*vec_add(a, cs) = (struct call){
		.peer = p, .key = how->key, .fd = -1, .waits = true, .due_ms = number ? clock_now_ms() + number * NEXT_MS : 0,
		.proof = { .asker = *src, .server = p->asked, .service = how->service },
	};
}

/* Sources in the peer's subnet; where there is none, the first few, through their gateways. */
static void peer_add(struct calls *cs, struct peer *p, const struct inventory_asking *how, struct arena *a)
{
	size_t used = 0;

	for (size_t i = 0; i < how->src_n && used < SOURCES_MAX; i++)
		if (ip_in_prefix(&p->asked, &how->src[i]))
			call_add(cs, p, &how->src[i].addr, used++, how, a);
	if (used)
		return;
	for (size_t i = 0; i < how->src_n && i < SOURCES_MAX; i++)
		if (how->src[i].addr.family == p->asked.family)
			call_add(cs, p, &how->src[i].addr, used++, how, a);
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

/* Its time has come, or the one before it has failed. */
static bool call_is_due(const struct call *c, uint64_t now)
{
	return c->due_ms <= now || (!c[-1].waits && c[-1].fd < 0);
}

/* Calls that another call to the same peer has made needless are ended, those that are due begun; what is open is polled.
 * next_ms: when one will be due. */
static size_t poll_list(struct calls *cs, struct arena *a, struct pollfd *fd, struct call **of, uint64_t *next_ms)
{
	uint64_t now = clock_now_ms();
	size_t n = 0;

	for vec_each(c, cs) {
		if (c->peer->port)
			call_end(c);
		else if (c->waits && call_is_due(c, now))
			call_start(c, a);
		if (c->waits && c->due_ms < *next_ms)
			*next_ms = c->due_ms;
		if (c->fd < 0)
			continue;
		fd[n] = (struct pollfd){ .fd = c->fd, .events = POLLIN };
		of[n++] = c;
	}
	return n;
}

static void calls_run(struct calls *cs, uint64_t end, struct arena *a)
{
	struct pollfd *fd = arena_array(a, struct pollfd, cs->n + 1);
	struct call **of = arena_array(a, struct call *, cs->n + 1);

	for (uint64_t now = clock_now_ms(); now < end; now = clock_now_ms()) {
		uint64_t next = end;
		size_t open = poll_list(cs, a, fd, of, &next);

		if ((!open && next == end) || poll(fd, open, next > now ? (int)(next - now) : 0) < 0)
			break;
		for (size_t i = 0; i < open; i++)
			if (fd[i].revents)
				call_read(of[i], a);
	}
	for vec_each(c, cs)
		if (c->fd >= 0)
			call_fail(c, ETIMEDOUT, a);
}

void inventory_ask_all(struct peer *peer, size_t n, const struct inventory_asking *how, struct arena *a)
{
	struct calls cs = { 0 };

	for (size_t i = 0; i < n; i++)
		if (!peer[i].error)
			peer_add(&cs, &peer[i], how, a);
	calls_run(&cs, clock_now_ms() + how->timeout_ms, a);
	for (size_t i = 0; i < n; i++) {
		if (peer[i].port) {
			peer[i].error = NULL;
			peer[i].finding = FINDING_NONE;
		} else if (!peer[i].error) {
			peer[i].error = "no RoCE port of this node has an address to ask it from";
		}
	}
}
