/* SPDX-License-Identifier: MIT */
/* The active side: makes many connects at once, each step started by the end of the one before. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "validate/cm/cm.h"
#include "validate/cm/conn.h"
#include "validate/cm/text.h"
#include "validate/cm/wire.h"

/* How long a connect that is over may wait for the peer's agreement to disconnect. */
enum { CLOSING_MS = 500, IN_FLIGHT_DEFAULT = 64, TIMEOUT_DEFAULT_MS = 5000 };

/* Not 7: soft-RoCE then retries for ever (sw/rxe/rxe_comp.c, COMPST_ERROR_RETRY). */
enum { RETRIES = 6 };

/* open: begun, without a result yet. closing: with a result, being disconnected. over: to be freed,
 * which waits until all events at hand have started their next steps.
 * refused: ended by a lack of local resources; the first of them is in `lack`. */
struct run {
	struct hub hub;
	struct conn_queue open, closing, over;
	struct source responder;
	const struct cm_options *o;
	struct cm_probe *probe;
	size_t n, begun, done, refused;
	unsigned int in_flight, timeout_ms;
	struct err lack;
};

struct attempt {
	struct conn conn;
	struct run *run;
	struct cm_probe *probe; /* NULL: has its result */
	uint64_t start_us;
	uint32_t seed, peer_seed;
	bool established;
};

static struct attempt *attempt_of(struct conn *c)
{
	return CONTAINER_OF(c, struct attempt, conn);
}

static void attempt_free(struct attempt *a)
{
	conn_destroy(&a->conn);
	free(a);
}

/* The probe has its result. What was established is disconnected, so that the peer need not wait. */
static void attempt_end(struct attempt *a, enum cm_cause cause, struct text_more more)
{
	struct cm_probe *p = a->probe;

	more.timeout_ms = a->run->timeout_ms;
	p->cause = cause;
	p->elapsed_us = (uint32_t)(now_us() - a->start_us);
	text_compose(p, &more);
	a->probe = NULL;
	a->run->done++;
	bool up = a->established && rdma_disconnect(a->conn.id) == 0;
	conn_enqueue(&a->conn, up ? &a->run->closing : &a->run->over);
}

static void attempt_finish(struct attempt *a, enum cm_cause cause)
{
	attempt_end(a, cause, (struct text_more){ 0 });
}

static void attempt_fail(struct attempt *a, int code, const char *why)
{
	a->probe->errno_value = -code;
	attempt_end(a, CM_ERRNO, (struct text_more){ .why = why });
}

static int remaining_ms(const struct attempt *a)
{
	uint64_t now = now_us();

	return a->conn.deadline_us > now ? (int)((a->conn.deadline_us - now) / 1000) + 1 : 1;
}

/* A lost path shall be seen in good time: all sends of a packet, each waited for by hardware up to
 * four times as long as asked, within 4/5 of the connect's time. The unit is 4.096 us * 2^n (IBTA
 * 9.7.5.1.3). A kernel without the option keeps its own value: the deadline then ends the wait. */
static void set_ack_timeout(struct rdma_cm_id *id, unsigned int timeout_ms)
{
	uint64_t want_us = (uint64_t)timeout_ms * 1000 * 4 / 5 / 4 / (1 + RETRIES);
	uint8_t n = 12;

	while (n < 18 && (4096ull << (n + 1)) / 1000 <= want_us)
		n++;
	(void)rdma_set_option(id, RDMA_OPTION_ID, RDMA_OPTION_ID_ACK_TIMEOUT, &n, sizeof(n));
}

static int start_address(struct attempt *a, struct err *e)
{
	struct sockaddr_storage src, dst;
	uint16_t service = a->run->o->service ?: CM_SERVICE_DEFAULT;

	if (a->probe->src.family != a->probe->dst.family || !a->probe->src.family)
		return -EAFNOSUPPORT;
	if (rdma_create_id(a->run->hub.channel, &a->conn.id, &a->conn.handler, RDMA_PS_TCP) < 0)
		return err_sys(e, "rdma_cm id");
	set_ack_timeout(a->conn.id, a->run->timeout_ms);
	ip_sockaddr(&a->probe->src, 0, &src);
	ip_sockaddr(&a->probe->dst, service, &dst);
	return rdma_resolve_addr(a->conn.id, (struct sockaddr *)&src, (struct sockaddr *)&dst,
				 remaining_ms(a)) < 0 ? -errno : 0;
}

