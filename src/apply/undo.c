/* SPDX-License-Identifier: MIT */
/* Taking a journal's changes back: what is ours is put back, what somebody else has changed since is kept. */
#include "apply/undo.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <string.h>

enum { PASSES = 4 }; /* a route by a gateway needs the route to it first */

/* The port of the entry in the node as it is now; a device made anew has another ifindex. */
static const struct port *port_now(const struct node *n, const struct entry_port *p)
{
	for vec_each(q, &n->ports)
		if (q->link.ifindex == p->ifindex && strcmp(q->link.name, p->netdev) == 0 &&
		    memcmp(q->link.mac, p->mac, MAC_LEN) == 0)
			return q;
	return NULL;
}

static bool has_addr(const struct node *n, const struct addr *want)
{
	for vec_each(ad, &n->addrs)
		if (ad->ifindex == want->ifindex && prefix_equal(&ad->prefix, &want->prefix))
			return true;
	return false;
}

static bool has_rule(const struct node *n, const struct rule *want)
{
	for vec_each(ru, &n->rules)
		if (rule_equal(ru, want))
			return true;
	return false;
}

static struct value route_now(const struct node *n, const struct route *key)
{
	for vec_each(rt, &n->routes)
		if (route_same_key(rt, key))
			return (struct value){ .kind = VALUE_ROUTE, .route = *rt };
	return (struct value){ 0 };
}

/* What the kernel holds now in the place of the change. */
static struct value value_now(const struct node *n, const struct port *p, const struct entry_op *op)
{
	const struct value *some = op->want.kind != VALUE_NONE ? &op->want : &op->old;

	switch (some->kind) {
	case VALUE_NUMBER:
		return (struct value){ .kind = VALUE_NUMBER, .number = op->setting->get(op->setting, p) };
	case VALUE_ADDR:
		return has_addr(n, &some->addr) ? *some : (struct value){ 0 };
	case VALUE_RULE:
		return has_rule(n, &some->rule) ? *some : (struct value){ 0 };
	case VALUE_ROUTE:
		return route_now(n, &some->route);
	case VALUE_NONE:
		break;
	}
	return (struct value){ 0 };
}

static bool value_equal(const struct value *x, const struct value *y)
{
	if (x->kind != y->kind)
		return false;
	switch (x->kind) {
	case VALUE_NONE:
		return true;
	case VALUE_NUMBER:
		return x->number == y->number;
	case VALUE_ADDR:
		return x->addr.ifindex == y->addr.ifindex && prefix_equal(&x->addr.prefix, &y->addr.prefix);
	case VALUE_ROUTE:
		return route_equal(&x->route, &y->route);
	case VALUE_RULE:
		return rule_equal(&x->rule, &y->rule);
	}
	return false;
}

/* The old route as the kernel told it, with what our struct does not hold; NULL: it was none. */
static const struct raw *raw_of_old(const struct entry *en, const struct value *old)
{
	for (size_t i = 0; i < en->before.n && old->kind == VALUE_ROUTE; i++) {
		auto_arena a = { 0 };
		struct routes hops = { 0 };

		if (en->before.at[i].h->nlmsg_type == RTM_NEWROUTE &&
		    route_of_msg(en->before.at[i].h, &a, &hops, NULL) == 0 && hops.n &&
		    route_equal(&hops.at[0], &old->route))
			return &en->before.at[i];
	}
	return NULL;
}

static int old_write(struct kern *k, const struct entry *en, const struct entry_op *eo,
		     const struct port *p, struct err *e)
{
	struct op op = { .setting = eo->setting, .port = p, .old = eo->old, .want = eo->want };
	const struct raw *raw = raw_of_old(en, &eo->old);

	if (raw)
		return k->put_back(k, raw, eo->want.kind != VALUE_NONE, e);
	return eo->setting->apply(k, &op, &eo->want, &eo->old, e);
}

static void op_undo(struct kern *k, const struct entry *en, const struct entry_op *op,
		    const struct node *n, struct undone *u)
{
	const struct port *p = port_now(n, u->port);

	if (!p) {
		u->result = UNDO_GONE;
		return;
	}
	u->seen = value_now(n, p, op);
	if (value_equal(&u->seen, &op->old))
		u->result = UNDO_NOTHING;
	else if (!value_equal(&u->seen, &op->want))
		u->result = UNDO_CONFLICT;
	else
		u->result = old_write(k, en, op, p, &u->err) < 0 ? UNDO_FAILED : UNDO_DONE;
}

/* Two dumps have the same order but for what differs: look where the last one was found first. */
static bool raw_is_in(const struct raw *r, const struct raws *y, size_t *hint)
{
	for (size_t i = 0; i < y->n; i++) {
		size_t at = (*hint + i) % y->n;

		if (!raw_identical(r, &y->at[at]))
			continue;
		*hint = at + 1;
		return true;
	}
	for (size_t i = 0; i < y->n; i++)
		if (raw_same(r, &y->at[i]))
			return true;
	return false;
}

struct raws raws_minus(const struct raws *x, const struct raws *y, struct arena *a)
{
	struct raws rest = { 0 };
	size_t hint = 0;

