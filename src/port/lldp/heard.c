/* SPDX-License-Identifier: MIT */
/* The neighbours of ports, listened to for a while. */
#include "port/lldp/heard.h"

#include <string.h>

static void frame_read(struct lldp_heard *h, const struct lldp_frame *f, uint32_t limit_s, struct arena *a)
{
	struct err e = { 0 };

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

static void same_find(const struct lldp_heards *hs, struct lldp_heard *h)
{
	for (const struct lldp_heard *o = hs->at; o < h && h->state == LLDP_SAID && !h->same; o++)
		if (o->state == LLDP_SAID && strcmp(o->says.chassis, h->says.chassis) == 0 &&
		    strcmp(o->says.port, h->says.port) == 0)
			h->same = o->port;
}

int lldp_listen(struct kern *k, struct lldp_heards *hs, uint32_t limit_s, struct arena *a, struct err *e)
{
	struct lldp_frame *frames = arena_array(a, struct lldp_frame, hs->n + 1);
	size_t asked = 0;

	for vec_each(h, hs)
		if (h->port->link.carrier)
			frames[asked++].ifindex = h->port->link.ifindex;
	int r = asked ? k->lldp_hear(k, frames, asked, limit_s * 1000, a, e) : 0;
	if (r < 0)
		return r;
	asked = 0;
	for vec_each(h, hs) {
		*h = (struct lldp_heard){ .port = h->port, .state = LLDP_SILENT, .why = "no carrier" };
		if (h->port->link.carrier)
			frame_read(h, &frames[asked++], limit_s, a);
		same_find(hs, h);
	}
	return 0;
}

const struct lldp_heard *lldp_heard_at(const struct lldp_heards *hs, const struct port *p)
{
	for vec_each(h, hs)
		if (h->port->link.ifindex == p->link.ifindex)
			return h;
	return NULL;
}

char *lldp_name(const struct lldp *l, struct arena *a)
{
	return arena_printf(a, "%s %s", l->system_name[0] ? l->system_name : l->chassis, l->port);
}
