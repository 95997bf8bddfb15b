/* SPDX-License-Identifier: MIT */
/* One connect of the active side: each step is begun by the end of the one before (start.c). */
#include "validate/cm/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "validate/cm/text.h"
#include "validate/cm/wire.h"

static struct attempt *attempt_of(struct conn *c)
{
	return CONTAINER_OF(c, struct attempt, conn);
}

/* The probe has its result. What was established is disconnected: the peer need not wait. */
static void attempt_end(struct attempt *a, enum cm_cause cause, struct text_more more)
{
	struct cm_probe *p = a->probe;

	more.timeout_ms = a->run->o->timeout_ms;
	p->cause = cause;
	p->elapsed_us = (uint32_t)(clock_now_us() - a->start_us);
	text_compose(p, &more);
	a->probe = NULL;
	a->run->done++;
	a->run->moved_us = clock_now_us();
	bool up = a->established && rdma_disconnect(a->conn.id) == 0;
	conn_enqueue(&a->conn, up ? &a->run->closing : &a->run->over);
}

void attempt_finish(struct attempt *a, enum cm_cause cause)
{
	attempt_end(a, cause, (struct text_more){ 0 });
}

static void attempt_fail(struct attempt *a, int code, const char *why)
{
	a->probe->errno_value = -code;
	attempt_end(a, CM_ERRNO, (struct text_more){ .why = why });
}

/* What starts each step, the event that ends it, and what it means when nothing does in time.
 * The steps after CM_SEND are ended by completions: its own, then that of the answer. */
static const struct step {
	int (*start)(struct attempt *a, struct err *e);
	enum rdma_cm_event_type done;
	enum cm_cause late;
} steps[] = {
	[CM_RESOLVE_ADDRESS] = { attempt_start_address, RDMA_CM_EVENT_ADDR_RESOLVED, CM_NO_NEIGHBOUR },
	[CM_RESOLVE_ROUTE] = { attempt_start_route, RDMA_CM_EVENT_ROUTE_RESOLVED, CM_TIMEOUT },
	[CM_CONNECT] = { attempt_start_connect, RDMA_CM_EVENT_ESTABLISHED, CM_UNREACHABLE },
	[CM_SEND] = { .start = attempt_start_send, .late = CM_TIMEOUT },
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
	if (s > CM_RESOLVE_ADDRESS)
		a->run->moved_us = clock_now_us();
	int r = steps[s].start(a, &e);
	if (e.code)
		attempt_lacks(a, &e);
	else if (r < 0)
		attempt_fail(a, r, NULL);
}

static void rejected(struct attempt *a, const struct event *ev, int reason)
{
	struct wire_reject r = { 0 };

	a->probe->reject = reason;
	a->probe->reject_is_ours = wire_reject_get(ev->data, ev->len, &r) == 0;
	a->probe->reject_reason = r.reason;
	attempt_end(a, CM_REJECTED, (struct text_more){ .reason = r.reason, .version = r.version });
}

/* Why a request for datagrams was refused, as the reason of a rejected connect that says the same
 * (enum ib_cm_sidr_status of rdma/ib_cm.h). */
static void on_not_let_in(struct attempt *a, const struct event *ev)
{
	static const int reasons[] = { [1] = 8, [2] = 28, [3] = 1 };

	rejected(a, ev, (size_t)ev->status < ARRAY_LEN(reasons) ? reasons[ev->status] : 5);
}

/* Let in to send datagrams: there is no connection that would have to be ended. */
static void on_let_in(struct attempt *a, const struct event *ev)
{
	struct wire_hello h;

	a->probe->step = CM_ANSWER;
	if (wire_hello_get(ev->data, ev->len, &h) < 0 || h.version != WIRE_VERSION) {
		attempt_finish(a, CM_PROTOCOL);
		return;
	}
	int r = walk_begin(a, ev, h.seed);
	if (r < 0)
		attempt_fail(a, r, "address handle");
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

/* -ETIMEDOUT: a neighbour that does not answer; it may still. Other codes speak for themselves. */
static void on_address_error(struct attempt *a, int status)
{
	if (status == -ETIMEDOUT && clock_now_us() < a->end_us)
		status = attempt_resolve(a);
	if (status == -1)
		on_device_closed(a);
	else if (status == -ETIMEDOUT || status == -EHOSTUNREACH)
		attempt_finish(a, CM_NO_NEIGHBOUR);
	else if (status < 0)
		attempt_fail(a, status, NULL);
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
		if (ev->status > 0)
			on_not_let_in(a, ev);
		else if (a->probe->step <= CM_CONNECT) /* else it was let in, and the kernel's own patience ends late */
			attempt_finish(a, CM_UNREACHABLE);
		break;
	case RDMA_CM_EVENT_REJECTED:
		rejected(a, ev, ev->status);
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
		(a->probe->path ? on_let_in : on_established)(a, ev);
	else
		attempt_enter(a, a->probe->step + 1);
}

/* Only what the caller has said stays. */
static void probe_reset(struct cm_probe *p)
{
	struct cm_probe fresh = {
		.src = p->src, .dst = p->dst, .scope = p->scope, .ticket = p->ticket, .path = p->path, .user = p->user,
	};

	memcpy(fresh.device, p->device, sizeof(fresh.device));
	*p = fresh;
}

void attempt_begin(struct run *run, struct cm_probe *p)
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
	a->conn.complete = p->path ? walk_complete : payload_complete;
	a->run = run;
	a->probe = p;
	a->start_us = clock_now_us();
	a->end_us = a->start_us + run->o->timeout_ms * 1000ull;
	a->seed = (uint32_t)(a->start_us ^ (uintptr_t)p);
	conn_enqueue(&a->conn, p->path ? &run->asking : &run->open);
	attempt_enter(a, CM_RESOLVE_ADDRESS);
}

/* The kernel itself asks again only after 4 s (drivers/infiniband/core/cma.c, CMA_CM_RESPONSE_TIMEOUT): a request for
 * datagrams that was lost is made anew, with an id of its own, as long as there is time. */
static void ask_again(struct attempt *a)
{
	if (a->probe->step == CM_CONNECT)
		conn_destroy(&a->conn);
	conn_enqueue(&a->conn, &a->run->asking);
	if (!a->conn.id)
		attempt_enter(a, CM_RESOLVE_ADDRESS);
}

/* It may have completions that nobody has read yet. */
void attempt_late(struct conn *c)
{
	struct attempt *a = attempt_of(c);

	if (c->slot)
		device_poll(c->slot);
	if (!a->probe || c->deadline_us > clock_now_us()) /* an answer lay there */
		return;
	if (c->queue == &a->run->walking)
		walk_late(a);
	else if (c->queue == &a->run->asking && clock_now_us() < a->end_us)
		ask_again(a);
	else
		attempt_finish(a, steps[a->probe->step].late);
}

void attempt_free(struct conn *c)
{
	conn_destroy(c);
	walk_end(&attempt_of(c)->walk);
	free(attempt_of(c));
}
