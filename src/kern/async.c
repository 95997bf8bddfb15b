/* SPDX-License-Identifier: MIT */
/* Events of RDMA devices that only verbs tell: a GID has changed, a port has come up or gone down. */
#include "kern/async.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/cleanup.h"
#include "kern/rdma.h"
#include "kern/verbs.h"

/* context NULL: closed. file: of the device, "uverbs0". */
struct async_device {
	char name[RDMA_NAME], file[RDMA_NAME];
	struct ibv_context *context;
};

static void device_close(struct async_device *d)
{
	/* its fd leaves the epoll with it */
	if (d->context)
		ibv_close_device(d->context);
	d->context = NULL;
}

static bool is_wanted(const struct concern *c, const struct async_device *d)
{
	for vec_each(name, &c->devices)
		if (strcmp(*name, d->name) == 0)
			return true;
	return false;
}

static bool is_open(const struct async *as, const char *name)
{
	for (size_t i = 0; i < as->n; i++)
		if (strcmp(as->at[i].name, name) == 0)
			return true;
	return false;
}

/* Closed and unwanted ones leave the list. */
static void tidy(struct async *as, const struct concern *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < as->n; i++) {
		if (!is_wanted(c, &as->at[i]))
			device_close(&as->at[i]);
		if (as->at[i].context)
			as->at[kept++] = as->at[i];
	}
	as->n = kept;
}

static void device_add(struct async *as, int epoll, const char *name)
{
	auto_context *context = verbs_open(name, NULL);
	struct epoll_event in = { .events = EPOLLIN };

	if (!context)
		return;
	struct async_device *more = reallocarray(as->at, as->n + 1, sizeof(*as->at));
	if (!more)
		return;
	as->at = more;
	if (fcntl(context->async_fd, F_SETFL, fcntl(context->async_fd, F_GETFL) | O_NONBLOCK) < 0 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, context->async_fd, &in) < 0)
		return;
	struct async_device *d = &as->at[as->n++];

	snprintf(d->name, sizeof(d->name), "%s", name);
	snprintf(d->file, sizeof(d->file), "%s", context->device->dev_name);
	d->context = TAKE(context);
}

void async_listen(struct async *as, int epoll, const struct concern *c)
{
	tidy(as, c);
	for vec_each(name, &c->devices)
		if (!is_open(as, *name))
			device_add(as, epoll, *name);
}

/* True when something came. A device that is gone answers EIO for good. */
static bool device_take(struct async_device *d)
{
	struct ibv_async_event event;
	bool came = false;

	while (d->context && ibv_get_async_event(d->context, &event) == 0) {
		bool dead = event.event_type == IBV_EVENT_DEVICE_FATAL;

		ibv_ack_async_event(&event);
		came = true;
		if (dead)
			device_close(d);
	}
	if (!d->context || errno == EAGAIN || errno == EINTR)
		return came;
	device_close(d);
	return true;
}

bool async_take(struct async *as)
{
	bool came = false;

	for (size_t i = 0; i < as->n; i++)
		came |= device_take(&as->at[i]);
	return came;
}

void async_removed(struct async *as, const char *text, size_t size)
{
	for (size_t i = 0; i < as->n; i++)
		if (concern_is_removal(text, size, as->at[i].file))
			device_close(&as->at[i]);
}

void async_done(struct async *as)
{
	for (size_t i = 0; i < as->n; i++)
		device_close(&as->at[i]);
	free(as->at);
}
