/* SPDX-License-Identifier: MIT */
/* What both sides do with a connect: queue pair, messages, deadlines. */
#include "validate/cm/conn.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"

void conn_enqueue(struct conn *c, struct conn_queue *q)
{
	struct conn_queue *old = c->queue;

	if (old) {
		*(c->prev ? &c->prev->next : &old->first) = c->next;
		*(c->next ? &c->next->prev : &old->last) = c->prev;
		old->n--;
	}
	c->queue = q;
	if (!q)
		return;
	c->deadline_us = clock_now_us() + q->ttl_us;
	c->next = NULL;
	c->prev = q->last;
	*(q->last ? &q->last->next : &q->first) = c;
	q->last = c;
	q->n++;
}

int conn_queue_timeout_ms(const struct conn_queue *q, uint64_t now)
{
	if (!q->first)
		return -1;
	if (q->first->deadline_us <= now)
		return 0;
	return (int)((q->first->deadline_us - now + 999) / 1000);
}

int conn_earlier(int a, int b)
{
	return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

struct conn *conn_expired(const struct conn_queue *q, uint64_t now)
{
	return q->first && q->first->deadline_us <= now ? q->first : NULL;
}

static uint64_t wr_id_of(const struct slot *s, enum conn_way way)
{
	return conn_wr_id((uint32_t)(s - s->chunk->slot), way, s->generation);
}

uint8_t *conn_send_buf(const struct conn *c)
{
	return c->slot->buf;
}

static uint8_t *recv_buf(const struct conn *c)
{
	return c->slot->buf + c->slot->chunk->device->hub->recv_offset;
}

const uint8_t *conn_recv_buf(const struct conn *c)
{
	return recv_buf(c);
}

static int conn_receive(struct conn *c, uint32_t bytes)
{
	struct ibv_sge sge = {
		.addr = (uintptr_t)recv_buf(c),
		.length = bytes,
		.lkey = c->slot->chunk->mr->lkey,
	};
	struct ibv_recv_wr *bad, wr = {
		.wr_id = wr_id_of(c->slot, CONN_RECEIVED),
		.sg_list = &sge,
		.num_sge = 1,
	};

	return -ibv_post_recv(c->id->qp, &wr, &bad);
}

int conn_send(struct conn *c, uint32_t bytes, bool signalled)
{
	struct ibv_sge sge = {
		.addr = (uintptr_t)c->slot->buf,
		.length = bytes,
		.lkey = c->slot->chunk->mr->lkey,
	};
	struct ibv_send_wr *bad, wr = {
		.wr_id = wr_id_of(c->slot, CONN_SENT),
		.sg_list = &sge,
		.num_sge = 1,
		.opcode = IBV_WR_SEND,
		.send_flags = signalled ? IBV_SEND_SIGNALED : 0,
	};

	return -ibv_post_send(c->id->qp, &wr, &bad);
}

static int conn_open_qp(struct conn *c, struct err *e)
{
	struct chunk *k = c->slot->chunk;
	struct ibv_qp_init_attr a = {
		.send_cq = k->cq,
		.recv_cq = k->cq,
		.cap = { .max_send_wr = 1, .max_recv_wr = 1, .max_send_sge = 1, .max_recv_sge = 1 },
		.qp_type = IBV_QPT_RC,
	};

	if (rdma_create_qp(c->id, k->device->pd, &a) == 0)
		return 0;
	int r = errno ? -errno : -EIO;
	return err_set(e, r, "queue pair: %s", strerror(-r));
}

int conn_prepare(struct hub *h, struct conn *c, uint32_t recv_bytes, struct err *e)
{
	c->slot = device_take_slot(h, c->id, e);
	if (!c->slot)
		return e->code;
	c->slot->conn = c;
	int r = conn_open_qp(c, e);
	if (r == 0)
		r = conn_receive(c, recv_bytes);
	if (r == 0)
		return 0;
	conn_release(c);
	return err_set(e, r, "receive: %s", strerror(-r));
}

void conn_release(struct conn *c)
{
	if (c->id && c->id->qp)
		rdma_destroy_qp(c->id);
	if (c->slot)
		device_free_slot(c->slot);
	c->slot = NULL;
}

void conn_destroy(struct conn *c)
{
	conn_enqueue(c, NULL);
	conn_release(c);
	if (c->id)
		(void)rdma_destroy_id(c->id); /* fails without event channel: it outlives us */
	c->id = NULL;
}
