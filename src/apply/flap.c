/* SPDX-License-Identifier: MIT */
/* Changes that take the link of their port down for a while: a few ports at a time, each awaited. */
#include "apply/flap.h"

#include <errno.h>
#include <string.h>

/* A NIC trains its link for seconds, and its firmware begins with that some time after the driver's word. Of a
 * virtual device the link goes down with the write or not at all. */
enum { LIMIT_MS = 30000, GRACE_MS = 500, GRACE_VIRTUAL_MS = 20 };

int flap_begin(struct flaps *f, const struct setting *s, const struct port *p, struct err *e)
{
	if (!s->flaps || !p)
		return 0;
	struct carrier c = {
		.ifindex = p->link.ifindex, .grace_ms = p->rdma.pci[0] ? GRACE_MS : GRACE_VIRTUAL_MS,
	};
	int r = f->k->carrier_read(f->k, &c, e);
	if (r < 0)
		return err_prefix(e, p->link.name);
	if (!c.on)
		return 0;
	*vec_add(f->arena, &f->links) = c;
	*vec_add(f->arena, &f->at) = (struct flap){ arena_strdup(f->arena, p->link.name), s->name };
	return 0;
}

int flap_end(struct flaps *f, bool last, struct err *e)
{
	unsigned int limit_ms = f->limit_ms ? f->limit_ms : LIMIT_MS;
	size_t n = f->links.n, may = f->parallel ? f->parallel : 1;

	if (!n || (n < may && !last))
		return 0;
	f->links.n = f->at.n = 0;
	int r = f->k->carrier_wait(f->k, f->links.at, n, limit_ms, e);
	for (size_t i = 0; i < n && r == 0; i++)
		if (!f->links.at[i].on)
			r = err_set(e, -ENETDOWN, "%s: the link did not come back within %u s after %s",
				    f->at.at[i].netdev, (limit_ms + 999) / 1000, f->at.at[i].what);
	return r;
}
