/* SPDX-License-Identifier: MIT */
/* One connect of the active side, from its first step to its result, and its run. */
#ifndef DOROCE_VALIDATE_CM_ATTEMPT_H
#define DOROCE_VALIDATE_CM_ATTEMPT_H

#include "validate/cm/cm.h"
#include "validate/cm/conn.h"
#include "validate/cm/walk.h"

/* open: begun, without a result yet. closing: with a result, being disconnected. over: to be freed,
 * which waits until all events at hand have started their next steps.
 * asking, walking: open ones with datagrams, until they are let in and from then on; their turns are shorter.
 * refused: ended by a lack of local resources; the first of them is in `lack`.
 * extra: so many may begin beyond in_flight; moved_us: when the last that is open came a step further. */
struct run {
	struct hub hub;
	struct conn_queue open, asking, walking, closing, over;
	struct source responder;
	const struct cm_options *o;
	struct cm_probe *probe;
	size_t n, begun, done, refused;
	unsigned int in_flight, extra;
	uint64_t moved_us;
	struct err lack;
};

struct attempt {
	struct conn conn;
	struct run *run;
	struct cm_probe *probe; /* NULL: has its result */
	struct walk walk;      /* when the probe has a path */
	uint64_t start_us, end_us;
	uint32_t seed, peer_seed;
	uint32_t patience_ms; /* of the kernel's present try to resolve the address */
	bool established;
};

/* Begin p: from here on events and completions drive it, until p has its result (run->done). */
void attempt_begin(struct run *run, struct cm_probe *p);

/* p has its result, and text; a is closed, or disconnects first. Nothing else may be done with a by the caller. */
void attempt_finish(struct attempt *a, enum cm_cause cause);

/* start.c: what begins each step; an event or a completion ends it. 0, -errno of the call, or e: what this host lacks.
 * attempt_resolve(): also again, while there is time. */
int attempt_start_address(struct attempt *a, struct err *e);
int attempt_start_route(struct attempt *a, struct err *e);
int attempt_start_connect(struct attempt *a, struct err *e);
int attempt_start_send(struct attempt *a, struct err *e);
int attempt_resolve(struct attempt *a);

/* payload.c: the steps behind an established connection. 0, or -errno. */
int payload_send(struct attempt *a);
void payload_complete(struct conn *c, enum conn_way way, const struct ibv_wc *wc);

/* Its deadline has passed: what that means depends on the step. */
void attempt_late(struct conn *c);
void attempt_free(struct conn *c);

#endif