static int start_route(struct attempt *a, struct err *e)
{
	(void)e;
	snprintf(a->probe->used_device, sizeof(a->probe->used_device), "%s",
		 ibv_get_device_name(a->conn.id->verbs->device));
	return rdma_resolve_route(a->conn.id, remaining_ms(a)) < 0 ? -errno : 0;
}

static uint32_t mtu_bytes(unsigned int mtu)
{
	return mtu >= IBV_MTU_256 && mtu <= IBV_MTU_4096 ? 128u << mtu : 0;
}

/* The route's path MTU; the port's where the kernel did not tell the route. */
static void read_route(struct attempt *a)
{
	const struct rdma_cm_id *id = a->conn.id;
	struct ibv_port_attr port;

	if (id->route.num_paths > 0) {
		a->probe->path_mtu = mtu_bytes(id->route.path_rec->mtu);
		a->probe->traffic_class = id->route.path_rec->traffic_class;
	}
	if (!a->probe->path_mtu && ibv_query_port(id->verbs, id->port_num, &port) == 0)
		a->probe->path_mtu = mtu_bytes(port.active_mtu);
	a->probe->payload_bytes = 2 * (a->probe->path_mtu ?: 4096) + WIRE_ANSWER;
}

static int start_connect(struct attempt *a, struct err *e)
{
	uint8_t data[WIRE_HELLO];
	struct rdma_conn_param param = {
		.private_data = data,
		.private_data_len = sizeof(data),
		.responder_resources = 1,
		.initiator_depth = 1,
		.retry_count = RETRIES,
		.rnr_retry_count = 7,
	};

	read_route(a);
	wire_hello_put(&(struct wire_hello){ .version = WIRE_VERSION,
					     .payload = a->probe->payload_bytes,
					     .seed = a->seed },
		       data);
	if (conn_prepare(&a->run->hub, &a->conn, a->probe->payload_bytes, e) < 0)
		return e->code;
	return rdma_connect(a->conn.id, &param) < 0 ? -errno : 0;
}

static int start_send(struct attempt *a, struct err *e)
{
	(void)e;
	wire_pattern_put(a->seed, 0, a->probe->payload_bytes, conn_send_buf(&a->conn));
	return conn_send(&a->conn, a->probe->payload_bytes, true);
}

/* What starts each step, the event that ends it, and what it means when nothing does in time.
 * The steps after CM_SEND are ended by completions: its own, then that of the answer. */
static const struct step {
	int (*start)(struct attempt *a, struct err *e);
	enum rdma_cm_event_type done;
	enum cm_cause late;
} steps[] = {
	[CM_RESOLVE_ADDRESS] = { start_address, RDMA_CM_EVENT_ADDR_RESOLVED, CM_NO_NEIGHBOUR },
	[CM_RESOLVE_ROUTE] = { start_route, RDMA_CM_EVENT_ROUTE_RESOLVED, CM_TIMEOUT },
	[CM_CONNECT] = { start_connect, RDMA_CM_EVENT_ESTABLISHED, CM_UNREACHABLE },
	[CM_SEND] = { .start = start_send, .late = CM_TIMEOUT },
	[CM_ANSWER] = { .late = CM_TIMEOUT },
};

/* Something that this host lacks, not the connect's fault: e says what. */
static void attempt_lacks(struct attempt *a, const struct err *e)
{
	err_set(&a->run->lack, e->code, "%s", e->text);
	a->run->refused++;
	attempt_fail(a, e->code, e->text);
}

static void attempt_enter(struct attempt *a, enum cm_step s)
{
	struct err e = { 0 };

	a->probe->step = s;
	int r = steps[s].start(a, &e);
	if (e.code)
		attempt_lacks(a, &e);
	else if (r < 0)
		attempt_fail(a, r, NULL);
}

static void on_rejected(struct attempt *a, const struct event *ev)
{
	struct wire_reject r = { 0 };

	a->probe->reject = ev->status;
	a->probe->reject_is_ours = wire_reject_get(ev->data, ev->len, &r) == 0;
	attempt_end(a, CM_REJECTED, (struct text_more){ .reason = r.reason, .version = r.version });
}

/* The peer accepted: with our hello, or somebody else listens there. */
static void on_established(struct attempt *a, const struct event *ev)
{
	struct wire_hello h;

	a->established = true;
	if (wire_hello_get(ev->data, ev->len, &h) < 0 || h.version != WIRE_VERSION ||
	    h.payload != a->probe->payload_bytes) {
		attempt_finish(a, CM_PROTOCOL);
		return;
	}
	a->peer_seed = h.seed;
	attempt_enter(a, CM_SEND);
}

