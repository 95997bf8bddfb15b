/* SPDX-License-Identifier: MIT */
/* The id that a responder listens with: for connects (RDMA_PS_TCP) or for datagrams (RDMA_PS_UDP). */
#ifndef DOROCE_VALIDATE_CM_LISTEN_H
#define DOROCE_VALIDATE_CM_LISTEN_H

#include "base/ip.h"
#include "validate/cm/hub.h"
#include "validate/cm/wire.h"

/* Fill in handler.event and space first. */
struct listener {
	struct handler handler;
	enum rdma_port_space space;
	struct rdma_cm_id *id;
};

/* service 0: any free port. bind: NULL or no family: all addresses, of IPv4 and IPv6.
 * 0; -EADDRINUSE: another responder runs; errors of the rdma_cm. */
int listener_open(struct listener *l, struct hub *h, uint16_t service, const struct ip *bind, struct err *e);
uint16_t listener_service(const struct listener *l);
void listener_close(struct listener *l); /* not open: nothing */

/* Tell the peer of a request why not; its id is gone then. */
void listener_refuse(struct rdma_cm_id *id, enum wire_reason reason);

#endif
