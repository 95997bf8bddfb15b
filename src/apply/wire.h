/* SPDX-License-Identifier: MIT */
/* Before the first write: does somebody on the wire have an address that is to be added? */
#ifndef DOROCE_APPLY_WIRE_H
#define DOROCE_APPLY_WIRE_H

#include "plan/plan.h"

struct probes VEC(struct probe);

/* One probe for each IPv4 address that the plan adds and that the node has nowhere: a second run has
 * none. Those of ports that are down or without carrier are unasked from the start. Pure. */
struct probes wire_probes(const struct plan *pl, const struct node *n, struct arena *a);

/* Ask them, all ports at once; nothing to ask takes no time. 0, whatever was found; -EPERM without
 * CAP_NET_RAW; -errno. */
int wire_ask(struct kern *k, struct probes *ps, const struct node *n, struct arena *a, struct err *e);

#endif
