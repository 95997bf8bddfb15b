/* SPDX-License-Identifier: MIT */
/* A queue pair that is always ready to receive. */
#include "validate/cm/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "validate/cm/ud.h"

enum {
	BUFFER = UD_GRH + UD_BYTES_MAX,
	BYTES = RING_BUFFERS * BUFFER,
	SENT = RING_BUFFERS, /* bit of a work request's id: the buffer's number is below */
	POLLED_AT_ONCE = 16,
};

static uint8_t *buffer(const struct ring *r, uint64_t wr_id)
{
	return r->mem + wr_id % RING_BUFFERS * BUFFER;
}

static int receive(struct ring *r, uint64_t at)
{
	struct ibv_sge sge = { .addr = (uintptr_t)buffer(r, at), .length = BUFFER, .lkey = r->mr->lkey };
	struct ibv_recv_wr *bad, wr = { .wr_id = at % RING_BUFFERS, .sg_list = &sge, .num_sge = 1 };

	return -ibv_post_recv(r->qp, &wr, &bad);
}

static int send_back(struct ring *r, const struct ibv_wc *wc, const struct ring_answer *a)
{
	struct ibv_sge sge = {
		.addr = (uintptr_t)buffer(r, wc->wr_id) + UD_GRH,
		.length = a->bytes,
		.lkey = r->mr->lkey,
	};
	struct ibv_send_wr *bad, wr = {
		.wr_id = wc->wr_id | SENT,
		.sg_list = &sge,
		.num_sge = 1,
		.opcode = IBV_WR_SEND,
		.send_flags = IBV_SEND_SIGNALED,
		.wr.ud = { .ah = a->ah, .remote_qpn = wc->src_qp, .remote_qkey = RDMA_UDP_QKEY },
	};

	return -ibv_post_send(r->qp, &wr, &bad);
}

static void sent(struct ring *r, uint64_t wr_id)
{
	void *user = r->sending[wr_id % RING_BUFFERS];

	r->sending[wr_id % RING_BUFFERS] = NULL;
	if (user)
		r->handler->sent(r->handler, user);
}

/* True when the datagram is being answered: its buffer is then in use until that is sent. */
static bool answered(struct ring *r, const struct ibv_wc *wc)
{
	uint8_t *grh = buffer(r, wc->wr_id);
	struct ring_datagram in = { .wc = wc, .grh = grh, .data = grh + UD_GRH, .bytes = wc->byte_len - UD_GRH };
	struct ring_answer a;

	if (wc->byte_len < UD_GRH || !(wc->wc_flags & IBV_WC_GRH) || !r->handler->received(r->handler, r, &in, &a))
		return false;
	r->sending[wc->wr_id] = a.user;
	if (send_back(r, wc, &a) == 0)
		return true;
	sent(r, wc->wr_id);
	return false;
}

static void completed(struct ring *r, const struct ibv_wc *wc)
{
	if (wc->wr_id & SENT)
		sent(r, wc->wr_id);
	if (wc->status != IBV_WC_SUCCESS)
		r->broken = true;
	else if ((wc->wr_id & SENT || !answered(r, wc)) && receive(r, wc->wr_id) < 0)
		r->broken = true;
}

static void ring_poll(struct ring *r)
{
	struct ibv_wc wc[POLLED_AT_ONCE];
	int n;

	do {
		n = ibv_poll_cq(r->cq, POLLED_AT_ONCE, wc);
		for (int i = 0; i < n && !r->broken; i++)
			completed(r, &wc[i]);
	} while (n == POLLED_AT_ONCE);
}

/* Armed again before it is emptied: what comes in between raises a new event. */
static void ring_ready(struct source *s)
{
	struct ring *r = CONTAINER_OF(s, struct ring, ready);
	struct ibv_cq *cq;
	void *context;

	while (ibv_get_cq_event(r->channel, &cq, &context) == 0) {
		ibv_ack_cq_events(cq, 1);
		(void)ibv_req_notify_cq(cq, 0); /* fails on a removed device: it is closed then */
		ring_poll(r);
	}
}

