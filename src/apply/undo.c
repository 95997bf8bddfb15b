/* SPDX-License-Identifier: MIT */
/* Taking a journal's changes back: what is ours is put back, what somebody else has changed since is kept. */
#include "apply/undo.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <string.h>

enum { PASSES = 4 }; /* a route by a gateway needs the route to it first */

/* The netdev of the entry as it is now; one made anew has another ifindex. What is to be put back lies on
 * the netdev: it may be there although its RDMA device is not. */
static bool port_now(const struct node *n, const struct entry_port *p, struct port *ret)
{
	for vec_each(l, &n->links) {
		if (l->ifindex != p->ifindex || strcmp(l->name, p->netdev) != 0 ||
		    memcmp(l->mac, p->mac, MAC_LEN) != 0)
			continue;
		*ret = (struct port){ .link = *l };
		memcpy(ret->name, p->name, sizeof(ret->name));
		return true;
	}
	return false;
}

static struct value route_now(const struct node *n, const struct route *key)
{
	for vec_each(rt, &n->routes)
		if (route_same_key(rt, key))
			return (struct value){ .kind = VALUE_ROUTE, .route = *rt };
	return (struct value){ 0 };
}

static struct value file_now(const struct node *n, const char *path)
{
	const struct file *f = node_file(n, path);

	return f ? (struct value){ .kind = VALUE_FILE, .file = *f } : (struct value){ 0 };
}

/* The one of both values that says what is meant: an object or a file has its key in it. */
static const struct value *value_some(const struct entry_op *op)
{
	return op->want.kind != VALUE_NONE ? &op->want : &op->old;
}

/* What is there now in the place of the change. */
static struct value value_now(const struct node *n, const struct port *p, const struct entry_op *op)
{
	const struct value *some = value_some(op);

	switch (some->kind) {
	case VALUE_NUMBER:
		return (struct value){ .kind = VALUE_NUMBER, .number = op->setting->get(op->setting, p) };
	case VALUE_ADDR:
		return node_has_addr(n, &some->addr) ? *some : (struct value){ 0 };
	case VALUE_RULE:
		return node_has_rule(n, &some->rule) ? *some : (struct value){ 0 };
	case VALUE_ROUTE:
		return route_now(n, &some->route);
	case VALUE_FILE:
		return file_now(n, some->file.path);
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
	case VALUE_FILE:
		return strcmp(x->file.path, y->file.path) == 0 && file_equal(&x->file, &y->file);
	}
	return false;
}

bool raw_is_value(const struct raw *r, const struct value *v)
{
	struct routes hops = { 0 };
	auto_arena a = { 0 };
	struct addr ad;

	if (v->kind == VALUE_ADDR && r->h->nlmsg_type == RTM_NEWADDR)
		return addr_of_msg(r->h, &ad, NULL) == 0 && ad.ifindex == v->addr.ifindex &&
		       prefix_equal(&ad.prefix, &v->addr.prefix);
	return v->kind == VALUE_ROUTE && r->h->nlmsg_type == RTM_NEWROUTE &&
	       route_of_msg(r->h, &a, &hops, NULL) == 0 && hops.n &&
	       route_equal(&hops.at[0], &v->route);
}

/* The old route or address as the kernel told it, with what our struct does not hold; NULL: it was none. */
static const struct raw *raw_of_old(const struct entry *en, const struct value *old)
{
	for (size_t i = 0; i < en->before.n; i++)
		if (raw_is_value(&en->before.at[i], old))
			return &en->before.at[i];
	return NULL;
}

static int old_write(struct kern *k, const struct entry *en, const struct entry_op *eo,
		     const struct port *p, struct err *e)
{
	struct op op = { .setting = eo->setting, .port = eo->port < 0 ? NULL : p, .old = eo->old, .want = eo->want };
	const struct raw *raw = raw_of_old(en, &eo->old);

	if (raw)
		return k->put_back(k, raw, eo->want.kind != VALUE_NONE, e);
	return eo->setting->apply(k, &op, &eo->want, &eo->old, e);
}

int entry_node_read(struct kern *k, const struct entry *en, struct arena *a, struct node *ret,
		    struct err *e)
{
	int r = node_read(k, a, ret, e);

	for vec_each(op, &en->ops)
		if (op->setting->stage == STAGE_FILE && r == 0)
			(void)node_read_file(k, a, ret, value_some(op)->file.path, NULL);
	return r;
}

