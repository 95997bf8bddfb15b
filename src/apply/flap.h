/* SPDX-License-Identifier: MIT */
/* Changes that take the link of their port down for a while: a few ports at a time, each awaited. */
#ifndef DOROCE_APPLY_FLAP_H
#define DOROCE_APPLY_FLAP_H

#include "setting/setting.h"

/* A port whose link may go down, or is down. what: the setting that has done it. */
struct flap {
	const char *netdev;
	const char *what;
};

/* parallel: how many ports may be down at a time, 0: one. limit_ms: how long one may stay down, 0: 30 s. */
struct flaps {
	struct kern *k;
	struct arena *arena;
	unsigned int parallel, limit_ms;
	struct VEC(struct flap) at;
	struct VEC(struct carrier) links;
};

/* Before the write: how the link is now. Nothing where the setting leaves links alone, or the link is down. */
int flap_begin(struct flaps *f, const struct setting *s, const struct port *p, struct err *e);

/* After the write: wait when as many ports as may are down; last: for all that are left.
 * 0; -ENETDOWN: "PORT: the link did not come back within 30 s after pfc". */
int flap_end(struct flaps *f, bool last, struct err *e);

#endif
