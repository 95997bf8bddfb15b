/* SPDX-License-Identifier: MIT */
/* Stage route: rules and routes of a port that stand there twice, by different hands. */
#include "validate/stage/route.h"

static struct result *twin_result(struct verify *v, const struct check *c, const struct target *t, enum finding_id id)
{
	struct result *r = result_add(v, c, VERDICT_WARN, t->port);
	char text[IP_TEXT];

	result_found(r, id);
	r->subject = arena_strdup(v->arena, ip_text(&t->addr.addr, text));
	r->wanted = "once";
	return r;
}

static bool is_wished_rule(const struct target *t, const struct rule *ru)
{
	for (size_t i = 0; t->wish && i < t->wish->rules.n; i++)
		if (rule_equal(&t->wish->rules.at[i], ru))
			return true;
	return false;
}

/* Both lead from the address to one table. */
static void rules_result(struct verify *v, const struct check *c, const struct target *t, const struct rule *a,
			 const struct rule *b)
{
	struct result *r = twin_result(v, c, t, FINDING_RULE_TWICE);
	const struct rule *goes = is_wished_rule(t, b) ? a : b;
	char text[IP_TEXT];

	ip_text(&a->src, text);
	r->seen = arena_printf(v->arena, "two rules to table %u: priority %u of protocol %u, priority %u of protocol %u", a->table,
			       a->priority, a->protocol, b->priority, b->protocol);
	r->mend = arena_printf(v->arena, "ip %srule del priority %u from %s lookup %u protocol %u, and its owner is to stop making it",
			       a->family == AF_INET6 ? "-6 " : "", goes->priority, text, goes->table, goes->protocol);
}

static size_t rules_check(struct verify *v, const struct check *c, const struct target *t)
{
	const struct rule *last = NULL;
	size_t n = 0;

	for vec_each(ru, &v->node->rules) {
		if (!way_owns(t, ru) || rule_is_narrow(ru))
			continue;
		if (last && last->table == ru->table) {
			rules_result(v, c, t, last, ru);
			n++;
		}
		last = ru;
	}
	return n;
}

/* The same way under another key, or by another hand; next hops of one multipath route are none. */
static bool is_twin(const struct route *a, const struct route *b)
{
	return a->oif == b->oif && a->type == b->type && a->tos == b->tos && !a->multipath && !b->multipath &&
	       prefix_equal(&a->dst, &b->dst) && ip_equal(&a->gateway, &b->gateway);
}

static void routes_result(struct verify *v, const struct check *c, const struct target *t, const struct route *a,
			  const struct route *b)
{
	struct result *r = twin_result(v, c, t, FINDING_ROUTE_TWICE);
	char text[ROUTE_TEXT];

	r->seen = arena_printf(v->arena, "%s twice in table %u: metric %u of protocol %u, metric %u of protocol %u",
			       route_text(a, text), a->table, a->metric, a->protocol, b->metric, b->protocol);
}

static size_t routes_check(struct verify *v, const struct check *c, const struct target *t)
{
	struct VEC(const struct route *) own = { 0 };
	size_t n = 0;

	for vec_each(rt, &v->node->routes)
		if (t->table && rt->table == t->table && rt->dst.addr.family == t->addr.addr.family)
			*vec_add(v->arena, &own) = rt;
	for (size_t i = 0; i < own.n; i++)
		for (size_t k = 0; k < i; k++) {
			if (!is_twin(own.at[k], own.at[i]))
				continue;
			routes_result(v, c, t, own.at[k], own.at[i]);
			n++;
		}
	return n;
}

/* Further addresses of a port share its table. */
static bool is_first_of_table(const struct verify *v, const struct target *t)
{
	for (const struct target *o = v->targets.at; o < t; o++)
		if (o->table == t->table && o->addr.addr.family == t->addr.addr.family)
			return false;
	return true;
}

void check_route_once(struct verify *v, const struct check *c)
{
	for vec_each(t, &v->targets) {
		char text[IP_TEXT];
		const char *subject = arena_strdup(v->arena, ip_text(&t->addr.addr, text));

		if (result_blocked(v, c, t, subject))
			continue;
		size_t n = rules_check(v, c, t);

		if (is_first_of_table(v, t))
			n += routes_check(v, c, t);
		if (n)
			continue;
		struct result *r = result_add(v, c, VERDICT_PASS, t->port);
		r->subject = subject;
		r->seen = "its rule and the routes of its table are there once";
	}
}