/* From reset to ready to send: a UD queue pair has no peer to wait for. */
static int make_ready(struct ring *r)
{
	struct ibv_qp_attr a = { .qp_state = IBV_QPS_INIT, .port_num = r->port, .qkey = RDMA_UDP_QKEY };
	int code = ibv_modify_qp(r->qp, &a, IBV_QP_STATE | IBV_QP_PKEY_INDEX | IBV_QP_PORT | IBV_QP_QKEY);

	a.qp_state = IBV_QPS_RTR;
	code = code ?: ibv_modify_qp(r->qp, &a, IBV_QP_STATE);
	a.qp_state = IBV_QPS_RTS;
	return code ?: ibv_modify_qp(r->qp, &a, IBV_QP_STATE | IBV_QP_SQ_PSN);
}

static int queues_open(struct ring *r)
{
	struct ibv_context *verbs = r->device->verbs;

	r->channel = ibv_create_comp_channel(verbs);
	if (!r->channel || fcntl(r->channel->fd, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	r->cq = ibv_create_cq(verbs, 2 * RING_BUFFERS, NULL, r->channel, 0);
	if (!r->cq || (errno = ibv_req_notify_cq(r->cq, 0)) != 0)
		return -errno;
	struct ibv_qp_init_attr a = {
		.send_cq = r->cq,
		.recv_cq = r->cq,
		.cap = { .max_send_wr = RING_BUFFERS, .max_recv_wr = RING_BUFFERS, .max_send_sge = 1, .max_recv_sge = 1 },
		.qp_type = IBV_QPT_UD,
	};
	r->qp = ibv_create_qp(r->device->pd, &a);
	return r->qp ? -make_ready(r) : -errno;
}

static int buffers_open(struct ring *r)
{
	void *mem = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mem == MAP_FAILED)
		return -errno;
	r->mem = mem;
	r->mr = ibv_reg_mr(r->device->pd, mem, BYTES, IBV_ACCESS_LOCAL_WRITE);
	return r->mr ? 0 : -errno;
}

static int ring_fill(struct ring *r)
{
	int code = buffers_open(r);

	if (code == 0)
		code = queues_open(r);
	for (uint64_t i = 0; i < RING_BUFFERS && code == 0; i++)
		code = receive(r, i);
	return code;
}

static inline void ring_drop(struct ring **r)
{
	if (*r)
		ring_close(*r);
}

struct ring *ring_open(struct hub *h, struct rdma_cm_id *id, struct ring_handler *to, struct err *e)
{
	struct device *d = device_get(h, id, e);
	__attribute__((cleanup(ring_drop))) struct ring *r = d ? calloc(1, sizeof(*r)) : NULL;

	if (!r)
		return NULL;
	r->ready.ready = ring_ready;
	r->device = d;
	r->handler = to;
	r->port = id->port_num;
	d->used++;
	int code = ring_fill(r);
	if (code < 0) {
		err_set(e, code, "%s: datagrams: %s", ibv_get_device_name(d->verbs->device), strerror(-code));
		return NULL;
	}
	return hub_watch(h, r->channel->fd, &r->ready, e) < 0 ? NULL : TAKE(r);
}

bool ring_is_broken(const struct ring *r)
{
	return r->broken || r->device->gone;
}

void ring_close(struct ring *r)
{
	if (r->qp)
		(void)ibv_destroy_qp(r->qp);
	if (r->cq)
		(void)ibv_destroy_cq(r->cq); /* EBUSY needs a queue pair left: there is none */
	if (r->channel)
		(void)ibv_destroy_comp_channel(r->channel);
	if (r->mr)
		(void)ibv_dereg_mr(r->mr);
	if (r->mem)
		munmap(r->mem, BYTES);
	for (uint64_t i = 0; i < RING_BUFFERS; i++)
		sent(r, i);
	r->device->used--;
	free(r);
}
