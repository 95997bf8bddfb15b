/* SPDX-License-Identifier: MIT */
/* Names and name servers, as this node's resolver knows them. */
#ifndef DOROCE_KERN_RESOLVER_H
#define DOROCE_KERN_RESOLVER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ip.h"

/* An address that packets are sent to. scope: ifindex, of a link-local IPv6 address; else 0. */
struct host {
	struct ip ip;
	uint32_t scope;
};

struct hosts VEC(struct host);

/* The addresses of a name, or the address that the text is; added to ret. 0; -EINVAL: there is none, e says
 * why. May take as long as the resolver waits for its servers. Source: getaddrinfo(3). */
int resolver_ask(const char *name, struct arena *a, struct hosts *ret, struct err *e);

/* The servers named by the file (resolv.conf(5)), added to ret; nothing when it can not be read. */
void resolver_read(const char *path, struct arena *a, struct hosts *ret);

/* The servers that names of this node are asked of: those of /etc/resolv.conf and, where that leads to
 * systemd-resolved on this node, the ones that this asks. */
struct hosts resolver_servers(struct arena *a);

#endif
