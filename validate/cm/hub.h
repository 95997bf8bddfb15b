/* SPDX-License-Identifier: MIT */
/* One event loop: the rdma_cm's event channel, the devices' completion channels, and others. */
#ifndef DOROCE_VALIDATE_CM_HUB_H
#define DOROCE_VALIDATE_CM_HUB_H

#include <rdma/rdma_cma.h>

#include "base/err.h"

/* An rdma_cm event, already acknowledged: the handler may destroy the id.
 * data: private data, len bytes (padded with zeros by the rdma_cm), none: len 0.
 * ah, qp_num, qkey: where datagrams go, of an id of the UDP port space that is established. */
struct event {
	enum rdma_cm_event_type type;
	int status;
	struct rdma_cm_id *id;
	uint8_t data[256];
	size_t len;
	struct ibv_ah_attr ah;
	uint32_t qp_num, qkey;
};

/* What the context of every rdma_cm_id points to. */
struct handler {
	void (*event)(struct handler *h, const struct event *ev);
};

/* What every watched file descriptor belongs to. */
struct source {
	void (*ready)(struct source *s);
};

struct device;

/* slot_bytes: buffer of each connect. Messages are sent from its start and received at
 * recv_offset. completions: that a connect can have at once, 0: 2. */
struct hub {
	struct rdma_event_channel *channel;
	struct source events;
	struct device *devices;
	size_t slot_bytes, recv_offset, completions;
	int epoll;
};

/* Fill in slot_bytes and recv_offset first.
 * 0; -ENODEV no rdma_cm or no RDMA device; -EACCES on its device file; -EMFILE; -ENOMEM. */
int hub_open(struct hub *h, struct err *e);
void hub_close(struct hub *h);

int hub_watch(struct hub *h, int fd, struct source *s, struct err *e);

/* Wait (timeout_ms -1: without end) and call the handlers of what has come. */
void hub_wait(struct hub *h, int timeout_ms);

#endif
