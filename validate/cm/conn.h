/* SPDX-License-Identifier: MIT */
/* One connect, of either side: its id, its queue pair, its slot, its deadline. */
#ifndef DOROCE_VALIDATE_CM_CONN_H
#define DOROCE_VALIDATE_CM_CONN_H

#include "validate/cm/device.h"

enum conn_way { CONN_SENT, CONN_RECEIVED };

struct conn_queue;

struct conn {
	struct handler handler; /* of its rdma_cm events */
	void (*complete)(struct conn *c, enum conn_way way, const struct ibv_wc *wc);
	struct rdma_cm_id *id;
	struct slot *slot; /* NULL: no queue pair yet */
	struct conn_queue *queue;
	struct conn *prev, *next;
	uint64_t deadline_us;
};

/* Connects of one queue all have the same time to live, so the first is the next to expire. */
struct conn_queue {
	struct conn *first, *last;
	size_t n;
	uint64_t ttl_us;
};

/* Put c at the end of q, out of the queue that it is in; q NULL: into none. */
void conn_enqueue(struct conn *c, struct conn_queue *q);

/* Milliseconds until the first of q expires, rounded up; -1: q is empty. */
int conn_queue_timeout_ms(const struct conn_queue *q, uint64_t now);

/* The earlier of two time-outs, of which -1 is none. */
int conn_earlier(int a, int b);

/* The first of q when its deadline has passed, else NULL. */
struct conn *conn_expired(const struct conn_queue *q, uint64_t now);

/* Give a resolved or requested c a queue pair and post the receive of recv_bytes.
 * 0; errors of device_take_slot(), or of the verbs: nothing is left then. */
int conn_prepare(struct hub *h, struct conn *c, uint32_t recv_bytes, struct err *e);

/* Send `bytes` from the start of the slot's buffer. signalled: tell when it has been acknowledged;
 * failures are always told. Returns 0 or -errno. */
int conn_send(struct conn *c, uint32_t bytes, bool signalled);

uint8_t *conn_send_buf(const struct conn *c);
const uint8_t *conn_recv_buf(const struct conn *c);

/* Give back queue pair and slot; then also the id, and leave the queue. The kernel tells the peer
 * when a connect that is destroyed was still up. */
void conn_release(struct conn *c);
void conn_destroy(struct conn *c);

/* Name of a completion: slot within its chunk, way, generation of the slot. */
static inline uint64_t conn_wr_id(uint32_t slot, enum conn_way way, uint32_t generation)
{
	return (uint64_t)generation << 32 | slot << 1 | way;
}

static inline uint32_t conn_wr_slot(uint64_t wr_id)
{
	return (uint32_t)wr_id >> 1;
}

static inline enum conn_way conn_wr_way(uint64_t wr_id)
{
	return (enum conn_way)(wr_id & 1);
}

static inline uint32_t conn_wr_generation(uint64_t wr_id)
{
	return (uint32_t)(wr_id >> 32);
}

#endif
