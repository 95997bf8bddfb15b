/* SPDX-License-Identifier: MIT */
/* Stage route: where the kernel itself says that packets of each address go. */
#include <linux/rtnetlink.h>
#include <string.h>

#include "validate/verify.h"

/* One question to the kernel and the answer that is right.
 * oif: the port's, as rdma_cm asks and as the passive side checks the way back; 0: as a socket. */
struct asking {
	const struct target *t;
	struct ip dst;
	struct ip gateway; /* wanted; no family: on the link */
	uint32_t oif;
};

static char *answer_text(const struct verify *v, const struct route *rt)
{
	const struct link *l = node_link(v->node, (int)rt->oif);
	char gw[IP_TEXT];

	return arena_printf(v->arena, "dev %s%s%s table %u", l ? l->name : "-",
			    rt->gateway.family ? " via " : "",
			    rt->gateway.family ? ip_text(&rt->gateway, gw) : "", rt->table);
}

static char *wanted_text(const struct verify *v, const struct asking *q)
{
	char gw[IP_TEXT];
	const char *via = q->gateway.family ? ip_text(&q->gateway, gw) : "";
	bool table = !q->oif && q->t->table;

	return arena_printf(v->arena, "dev %s%s%s%s", q->t->port->link.name, via[0] ? " via " : "", via,
			    table ? arena_printf(v->arena, " table %u", q->t->table) : "");
}

static bool way_is_right(const struct asking *q, const struct route *rt)
{
	return rt->oif == (uint32_t)q->t->port->link.ifindex && ip_equal(&rt->gateway, &q->gateway) &&
	       rt->type == RTN_UNICAST;
}

/* A socket must also be sent by the port's own table: main holds the same subnet once for each port. */
static bool answer_is_right(const struct asking *q, const struct route *rt)
{
	return way_is_right(q, rt) && (q->oif || !q->t->table || rt->table == q->t->table);
}

static char *mend_text(const struct verify *v, const struct asking *q, const struct route *rt)
{
	char text[IP_TEXT];
	const char *own = ip_text(&q->t->addr.addr, text);

	if (!q->t->table)
		return arena_printf(v->arena, "give %s a table and a rule of its own: doroce configure", own);
	const char *option = q->dst.family == AF_INET6 ? "-6 " : "";
	if (!q->oif && rt->table != q->t->table)
		return arena_printf(v->arena, "doroce configure; ip %srule shows which rule sends %s to table %u",
				    option, own, rt->table);
	return arena_printf(v->arena, "doroce configure; ip %sroute show table %u", option, q->t->table);
}

/* True when the plan still has a route or a rule of the address to change: what is asked here depends on it. */
static bool is_planned(const struct verify *v, const struct target *t)
{
	for (size_t i = 0; v->plan && i < v->plan->ops.n; i++) {
		const struct op *op = &v->plan->ops.at[i];
		const struct value *some = op->want.kind != VALUE_NONE ? &op->want : &op->old;
		uint8_t family = some->kind == VALUE_ROUTE ? some->route.dst.addr.family :
				 some->kind == VALUE_RULE  ? some->rule.family : 0;

		if (op->port == t->port && family == t->addr.addr.family)
			return true;
	}
	return false;
}

static void ask(struct verify *v, const struct check *c, const struct asking *q)
{
	struct route_query query = { .src = q->t->addr.addr, .dst = q->dst, .oif = q->oif };
	struct route rt = { 0 };
	struct err e = { 0 };
	char src[IP_TEXT], dst[IP_TEXT];
	int failed = v->kern->route_get(v->kern, &query, &rt, &e);
	bool right = !failed && answer_is_right(q, &rt);
	bool way = !failed && way_is_right(q, &rt);
	struct result *r = result_add(v, c, right ? VERDICT_PASS : way ? VERDICT_WARN : VERDICT_FAIL,
				      q->t->port);

	r->subject = arena_printf(v->arena, "%s to %s", ip_text(&query.src, src), ip_text(&q->dst, dst));
	r->seen = failed ? arena_strdup(v->arena, e.text) : answer_text(v, &rt);
	r->wanted = wanted_text(v, q);
	if (right)
		return;
	r->follows = is_planned(v, q->t) ? "settings" : NULL;
	r->mend = r->follows ? "doroce configure: it makes the route or rule that settings misses on this port" :
			       mend_text(v, q, &rt);
}

/* A host beyond every subnet (TEST-NET-1, RFC 5737; RFC 9637) stands for all that the gateway leads to. */
static struct ip far_host(uint8_t family)
{
	static const struct ip far6 = { AF_INET6, { 0x3f, 0xff, [15] = 1 } };

	return family == AF_INET6 ? far6 : ip_of_u32(0xc0000201);
}

static void check_route(struct verify *v, const struct check *c, bool as_rdma_cm)
{
	for vec_each(t, &v->targets) {
		struct asking q = {
			.t = t, .dst = target_neighbour(v, t),
			.oif = as_rdma_cm ? (uint32_t)t->port->link.ifindex : 0,
		};
		char text[IP_TEXT];

		if (result_blocked(v, c, t, arena_strdup(v->arena, ip_text(&t->addr.addr, text))))
			continue;
		/* without an intent, or with `table: none`, nobody has said that sockets are to leave by their own port */
		if (!as_rdma_cm && (!t->wish || !t->table))
			continue;
		if (q.dst.family)
			ask(v, c, &q);
		if (!t->gateway.family)
			continue;
		q.dst = far_host(t->addr.addr.family);
		q.gateway = t->gateway;
		ask(v, c, &q);
	}
}

void check_route_bound(struct verify *v, const struct check *c)
{
	check_route(v, c, true);
}

void check_route_socket(struct verify *v, const struct check *c)
{
	if (!v->wishes)
		result_add(v, c, VERDICT_NA, NULL)->seen = "no intent was given: any port may be meant";
	check_route(v, c, false);
}
