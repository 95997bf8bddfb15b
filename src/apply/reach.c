/* SPDX-License-Identifier: MIT */
/* Addresses that the caller depends on: their ways before the changes, as foreseen, and after them. */
#include "apply/reach.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "plan/fib.h"

enum { WAY_TEXT = IFNAMSIZ + IP_TEXT + 16 };

/* As a socket asks: first for the source, then by it, since rules may look at that. */
static int look_up(struct kern *k, const struct way *w, struct route *ret, struct err *e)
{
	struct route_query q = { .src = w->from, .dst = w->to.ip, .oif = w->to.scope };
	struct route rt = { 0 };
	int r = k->route_get(k, &q, &rt, e);

	if (r == 0 && !q.src.family && rt.prefsrc.family && rt.type == RTN_UNICAST) {
		q.src = rt.prefsrc;
		rt = (struct route){ 0 };
		r = k->route_get(k, &q, &rt, e);
	}
	if (r < 0)
		return r;
	if (!rt.prefsrc.family)
		rt.prefsrc = q.src; /* the kernel does not repeat what it was told */
	*ret = rt;
	return 0;
}

static struct way *way_add(struct reach *re, const struct host *to, const struct ip *from)
{
	struct way *w = vec_add(re->arena, &re->ways);

	*w = (struct way){ .to = *to };
	if (from)
		w->from = *from;
	w->error = look_up(re->kern, w, &w->before, NULL);
	return w;
}

/* The same, unless it is there already. */
static struct way *way_add_new(struct reach *re, const struct host *to, const struct ip *from, const char *why)
{
	char text[IP_TEXT];

	for vec_each(w, &re->ways)
		if (ip_equal(&w->to.ip, &to->ip) && w->to.scope == to->scope &&
		    (!from || ip_equal(&w->from, from)))
			return w;
	struct way *w = way_add(re, to, from);
	w->name = arena_printf(re->arena, "%s (%s)", ip_text(&to->ip, text), why);
	return w;
}

void reach_keep(struct reach *re, const struct hosts *hosts, const char *keep)
{
	char text[IP_TEXT];
	struct ip ip;

	for vec_each(h, hosts) {
		struct way *w = way_add(re, h, NULL);
		const char *given = ip_parse(keep, &ip) == 0 ? "" : keep;

		w->keep = keep;
		w->name = arena_printf(re->arena, "%s (--keep%s%s)", ip_text(&h->ip, text), *given ? " " : "",
				       given);
	}
}

void reach_ssh(struct reach *re, const struct ip *client, const struct ip *server)
{
	(void)way_add_new(re, &(struct host){ .ip = *client }, server, "SSH peer");
}

void reach_servers(struct reach *re, const struct hosts *servers)
{
	for vec_each(h, servers)
		(void)way_add_new(re, h, NULL, "DNS server");
}

static bool is_covered(const struct ip *ip, const struct node *n, const struct plan *pl)
{
	bool covered = false;

	for vec_each(rt, &n->routes)
		covered |= rt->dst.len && ip_in_prefix(ip, &rt->dst);
	for vec_each(op, &pl->ops) {
		covered |= op->want.kind == VALUE_ADDR && ip_in_prefix(ip, &op->want.addr.prefix);
		covered |= op->want.kind == VALUE_ROUTE && op->want.route.dst.len &&
			   ip_in_prefix(ip, &op->want.route.dst);
	}
	return covered;
}

/* One that only a default route leads to: of the addresses for documentation, which nobody has, the first
 * that nothing else covers. */
static bool beyond_all(const struct reach *re, const struct plan *pl, const char *const *text, struct ip *ret)
{
	for (; *text; text++)
		if (ip_parse(*text, ret) == 0 && !is_covered(ret, re->node, pl))
			return true;
	return false;
}

void reach_defaults(struct reach *re, const struct plan *pl)
{
	static const char *const documentation[][4] = {
		{ "192.0.2.1", "198.51.100.1", "203.0.113.1" },
		{ "2001:db8::1", "3fff::1" },
	};
	struct host far = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(documentation); i++) {
		if (!beyond_all(re, pl, documentation[i], &far.ip))
			continue;
		struct way *w = way_add_new(re, &far, NULL, "for the default route");
		struct host gw = { .ip = w->before.gateway };

		if (w->error || !gw.ip.family)
			continue;
		if (gw.ip.family == AF_INET6 && gw.ip.bytes[0] == 0xfe && (gw.ip.bytes[1] & 0xc0) == 0x80)
			gw.scope = w->before.oif;
		(void)way_add_new(re, &gw, NULL, "default gateway");
	}
}

bool reach_is_kept(const struct reach *re, const char *keep)
{
	for vec_each(w, &re->ways)
		if (w->keep == keep && w->error == 0)
			return true;
	return false;
}

