/* SPDX-License-Identifier: MIT */
/* The event loop of the connects, of both sides. */
#include "validate/cm/hub.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "validate/cm/device.h"

/* Events read at one go, so that a flood of them leaves completions and deadlines their turn. */
enum { EVENTS_AT_ONCE = 128, SOURCES_AT_ONCE = 32 };

/* The event is acknowledged before it is handled: rdma_destroy_id() waits for that. */
static bool event_take(struct hub *h, struct event *ret)
{
	struct rdma_cm_event *ev;

	if (rdma_get_cm_event(h->channel, &ev) != 0)
		return false;
	ret->type = ev->event;
	ret->status = ev->status;
	ret->id = ev->id;
	ret->len = ev->param.conn.private_data ? ev->param.conn.private_data_len : 0;
	memcpy(ret->data, ev->param.conn.private_data ?: "", ret->len);
	if (ev->id->qp_type == IBV_QPT_UD) { /* param.ud begins as param.conn does */
		ret->ah = ev->param.ud.ah_attr;
		ret->qp_num = ev->param.ud.qp_num;
		ret->qkey = ev->param.ud.qkey;
	}
	(void)rdma_ack_cm_event(ev); /* fails for NULL only */
	return true;
}

static void events_ready(struct source *s)
{
	struct hub *h = CONTAINER_OF(s, struct hub, events);
	struct event ev;

	for (int i = 0; i < EVENTS_AT_ONCE && event_take(h, &ev); i++) {
		struct handler *to = ev.id->context;

		to->event(to, &ev);
	}
}

int hub_watch(struct hub *h, int fd, struct source *s, struct err *e)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = s };

	if (epoll_ctl(h->epoll, EPOLL_CTL_ADD, fd, &ev) < 0)
		return err_sys(e, "rdma_cm: watch events");
	return 0;
}

/* librdmacm's errno is of the last way that it tried; the files tell more. */
static int channel_error(struct err *e)
{
	const char *dev = "/dev/infiniband/rdma_cm";
	int code = errno;

	if (code == EMFILE || code == ENFILE || code == ENOMEM)
		return err_set(e, -code, "rdma_cm: open: %s", strerror(code));
	if (access("/sys/class/misc/rdma_cm", F_OK) < 0)
		return err_set(e, -ENODEV, "no rdma_cm: module rdma_ucm is not loaded");
	if (access(dev, R_OK | W_OK) < 0 && errno == EACCES)
		return err_set(e, -EACCES, "%s: %s", dev, strerror(EACCES));
	if (code == ENODEV)
		return err_set(e, -ENODEV, "no rdma_cm: there is no RDMA device");
	return err_set(e, -ENODEV, "no rdma_cm: %s: %s", dev, strerror(code));
}

int hub_open(struct hub *h, struct err *e)
{
	h->events.ready = events_ready;
	h->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (h->epoll < 0)
		return err_sys(e, "rdma_cm: watch events");
	h->channel = rdma_create_event_channel();
	if (!h->channel)
		return channel_error(e);
	if (fcntl(h->channel->fd, F_SETFL, O_NONBLOCK) < 0)
		return err_sys(e, "rdma_cm: event channel");
	return hub_watch(h, h->channel->fd, &h->events, e);
}

void hub_close(struct hub *h)
{
	devices_close(h);
	if (h->channel)
		rdma_destroy_event_channel(h->channel);
	if (h->epoll >= 0)
		close(h->epoll);
}

void hub_wait(struct hub *h, int timeout_ms)
{
	struct epoll_event ev[SOURCES_AT_ONCE];
	int n = epoll_wait(h->epoll, ev, SOURCES_AT_ONCE, timeout_ms);

	for (int i = 0; i < n; i++) {
		struct source *s = ev[i].data.ptr;

		s->ready(s);
	}
	devices_sweep(h);
}
