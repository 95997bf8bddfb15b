/* SPDX-License-Identifier: MIT */
/* Ports that the operator's own way to the node depends on. */
#ifndef DOROCE_PORT_GUARD_H
#define DOROCE_PORT_GUARD_H

#include "port/port.h"

/* Both ends of the caller's SSH connection. */
struct guard_ssh {
	struct ip client, server;
};

/* Set guard of every port that carries a default route of table main or the server's end of the
 * SSH connection (NULL: there is none). Pure. */
void guard_mark(struct node *n, const struct guard_ssh *ssh, struct arena *a);

#endif
