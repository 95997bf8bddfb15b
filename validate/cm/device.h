/* SPDX-License-Identifier: MIT */
/* What all connects over one RDMA device share: domain, completion queues, registered buffers. */
#ifndef DOROCE_VALIDATE_CM_DEVICE_H
#define DOROCE_VALIDATE_CM_DEVICE_H

#include <infiniband/verbs.h>
#include <rdma/rdma_cma.h>

#include "base/err.h"
#include "validate/cm/hub.h"

enum { CHUNK_SLOTS = 8 };

struct chunk;
struct conn;

/* Place of one connect: its buffers, and the number by which its completions are recognised.
 * generation counts the users of the slot: the completion of an earlier one has another number. */
struct slot {
	struct chunk *chunk;
	struct slot *next; /* free one */
	struct conn *conn; /* NULL: free */
	uint8_t *buf;      /* hub->slot_bytes */
	uint32_t generation;
};

/* Slots come CHUNK_SLOTS at a time, as they are needed, with one registered region and one
 * completion queue. */
struct chunk {
	struct device *device;
	struct chunk *next;
	struct ibv_cq *cq;
	struct ibv_mr *mr;
	uint8_t *mem;
	struct slot slot[CHUNK_SLOTS];
};

/* anchor: an id bound to the device. It keeps librdmacm from closing `verbs` while we use it, and
 * tells when the device is removed. NULL: none could be bound; the device is then let go when no
 * connect uses it. */
struct device {
	struct handler handler; /* of the anchor */
	struct source ready;    /* completions */
	struct hub *hub;
	struct device *next;
	struct ibv_context *verbs;
	struct ibv_comp_channel *channel;
	struct ibv_pd *pd;
	struct rdma_cm_id *anchor;
	struct chunk *chunks;
	struct slot *free;
	size_t used; /* slots */
	bool gone;   /* removed from the node */
};

/* The device that id has been resolved to, opened when it is not yet. NULL: as device_take_slot(). */
struct device *device_get(struct hub *h, struct rdma_cm_id *id, struct err *e);

/* A slot of the device that id has been resolved to. The device is opened when it is the first.
 * NULL: -EMFILE (file descriptors), -ENOMEM (memory; RLIMIT_MEMLOCK), or what the verbs say. */
struct slot *device_take_slot(struct hub *h, struct rdma_cm_id *id, struct err *e);
void device_free_slot(struct slot *s);

/* Hand out all completions that the queue of this slot holds. */
void device_poll(struct slot *s);

/* Close the devices that are gone, or all; not from within a handler. */
void devices_sweep(struct hub *h);
void devices_close(struct hub *h);

#endif
