/* SPDX-License-Identifier: MIT */
/* The queue pair and the buffers of a walk. */
#include "validate/cm/walk.h"

#include <errno.h>
#include <string.h>

#include "validate/cm/attempt.h"

static struct ibv_mr *mr_of(const struct attempt *a)
{
	return a->conn.slot->chunk->mr;
}

uint8_t *walk_received(const struct attempt *a, uint32_t i)
{
	return a->conn.slot->buf + WALK_SEND_BYTES + (size_t)i * (UD_GRH + UD_BYTES_MAX);
}

/* The number of the buffer lies above the slot's. */
static uint64_t wr_id(const struct attempt *a, enum conn_way way, uint32_t buffer)
{
	const struct slot *s = a->conn.slot;

	return conn_wr_id((uint32_t)(s - s->chunk->slot) + CHUNK_SLOTS * buffer, way, s->generation);
}

uint32_t walk_buffer(uint64_t id)
{
	return conn_wr_slot(id) / CHUNK_SLOTS;
}

int walk_receive(struct attempt *a, uint32_t i)
{
	struct ibv_sge sge = {
		.addr = (uintptr_t)walk_received(a, i),
		.length = UD_GRH + UD_BYTES_MAX,
		.lkey = mr_of(a)->lkey,
	};
	struct ibv_recv_wr *bad, wr = { .wr_id = wr_id(a, CONN_RECEIVED, i), .sg_list = &sge, .num_sge = 1 };

	return -ibv_post_recv(a->conn.id->qp, &wr, &bad);
}

static int qp_open(struct attempt *a)
{
	struct chunk *k = a->conn.slot->chunk;
	struct ibv_qp_init_attr attr = {
		.send_cq = k->cq,
		.recv_cq = k->cq,
		.cap = { .max_send_wr = WALK_SENDS, .max_recv_wr = WALK_RECEIVES, .max_send_sge = 2, .max_recv_sge = 1 },
		.qp_type = IBV_QPT_UD,
	};
	int r = rdma_create_qp(a->conn.id, k->device->pd, &attr) < 0 ? -(errno ?: EIO) : 0;

	for (uint32_t i = 0; i < WALK_RECEIVES && r == 0; i++)
		r = walk_receive(a, i);
	return r;
}

int walk_prepare(struct attempt *a, struct err *e)
{
	a->conn.slot = device_take_slot(&a->run->hub, a->conn.id, e);
	if (!a->conn.slot)
		return e->code;
	a->conn.slot->conn = &a->conn;
	memset(a->conn.slot->buf, 0, WALK_SEND_BYTES);
	int r = qp_open(a);
	if (r == 0)
		return 0;
	conn_release(&a->conn);
	return err_set(e, r, "datagrams: queue pair: %s", strerror(-r));
}

/* The request into its head's buffer; behind it are zeros for all. */
void walk_post(struct attempt *a, const struct ud_request *m, uint32_t bytes)
{
	struct walk *w = &a->walk;
	uint32_t i = m->seq % WALK_SENDS, lkey = mr_of(a)->lkey;
	uint8_t *buf = a->conn.slot->buf, *head = buf + (size_t)i * UD_BYTES_MIN;
	struct ibv_sge sge[2] = {
		{ .addr = (uintptr_t)head, .length = UD_BYTES_MIN, .lkey = lkey },
		{ .addr = (uintptr_t)buf + WALK_SENDS * UD_BYTES_MIN, .length = bytes - UD_BYTES_MIN, .lkey = lkey },
	};
	struct ibv_send_wr *bad, wr = {
		.wr_id = wr_id(a, CONN_SENT, i),
		.sg_list = sge,
		.num_sge = bytes > UD_BYTES_MIN ? 2 : 1,
		.opcode = IBV_WR_SEND,
		.send_flags = IBV_SEND_SIGNALED,
		.wr.ud = { .ah = w->ah, .remote_qpn = w->qp_num, .remote_qkey = w->qkey },
	};

	ud_request_put(m, head);
	w->posted += ibv_post_send(a->conn.id->qp, &wr, &bad) == 0;
}
