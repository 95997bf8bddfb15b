/* SPDX-License-Identifier: MIT */
/* Two states of a kernel, fake or real, compared: what was lost, what was left over. */
#include <string.h>

#include "fake/kern.h"
#include "fake/must.h"

static bool link_equal(const struct link *a, const struct link *b)
{
	return a->ifindex == b->ifindex && a->mtu == b->mtu && a->up == b->up &&
	       memcmp(a->vlan_egress, b->vlan_egress, sizeof(a->vlan_egress)) == 0 && memcmp(a->conf, b->conf, sizeof(a->conf)) == 0;
}

static bool addr_equal(const struct addr *a, const struct addr *b)
{
	return a->ifindex == b->ifindex && prefix_equal(&a->prefix, &b->prefix) &&
	       a->flags == b->flags;
}

static bool path_and_file_equal(const struct file *a, const struct file *b)
{
	return strcmp(a->path, b->path) == 0 && file_equal(a, b);
}

static bool nic_equal(const struct fake_nic *a, const struct fake_nic *b)
{
	return strcmp(a->netdev, b->netdev) == 0 && a->pause == b->pause && memcmp(&a->dcb, &b->dcb, sizeof(a->dcb)) == 0;
}

static bool attr_equal(const struct fake_attr *a, const struct fake_attr *b)
{
	return strcmp(a->path, b->path) == 0 && strcmp(a->text, b->text) == 0;
}

/* First item of the vector v without its like in w, NULL: none. */
#define vec_missing(v, w, equal)                                       \
	({                                                             \
		typeof((v)->at + 0) miss_ = NULL;                      \
		for vec_each(x_, v) {                                  \
			bool found_ = false;                           \
			for vec_each(y_, w)                            \
				found_ |= equal(x_, y_);               \
			if (!found_ && !miss_)                         \
				miss_ = x_;                            \
		}                                                      \
		miss_;                                                 \
	})

/* What b holds that a does not. */
static const char *state_missing(const struct fake_state *a, const struct fake_state *b,
				 struct arena *ar)
{
	char text[ROUTE_TEXT];
	const struct link *l = vec_missing(&b->links, &a->links, link_equal);
	const struct addr *ad = vec_missing(&b->addrs, &a->addrs, addr_equal);
	const struct route *rt = vec_missing(&b->routes, &a->routes, route_equal);
	const struct rule *ru = vec_missing(&b->rules, &a->rules, rule_equal);

	const struct file *fi = vec_missing(&b->files, &a->files, path_and_file_equal);

	const struct fake_nic *ni = vec_missing(&b->nics, &a->nics, nic_equal);
	const struct fake_attr *at = vec_missing(&b->attrs, &a->attrs, attr_equal);

	if (ni)
		return arena_printf(ar, "DCB or pause of %s", ni->netdev);
	if (at)
		return arena_printf(ar, "%s: %s", at->path, at->text);
	if (l)
		return arena_printf(ar, "link %s, mtu %u, %s", l->name, l->mtu,
				    l->up ? "up" : "down");
	if (ad)
		return arena_printf(ar, "address %s on %d", prefix_text(&ad->prefix, text),
				    ad->ifindex);
	if (rt)
		return arena_printf(ar, "route %s table %u", route_text(rt, text), rt->table);
	if (ru)
		return arena_printf(ar, "rule %u from %s lookup %u", ru->priority,
				    ip_text(&ru->src, text), ru->table);
	if (fi)
		return arena_printf(ar, "file %s", fi->path);
	return NULL;
}

struct fake_state state_read(struct kern *k, struct arena *a)
{
	struct fake_state s = { 0 };
	struct err e = { 0 };

	(void)k->links(k, a, &s.links, &e); /* the first failure stays in e */
	(void)k->addrs(k, a, &s.addrs, &e);
	(void)k->routes(k, a, &s.routes, &e);
	(void)k->rules(k, a, &s.rules, &e);
	(void)k->conf_all(k, s.conf_all, &e);
	must(!e.code);
	return s;
}

const char *state_difference(const struct fake_state *before, const struct fake_state *after,
			     struct arena *a)
{
	const char *lost = state_missing(after, before, a);
	const char *more = state_missing(before, after, a);

	if (lost)
		return arena_printf(a, "lost: %s", lost);
	if (more)
		return arena_printf(a, "left over: %s", more);
	if (memcmp(after->conf_all, before->conf_all, sizeof(before->conf_all)) != 0)
		return "net.ipv4.conf.all";
	return NULL;
}

struct fake_state fake_snapshot(struct fake *f)
{
	struct fake_state s = state_read(&f->k, &f->arena);

	for vec_each(fi, &f->now.files)
		*vec_add(&f->arena, &s.files) = *fi;
	for vec_each(ni, &f->now.nics)
		*vec_add(&f->arena, &s.nics) = *ni;
	for vec_each(at, &f->now.attrs)
		*vec_add(&f->arena, &s.attrs) = *at;
	return s;
}

const char *fake_difference(struct fake *f, const struct fake_state *before)
{
	return state_difference(before, &f->now, &f->arena);
}
