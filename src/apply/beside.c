/* SPDX-License-Identifier: MIT */
/* Addresses and routes beside the changes: what the kernel takes along with these, and its way back. */
#include "apply/beside.h"

#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <stdlib.h>

enum { PASSES = 4 }; /* a route by a gateway needs the route to it first */

struct devices VEC(int);

static int by_number(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void devices_sort(struct devices *ds)
{
	if (ds->n)
		qsort(ds->at, ds->n, sizeof(*ds->at), by_number);
}

static bool is_of(const struct devices *ds, int ifindex)
{
	return ds->n && bsearch(&ifindex, ds->at, ds->n, sizeof(*ds->at), by_number);
}

static bool touches_any(const struct raw *r, const struct devices *ds)
{
	if (r->ifindex)
		return is_of(ds, r->ifindex);
	for vec_each(hop, &r->hops)
		if (is_of(ds, (int)hop->oif))
			return true;
	return false;
}

static bool raw_is_in(const struct raw *r, const struct raw_index *raws)
{
	struct raw_key key = raw_key(r);
	size_t n;
	const struct raw_place *at = raw_find(raws, &key, &n);

	for (size_t i = 0; i < n; i++)
		if (raw_same(r, at[i].what) || raw_identical(r, at[i].what))
			return true;
	return false;
}

struct raws raws_minus(const struct raws *x, const struct raws *y, struct arena *a)
{
	struct raw_index in_y = raw_index_of(y, a);
	struct raws rest = { 0 };

	for vec_each(r, x)
		if (!raw_is_in(r, &in_y))
			*vec_add(a, &rest) = *r;
	return rest;
}

struct raws raws_of_entry(const struct raws *x, const struct entry *en, struct arena *a)
{
	struct raws some = { 0 };
	struct devices ports = { 0 };

	for vec_each(p, &en->ports)
		*vec_add(a, &ports) = p->ifindex;
	devices_sort(&ports);
	for vec_each(r, x)
		if (touches_any(r, &ports))
			*vec_add(a, &some) = *r;
	return some;
}

static bool is_object(const struct value *v)
{
	return v->kind == VALUE_ADDR || v->kind == VALUE_ROUTE;
}

static struct raw_key key_of_value(const struct value *v)
{
	return v->kind == VALUE_ADDR ? raw_key_of_addr(&v->addr) : raw_key_of_route(&v->route);
}

/* Of the same key. */
static bool tells(const struct raw *r, const struct value *v)
{
	return v->kind == VALUE_ADDR ? prefix_equal(&r->addr.prefix, &v->addr.prefix) :
				       r->hops.n && route_equal(&r->hops.at[0], &v->route);
}

const struct raw *raw_of_value(const struct raw_index *raws, const struct value *v)
{
	struct raw_key key = is_object(v) ? key_of_value(v) : (struct raw_key){ 0 };
	size_t n = 0;
	const struct raw_place *at = is_object(v) ? raw_find(raws, &key, &n) : NULL;

	for (size_t i = 0; i < n; i++)
		if (tells(at[i].what, v))
			return at[i].what;
	return NULL;
}

void values_add(struct raw_index *values, const struct value *v, struct arena *a)
{
	struct raw_key key = is_object(v) ? key_of_value(v) : (struct raw_key){ 0 };

	if (is_object(v))
		raw_index_add(values, &key, v, a);
}

static bool is_told(const struct raw *r, const struct raw_index *values)
{
	struct raw_key key = raw_key(r);
	size_t n;
	const struct raw_place *at = raw_find(values, &key, &n);

	for (size_t i = 0; i < n; i++)
		if (tells(r, at[i].what))
			return true;
	return false;
}

struct raws raws_minus_values(const struct raws *x, const struct raw_index *values, struct arena *a)
{
	struct raws rest = { 0 };

	for vec_each(r, x)
		if (!is_told(r, values))
			*vec_add(a, &rest) = *r;
	return rest;
}

/* The link-local address that came when our change took the port up goes when it goes down again. */
static bool came_with_up(const struct raw *r, const struct raw_index *before)
{
	const struct ifaddrmsg *ifa = nlmsg_data(r->h);

	return r->h->nlmsg_type == RTM_NEWADDR && ifa->ifa_family == AF_INET6 &&
	       ifa->ifa_scope == RT_SCOPE_LINK && !raw_is_in(r, before);
}

/* What the changes themselves have brought, what somebody else has put something in the place of. */
static struct raw_index values_away(const struct undo *u, struct arena *a)
{
	struct raw_index away = { 0 };

	for vec_each(un, &u->undone) {
		values_add(&away, &un->want, a);
		if (un->result == UNDO_CONFLICT)
			values_add(&away, &un->old, a);
	}
	raw_index_sort(&away);
	return away;
}

static struct devices devices_gone(const struct undo *u, struct arena *a)
{
	struct devices gone = { 0 };

	for vec_each(un, &u->undone)
		if (un->result == UNDO_GONE && un->port)
			*vec_add(a, &gone) = un->port->ifindex;
	devices_sort(&gone);
	return gone;
}

struct raws beside_wanted(const struct entry *en, const struct raws *now, const struct undo *u, struct arena *a)
{
	static const struct raws none;
	const struct raws *from[] = { en->applied ? &none : &en->before, &en->lost, now };
	struct raw_index before = raw_index_of(&en->before, a), away = values_away(u, a);
	struct devices gone = devices_gone(u, a);
	struct raws all = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(from); i++) {
		struct raws rest = raws_minus_values(from[i], &away, a);

		for vec_each(r, &rest)
			if (!touches_any(r, &gone) && !came_with_up(r, &before))
				*vec_add(a, &all) = *r;
	}
	return all;
}

