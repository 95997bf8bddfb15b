/* SPDX-License-Identifier: MIT */
/* The neighbours of ports, listened to for a while. */
#include "lldp/heard.h"

#include <string.h>

static void frame_read(struct lldp_heard *h, const struct lldp_frame *f, uint32_t limit_s, struct arena *a)
{
	struct err e = { 0 };

	h->state = LLDP_SILENT;
	if (!f->bytes) {
		h->why = arena_printf(a, "no LLDP frame came within %u s", limit_s);
	} else if (lldp_read(f->bytes, f->len, &h->says, &e) < 0) {
		h->state = LLDP_MALFORMED;
		h->why = arena_strdup(a, e.text);
	} else if (!h->says.ttl_s) {
		h->why = arena_printf(a, "%s says that it goes", lldp_name(&h->says, a));
	} else {
		h->state = LLDP_SAID;
	}
}

int lldp_listen(struct kern *k, struct lldp_heard *h, size_t n, uint32_t limit_s, struct arena *a, struct err *e)
{
	struct lldp_frame *frames = arena_array(a, struct lldp_frame, n + 1);
	size_t asked = 0;

	for (size_t i = 0; i < n; i++)
		if (h[i].port->link.carrier)
			frames[asked++].ifindex = h[i].port->link.ifindex;
	int r = asked ? k->lldp_hear(k, frames, asked, limit_s * 1000, a, e) : 0;
	if (r < 0)
		return r;
	asked = 0;
	for (size_t i = 0; i < n; i++) {
		h[i].state = LLDP_SILENT;
		h[i].why = "no carrier";
		if (h[i].port->link.carrier)
			frame_read(&h[i], &frames[asked++], limit_s, a);
	}
	return 0;
}

const struct lldp_heard *lldp_same_neighbour(const struct lldp_heard *all, const struct lldp_heard *h)
{
	for (const struct lldp_heard *o = all; o < h && h->state == LLDP_SAID; o++)
		if (o->state == LLDP_SAID && strcmp(o->says.chassis, h->says.chassis) == 0 &&
		    strcmp(o->says.port, h->says.port) == 0)
			return o;
	return NULL;
}

char *lldp_name(const struct lldp *l, struct arena *a)
{
	return arena_printf(a, "%s %s", l->system_name[0] ? l->system_name : l->chassis, l->port);
}
