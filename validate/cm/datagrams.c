/* SPDX-License-Identifier: MIT */
/* Peers that measure the way to us and back: let in by the rdma_cm, then answered datagram by datagram. */
#include "validate/cm/datagrams.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "validate/cm/conn.h"
#include "validate/cm/listen.h"
#include "validate/cm/ring.h"
#include "validate/cm/ud.h"

/* Tokens are an index below GUESTS_MAX and, above it, random bits. */
enum { GUESTS_MAX = 4096, IDLE_MS = 10000 };

/* One peer that has been let in. conn: its place in the queue; it has no id of its own.
 * ah: how it is answered, made for its first datagram with the traffic class that this asks for, tos.
 * sending: answers that have not left yet. over: it is forgotten once they have. */
struct guest {
	struct conn conn;
	struct ring *ring;
	struct ibv_ah *ah;
	struct ip peer;
	uint32_t token, nonce;
	uint8_t tos, hop_limit;
	uint32_t seen, sending;
	bool over;
};

struct datagrams {
	struct hub *hub;
	struct ring_handler handler;
	struct listener listener;
	struct admit *admit; /* NULL: everybody is let in */
	struct ring *rings;
	struct conn_queue open;
	struct guest *guest[GUESTS_MAX];
	uint32_t last; /* index of the latest */
	uint64_t answered;
};

static void guest_free(struct guest *g)
{
	if (g->ah)
		(void)ibv_destroy_ah(g->ah);
	free(g);
}

/* Its address handle must outlive what is being sent by it: the whole queue pair fails otherwise (seen with rxe). */
static void guest_end(struct datagrams *d, struct guest *g)
{
	d->guest[g->token % GUESTS_MAX] = NULL;
	conn_enqueue(&g->conn, NULL);
	admit_leave(d->admit, &g->peer);
	g->over = true;
	if (!g->sending)
		guest_free(g);
}

static void answer_sent(struct ring_handler *h, void *user)
{
	struct guest *g = user;

	(void)h;
	if (--g->sending == 0 && g->over)
		guest_free(g);
}

/* What the kernel puts into packets whose route does not say otherwise: it does so for address handles, too
 * (drivers/infiniband/core/verbs.c, ib_resolve_unicast_gid_dmac). */
static uint8_t own_hop_limit(uint8_t family)
{
	auto_fd fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int hops = 0;
	socklen_t size = sizeof(hops);

	if (family == AF_INET)
		(void)getsockopt(fd, IPPROTO_IP, IP_TTL, &hops, &size); /* 64 then */
	else
		(void)getsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hops, &size);
	return hops > 0 && hops < 256 ? (uint8_t)hops : 64;
}

/* Back where the datagram came from, but with the traffic class that it asks for, the same each time. NULL: it can
 * not be. */
static struct ibv_ah *answer_by(struct guest *g, const struct ring_datagram *in, uint8_t tos)
{
	struct ibv_ah_attr a;
	struct ibv_wc wc = *in->wc;

	if (g->ah)
		return g->tos == tos ? g->ah : NULL;
	if (ibv_init_ah_from_wc(g->ring->device->verbs, g->ring->port, &wc, (struct ibv_grh *)in->grh, &a) < 0)
		return NULL;
	a.grh.traffic_class = g->tos = tos;
	a.grh.hop_limit = g->hop_limit;
	g->ah = ibv_create_ah(g->ring->device->pd, &a);
	return g->ah;
}

/* Only who has been let in, on this port, from the address that has been let in. */
static struct guest *guest_of(struct datagrams *d, const struct ring *r, const struct ud_request *m, const void *grh,
			      struct ud_arrival *ret)
{
	struct guest *g = d->guest[m->token % GUESTS_MAX];

	return g && g->token == m->token && g->ring == r && ud_arrival_get(grh, g->peer.family, ret) == 0 &&
			       ip_equal(&ret->src, &g->peer) ?
		       g :
		       NULL;
}

static bool datagram_received(struct ring_handler *h, struct ring *r, const struct ring_datagram *in, struct ring_answer *ret)
{
	struct datagrams *d = CONTAINER_OF(h, struct datagrams, handler);
	struct ud_arrival how;
	struct ud_request m;
	struct guest *g = ud_request_get(in->data, in->bytes, &m) == 0 ? guest_of(d, r, &m, in->grh, &how) : NULL;

	if (!g)
		return false;
	*ret = (struct ring_answer){ .bytes = ud_reply_bytes(in->bytes, m.wanted), .user = g };
	ret->ah = ret->bytes ? answer_by(g, in, m.tos) : NULL;
	if (!ret->ah) {
		guest_end(d, g);
		return false;
	}
	g->seen += !(m.seq & UD_NOT_COUNTED);
	g->sending++;
	conn_enqueue(&g->conn, &d->open);
	d->answered++;
	memset(in->data, 0, ret->bytes);
	ud_reply_put(&(struct ud_reply){ .tos = m.tos, .hop_limit = g->hop_limit, .nonce = g->nonce, .seq = m.seq,
					 .received = in->bytes, .arrived_tos = how.tos,
					 .arrived_hop_limit = how.hop_limit, .seen = g->seen },
		     in->data);
	return true;
}

static struct ring *ring_get(struct datagrams *d, struct rdma_cm_id *id)
{
	struct err e = { 0 };

