/* SPDX-License-Identifier: MIT */
/* Two verifications of one node, one after the other: what has become worse or better. */
#ifndef DOROCE_VALIDATE_WATCH_H
#define DOROCE_VALIDATE_WATCH_H

#include "kern/concern.h"
#include "validate/verify.h"

/* What is remembered of the last look, all in its arena, which is made anew at each. Zero-initialise.
 * facts: what is not well and was told, ports: those that have been there, concern: what they stand on. */
struct watch {
	struct arena arena;
	struct results facts;
	struct ports ports;
	struct concern concern;
};

/* r: as it is now. Verdict pass: it is well again, and seen NULL; n/a, with was fail: its port is there no more. */
struct watch_change {
	enum verdict was;
	struct result r;
};

struct watch_changes VEC(struct watch_change);

/* Ports that were there at the last look and are not now take their place in n again, marked as gone: they keep their
 * places in a sequence. One whose netdev has got another RDMA device is none: that was renamed. */
void watch_ports(const struct watch *w, struct node *n, struct arena *a);

/* Compare v, which has run, with the last look; v is the last look from then on. The first tells all that is not well.
 * A result is that of the same check, port and subject, of settings also with the same wish. Those that follow from
 * others, and those that could not be looked at for another's sake, are as they were.
 * Of n/a only what could not be looked at at all is told: a stage that can not be run.
 * ret: memory in a; ports are those of v. */
void watch_look(struct watch *w, const struct verify *v, struct arena *a, struct watch_changes *ret);

/* Forget ports that are gone. */
void watch_forget(struct watch *w);

void watch_done(struct watch *w);

#endif