	for vec_each(r, x)
		if (!raw_is_in(r, y, &hint))
			*vec_add(a, &rest) = *r;
	return rest;
}

struct raws raws_of_plan(const struct raws *x, const struct plan *pl, struct arena *a)
{
	struct raws some = { 0 };

	for vec_each(r, x) {
		const struct port *last = NULL;
		bool touches = false;

		for (size_t i = 0; i < pl->ops.n && !touches; i++) {
			if (pl->ops.at[i].port != last)
				touches = raw_touches(r, pl->ops.at[i].port->link.ifindex);
			last = pl->ops.at[i].port;
		}
		if (touches)
			*vec_add(a, &some) = *r;
	}
	return some;
}

/* What the changes themselves have brought is not to be brought back by the repair of side effects. */
static struct raws without_ours(const struct raws *x, const struct entry *en, struct arena *a)
{
	struct raws rest = { 0 };

	for vec_each(r, x) {
		struct routes hops = { 0 };
		struct addr ad;
		bool ours = false;

		for (size_t i = 0; i < en->ops.n && !ours; i++) {
			const struct value *v = &en->ops.at[i].want;

			if (v->kind == VALUE_ADDR && r->h->nlmsg_type == RTM_NEWADDR)
				ours = addr_of_msg(r->h, &ad, NULL) == 0 && ad.ifindex == v->addr.ifindex &&
				       prefix_equal(&ad.prefix, &v->addr.prefix);
			if (v->kind == VALUE_ROUTE && r->h->nlmsg_type == RTM_NEWROUTE)
				ours = route_of_msg(r->h, a, &hops, NULL) == 0 && hops.n &&
				       route_equal(&hops.at[hops.n - 1], &v->route);
		}
		if (!ours)
			*vec_add(a, &rest) = *r;
	}
	return rest;
}

/* The kernel itself makes these from addresses, and takes them away with them. */
static bool is_kernels_own(const struct raw *r)
{
	const struct rtmsg *rtm = nlmsg_data(r->h);

	return r->h->nlmsg_type == RTM_NEWROUTE &&
	       (rtm->rtm_protocol == RTPROT_KERNEL || rtm->rtm_protocol == RTPROT_RA);
}

int undo_side_effects(struct kern *k, const struct raws *wanted, struct arena *a, struct undo *u,
		      struct err *e)
{
	struct raws absent = { 0 };

	for (int pass = 0; pass < PASSES; pass++) {
		struct raws now = { 0 };
		int r = k->objects(k, a, &now, e);

		if (r < 0)
			return r;
		absent = raws_minus(wanted, &now, a);
		for vec_each(raw, &absent)
			if (!is_kernels_own(raw) && k->put_back(k, raw, false, NULL) == 0)
				*vec_add(a, &u->back) = *raw;
	}
	for vec_each(raw, &absent)
		if (!is_kernels_own(raw))
			*vec_add(a, &u->missing) = *raw;
	return 0;
}

size_t undo_count(const struct undo *u, enum undo_result r)
{
	size_t n = 0;

	for vec_each(un, &u->undone)
		n += un->result == r;
	return n;
}

/* Beside the changes: after a crash all that was there before, else what was noted as taken along, and
 * what taking the changes back has taken along now. */
static struct raws side_effects(const struct entry *en, const struct raws *now, struct arena *a)
{
	struct raws all = { 0 };
	const struct raws *noted = en->state == ENTRY_APPLIED ? &en->lost : &en->before;
	struct raws foreign = without_ours(now, en, a);

	for vec_each(r, noted)
		*vec_add(a, &all) = *r;
	for vec_each(r, &foreign)
		for (size_t i = 0; i < en->ports.n; i++)
			if (raw_touches(r, en->ports.at[i].ifindex)) {
				*vec_add(a, &all) = *r;
				break;
			}
	return all;
}

int undo_run(struct kern *k, const struct entry *en, const struct journal *j, struct arena *a,
	     struct undo *ret, struct err *e)
{
	struct raws before_undo = { 0 };
	struct undo u = { 0 };
	struct node n;
	int r = k->objects(k, a, &before_undo, e);

	for (size_t i = en->ops.n; i-- > 0 && r == 0;) {
		const struct entry_op *op = &en->ops.at[i];
		struct undone *un = vec_add(a, &u.undone);

		un->port = &en->ports.at[op->port];
		un->setting = op->setting;
		un->old = op->old;
		un->want = op->want;
		/* read again for each: taking one change back can take others along */
		r = node_read(k, a, &n, e);
		if (r == 0)
			op_undo(k, en, op, &n, un);
		if (r == 0 && j)
			r = journal_undid(j, i, e);
	}
	if (r == 0) {
		struct raws wanted = side_effects(en, &before_undo, a);

		r = undo_side_effects(k, &wanted, a, &u, e);
	}
	*ret = u;
	if (r == 0 && (undo_count(&u, UNDO_FAILED) || u.missing.n))
		r = err_set(e, -EIO, "not everything could be put back");
	return r;
}