	for (struct ring *r = d->rings; r; r = r->next)
		if (r->device->verbs == id->verbs && r->port == id->port_num && !ring_is_broken(r))
			return r;
	struct ring *r = ring_open(d->hub, id, &d->handler, &e);
	if (!r)
		return NULL;
	r->next = d->rings;
	d->rings = r;
	return r;
}

/* A free place, with random bits above its index. False: all are taken. */
static bool token_find(struct datagrams *d, uint32_t *ret)
{
	uint32_t random;

	if (d->open.n >= GUESTS_MAX || getrandom(&random, sizeof(random), 0) != sizeof(random))
		return false;
	do
		d->last = (d->last + 1) % GUESTS_MAX;
	while (d->guest[d->last]);
	*ret = random / GUESTS_MAX * GUESTS_MAX + d->last;
	return true;
}

static int guest_accept(const struct guest *g, struct rdma_cm_id *id)
{
	uint8_t data[WIRE_HELLO];
	struct rdma_conn_param param = {
		.private_data = data,
		.private_data_len = sizeof(data),
		.qp_num = g->ring->qp->qp_num,
	};

	wire_hello_put(&(struct wire_hello){ .version = WIRE_VERSION, .payload = UD_BYTES_MAX, .seed = g->token }, data);
	return rdma_accept(id, &param) < 0 ? -errno : 0;
}

/* 0, or why not. The id is the caller's in either case: datagrams need none. */
static enum wire_reason guest_begin(struct datagrams *d, struct rdma_cm_id *id, const struct ip *peer,
				    const struct wire_hello *hello)
{
	auto_free struct guest *g = calloc(1, sizeof(*g));
	struct ring *r = ring_get(d, id);

	if (!g || !r)
		return WIRE_NO_RESOURCES;
	if (!token_find(d, &g->token))
		return WIRE_BUSY;
	g->ring = r;
	g->nonce = hello->seed;
	g->peer = *peer;
	g->hop_limit = own_hop_limit(g->peer.family);
	if (guest_accept(g, id) < 0)
		return WIRE_NO_RESOURCES;
	d->guest[g->token % GUESTS_MAX] = g;
	conn_enqueue(&TAKE(g)->conn, &d->open);
	return 0;
}

/* 0: it has been let in, and told so. */
static enum wire_reason request(struct datagrams *d, const struct event *ev)
{
	const struct asker who = {
		.own = ip_of_sockaddr(rdma_get_local_addr(ev->id)), .peer = ip_of_sockaddr(rdma_get_peer_addr(ev->id)),
	};
	struct wire_hello hello;
	enum wire_reason no = admit_connect(d->admit, &who, ev->data, ev->len, &hello);

	if (no)
		return no;
	no = guest_begin(d, ev->id, &who.peer, &hello);
	if (no)
		admit_leave(d->admit, &who.peer);
	return no;
}

static void datagrams_event(struct handler *h, const struct event *ev)
{
	struct datagrams *d = CONTAINER_OF(h, struct datagrams, listener.handler);

	if (ev->type != RDMA_CM_EVENT_CONNECT_REQUEST)
		return;
	enum wire_reason no = request(d, ev);
	if (no)
		listener_refuse(ev->id, no);
	else
		(void)rdma_destroy_id(ev->id); /* the answer is on its way */
}

static inline void datagrams_drop(struct datagrams **d)
{
	datagrams_close(*d);
}

struct datagrams *datagrams_open(struct hub *h, uint16_t service, const struct ip *bind, struct err *e)
{
	__attribute__((cleanup(datagrams_drop))) struct datagrams *d = calloc(1, sizeof(*d));

	if (!d) {
		err_sys(e, "datagrams");
		return NULL;
	}
	d->hub = h;
	d->handler = (struct ring_handler){ .received = datagram_received, .sent = answer_sent };
	d->open.ttl_us = IDLE_MS * 1000ull;
	d->listener = (struct listener){ .handler.event = datagrams_event, .space = RDMA_PS_UDP };
	return listener_open(&d->listener, h, service, bind, e) < 0 ? NULL : TAKE(d);
}

void datagrams_guard(struct datagrams *d, struct admit *a)
{
	d->admit = a;
}

size_t datagrams_open_n(const struct datagrams *d)
{
	return d->open.n;
}

uint64_t datagrams_answered(const struct datagrams *d)
{
	return d->answered;
}

int datagrams_timeout_ms(const struct datagrams *d, uint64_t now)
{
	return conn_queue_timeout_ms(&d->open, now);
}

static void guests_end(struct datagrams *d, const struct ring *r)
{
	for (size_t i = 0; i < GUESTS_MAX; i++)
		if (d->guest[i] && d->guest[i]->ring == r)
			guest_end(d, d->guest[i]);
}

void datagrams_tidy(struct datagrams *d, uint64_t now)
{
	struct conn *c;

	while ((c = conn_expired(&d->open, now)))
		guest_end(d, CONTAINER_OF(c, struct guest, conn));
	for (struct ring **at = &d->rings; *at;) {
		struct ring *r = *at;

		if (!ring_is_broken(r)) {
			at = &r->next;
			continue;
		}
		guests_end(d, r);
		*at = r->next;
		ring_close(r);
	}
}

void datagrams_close(struct datagrams *d)
{
	if (!d)
		return;
	listener_close(&d->listener);
	while (d->open.first)
		guest_end(d, CONTAINER_OF(d->open.first, struct guest, conn));
	for (struct ring *r = d->rings, *next; r; r = next) {
		next = r->next;
		ring_close(r);
	}
	free(d);
}
