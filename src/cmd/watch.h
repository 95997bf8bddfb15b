/* SPDX-License-Identifier: MIT */
/* Watching a node: what doroce watch does between its start and its signal. */
#ifndef DOROCE_CMD_WATCH_H
#define DOROCE_CMD_WATCH_H

#include "cmd/session.h"

/* Look at the node by k at every event that concerns its ports, and tell on stdout what changes, until SIGTERM or SIGINT.
 * SIGHUP reads the intent again. EXIT_OK; EXIT_USAGE, EXIT_FAILED (printed): it could not begin. */
int watch(const struct options *o, struct kern *k);

#endif
