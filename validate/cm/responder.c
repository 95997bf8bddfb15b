/* SPDX-License-Identifier: MIT */
/* The passive side: accepts, compares what comes with its pattern, answers with one of its own. */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "validate/admit/admit.h"
#include "validate/cm/cm.h"
#include "validate/cm/conn.h"
#include "validate/cm/datagrams.h"
#include "validate/cm/listen.h"
#include "validate/cm/wire.h"

enum { OPEN_MAX_CONNECTS = 4096, IDLE_MS = 10000 };

struct cm_responder {
	struct hub hub;
	struct listener listener;
	struct datagrams *datagrams; /* NULL: none */
	struct conn_queue open;
	struct admit *admit; /* NULL: everybody is answered */
	struct cm_counts counts;
	uint32_t next_seed;
};

/* One peer's connect. peer: its address. payload: bytes each way. */
struct visit {
	struct conn conn;
	struct cm_responder *r;
	struct ip peer;
	uint32_t payload, peer_seed, seed;
	bool answered;
};

static struct visit *visit_of(struct conn *c)
{
	return CONTAINER_OF(c, struct visit, conn);
}

static void visit_end(struct visit *v)
{
	v->r->counts.dropped += !v->answered;
	admit_leave(v->r->admit, &v->peer);
	conn_destroy(&v->conn);
	free(v);
}

/* The answer lies where the payload was received: the slot has one buffer. */
static int answer(struct visit *v, uint32_t received)
{
	uint8_t *buf = conn_send_buf(&v->conn);
	uint32_t end = (uint32_t)min_size(received, v->payload);
	uint32_t at = (uint32_t)wire_pattern_differs(v->peer_seed, 0, end, buf);
	bool intact = at == v->payload && received == v->payload;

	wire_answer_put(&(struct wire_answer){ .version = WIRE_VERSION,
					       .intact = intact,
					       .offset = intact ? 0 : at,
					       .received = received },
			buf);
	wire_pattern_put(v->seed, WIRE_ANSWER, v->payload, buf + WIRE_ANSWER);
	return conn_send(&v->conn, v->payload, false);
}

static void visit_complete(struct conn *c, enum conn_way way, const struct ibv_wc *wc)
{
	struct visit *v = visit_of(c);

	if (way == CONN_SENT) /* told only when it failed */
		v->answered = false;
	else if (wc->status == IBV_WC_SUCCESS && !v->answered)
		v->answered = answer(v, wc->byte_len) == 0;
	if (!v->answered)
		visit_end(v);
	else if (way == CONN_RECEIVED)
		v->r->counts.answered++;
}

static void visit_event(struct handler *h, const struct event *ev)
{
	struct visit *v = visit_of(CONTAINER_OF(h, struct conn, handler));

	switch (ev->type) {
	case RDMA_CM_EVENT_ESTABLISHED: /* the payload may have come before */
	case RDMA_CM_EVENT_ADDR_CHANGE:
	case RDMA_CM_EVENT_TIMEWAIT_EXIT:
		break;
	default: /* disconnected, unreachable, removed, … */
		visit_end(v);
		break;
	}
}

static int visit_accept(struct visit *v)
{
	uint8_t data[WIRE_HELLO];
	/* no reads, no writes from afar: resources and depth are 0, and no region of memory allows them */
	struct rdma_conn_param param = {
		.private_data = data,
		.private_data_len = sizeof(data),
		.rnr_retry_count = 7,
	};
	struct err e = { 0 };

	wire_hello_put(&(struct wire_hello){ .version = WIRE_VERSION,
					     .payload = v->payload,
					     .seed = v->seed },
		       data);
	if (conn_prepare(&v->r->hub, &v->conn, v->payload, &e) < 0)
		return e.code;
	if (rdma_accept(v->conn.id, &param) == 0)
		return 0;
	conn_release(&v->conn);
	return -errno;
}

/* 0, or why not; the id is then still the caller's. */
static enum wire_reason visit_begin(struct cm_responder *r, struct rdma_cm_id *id, const struct ip *peer,
				    const struct wire_hello *h)
{
	auto_free struct visit *v = calloc(1, sizeof(*v));

	if (!v)
		return WIRE_NO_RESOURCES;
	v->conn.handler.event = visit_event;
	v->conn.complete = visit_complete;
	v->conn.id = id;
	v->r = r;
	v->peer = *peer;
	v->payload = h->payload;
	v->peer_seed = h->seed;
	v->seed = r->next_seed++;
	id->context = &v->conn.handler;
	if (visit_accept(v) < 0)
		return WIRE_NO_RESOURCES;
	conn_enqueue(&TAKE(v)->conn, &r->open);
	return 0;
}

