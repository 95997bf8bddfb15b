/* SPDX-License-Identifier: MIT */
/* Before the first write: does somebody on the wire have an address that is to be added? */
#include "apply/wire.h"

#include <string.h>

struct probes wire_probes(const struct plan *pl, const struct node *n, struct arena *a)
{
	struct probes ps = { 0 };

	for vec_each(op, &pl->ops) {
		const struct ip *ip = &op->want.addr.prefix.addr;

		/* another prefix length of an address that is there already asks nobody */
		if (op->want.kind != VALUE_ADDR || ip->family != AF_INET || node_has_address(n, ip))
			continue;
		struct probe *p = vec_add(a, &ps);
		*p = (struct probe){
			.ifindex = op->port->link.ifindex,
			.ip = *ip,
			.unasked = !op->port->link.up || !op->port->link.carrier,
		};
		memcpy(p->mac, op->port->link.mac, MAC_LEN);
	}
	return ps;
}

/* Ports of one node on one wire hear each other. */
static struct own_macs own_macs(const struct node *n, struct arena *a)
{
	static const uint8_t none[MAC_LEN];
	uint8_t (*at)[MAC_LEN] = arena_alloc(a, (n->links.n + 1) * MAC_LEN);
	size_t found = 0;

	for vec_each(l, &n->links)
		if (memcmp(l->mac, none, MAC_LEN) != 0)
			memcpy(at[found++], l->mac, MAC_LEN);
	return (struct own_macs){ .at = (const uint8_t (*)[MAC_LEN])at, .n = found };
}

int wire_ask(struct kern *k, struct probes *ps, const struct node *n, struct arena *a, struct err *e)
{
	struct own_macs own = own_macs(n, a);
	bool any = false;

	for vec_each(p, ps)
		any |= !p->unasked;
	return any ? k->probe(k, ps->at, ps->n, &own, e) : 0;
}
