/* SPDX-License-Identifier: MIT */
/* IPv6 addresses that were added: they serve when nobody else turned out to have them. */
#include "apply/settle.h"

#include <errno.h>

enum { MARGIN_MS = 3000 }; /* for a loaded node, and for carrier after a port was set up */

struct dads VEC(struct dad);

static void dad_add(struct dads *ds, const struct value *want, struct arena *a)
{
	if (want->kind == VALUE_ADDR && want->addr.prefix.addr.family == AF_INET6)
		*vec_add(a, ds) = (struct dad){ .ifindex = want->addr.ifindex, .ip = want->addr.prefix.addr };
}

static bool sets_up(const struct setting *s, const struct value *want)
{
	return setting_id(s) == SETTING_UP && want->number;
}

static const struct link *link_of(const struct links *ls, int ifindex)
{
	for vec_each(l, ls)
		if (l->ifindex == ifindex)
			return l;
	return NULL;
}

/* A random pause, then the solicitations (net/ipv6/addrconf.c, addrconf_dad_kick). */
static unsigned int time_of(const struct link *l)
{
	return l->conf[CONF6_RTR_SOLICIT_DELAY] + l->conf[CONF6_DAD_TRANSMITS] * l->retrans_ms + MARGIN_MS;
}

/* up: ifindexes that the changes set up */
struct ups VEC(int);

static unsigned int prepare(struct dads *ds, const struct links *ls, const struct ups *up)
{
	unsigned int timeout_ms = 0;

	for vec_each(d, ds) {
		const struct link *l = link_of(ls, d->ifindex);

		if (!l)
			continue;
		d->waits = l->carrier;
		for vec_each(ifindex, up)
			d->waits |= *ifindex == d->ifindex;
		timeout_ms = max_u32(timeout_ms, time_of(l));
	}
	return timeout_ms;
}

static int state_error(const struct dad *d, const struct link *l, struct err *e)
{
	char ip[IP_TEXT], mac[MAC_TEXT];

	ip_text(&d->ip, ip);
	if (d->state == DAD_FAILED && d->heard)
		return err_set(e, -EADDRINUSE, "%s: address %s: is in use on this wire by %s", l->name, ip,
			       mac_text(d->mac, mac));
	if (d->state == DAD_FAILED)
		return err_set(e, -EADDRINUSE, "%s: address %s: is in use on this wire by another host, whose MAC address "
			       "could not be learnt", l->name, ip);
	if (d->state == DAD_GONE)
		return err_set(e, -EADDRNOTAVAIL, "%s: address %s: has gone meanwhile", l->name, ip);
	if (d->state == DAD_TENTATIVE && l->carrier)
		return err_set(e, -ETIMEDOUT, "%s: address %s: is tentative still: the detection of duplicates has not ended",
			       l->name, ip);
	return 0;
}

static int dads_settle(struct kern *k, struct dads *ds, const struct ups *up, struct arena *a, struct err *e)
{
	struct links before = { 0 }, after = { 0 };
	int r = ds->n ? k->links(k, a, &before, e) : 0;

	if (r < 0 || !ds->n)
		return r;
	r = k->dad_wait(k, ds->at, ds->n, prepare(ds, &before, up), e);
	if (r == 0)
		r = k->links(k, a, &after, e);
	for (size_t i = 0; i < ds->n && r == 0; i++) {
		const struct link *l = link_of(&after, ds->at[i].ifindex);

		/* a port that is gone is told by whoever looks for it */
		r = l ? state_error(&ds->at[i], l, e) : 0;
	}
	return r;
}

int settle(struct kern *k, const struct entry *en, struct arena *a, struct err *e)
{
	struct dads ds = { 0 };
	struct ups up = { 0 };

	for vec_each(op, &en->ops) {
		dad_add(&ds, &op->want, a);
		if (sets_up(op->setting, &op->want))
			*vec_add(a, &up) = en->ports.at[op->port].ifindex;
	}
	return dads_settle(k, &ds, &up, a, e);
}
