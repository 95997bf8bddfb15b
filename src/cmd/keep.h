/* SPDX-License-Identifier: MIT */
/* The management guard of configure: --keep, and what the caller depends on besides. */
#ifndef DOROCE_CMD_KEEP_H
#define DOROCE_CMD_KEEP_H

#include "apply/reach.h"
#include "cmd/session.h"

/* What each --keep stands for, in their order. */
struct kept VEC(struct hosts);

/* Resolve every --keep, before anything is read or locked. EXIT_OK; EXIT_USAGE (printed). */
int keep_resolve(const struct options *o, struct arena *a, struct kept *ret);

/* Look up all ways that the caller depends on and foresee what the plan of s makes of them. s outlives ret.
 * EXIT_OK; EXIT_FAILED: one would be lost (printed), and its port is not forced. */
int keep_foresee(const struct session *s, const struct options *o, const struct kept *kept, struct reach *ret);

#endif