enum held entry_held(const struct node *n, const struct entry *en, const struct entry_op *op,
		     struct port *ret_port, struct value *ret_seen)
{
	bool is_rule = op->want.kind == VALUE_RULE || op->old.kind == VALUE_RULE;
	bool is_file = op->setting->stage == STAGE_FILE;

	*ret_seen = (struct value){ 0 };
	*ret_port = (struct port){ 0 };
	bool here = op->port < 0 || port_now(n, &en->ports.at[op->port], ret_port);
	/* a rule does not go with the device */
	if (!here && !is_rule)
		return HELD_NO_PORT;
	if (is_file && node_file_refused(n, value_some(op)->file.path))
		return HELD_OTHER;
	*ret_seen = value_now(n, ret_port, op);
	if (value_equal(ret_seen, &op->old))
		return HELD_OLD;
	return value_equal(ret_seen, &op->want) ? HELD_WANT : HELD_OTHER;
}

/* After a reboot: what is absent, or is another value now, tells nothing of who has done that. */
static bool is_again_there(const struct entry_op *op, enum undo_result r)
{
	return r != UNDO_CONFLICT && (r != UNDO_DONE || op->want.kind != VALUE_NONE);
}

static const struct link *link_of_port(const struct node *n, const struct entry_port *p)
{
	for vec_each(l, &n->links)
		if (strcmp(l->name, p->netdev) == 0 && memcmp(l->mac, p->mac, MAC_LEN) == 0)
			return l;
	return NULL;
}

static void value_move(struct value *v, int ifindex)
{
	if (v->kind == VALUE_ADDR)
		v->addr.ifindex = ifindex;
	else if (v->kind == VALUE_ROUTE && v->route.oif)
		v->route.oif = (uint32_t)ifindex;
}

struct entry entry_of_now(const struct entry *en, const struct node *n, struct arena *a)
{
	struct entry now = *en;

	if (en->state != ENTRY_GONE)
		return now;
	now.before = now.lost = (struct raws){ 0 };
	now.ports.at = arena_grow(a, en->ports.at, en->ports.n, en->ports.n + 1, sizeof(*en->ports.at));
	now.ops.at = arena_grow(a, en->ops.at, en->ops.n, en->ops.n + 1, sizeof(*en->ops.at));
	for vec_each(p, &now.ports) {
		const struct link *l = link_of_port(n, p);

		p->ifindex = l ? l->ifindex : 0; /* 0: of none */
	}
	for vec_each(op, &now.ops) {
		if (op->port < 0)
			continue;
		value_move(&op->old, now.ports.at[op->port].ifindex);
		value_move(&op->want, now.ports.at[op->port].ifindex);
	}
	return now;
}

static void op_undo(struct kern *k, const struct entry *en, const struct entry_op *op,
		    const struct node *n, struct undone *u)
{
	static const enum undo_result result[] = {
		[HELD_OLD] = UNDO_NOTHING, [HELD_WANT] = UNDO_DONE,
		[HELD_OTHER] = UNDO_CONFLICT, [HELD_NO_PORT] = UNDO_GONE,
	};
	bool is_file = op->setting->stage == STAGE_FILE;
	struct port p;

	if (k && is_file) /* what a killed run has left beside it */
		k->file_tidy(k, value_some(op)->file.path);
	u->result = result[entry_held(n, en, op, &p, &u->seen)];
	if (is_file && u->result == UNDO_CONFLICT && node_file_refused(n, value_some(op)->file.path))
		err_set(&u->err, -EINVAL, "%s", node_file_refused(n, value_some(op)->file.path));
	if (en->state == ENTRY_GONE && !is_file && !is_again_there(op, u->result))
		u->result = UNDO_REBOOT;
	if (k && u->result == UNDO_DONE && old_write(k, en, op, &p, &u->err) < 0)
		u->result = UNDO_FAILED;
}

static struct undone *undone_add(struct undo *u, const struct entry *en, const struct entry_op *op,
				 struct arena *a)
{
	struct undone *un = vec_add(a, &u->undone);

	un->port = entry_port(en, op);
	un->setting = op->setting;
	un->old = op->old;
	un->want = op->want;
	return un;
}

