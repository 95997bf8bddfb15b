/* SPDX-License-Identifier: MIT */
/* What configure asks the wire before its first write. */
#ifndef DOROCE_CMD_PROBE_H
#define DOROCE_CMD_PROBE_H

#include "cmd/session.h"

/* Probe the addresses that the plan adds, unless --no-probe. EXIT_OK; EXIT_FAILED: one is taken. What could
 * not be asked is told. */
int probe_wire(const struct session *s, const struct options *o);

#endif
