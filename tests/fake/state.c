/* SPDX-License-Identifier: MIT */
/* Two states of the fake kernel compared: what was lost, what was left over. */
#include <string.h>

#include "fake/kern.h"

struct fake_state fake_snapshot(struct fake *f)
{
	struct fake_state s = { 0 };

	f->k.links(&f->k, &f->arena, &s.links, NULL);
	f->k.addrs(&f->k, &f->arena, &s.addrs, NULL);
	f->k.routes(&f->k, &f->arena, &s.routes, NULL);
	f->k.rules(&f->k, &f->arena, &s.rules, NULL);
	memcpy(s.conf_all, f->now.conf_all, sizeof(s.conf_all));
	return s;
}

static bool link_equal(const struct link *a, const struct link *b)
{
	return a->ifindex == b->ifindex && a->mtu == b->mtu && a->up == b->up &&
	       memcmp(a->conf, b->conf, sizeof(a->conf)) == 0;
}

static bool addr_equal(const struct addr *a, const struct addr *b)
{
	return a->ifindex == b->ifindex && prefix_equal(&a->prefix, &b->prefix) &&
	       a->flags == b->flags;
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

	if (l)
		return arena_printf(ar, "link %s, mtu %u, %s", l->name, l->mtu, l->up ? "up" : "down");
	if (ad)
		return arena_printf(ar, "address %s on %d", prefix_text(&ad->prefix, text), ad->ifindex);
	if (rt)
		return arena_printf(ar, "route %s table %u", route_text(rt, text), rt->table);
	if (ru)
		return arena_printf(ar, "rule %u from %s lookup %u", ru->priority,
				    ip_text(&ru->src, text), ru->table);
	return NULL;
}

const char *fake_difference(struct fake *f, const struct fake_state *before)
{
	const char *lost = state_missing(&f->now, before, &f->arena);
	const char *more = state_missing(before, &f->now, &f->arena);

	if (lost)
		return arena_printf(&f->arena, "lost: %s", lost);
	if (more)
		return arena_printf(&f->arena, "left over: %s", more);
	if (memcmp(f->now.conf_all, before->conf_all, sizeof(before->conf_all)) != 0)
		return "net.ipv4.conf.all";
	return NULL;
}
