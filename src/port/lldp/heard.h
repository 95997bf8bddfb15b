/* SPDX-License-Identifier: MIT */
/* The neighbours of ports, listened to for a while. */
#ifndef DOROCE_PORT_LLDP_HEARD_H
#define DOROCE_PORT_LLDP_HEARD_H

#include "port/lldp/lldp.h"
#include "port/port.h"

/* An agent sends every 30 s unless told otherwise (IEEE 802.1AB-2016 table 9-2, msgTxInterval). */
enum { LLDP_LIMIT_S_DEFAULT = 35, LLDP_LIMIT_S_MAX = 3600 };

/* SILENT: nothing came, it says that it goes, or the port has no carrier, which is not waited for. */
enum lldp_state { LLDP_SAID, LLDP_SILENT, LLDP_MALFORMED };

/* One port and its neighbour. says: with LLDP_SAID. why: with the others, for the operator. same: a port before it that
 * hears the same port of the same neighbour, NULL: none does. */
struct lldp_heard {
	const struct port *port;
	enum lldp_state state;
	struct lldp says;
	const char *why;
	const struct port *same;
};

struct lldp_heards VEC(struct lldp_heard);

/* Listen at all ports at once, at most so long; their other members are filled. Nothing is sent.
 * 0, whatever came; -EPERM without CAP_NET_RAW; -errno. */
int lldp_listen(struct kern *k, struct lldp_heards *hs, uint32_t limit_s, struct arena *a, struct err *e);

/* What was heard at the port's netdev; NULL: nobody listened there. */
const struct lldp_heard *lldp_heard_at(const struct lldp_heards *hs, const struct port *p);

/* "leaf1 Ethernet1/1": what an operator calls it. By the chassis ID where it has no name. */
char *lldp_name(const struct lldp *l, struct arena *a);

#endif