/* "by p0 via 10.0.0.254" */
static const char *way_text(const struct node *n, const struct route *rt, char *buf)
{
	const struct link *l = node_link(n, (int)rt->oif);
	char gw[IP_TEXT];

	if (rt->type == RTN_LOCAL)
		snprintf(buf, WAY_TEXT, "to this node itself");
	else if (rt->type != RTN_UNICAST)
		snprintf(buf, WAY_TEXT, "nowhere (route type %u)", rt->type);
	else
		snprintf(buf, WAY_TEXT, "by %s%s%s", l ? l->name : "another device",
			 rt->gateway.family ? " via " : "",
			 rt->gateway.family ? ip_text(&rt->gateway, gw) : "");
	return buf;
}

static bool same_way(const struct route *a, const struct route *b)
{
	return a->type == b->type && a->oif == b->oif && ip_equal(&a->gateway, &b->gateway);
}

/* Rules and routes as read lead where the kernel says: what they lead to later can be foreseen. */
static bool is_explained(const struct fib *now, const struct way *w)
{
	struct fib_path p;

	return w->error == 0 && !w->to.scope && w->before.type == RTN_UNICAST &&
	       fib_find(now, &w->before.prefsrc, &w->to.ip, &p) && p.route &&
	       same_way(&p.route->route, &w->before);
}

/* The change that takes away what leads to ip. */
static const struct op *taker_of(const struct fib *f, const struct ip *ip)
{
	for vec_each(r, &f->routes)
		if (r->gone && ip_in_prefix(ip, &r->route.dst))
			return r->by;
	return NULL;
}

static const struct op *cause_of(const struct fib *f, const struct ip *ip, const struct fib_path *p)
{
	const struct op *by = p->own ? p->own->by : p->rule ? p->rule->by : NULL;

	if (!by && p->route)
		by = p->route->by;
	return by ? by : taker_of(f, ip);
}

static char *cause_text(const struct op *op, const struct fib_path *p, struct arena *a)
{
	char text[VALUE_TEXT];

	if (!op)
		return arena_strdup(a, "the changes together do it");
	const struct value *v = op->want.kind != VALUE_NONE ? &op->want : &op->old;
	bool comes = op->want.kind != VALUE_NONE;

	switch (v->kind) {
	case VALUE_ADDR:
		return arena_printf(a, "the address %s of the intent %s", value_text(v, text),
				    p->own ? "is the same" : "covers it");
	case VALUE_RULE:
		return arena_printf(a, "the rule %s of the intent catches it", value_text(v, text));
	case VALUE_ROUTE:
		return arena_printf(a, "the route %s %s the intent", value_text(v, text),
				    comes ? "of" : "is removed by");
	default:
		return arena_printf(a, "%s is set %s", op->port->link.name, v->number ? "up" : "down");
	}
}

static void loss_add(struct reach *re, const struct fib *later, struct way *w, const struct fib_path *p,
		     struct losses *ls)
{
	const struct op *by = cause_of(later, &w->to.ip, p);
	char way[WAY_TEXT], what[WAY_TEXT + 16];

	if (p->own)
		snprintf(what, sizeof(what), "would be this node itself");
	else if (p->route)
		snprintf(what, sizeof(what), "would leave %s", way_text(re->node, &p->route->route, way));
	else
		snprintf(what, sizeof(what), "would be unreachable");
	*vec_add(re->arena, ls) = (struct loss){
		.way = w,
		.port = by ? by->port : NULL,
		.text = arena_printf(re->arena, "%s %s: %s", w->name, what, cause_text(by, p, re->arena)),
	};
}

struct losses reach_foresee(struct reach *re, const struct plan *pl)
{
	struct fib now = fib_of_node(re->node, re->arena), later = fib_of_node(re->node, re->arena);
	struct losses ls = { 0 };

	fib_change(&later, re->node, pl, re->arena);
	for vec_each(w, &re->ways) {
		struct fib_path p = { 0 };

		if (!is_explained(&now, w))
			continue;
		bool found = fib_find(&later, &w->before.prefsrc, &w->to.ip, &p);
		if (!found || p.own || !same_way(&p.route->route, &w->before))
			loss_add(re, &later, w, &p, &ls);
	}
	return ls;
}

int reach_check(void *reach, struct err *e)
{
	const struct reach *re = reach;
	char before[WAY_TEXT], after[WAY_TEXT];

	for vec_each(w, &re->ways) {
		struct err own = { 0 };
		struct route now;

		if (w->error || w->waived)
			continue;
		if (look_up(re->kern, w, &now, &own) < 0)
			return err_set(e, -EHOSTUNREACH, "%s: %s before the changes, not at all after them: %s",
				       w->name, way_text(re->node, &w->before, before), own.text);
		if (!same_way(&now, &w->before))
			return err_set(e, -EHOSTUNREACH, "%s: %s before the changes, %s after them",
				       w->name, way_text(re->node, &w->before, before),
				       way_text(re->node, &now, after));
	}
	return 0;
}
