/* SPDX-License-Identifier: MIT */
/* Which of the kernel's events are about RoCE ports: all others are nobody's business here. */
#ifndef DOROCE_KERN_CONCERN_H
#define DOROCE_KERN_CONCERN_H

#include <netlink/msg.h>

#include "base/arena.h"
#include "kern/neigh.h"

/* What the RoCE ports stand on, as it was when they were last looked at.
 * links: their netdevs, those below a VLAN, a bond above. netdevs: the names of the same. tables: routing tables of
 * their addresses. near: subnets of their addresses, gateways and peers as prefixes of full length.
 * asks: neighbours, with what the last answer was. devices: RDMA devices. Nothing points out of the owner's arena. */
struct concern {
	struct VEC(int) links;
	struct VEC(const char *) netdevs;
	struct VEC(uint32_t) tables;
	struct VEC(struct prefix) near;
	struct VEC(struct neigh_ask) asks;
	struct VEC(const char *) devices;
};

/* True when the message of rtnetlink can change what is found out about the ports. What can not be read does.
 * Of neighbours only an answer that is another one than before, or an entry that the kernel itself has given up:
 * one that somebody deletes is learnt anew. */
bool concern_of_route(const struct concern *c, struct nlmsghdr *h);

/* The same of a kobject's event, size bytes: "add@/devices/…", then "KEY=value", each with its NUL. True for RDMA
 * devices. */
bool concern_of_uevent(const char *text, size_t size);

/* True when the kobject of that name goes: "remove@/devices/…/NAME". */
bool concern_is_removal(const char *text, size_t size, const char *name);

#endif
