/* SPDX-License-Identifier: MIT */
/* Telling peers which RoCE ports this node has: one document, then the connection is closed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "validate/admit/admit.h"
#include "validate/peer/handshake.h"
#include "validate/peer/inventory.h"

/* The same loop serves rdma_cm: a crowd of askers waits its turn, and none is ever waited for.
 * VISITS: more than admit_tcp() lets in. PATIENCE_MS: from its beginning to its end, whatever the peer does. */
enum { BACKLOG = 256, ACCEPTS_A_TURN = 16, VISITS = 160, EVENTS_A_TURN = 64, PATIENCE_MS = 3000 };

/* One connection. in: the peer's response, of which in_n bytes have come. out: what it is sent, NULL: nothing yet. */
struct visit {
	bool taken;
	int fd;
	struct proof_of proof;
	uint64_t begun_ms;
	uint8_t in[HANDSHAKE_RESPONSE];
	size_t in_n;
	char *out;
	size_t out_n, out_done;
};

struct inventory_server {
	struct kern *kern;
	struct admit *admit;
	int fd, epoll;
	struct visit visit[VISITS];
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

/* One of IPv4 has its address in IPv6 form ("::ffff:10.0.0.1"). */
static struct ip ip_of_end(const struct sockaddr_storage *end)
{
	const struct in6_addr *in6 = &((const struct sockaddr_in6 *)end)->sin6_addr;

	if (end->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(in6))
		return ip_of(AF_INET, &in6->s6_addr[12]);
	return ip_of_sockaddr((const void *)end);
}

/* data: the number of the visit; VISITS: the listening socket. 0, -1 with errno. */
static int watch(const struct inventory_server *s, int op, int fd, uint32_t events, uint32_t number)
{
	struct epoll_event ev = { .events = events, .data.u32 = number };

	return epoll_ctl(s->epoll, op, fd, &ev);
}

static int server_fill(struct inventory_server *s, uint16_t service)
{
	s->fd = listen_at(AF_INET6, service);
	if (s->fd < 0 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) /* no IPv6 here */
		s->fd = listen_at(AF_INET, service);
	if (s->fd < 0)
		return -1;
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	return s->epoll < 0 ? -1 : watch(s, EPOLL_CTL_ADD, s->fd, EPOLLIN, VISITS);
}

static inline void server_drop(struct inventory_server **s)
{
	inventory_server_close(*s);
}

struct inventory_server *inventory_server_open(struct kern *k, struct admit *a, struct err *e)
{
	__attribute__((cleanup(server_drop))) struct inventory_server *s = calloc(1, sizeof(*s));

