/* SPDX-License-Identifier: MIT */
/* Events of RDMA devices that only verbs tell: a GID has changed, a port has come up or gone down. */
#ifndef DOROCE_KERN_ASYNC_H
#define DOROCE_KERN_ASYNC_H

#include "kern/concern.h"

/* Open devices. Zero-initialise. */
struct async {
	struct async_device *at;
	size_t n;
};

/* Open the devices of c that are not open, close all others; their fds go into the epoll. */
void async_listen(struct async *as, int epoll, const struct concern *c);

/* Take in what has come. True: there was something. */
bool async_take(struct async *as);

/* The kobject's event (see concern_of_uevent()) may say that the device file of one of them goes: it is closed. Of a
 * driver without disassociate_ucontext the removal waits for that (ib_uverbs_remove_one()). */
void async_removed(struct async *as, const char *text, size_t size);

void async_done(struct async *as);

#endif
