/* SPDX-License-Identifier: MIT */
/* The passive side of datagrams: each peer that is let in gets a token, and only what carries it is answered. */
#ifndef DOROCE_VALIDATE_CM_DATAGRAMS_H
#define DOROCE_VALIDATE_CM_DATAGRAMS_H

#include "validate/admit/admit.h"
#include "validate/cm/hub.h"

struct datagrams;

/* Listens in the UDP port space, for events of the hub. NULL: e says why (-EADDRINUSE: another responder runs). */
struct datagrams *datagrams_open(struct hub *h, uint16_t service, const struct ip *bind, struct err *e);

/* Who is let in: a decides, NULL: everybody. */
void datagrams_guard(struct datagrams *d, struct admit *a);

/* How many peers are let in now, and how many datagrams were answered since it was opened. */
size_t datagrams_open_n(const struct datagrams *d);
uint64_t datagrams_answered(const struct datagrams *d);

/* End what is idle or broken; after each turn of the hub, and after the timeout (-1: none). */
int datagrams_timeout_ms(const struct datagrams *d, uint64_t now);
void datagrams_tidy(struct datagrams *d, uint64_t now);
void datagrams_close(struct datagrams *d); /* NULL allowed; before the hub */

#endif
