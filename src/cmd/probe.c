/* SPDX-License-Identifier: MIT */
/* What configure asks the wire before its first write. */
#include "cmd/probe.h"

#include <errno.h>

#include "apply/wire.h"

static const char *netdev(const struct session *s, const struct probe *p)
{
	const struct link *l = node_link(&s->node, p->ifindex);

	return l ? l->name : "?";
}

static int taken_print(const struct session *s, const struct probes *ps)
{
	char ip[IP_TEXT], mac[MAC_TEXT];
	size_t taken = 0;

	for vec_each(p, ps) {
		if (!p->taken)
			continue;
		complain(EXIT_FAILED, "%s: address %s: is in use on this wire by %s", netdev(s, p),
			 ip_text(&p->ip, ip), mac_text(p->holder, mac));
		taken++;
	}
	if (!taken)
		return EXIT_OK;
	return complain(EXIT_FAILED, "nothing was written: take %s away there, or wish other addresses "
			"(--no-probe does not ask)", taken == 1 ? "it" : "them");
}

/* Ports that could not be asked, one line for all: there may be hundreds. */
static void unasked_print(const struct session *s, const struct probes *ps)
{
	char ip[IP_TEXT];
	const struct probe *first = NULL;
	size_t n = 0;

	for vec_each(p, ps) {
		if (p->unasked && !first)
			first = p;
		n += p->unasked;
	}
	if (!first)
		return;
	ip_text(&first->ip, ip);
	if (n == 1)
		complain(EXIT_OK, "note: %s: address %s was not probed: the port is down or without carrier",
			 netdev(s, first), ip);
	else
		complain(EXIT_OK, "note: %s: address %s, and %zu more, were not probed: their ports are down or "
			 "without carrier", netdev(s, first), ip, n - 1);
}

int probe_wire(const struct session *s, const struct options *o)
{
	struct probes ps = wire_probes(&s->plan, &s->node, s->arena);
	struct err e = { 0 };

	if (o->no_probe || !ps.n)
		return EXIT_OK;
	int r = wire_ask(s->kern, &ps, &s->node, s->arena, &e);
	if (r == -EPERM)
		return complain(EXIT_OK, "note: whether the addresses are free on the wire was not probed: that needs "
				"CAP_NET_RAW");
	if (r < 0)
		return complain(EXIT_FAILED, "probe the addresses: %s; nothing was written (--no-probe does not ask)",
				e.text);
	unasked_print(s, &ps);
	return taken_print(s, &ps);
}