/* Status -1 is librdmacm's own: the address is resolved, but it could not open the device. Its
 * errno is ENODEV whatever the reason, so the two file descriptors that it needs are tried. */
static void on_device_closed(struct attempt *a)
{
	auto_fd one = open("/dev/null", O_RDONLY | O_CLOEXEC);
	auto_fd two = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct err e = { 0 };

	if (one < 0 || two < 0)
		err_sys(&e, "open the RDMA device");
	else
		err_set(&e, -EIO, "cannot open the RDMA device: rights on /dev/infiniband/uverbs*, "
				  "user-space driver");
	attempt_lacks(a, &e);
}

/* -ETIMEDOUT: a neighbour that does not answer; other codes speak for themselves. */
static void on_address_error(struct attempt *a, int status)
{
	if (status == -1)
		on_device_closed(a);
	else if (status == -ETIMEDOUT || status == -EHOSTUNREACH)
		attempt_finish(a, CM_NO_NEIGHBOUR);
	else
		attempt_fail(a, status < 0 ? status : -EIO, NULL);
}

static void on_failure(struct attempt *a, const struct event *ev)
{
	switch (ev->type) {
	case RDMA_CM_EVENT_ADDR_ERROR:
		on_address_error(a, ev->status);
		break;
	case RDMA_CM_EVENT_ROUTE_ERROR:
		attempt_finish(a, CM_NO_ROUTE);
		break;
	case RDMA_CM_EVENT_UNREACHABLE:
		attempt_finish(a, CM_UNREACHABLE);
		break;
	case RDMA_CM_EVENT_REJECTED:
		on_rejected(a, ev);
		break;
	case RDMA_CM_EVENT_CONNECT_ERROR:
		attempt_fail(a, ev->status < -1 ? ev->status : -EIO, NULL);
		break;
	case RDMA_CM_EVENT_DEVICE_REMOVAL:
		attempt_fail(a, -ENODEV, "the RDMA device was removed");
		break;
	case RDMA_CM_EVENT_DISCONNECTED:
		attempt_finish(a, CM_DISCONNECTED);
		break;
	default: /* ADDR_CHANGE, TIMEWAIT_EXIT: nothing to us */
		break;
	}
}

static void attempt_event(struct handler *h, const struct event *ev)
{
	struct attempt *a = attempt_of(CONTAINER_OF(h, struct conn, handler));
	bool over = ev->type == RDMA_CM_EVENT_DISCONNECTED ||
		    ev->type == RDMA_CM_EVENT_DEVICE_REMOVAL;

	/* its completions may lie unread: what came before the peer's good-bye counts */
	if (a->probe && over && a->conn.slot)
		device_poll(a->conn.slot);
	if (!a->probe) {
		if (over)
			conn_enqueue(&a->conn, &a->run->over);
		return;
	}
	a->probe->event_status = ev->status;
	if (a->probe->step > CM_CONNECT || ev->type != steps[a->probe->step].done)
		on_failure(a, ev);
	else if (a->probe->step == CM_CONNECT)
		on_established(a, ev);
	else
		attempt_enter(a, a->probe->step + 1);
}

static void compare(struct attempt *a, uint32_t received)
{
	const uint8_t *buf = conn_recv_buf(&a->conn);
	struct cm_probe *p = a->probe;
	struct wire_answer answer;

	p->step = CM_COMPARE;
	if (wire_answer_get(buf, received, &answer) < 0 || answer.version != WIRE_VERSION ||
	    received != p->payload_bytes) {
		attempt_finish(a, CM_PROTOCOL);
		return;
	}
	size_t at = wire_pattern_differs(a->peer_seed, WIRE_ANSWER, received, buf + WIRE_ANSWER);
	if (!answer.intact || at < received) {
		p->corrupt_at_peer = !answer.intact;
		p->corrupt_offset = answer.intact ? (uint32_t)at : answer.offset;
		attempt_finish(a, CM_CORRUPT);
		return;
	}
	p->step = CM_DONE;
	attempt_finish(a, CM_OK);
}

/* A send that failed flushes the receive, too: the send's own status is the cause. */
static void attempt_complete(struct conn *c, enum conn_way way, const struct ibv_wc *wc)
{
	struct attempt *a = attempt_of(c);

	if (!a->probe)
		return;
	if (wc->status != IBV_WC_SUCCESS) {
		if (wc->status == IBV_WC_WR_FLUSH_ERR && way == CONN_RECEIVED &&
		    a->probe->step == CM_SEND)
			return;
		a->probe->wc_status = wc->status;
		attempt_finish(a, CM_WC_ERROR);
	} else if (way == CONN_SENT) {
		a->probe->step = CM_ANSWER;
	} else {
		compare(a, wc->byte_len);
	}
}