	if (!s) {
		err_sys(e, "TCP");
		return NULL;
	}
	s->kern = k;
	s->admit = a;
	s->fd = s->epoll = -1;
	if (server_fill(s, admit_service(a)) < 0) {
		err_set(e, -errno, "TCP port %u: %s%s", admit_service(a), strerror(errno),
			errno == EADDRINUSE ? ": does another doroce serve run? (ss -ltnp)" : "");
		return NULL;
	}
	return TAKE(s);
}

int inventory_server_fd(const struct inventory_server *s)
{
	return s->epoll;
}

int inventory_server_timeout_ms(const struct inventory_server *s)
{
	uint64_t first = UINT64_MAX, now = clock_now_ms();

	for (size_t i = 0; i < VISITS; i++)
		if (s->visit[i].taken && s->visit[i].begun_ms + PATIENCE_MS < first)
			first = s->visit[i].begun_ms + PATIENCE_MS;
	return first == UINT64_MAX ? -1 : first <= now ? 0 : (int)(first - now);
}

static void visit_end(struct inventory_server *s, struct visit *v)
{
	close(v->fd); /* leaves the epoll set, too */
	free(v->out);
	admit_tcp_leave(s->admit, &v->proof.asker);
	*v = (struct visit){ 0 };
}

/* As much as the socket takes; the rest when it takes more. */
static void visit_send(struct inventory_server *s, struct visit *v)
{
	while (v->out_done < v->out_n) {
		ssize_t n = send(v->fd, v->out + v->out_done, v->out_n - v->out_done, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN) {
			(void)watch(s, EPOLL_CTL_MOD, v->fd, EPOLLOUT, (uint32_t)(v - s->visit));
			return;
		}
		if (n <= 0)
			break;
		v->out_done += (size_t)n;
	}
	visit_end(s, v);
}

static void visit_answer(struct inventory_server *s, struct visit *v)
{
	const struct node *node = admit_node(s->admit, v->begun_ms);
	auto_free char *text = node ? inventory_write(s->kern, node) : NULL;
	const struct ticket t = admit_ticket(s->admit);

	if (text && t.key)
		v->out = handshake_answer(&v->proof, &t, text, strlen(text), &v->out_n);
	else if (text)
		v->out_n = strlen(v->out = TAKE(text));
	if (v->out)
		visit_send(s, v);
	else
		visit_end(s, v);
}

static void visit_read(struct inventory_server *s, struct visit *v)
{
	const struct asker who = { .own = v->proof.server, .peer = v->proof.asker };
	ssize_t n = recv(v->fd, v->in + v->in_n, sizeof(v->in) - v->in_n, 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) { /* it has no key, or has its answer by another of its addresses */
		visit_end(s, v);
		return;
	}
	v->in_n += (size_t)n;
	if (v->in_n < sizeof(v->in))
		return;
	enum wire_reason why = handshake_judge(admit_key(s->admit), &v->proof, v->in);
	if (!why) {
		visit_answer(s, v);
		return;
	}
	admit_tcp_refused(s->admit, &who, why);
	visit_end(s, v);
}

/* It fits into the buffer of a new socket, whole. */
static void visit_challenge(struct inventory_server *s, struct visit *v)
{
	uint8_t buf[HANDSHAKE_CHALLENGE];

	if (handshake_challenge(&v->proof, buf) < 0 || send(v->fd, buf, sizeof(buf), MSG_NOSIGNAL) != sizeof(buf))
		visit_end(s, v);
}

static struct visit *visit_free(struct inventory_server *s)
{
	for (size_t i = 0; i < VISITS; i++)
		if (!s->visit[i].taken)
			return &s->visit[i];
	return NULL;
}

/* The address that the connection came to; no family: it is gone already. */
static struct ip came_to(int fd)
{
	struct sockaddr_storage own;
	socklen_t size = sizeof(own);

	return getsockname(fd, (void *)&own, &size) < 0 ? (struct ip){ 0 } : ip_of_end(&own);
}

/* The server owns fd from here on. */
static void visit_begin(struct inventory_server *s, int fd, const struct asker *who, uint64_t now_ms)
{
	struct visit *v = visit_free(s);

	if (!v || watch(s, EPOLL_CTL_ADD, fd, EPOLLIN, (uint32_t)(v - s->visit)) < 0) {
		close(fd);
		admit_tcp_leave(s->admit, &who->peer);
		return;
	}
	v->taken = true;
	v->fd = fd;
	v->proof = (struct proof_of){ .asker = who->peer, .server = who->own, .service = admit_service(s->admit) };
	v->begun_ms = now_ms;
	if (admit_key(s->admit))
		visit_challenge(s, v);
	else
		visit_answer(s, v);
}

static void listener_ready(struct inventory_server *s)
{
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		struct sockaddr_storage from;
		socklen_t size = sizeof(from);
		auto_fd fd = accept4(s->fd, (void *)&from, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return;
		const struct asker who = { .own = came_to(fd), .peer = ip_of_end(&from) };
		uint64_t now_ms = clock_now_ms();
		if (admit_tcp(s->admit, &who))
			visit_begin(s, TAKE_FD(fd), &who, now_ms);
	}
}

static void visit_ready(struct inventory_server *s, struct visit *v)
{
	if (!v->taken) /* ended within this turn */
		return;
	if (v->out)
		visit_send(s, v);
	else
		visit_read(s, v);
}

void inventory_server_work(struct inventory_server *s)
{
	struct epoll_event ev[EVENTS_A_TURN];
	int n = epoll_wait(s->epoll, ev, EVENTS_A_TURN, 0);
	uint64_t now = clock_now_ms();

	for (int i = 0; i < n; i++)
		if (ev[i].data.u32 == VISITS)
			listener_ready(s);
		else
			visit_ready(s, &s->visit[ev[i].data.u32]);
	for (size_t i = 0; i < VISITS; i++)
		if (s->visit[i].taken && s->visit[i].begun_ms + PATIENCE_MS <= now)
			visit_end(s, &s->visit[i]);
}

void inventory_server_close(struct inventory_server *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < VISITS; i++)
		if (s->visit[i].taken)
			visit_end(s, &s->visit[i]);
	if (s->fd >= 0)
		close(s->fd);
	if (s->epoll >= 0)
		close(s->epoll);
	free(s);
}
