/* SPDX-License-Identifier: MIT */
/* Devices as connects need them: opened with the first, grown by chunks, closed when removed. */
#include "validate/cm/device.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "validate/cm/conn.h"

static const char *name_of(const struct device *d)
{
	return ibv_get_device_name(d->verbs->device);
}

/* What the verbs set errno to says little; the limit behind it says more. */
static int device_error(const struct device *d, const char *what, struct err *e)
{
	int code = errno ? errno : EIO;
	struct rlimit lock = { 0 };

	(void)getrlimit(RLIMIT_MEMLOCK, &lock); /* fails for a bad pointer only */
	if (code == ENOMEM && lock.rlim_cur != RLIM_INFINITY)
		return err_set(e, -code, "%s: %s: %s (locked memory is limited to %llu KiB)",
			       name_of(d), what, strerror(code),
			       (unsigned long long)lock.rlim_cur / 1024);
	return err_set(e, -code, "%s: %s: %s", name_of(d), what, strerror(code));
}

static void chunk_free(struct chunk *k)
{
	if (k->cq)
		(void)ibv_destroy_cq(k->cq); /* EBUSY needs a queue pair left: there is none */
	if (k->mr)
		(void)ibv_dereg_mr(k->mr);
	if (k->mem)
		munmap(k->mem, CHUNK_SLOTS * k->device->hub->slot_bytes);
	free(k);
}

static inline void chunk_drop(struct chunk **k)
{
	if (*k)
		chunk_free(*k);
}

/* As many again for the completions of earlier connects not yet taken out. */
static int chunk_open(struct chunk *k, struct err *e)
{
	struct device *d = k->device;
	size_t bytes = CHUNK_SLOTS * d->hub->slot_bytes;
	void *mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mem == MAP_FAILED)
		return device_error(d, "buffers", e);
	k->mem = mem;
	k->mr = ibv_reg_mr(d->pd, mem, bytes, IBV_ACCESS_LOCAL_WRITE);
	if (!k->mr)
		return device_error(d, "register buffers", e);
	k->cq = ibv_create_cq(d->verbs, 2 * CHUNK_SLOTS * (int)(d->hub->completions ?: 2), k, d->channel, 0);
	if (!k->cq || (errno = ibv_req_notify_cq(k->cq, 0)) != 0)
		return device_error(d, "completion queue", e);
	return 0;
}

static int chunk_add(struct device *d, struct err *e)
{
	__attribute__((cleanup(chunk_drop))) struct chunk *k = calloc(1, sizeof(*k));

	if (!k)
		return err_sys(e, name_of(d));
	k->device = d;
	if (chunk_open(k, e) < 0)
		return e->code;
	for (size_t i = 0; i < CHUNK_SLOTS; i++) {
		k->slot[i] = (struct slot){
			.chunk = k,
			.next = d->free,
			.buf = k->mem + i * d->hub->slot_bytes,
		};
		d->free = &k->slot[i];
	}
	k->next = d->chunks;
	d->chunks = TAKE(k);
	return 0;
}

static void completion_give(struct chunk *k, const struct ibv_wc *wc)
{
	struct slot *s = &k->slot[conn_wr_slot(wc->wr_id) % CHUNK_SLOTS];

	if (s->conn && s->generation == conn_wr_generation(wc->wr_id))
		s->conn->complete(s->conn, conn_wr_way(wc->wr_id), wc);
}

static void chunk_poll(struct chunk *k)
{
	struct ibv_wc wc[CHUNK_SLOTS];
	int n;

	do {
		n = ibv_poll_cq(k->cq, CHUNK_SLOTS, wc);
		for (int i = 0; i < n; i++)
			completion_give(k, &wc[i]);
	} while (n == CHUNK_SLOTS);
}

/* Armed again before it is emptied: what comes in between raises a new event. */
static void completions_ready(struct source *s)
{
	struct device *d = CONTAINER_OF(s, struct device, ready);
	struct ibv_cq *cq;
	void *chunk;

	while (ibv_get_cq_event(d->channel, &cq, &chunk) == 0) {
		ibv_ack_cq_events(cq, 1);
		(void)ibv_req_notify_cq(cq, 0); /* fails on a removed device: deadlines remain */
		chunk_poll(chunk);
	}
}

