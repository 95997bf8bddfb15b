/* SPDX-License-Identifier: MIT */
/* One UD queue pair of an RDMA port, for all who ask it: what is received in a buffer is answered from the same. */
#ifndef DOROCE_VALIDATE_CM_RING_H
#define DOROCE_VALIDATE_CM_RING_H

#include "validate/cm/device.h"

/* That many datagrams may wait; more are dropped, as always with UD. */
enum { RING_BUFFERS = 128 };

struct ring;

/* A datagram: grh is what the hardware put in front of its `bytes` at data. */
struct ring_datagram {
	const struct ibv_wc *wc;
	const void *grh;
	uint8_t *data;
	uint32_t bytes;
};

/* How it is answered: with so many bytes, written over its data, by ah, which stays until `sent` has been told of.
 * user: of whom, given to sent(). */
struct ring_answer {
	uint32_t bytes;
	struct ibv_ah *ah;
	void *user;
};

/* received returns false when it is not answered. sent: the answer has left, or never will. */
struct ring_handler {
	bool (*received)(struct ring_handler *h, struct ring *r, const struct ring_datagram *in, struct ring_answer *ret);
	void (*sent)(struct ring_handler *h, void *user);
};

/* broken: its device is gone or its queue pair has failed: to be closed, not from within a handler. */
struct ring {
	struct source ready;
	struct ring *next;
	struct device *device;
	struct ring_handler *handler;
	void *sending[RING_BUFFERS]; /* whose answer is in the buffer; NULL: none */
	struct ibv_comp_channel *channel;
	struct ibv_cq *cq;
	struct ibv_qp *qp;
	struct ibv_mr *mr;
	uint8_t *mem;
	uint8_t port;
	bool broken;
};

/* A ring of the port that id is of; the hub polls it. NULL: as device_get(). */
struct ring *ring_open(struct hub *h, struct rdma_cm_id *id, struct ring_handler *to, struct err *e);
bool ring_is_broken(const struct ring *r);
void ring_close(struct ring *r);

#endif
