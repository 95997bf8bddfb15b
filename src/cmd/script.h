/* SPDX-License-Identifier: MIT */
/* What the programs under the names of scripts have in common. */
#ifndef DOROCE_CMD_SCRIPT_H
#define DOROCE_CMD_SCRIPT_H

#include "cmd/session.h"

/* -d A,B: each name once among o->intent.ports. An empty one is an error of the intent. */
void script_devices(struct options *o, struct arena *a);

/* Who names a port that may not be changed is told so; without -d it is left alone like everywhere. */
void script_guards_check(const struct session *s, const struct options *o, struct diag *d);

/* True when the node has a RoCE port at all. */
bool script_has_port(const struct node *n);

#endif
