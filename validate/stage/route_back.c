/* SPDX-License-Identifier: MIT */
/* Stage route, the other way: which connects of peers this node will refuse, before one is tried. */
#include "validate/stage/route.h"

/* The device that a packet back would leave by, were it not bound to the port; NULL: by none, or the port itself. */
static const struct link *leaves_by(struct verify *v, const struct way *w)
{
	struct route_query q = { .src = w->t->addr.addr, .dst = w->dst };
	struct route rt = w->seen;

	if (w->error && v->kern->route_get(v->kern, &q, &rt, NULL) < 0)
		return NULL;
	return rt.oif == (uint32_t)w->t->port->link.ifindex ? NULL : node_link(v->node, (int)rt.oif);
}

static void refusal_result(struct verify *v, const struct check *c, const struct way *w)
{
	struct result *r = result_add(v, c, VERDICT_FAIL, w->t->port);
	const struct link *l = leaves_by(v, w);
	char own[IP_TEXT], peer[IP_TEXT];

	ip_text(&w->dst, peer);
	r->subject = arena_printf(v->arena, "%s to %s", peer, ip_text(&w->t->addr.addr, own));
	r->seen = arena_printf(v->arena, l ? "will refuse connects from %s: the way back leaves by %s" :
					     "will refuse connects from %s: no route leads back", peer, l ? l->name : "");
	r->wanted = arena_printf(v->arena, "the way back leaves by %s", w->t->port->link.name);
	way_explain(v, w, r);
}

/* Counts what was asked, and what of it is refused. */
struct count {
	size_t asked, refused;
};

static void back_ask(struct verify *v, const struct check *c, const struct target *t, const struct ip *peer,
		     struct count *n)
{
	struct way w = { .kind = WAY_BACK, .t = t, .dst = *peer };

	way_ask(v, &w);
	n->asked++;
	if (way_is_right(v, &w))
		return;
	n->refused++;
	refusal_result(v, c, &w);
}

/* Where no peer is known, hosts that may be peers. */
static void likely_ask(struct verify *v, const struct check *c, const struct target *t, struct count *n)
{
	struct ip near = target_neighbour(v, t), far = far_host(t->addr.addr.family);

	if (near.family)
		back_ask(v, c, t, &near, n);
	if (t->gateway.family)
		back_ask(v, c, t, &far, n);
}

static void target_result(struct verify *v, const struct check *c, const struct target *t, const char *subject)
{
	struct count n = { 0 };

	for vec_each(pa, &v->pairs)
		if (pa->target == t)
			back_ask(v, c, t, &pa->dst, &n);
	bool peers = n.asked;
	if (!peers)
		likely_ask(v, c, t, &n);
	if (!n.asked || n.refused)
		return;
	struct result *r = result_add(v, c, VERDICT_PASS, t->port);

	r->subject = subject;
	r->seen = peers ? arena_printf(v->arena, "the way back to %zu addresses of peers leaves by the port", n.asked) :
			  "the way back leaves by the port";
}

void check_route_back(struct verify *v, const struct check *c)
{
	char text[IP_TEXT];

	for vec_each(t, &v->targets) {
		const char *subject = arena_strdup(v->arena, ip_text(&t->addr.addr, text));

		if (!result_blocked(v, c, t, subject))
			target_result(v, c, t, subject);
	}
}
