/* SPDX-License-Identifier: MIT */
/* The active side: makes many connects at once in one event loop. */
#include "base/clock.h"
#include "validate/cm/attempt.h"

/* CLOSING_MS: how long a connect that is over may wait for the peer's agreement to disconnect. */
enum { ASKS = 4, CLOSING_MS = 500, IN_FLIGHT_DEFAULT = 64, IN_FLIGHT_MAX = 1024, STILL_MS = 500 };

static size_t waiting(const struct run *run)
{
	return run->open.n + run->asking.n + run->walking.n;
}

/* Where nobody has come a step further for a while all that are open wait for somebody silent: as many more may begin.
 * So those to peers that are unreachable cost one time-out together, and not one for each 64 of them; and where
 * connects are only slow, they are not made slower. */
static void widen(struct run *run)
{
	uint64_t now = clock_now_us();

	if (now - run->moved_us < STILL_MS * 1000 || waiting(run) >= IN_FLIGHT_MAX)
		return;
	run->extra = run->in_flight;
	run->moved_us = now;
}

static void begin_more(struct run *run)
{
	while (run->begun < run->n && run->closing.n < run->in_flight && (waiting(run) < run->in_flight || run->extra)) {
		if (waiting(run) >= run->in_flight)
			run->extra--;
		attempt_begin(run, &run->probe[run->begun++]);
	}
}

static void expire(struct run *run)
{
	uint64_t now = clock_now_us();
	struct conn *c;

	while ((c = conn_expired(&run->open, now)) || (c = conn_expired(&run->asking, now)) ||
	       (c = conn_expired(&run->walking, now)))
		attempt_late(c);
	while ((c = conn_expired(&run->closing, now)) || (c = run->over.first))
		attempt_free(c);
}

static int run_timeout_ms(const struct run *run)
{
	uint64_t now = clock_now_us();
	const struct conn_queue *q[] = { &run->open, &run->asking, &run->walking, &run->closing };
	int t = -1;

	if (run->over.first)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(q); i++)
		t = conn_earlier(t, conn_queue_timeout_ms(q[i], now));
	if (run->begun < run->n)
		t = conn_earlier(t, STILL_MS);
	if (run->o->also_serve)
		t = conn_earlier(t, cm_responder_timeout_ms(run->o->also_serve));
	return t;
}

static void responder_ready(struct source *s)
{
	cm_responder_work(CONTAINER_OF(s, struct run, responder)->o->also_serve);
}

static void run_all(struct run *run)
{
	size_t told = 0;

	run->moved_us = clock_now_us();
	begin_more(run);
	while (waiting(run) + run->closing.n + run->over.n > 0) {
		hub_wait(&run->hub, run_timeout_ms(run));
		expire(run);
		widen(run);
		if (run->o->also_serve && cm_responder_timeout_ms(run->o->also_serve) == 0)
			cm_responder_work(run->o->also_serve);
		begin_more(run);
		if (run->o->progress && run->done != told)
			run->o->progress(run->o->progress_user, told = run->done, run->n);
	}
}

static int run_open(struct run *run, struct err *e)
{
	bool walks = run->n && run->probe->path;

	run->hub.recv_offset = CM_PAYLOAD_MAX;
	run->hub.slot_bytes = walks ? WALK_SLOT_BYTES : 2 * CM_PAYLOAD_MAX;
	run->hub.completions = walks ? WALK_COMPLETIONS : 0;
	run->open.ttl_us = (uint64_t)run->o->timeout_ms * 1000;
	run->asking.ttl_us = run->open.ttl_us / ASKS;
	run->walking.ttl_us = WALK_PATIENCE_MS * 1000;
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
