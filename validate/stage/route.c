/* SPDX-License-Identifier: MIT */
/* Stage route: where the kernel itself says that packets of each address go. */
#include "validate/stage/route.h"

#include <linux/rtnetlink.h>
#include <string.h>

char *way_text(const struct verify *v, const struct route *rt)
{
	const struct link *l = node_link(v->node, (int)rt->oif);
	char gw[IP_TEXT];

	return arena_printf(v->arena, "dev %s%s%s table %u", l ? l->name : "-",
			    rt->gateway.family ? " via " : "",
			    rt->gateway.family ? ip_text(&rt->gateway, gw) : "", rt->table);
}

static char *wanted_text(const struct verify *v, const struct way *w)
{
	char gw[IP_TEXT];
	const char *via = w->gateway.family ? ip_text(&w->gateway, gw) : "";
	bool table = w->kind == WAY_SOCKET && w->t->table;

	return arena_printf(v->arena, "dev %s%s%s%s", w->t->port->link.name, via[0] ? " via " : "", via,
			    table ? arena_printf(v->arena, " table %u", w->t->table) : "");
}

/* A socket must also be sent by the port's own table: main holds the same subnet once for each port. */
static enum verdict way_verdict(const struct verify *v, const struct way *w)
{
	if (!way_is_right(v, w))
		return VERDICT_FAIL;
	bool other_table = w->kind == WAY_SOCKET && w->t->table && w->seen.table != w->t->table;

	return other_table ? VERDICT_WARN : VERDICT_PASS;
}

/* A connect that was to go this way fails for that reason. */
static void pairs_mark(struct verify *v, const struct check *c, const struct way *w)
{
	for vec_each(pa, &v->pairs)
		if (pa->target == w->t && pa->on_link == !w->gateway.family && !pa->follows)
			pa->follows = c->id;
}

static void ask(struct verify *v, const struct check *c, struct way *w)
{
	char src[IP_TEXT], dst[IP_TEXT];

	way_ask(v, w);
	struct result *r = result_add(v, c, way_verdict(v, w), w->t->port);

	r->subject = arena_printf(v->arena, "%s to %s", ip_text(&w->t->addr.addr, src), ip_text(&w->dst, dst));
	r->seen = w->error ? w->error : way_text(v, &w->seen);
	r->wanted = wanted_text(v, w);
	if (r->verdict != VERDICT_PASS)
		way_explain(v, w, r);
	if (r->verdict == VERDICT_FAIL && w->kind == WAY_BOUND)
		pairs_mark(v, c, w);
}

/* TEST-NET-1, RFC 5737; RFC 9637. */
struct ip far_host(uint8_t family)
{
	static const struct ip far6 = { AF_INET6, { 0x3f, 0xff, [15] = 1 } };

	return family == AF_INET6 ? far6 : ip_of_u32(0xc0000201);
}

static void check_route(struct verify *v, const struct check *c, enum way_kind kind)
{
	for vec_each(t, &v->targets) {
		struct way w = { .kind = kind, .t = t, .dst = target_neighbour(v, t) };
		char text[IP_TEXT];

		if (result_blocked(v, c, t, arena_strdup(v->arena, ip_text(&t->addr.addr, text))))
			continue;
		/* without an intent, or with `table: none`, nobody has said that sockets are to leave by their own port */
		if (kind == WAY_SOCKET && (!t->wish || !t->table))
			continue;
		if (w.dst.family)
			ask(v, c, &w);
		if (!t->gateway.family)
			continue;
		w.dst = far_host(t->addr.addr.family);
		w.gateway = t->gateway;
		ask(v, c, &w);
	}
}

void check_route_bound(struct verify *v, const struct check *c)
{
	check_route(v, c, WAY_BOUND);
}

void check_route_socket(struct verify *v, const struct check *c)
{
	if (!v->wishes)
		result_add(v, c, VERDICT_NA, NULL)->seen = "no intent was given: any port may be meant";
	check_route(v, c, WAY_SOCKET);
}