static void anchor_event(struct handler *h, const struct event *ev)
{
	struct device *d = CONTAINER_OF(h, struct device, handler);

	if (ev->type == RDMA_CM_EVENT_DEVICE_REMOVAL)
		d->gone = true;
}

static inline void anchor_drop(struct rdma_cm_id **id)
{
	if (*id)
		(void)rdma_destroy_id(*id);
}

static void device_anchor(struct device *d, struct rdma_cm_id *id)
{
	__attribute__((cleanup(anchor_drop))) struct rdma_cm_id *anchor = NULL;
	struct sockaddr_storage src = id->route.addr.src_storage;

	((struct sockaddr_in *)&src)->sin_port = 0; /* sin6_port lies there, too */
	if (rdma_create_id(d->hub->channel, &anchor, &d->handler, RDMA_PS_TCP) < 0)
		return;
	if (rdma_bind_addr(anchor, (struct sockaddr *)&src) == 0 && anchor->verbs == d->verbs)
		d->anchor = TAKE(anchor);
}

static void device_close(struct device *d)
{
	for (struct chunk *k = d->chunks, *next; k; k = next) {
		next = k->next;
		chunk_free(k);
	}
	if (d->pd)
		(void)ibv_dealloc_pd(d->pd);
	if (d->channel)
		(void)ibv_destroy_comp_channel(d->channel);
	if (d->anchor)
		(void)rdma_destroy_id(d->anchor);
	free(d);
}

static inline void device_drop(struct device **d)
{
	if (*d)
		device_close(*d);
}

static int device_fill(struct device *d, struct rdma_cm_id *id, struct err *e)
{
	d->channel = ibv_create_comp_channel(d->verbs);
	if (!d->channel || fcntl(d->channel->fd, F_SETFL, O_NONBLOCK) < 0)
		return device_error(d, "completion channel", e);
	d->pd = ibv_alloc_pd(d->verbs);
	if (!d->pd)
		return device_error(d, "protection domain", e);
	if (hub_watch(d->hub, d->channel->fd, &d->ready, e) < 0)
		return e->code;
	device_anchor(d, id);
	return 0;
}

static struct device *device_open(struct hub *h, struct rdma_cm_id *id, struct err *e)
{
	__attribute__((cleanup(device_drop))) struct device *d = calloc(1, sizeof(*d));

	if (!d) {
		err_sys(e, "rdma device");
		return NULL;
	}
	d->handler.event = anchor_event;
	d->ready.ready = completions_ready;
	d->hub = h;
	d->verbs = id->verbs;
	if (device_fill(d, id, e) < 0)
		return NULL;
	d->next = h->devices;
	h->devices = d;
	return TAKE(d);
}

/* A device that is gone is never found: its context lives until the last connect has left it. */
struct device *device_get(struct hub *h, struct rdma_cm_id *id, struct err *e)
{
	for (struct device *d = h->devices; d; d = d->next) {
		if (d->verbs == id->verbs && !d->gone)
			return d;
	}
	return device_open(h, id, e);
}

struct slot *device_take_slot(struct hub *h, struct rdma_cm_id *id, struct err *e)
{
	struct device *d = device_get(h, id, e);

	if (!d || (!d->free && chunk_add(d, e) < 0))
		return NULL;
	struct slot *s = d->free;
	d->free = s->next;
	d->used++;
	s->generation++;
	return s;
}

void device_free_slot(struct slot *s)
{
	struct device *d = s->chunk->device;

	s->conn = NULL;
	s->next = d->free;
	d->free = s;
	d->used--;
}

void device_poll(struct slot *s)
{
	chunk_poll(s->chunk);
}

void devices_sweep(struct hub *h)
{
	struct device **at = &h->devices;

	while (*at) {
		struct device *d = *at;

		if (d->used > 0 || (d->anchor && !d->gone)) {
			at = &d->next;
			continue;
		}
		*at = d->next;
		device_close(d);
	}
}

void devices_close(struct hub *h)
{
	for (struct device *d = h->devices, *next; d; d = next) {
		next = d->next;
		device_close(d);
	}
	h->devices = NULL;
}
