/* SPDX-License-Identifier: MIT */
/* The kernel's word that something has changed: which thing it is, is looked up afterwards. */
#ifndef DOROCE_KERN_EVENTS_H
#define DOROCE_KERN_EVENTS_H

#include "kern/concern.h"

struct events;

/* Listen from now on: rtnetlink's groups of links, addresses, routes, next hops, rules, neighbours, settings and DCB; kobject
 * events; RDMA netlink's, which Linux has from 6.12. NULL: e. */
struct events *events_open(struct err *e);

void events_close(struct events *ev);

/* For poll(): POLLIN, something has come. */
int events_fd(const struct events *ev);

/* Take in all that has come. True: some of it concerns c, or may, since the kernel had more than it could keep. */
bool events_take(struct events *ev, const struct concern *c);

/* Hear of GIDs and port states from the devices of c too, and from no others: verbs alone tell them (ibv_get_async_event).
 * A device that can not be opened is passed over; one that is removed is let go at once, since that may wait for it. */
void events_devices(struct events *ev, const struct concern *c);

static inline void events_drop(struct events **ev)
{
	events_close(*ev);
}

#define auto_events __attribute__((cleanup(events_drop))) struct events

#endif