void undo_preview(const struct node *n, const struct entry *en, struct arena *a, struct undo *ret)
{
	const struct entry now = entry_of_now(en, n, a);

	for (size_t i = en->ops.n; i-- > 0;)
		op_undo(NULL, &now, &now.ops.at[i], n, undone_add(ret, en, &now.ops.at[i], a));
}

bool entry_op_same(const struct entry *ex, const struct entry_op *x, const struct entry *ey,
		   const struct entry_op *y)
{
	const struct value *vx = value_some(x), *vy = value_some(y);

	if (x->setting != y->setting || (x->port < 0) != (y->port < 0))
		return false;
	if (vx->kind == VALUE_FILE && vy->kind == VALUE_FILE)
		return strcmp(vx->file.path, vy->file.path) == 0;
	if (x->port >= 0 && ex->ports.at[x->port].ifindex != ey->ports.at[y->port].ifindex)
		return false;
	if (vx->kind == VALUE_ROUTE && vy->kind == VALUE_ROUTE)
		return route_same_key(&vx->route, &vy->route);
	return vx->kind == VALUE_NUMBER || value_equal(vx, vy);
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

struct raws raws_of_entry(const struct raws *x, const struct entry *en, struct arena *a)
{
	struct raws some = { 0 };

	for vec_each(r, x) {
		bool touches = false;

		for (size_t i = 0; i < en->ports.n && !touches; i++)
			touches = raw_touches(r, en->ports.at[i].ifindex);
		if (touches)
			*vec_add(a, &some) = *r;
	}
	return some;
}

/* True for what the changes themselves have brought, what somebody else has put something in the place of,
 * and what was on a port that is gone: the repair of side effects leaves it. */
static bool is_to_stay_away(const struct raw *r, const struct undo *u)
{
	for vec_each(un, &u->undone) {
		bool gone = un->result == UNDO_GONE && un->port && raw_touches(r, un->port->ifindex);
		bool theirs = un->result == UNDO_CONFLICT && raw_is_value(r, &un->old);

		if (gone || theirs || raw_is_value(r, &un->want))
			return true;
	}
	return false;
}

/* The kernel itself makes these from addresses, and takes them away with them. */
static bool is_kernels_own(const struct raw *r)
{
	const struct rtmsg *rtm = nlmsg_data(r->h);

	return r->h->nlmsg_type == RTM_NEWROUTE &&
	       (rtm->rtm_protocol == RTPROT_KERNEL || rtm->rtm_protocol == RTPROT_RA);
}

/* IPv6 keeps a route whose source address goes, without the source: it stands in the way of the whole one. */
static bool lost_its_source(const struct raw *r, const struct raws *now)
{
	struct routes was = { 0 }, is = { 0 };
	auto_arena a = { 0 };

	if (r->h->nlmsg_type != RTM_NEWROUTE || route_of_msg(r->h, &a, &was, NULL) < 0 || was.n != 1 ||
	    was.at[0].prefsrc.family != AF_INET6)
		return false;
	was.at[0].prefsrc = (struct ip){ 0 };
	for vec_each(x, now) {
		is.n = 0;
		if (x->h->nlmsg_type == RTM_NEWROUTE && route_of_msg(x->h, &a, &is, NULL) == 0 &&
		    is.n == 1 && route_equal(&is.at[0], &was.at[0]))
			return true;
	}
	return false;
}

int undo_side_effects(struct kern *k, const struct raws *wanted, struct arena *a, struct undo *u,
		      struct err *e)
{
	struct raws failed = { 0 };
	bool again = true;

	for (int pass = 0; pass < PASSES && again; pass++) {
		struct raws now = { 0 };
		int r = k->objects(k, a, &now, e);

		if (r < 0)
			return r;
		struct raws absent = raws_minus(wanted, &now, a);
		again = false;
		failed.n = 0;
		for vec_each(raw, &absent) {
			if (is_kernels_own(raw))
				continue;
			bool back = k->put_back(k, raw, lost_its_source(raw, &now), NULL) == 0;

			*vec_add(a, back ? &u->back : &failed) = *raw;
			again |= back;
		}
	}
	for vec_each(raw, &failed)
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

/* The link-local address that came when our change took the port up goes when it goes down again. */
static bool came_with_up(const struct raw *r, const struct entry *en)
{
	const struct ifaddrmsg *ifa = nlmsg_data(r->h);

	if (r->h->nlmsg_type != RTM_NEWADDR || ifa->ifa_family != AF_INET6 ||
	    ifa->ifa_scope != RT_SCOPE_LINK)
		return false;
	for vec_each(b, &en->before)
		if (raw_same(r, b))
			return false;
	return true;
}

/* Beside the changes: after a crash all that was there before, else what was noted as taken along, and
 * what taking the changes back has taken along now. */
static struct raws side_effects(const struct entry *en, const struct raws *now, const struct undo *u,
				struct arena *a)
{
	static const struct raws none;
	const struct raws *from[] = { en->applied ? &none : &en->before, &en->lost, now };
	struct raws all = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(from); i++)
		for vec_each(r, from[i])
			if (!is_to_stay_away(r, u) && !came_with_up(r, en))
				*vec_add(a, &all) = *r;
	return all;
}

/* A route whose source address was put back after it. */
static int routes_retry(struct kern *k, const struct entry *en, struct arena *a, struct undo *u, struct err *e)
{
	struct node n = { 0 };
	struct value seen;
	struct port p;

	for (size_t i = 0; i < u->undone.n; i++) {
		const struct entry_op *op = &en->ops.at[en->ops.n - 1 - i];
		struct undone *un = &u->undone.at[i];
		struct err own = { 0 };

		if (un->result != UNDO_FAILED || op->old.kind != VALUE_ROUTE)
			continue;
		int r = n.links.n ? 0 : entry_node_read(k, en, a, &n, e);
		if (r < 0)
			return r;
		if (entry_held(&n, en, op, &p, &seen) == HELD_NO_PORT || old_write(k, en, op, &p, &own) < 0)
			continue;
		un->result = UNDO_DONE;
		un->err = own;
	}
	return 0;
}

/* Newest change first; where the files end, whoever waits for that is told. */
static int ops_undo(struct kern *k, const struct entry *was, const struct entry *en,
		    const struct undo_options *o, struct arena *a, struct undo *u, struct err *e)
{
	bool stale = true, files = o->files_back && entry_has_files(en);
	struct node n;
	int r = 0;

	for (size_t i = en->ops.n; i-- > 0 && r == 0;) {
		const struct entry_op *op = &en->ops.at[i];

		if (files && op->setting->stage != STAGE_FILE) {
			o->files_back(o->user);
			files = false;
			stale = true;
		}
		if (stale)
			r = entry_node_read(k, en, a, &n, e);
		if (r == 0)
			op_undo(k, en, op, &n, undone_add(u, was, op, a));
		/* an address or a link that goes takes others along, a route or a setting does not */
		stale = op->want.kind == VALUE_ADDR || op->setting->stage == STAGE_LINK;
		/* a full disk must not keep anything from being put back: the record is for people */
		if (r == 0 && o->journal)
			(void)journal_undid(o->journal, i, NULL);
	}
	if (files && r == 0)
		o->files_back(o->user);
	return r == 0 ? routes_retry(k, en, a, u, e) : r;
}

int undo_run_with(struct kern *k, const struct entry *was, const struct undo_options *o, struct arena *a,
		  struct undo *ret, struct err *e)
{
	struct raws all = { 0 }, before_undo = { 0 };
	struct undo u = { 0 };
	struct node n = { 0 };
	int r = was->state == ENTRY_GONE ? node_read(k, a, &n, e) : 0;
	const struct entry en = entry_of_now(was, &n, a);

	if (r == 0)
		r = k->objects(k, a, &all, e);
	if (r == 0)
		before_undo = raws_of_entry(&all, &en, a);
	/* for the next run, if this one does not end; a full disk must not keep it from being made */
	if (r == 0 && o->journal)
		(void)journal_undoing(o->journal, &before_undo, NULL);
	if (r == 0)
		r = ops_undo(k, was, &en, o, a, &u, e);
	if (r == 0) {
		struct raws wanted = side_effects(&en, &before_undo, &u, a);

		r = undo_side_effects(k, &wanted, a, &u, e);
	}
	*ret = u;
	if (r == 0 && (undo_count(&u, UNDO_FAILED) || u.missing.n))
		r = err_set(e, -EIO, "not everything could be put back");
	return r;
}

int undo_run(struct kern *k, const struct entry *en, const struct journal *j, struct arena *a,
	     struct undo *ret, struct err *e)
{
	return undo_run_with(k, en, &(struct undo_options){ .journal = j }, a, ret, e);
}