/* Nothing that a peer sends is used before admit_connect() and this have passed it. */
static enum wire_reason judge(const struct cm_responder *r, const struct wire_hello *h)
{
	if (h->payload < WIRE_PAYLOAD_MIN || h->payload > CM_PAYLOAD_MAX)
		return WIRE_BAD_PAYLOAD;
	return r->open.n >= OPEN_MAX_CONNECTS ? WIRE_BUSY : 0;
}

/* 0: it has been accepted. */
static enum wire_reason request(struct cm_responder *r, const struct event *ev)
{
	const struct asker who = {
		.own = ip_of_sockaddr(rdma_get_local_addr(ev->id)), .peer = ip_of_sockaddr(rdma_get_peer_addr(ev->id)),
	};
	struct wire_hello hello;
	enum wire_reason no = admit_connect(r->admit, &who, ev->data, ev->len, &hello);

	if (no)
		return no;
	no = judge(r, &hello);
	if (!no)
		no = visit_begin(r, ev->id, &who.peer, &hello);
	if (no)
		admit_leave(r->admit, &who.peer);
	return no;
}

static void listener_event(struct handler *h, const struct event *ev)
{
	struct cm_responder *r = CONTAINER_OF(h, struct cm_responder, listener.handler);

	if (ev->type != RDMA_CM_EVENT_CONNECT_REQUEST)
		return;
	r->counts.connects++;
	enum wire_reason no = request(r, ev);
	if (!no)
		return;
	r->counts.dropped++;
	listener_refuse(ev->id, no);
}

static inline void responder_drop(struct cm_responder **r)
{
	if (*r)
		cm_responder_close(*r);
}

struct cm_responder *cm_responder_open(uint16_t service, const struct ip *bind, struct err *e)
{
	__attribute__((cleanup(responder_drop))) struct cm_responder *r = calloc(1, sizeof(*r));

	if (!r) {
		err_sys(e, "responder");
		return NULL;
	}
	r->hub.epoll = -1;
	r->hub.slot_bytes = CM_PAYLOAD_MAX;
	r->listener = (struct listener){ .handler.event = listener_event, .space = RDMA_PS_TCP };
	r->open.ttl_us = IDLE_MS * 1000ull;
	r->next_seed = (uint32_t)clock_now_us();
	if (hub_open(&r->hub, e) < 0 || listener_open(&r->listener, &r->hub, service, bind, e) < 0)
		return NULL;
	/* who asks for any port is the same program: it connects with itself, and sends no datagrams */
	if (service && !(r->datagrams = datagrams_open(&r->hub, service, bind, e)))
		return NULL;
	return TAKE(r);
}

void cm_responder_guard(struct cm_responder *r, struct admit *a)
{
	r->admit = a;
	if (r->datagrams)
		datagrams_guard(r->datagrams, a);
}

uint16_t cm_responder_service(const struct cm_responder *r)
{
	return listener_service(&r->listener);
}

int cm_responder_fd(const struct cm_responder *r)
{
	return r->hub.epoll;
}

int cm_responder_timeout_ms(const struct cm_responder *r)
{
	uint64_t now = clock_now_us();
	int t = conn_queue_timeout_ms(&r->open, now);

	return r->datagrams ? conn_earlier(t, datagrams_timeout_ms(r->datagrams, now)) : t;
}

void cm_responder_work(struct cm_responder *r)
{
	struct conn *c;

	hub_wait(&r->hub, 0);
	uint64_t now = clock_now_us();
	while ((c = conn_expired(&r->open, now)))
		visit_end(visit_of(c));
	if (r->datagrams)
		datagrams_tidy(r->datagrams, now);
}

struct cm_counts cm_responder_counts(const struct cm_responder *r)
{
	struct cm_counts counts = r->counts;

	counts.open = r->open.n + (r->datagrams ? datagrams_open_n(r->datagrams) : 0);
	counts.datagrams = r->datagrams ? datagrams_answered(r->datagrams) : 0;
	return counts;
}

void cm_responder_close(struct cm_responder *r)
{
	if (!r)
		return;
	while (r->open.first)
		visit_end(visit_of(r->open.first));
	listener_close(&r->listener);
	datagrams_close(r->datagrams);
	hub_close(&r->hub);
	free(r);
}