/* The kernel itself makes these from addresses, and takes them away with them. */
static bool is_kernels_own(const struct raw *r)
{
	const struct rtmsg *rtm = nlmsg_data(r->h);

	return r->h->nlmsg_type == RTM_NEWROUTE &&
	       (rtm->rtm_protocol == RTPROT_KERNEL || rtm->rtm_protocol == RTPROT_RA);
}

/* IPv6 keeps a route whose source address goes, without the source: it stands in the way of the whole one. */
static bool lost_its_source(const struct raw *r, const struct raw_index *now)
{
	struct value v = { .kind = VALUE_ROUTE };

	if (r->hops.n != 1 || r->hops.at[0].prefsrc.family != AF_INET6)
		return false;
	v.route = r->hops.at[0];
	v.route.prefsrc = (struct ip){ 0 };
	const struct raw *is = raw_of_value(now, &v);
	return is && is->hops.n == 1;
}

/* One pass: those that could not be written. */
static struct raws absent_write(struct kern *k, const struct raws *absent, const struct raws *now, struct arena *a,
				struct undo *u)
{
	struct raw_index there = raw_index_of(now, a);
	struct raws failed = { 0 };

	for vec_each(raw, absent) {
		if (is_kernels_own(raw))
			continue;
		bool back = k->put_back(k, raw, lost_its_source(raw, &there), NULL) == 0;

		*vec_add(a, back ? &u->back : &failed) = *raw;
	}
	return failed;
}

/* What could not be put back is missing, unless it is there: a network manager may have been faster. */
static int absent_tell(struct kern *k, const struct raws *failed, struct arena *a, struct undo *u, struct err *e)
{
	struct raws now = { 0 };
	int r = failed->n ? k->objects(k, a, &now, e) : 0;

	if (r < 0)
		return r;
	struct raws missing = raws_minus(failed, &now, a);
	for vec_each(raw, &missing)
		*vec_add(a, &u->missing) = *raw;
	return 0;
}

int beside_put_back(struct kern *k, const struct raws *wanted, struct arena *a, struct undo *u, struct err *e)
{
	struct raws failed = { 0 };
	bool again = true;

	for (int pass = 0; pass < PASSES && again; pass++) {
		struct raws now = { 0 };
		size_t back = u->back.n;
		int r = k->objects(k, a, &now, e);

		if (r < 0)
			return r;
		struct raws absent = raws_minus(wanted, &now, a);
		failed = absent_write(k, &absent, &now, a, u);
		again = u->back.n > back; /* what others may have waited for */
	}
	return absent_tell(k, &failed, a, u, e);
}