/* Only what the caller has said stays. */
static void probe_reset(struct cm_probe *p)
{
	struct cm_probe fresh = { .src = p->src, .dst = p->dst, .user = p->user };

	memcpy(fresh.device, p->device, sizeof(fresh.device));
	*p = fresh;
}

static void attempt_begin(struct run *run, struct cm_probe *p)
{
	struct attempt *a = calloc(1, sizeof(*a));

	probe_reset(p);
	if (!a) {
		p->cause = CM_ERRNO;
		p->errno_value = ENOMEM;
		text_compose(p, &(struct text_more){ 0 });
		run->done++;
		return;
	}
	a->conn.handler.event = attempt_event;
	a->conn.complete = attempt_complete;
	a->run = run;
	a->probe = p;
	a->start_us = now_us();
	a->seed = (uint32_t)(a->start_us ^ (uintptr_t)p);
	conn_enqueue(&a->conn, &run->open);
	attempt_enter(a, CM_RESOLVE_ADDRESS);
}

static void begin_more(struct run *run)
{
	while (run->begun < run->n && run->open.n < run->in_flight &&
	       run->closing.n < run->in_flight)
		attempt_begin(run, &run->probe[run->begun++]);
}

/* At its deadline a connect may have completions that nobody has read yet. */
static void expire(struct run *run)
{
	uint64_t now = now_us();
	struct conn *c;

	while ((c = conn_expired(&run->open, now))) {
		if (c->slot)
			device_poll(c->slot);
		if (conn_expired(&run->open, now) == c)
			attempt_finish(attempt_of(c), steps[attempt_of(c)->probe->step].late);
	}
	while ((c = conn_expired(&run->closing, now)) || (c = run->over.first))
		attempt_free(attempt_of(c));
}

/* The earlier of two time-outs, of which -1 is none. */
static int earlier(int a, int b)
{
	return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

static int run_timeout_ms(const struct run *run)
{
	uint64_t now = now_us();
	int t = earlier(conn_queue_timeout_ms(&run->open, now),
			conn_queue_timeout_ms(&run->closing, now));

	if (run->over.first)
		return 0;
	if (run->o->also_serve)
		t = earlier(t, cm_responder_timeout_ms(run->o->also_serve));
	return t;
}

static void responder_ready(struct source *s)
{
	cm_responder_work(CONTAINER_OF(s, struct run, responder)->o->also_serve);
}

static void run_all(struct run *run)
{
	size_t told = 0;

	begin_more(run);
	while (run->open.n + run->closing.n + run->over.n > 0) {
		hub_wait(&run->hub, run_timeout_ms(run));
		expire(run);
		if (run->o->also_serve && cm_responder_timeout_ms(run->o->also_serve) == 0)
			cm_responder_work(run->o->also_serve);
		begin_more(run);
		if (run->o->progress && run->done != told)
			run->o->progress(run->o->progress_user, told = run->done, run->n);
	}
}

static int run_open(struct run *run, struct err *e)
{
	run->hub.recv_offset = CM_PAYLOAD_MAX;
	run->hub.slot_bytes = 2 * CM_PAYLOAD_MAX;
	run->open.ttl_us = (uint64_t)run->timeout_ms * 1000;
	run->closing.ttl_us = CLOSING_MS * 1000;
	run->responder.ready = responder_ready;
	if (hub_open(&run->hub, e) < 0)
		return e->code;
	if (!run->o->also_serve)
		return 0;
	return hub_watch(&run->hub, cm_responder_fd(run->o->also_serve), &run->responder, e);
}

int cm_probe_all(struct cm_probe *probe, size_t n, const struct cm_options *o, struct err *e)
{
	struct run run = {
		.hub = { .epoll = -1 },
		.o = o,
		.probe = probe,
		.n = n,
		.in_flight = o->in_flight ?: IN_FLIGHT_DEFAULT,
		.timeout_ms = o->timeout_ms ?: TIMEOUT_DEFAULT_MS,
	};
	struct err why = { 0 };
	int r = run_open(&run, &why);

	if (r == 0)
		run_all(&run);
	hub_close(&run.hub);
	if (r == 0 && n > 0 && run.refused == n)
		r = err_set(&why, run.lack.code, "%s", run.lack.text);
	return r < 0 ? err_set(e, r, "%s", why.text) : 0;
}
