/* SPDX-License-Identifier: MIT */
/* Why a look-up ends elsewhere: the rule, the table or the gateway that is to blame, by name. */
#include "validate/stage/route.h"

/* One way that is wrong, and what the rules and routes as read say of it. found: path leads somewhere. */
struct blame {
	struct verify *v;
	const struct way *w;
	struct fib_path path;
	bool found;
	struct result *r;
};

/* True when the plan still has a route, a rule or an address of the family to change, or can not make a rule count: what
 * is asked here depends on it. */
static bool is_planned(const struct verify *v, const struct target *t)
{
	for (size_t i = 0; v->plan && i < v->plan->ops.n; i++) {
		const struct op *op = &v->plan->ops.at[i];
		const struct value *some = op->want.kind != VALUE_NONE ? &op->want : &op->old;
		uint8_t family = some->kind == VALUE_ROUTE ? some->route.dst.addr.family :
				 some->kind == VALUE_ADDR  ? some->addr.prefix.addr.family :
				 some->kind == VALUE_RULE  ? some->rule.family : 0;

		if (op->port == t->port && family == t->addr.addr.family)
			return true;
	}
	for (size_t i = 0; v->plan && i < v->plan->obstacles.n; i++)
		if (v->plan->obstacles.at[i].port == t->port &&
		    setting_id(v->plan->obstacles.at[i].setting) == SETTING_RULE)
			return true;
	return false;
}

static const char *rule_words(const struct verify *v, const struct rule *ru)
{
	struct value some = { .kind = VALUE_RULE, .rule = *ru };
	char text[VALUE_TEXT];

	return arena_strdup(v->arena, value_text(&some, text));
}

static const char *ip_words(const struct verify *v, const struct ip *ip)
{
	char text[IP_TEXT];

	return arena_strdup(v->arena, ip_text(ip, text));
}

/* The rule from the address to the port's table (any table, where that is not known). by_interface: one that asks for
 * the interface, too. */
static const struct fib_rule *own_rule(const struct blame *b, bool by_interface)
{
	const struct target *t = b->w->t;

	for vec_each(r, &way_fib(b->v)->rules)
		if (way_owns(t, &r->rule) && (!t->table || r->rule.table == t->table) &&
		    (by_interface ? r->rule.iif[0] != '\0' : !rule_is_narrow(&r->rule)))
			return r;
	return NULL;
}

/* The port that has the gateway for its own address, or NULL. */
static const struct link *gateway_holder(const struct blame *b, const struct ip *gateway)
{
	for vec_each(ad, &b->v->node->addrs)
		if (gateway->family && ip_equal(&ad->prefix.addr, gateway))
			return node_link(b->v->node, ad->ifindex);
	return NULL;
}

/* A gateway of the intent, or the one of the route in the table, is this node itself. */
static bool blame_own_gateway(struct blame *b)
{
	const struct ip *wanted = &b->w->gateway;
	const struct ip *gateway = gateway_holder(b, wanted) ? wanted :
				   b->path.route ? &b->path.route->route.gateway : wanted;
	const struct link *holder = gateway_holder(b, gateway);

	if (!holder || b->w->kind == WAY_BACK)
		return false;
	bool same = holder->ifindex == b->w->t->port->link.ifindex;
	const char *then = !same		       ? "it forwards nothing to itself" :
			   b->w->seen.gateway.family ? "nobody on the wire answers for it" :
						       "the kernel leaves it out, without a word, and looks for every far host on the link";

	result_found(b->r, same ? FINDING_GATEWAY_OWN : FINDING_GATEWAY_OTHER_PORT);
	b->r->why = arena_printf(b->v->arena, "gateway %s is an address of %s%s: %s", ip_words(b->v, gateway), holder->name,
				 same ? " itself" : ", of this node", then);
	return true;
}

static bool blame_vrf(struct blame *b)
{
	const struct link *l = &b->w->t->port->link, *vrf = l->master ? node_link(b->v->node, l->master) : NULL;

	if (!vrf || !vrf->vrf_table)
		return false;
	result_found(b->r, FINDING_ROUTE_VRF);
	b->r->why = arena_printf(b->v->arena, "%s is in VRF %s: what is bound to it is looked up in table %u alone, all else "
				 "never is", l->name, vrf->name, vrf->vrf_table);
	b->r->mend = arena_printf(b->v->arena, "ip link set %s nomaster; or the routes in table %u, by the VRF's owner", l->name,
				  vrf->vrf_table);
	return true;
}

/* A rule, or a route in its table, that says no. */
static bool blame_refusal(struct blame *b)
{
	if (b->found || !b->path.rule)
		return false;
	const struct route *rt = b->path.route ? &b->path.route->route : NULL;
	char text[ROUTE_TEXT];

	result_found(b->r, FINDING_ROUTE_REFUSED);
	b->r->why = arena_printf(b->v->arena, "rule %s%s%s%s", rule_words(b->v, &b->path.rule->rule),
				 rt ? ", whose route " : " refuses it", rt ? route_text(rt, text) : "", rt ? " refuses it" : "");
	return true;
}

static bool blame_own_rule(struct blame *b)
{
	const struct fib_rule *narrow = own_rule(b, true);
	const struct target *t = b->w->t;

	if (own_rule(b, false) || (!t->table && (!narrow || b->w->kind != WAY_BACK)))
		return false;
	result_found(b->r, narrow ? FINDING_RULE_IIF : FINDING_ROUTE_RULE_MISSING);
	if (narrow)
		b->r->why = arena_printf(b->v->arena, "rule %s asks for interface %s: rdma_cm's check of the way back has none",
					 rule_words(b->v, &narrow->rule), narrow->rule.iif);
	else
		b->r->why = arena_printf(b->v->arena, "no rule sends what comes from %s to table %u",
					 ip_words(b->v, &t->addr.addr), t->table);
	return true;
}

static size_t routes_in(const struct node *n, uint32_t table, uint8_t family)
{
	size_t count = 0;

	for vec_each(rt, &n->routes)
		count += rt->table == table && rt->dst.addr.family == family;
	return count;
}

/* Another rule than the port's own decides: one before it, or one behind it, because its table has no answer. */
static bool blame_other_rule(struct blame *b)
{
	const struct fib_rule *own = b->w->t->table ? own_rule(b, false) : NULL, *by = b->path.rule;
	const struct target *t = b->w->t;

	if (!own || !b->found || by == own || by->rule.table == t->table)
		return false;
	bool before = by < own; /* they stand in the order in which they are met */
	bool empty = !routes_in(b->v->node, t->table, b->w->dst.family);
	const char *text = rule_words(b->v, &by->rule), *dst = ip_words(b->v, &b->w->dst);

	result_found(b->r, before ? FINDING_ROUTE_SHADOWED : FINDING_ROUTE_FELL_TO_MAIN);
	if (before)
		b->r->why = arena_printf(b->v->arena, "rule %s comes before %s", text, rule_words(b->v, &own->rule));
	else if (empty)
		b->r->why = arena_printf(b->v->arena, "table %u is empty: the look-up went on to rule %s", t->table, text);
	else
		b->r->why = arena_printf(b->v->arena, "table %u has no route to %s: the look-up went on to rule %s", t->table,
					 dst, text);
	return true;
}

static void blame_route(struct blame *b)
{
	const struct way *w = b->w;
	const struct link *l = &w->t->port->link;

	if (!b->found) {
		result_found(b->r, FINDING_ROUTE_MISSING);
		b->r->why = arena_printf(b->v->arena, "no table has a route to %s by %s%s", ip_words(b->v, &w->dst), l->name,
					 w->kind == WAY_BOUND && !w->error ? ": the kernel looks for it on the link" : "");
	} else if (b->path.route->route.oif != (uint32_t)l->ifindex) {
		result_found(b->r, FINDING_ROUTE_OTHER_PORT);
	} else {
		result_found(b->r, FINDING_GATEWAY_WRONG);
	}
}

/* Rules and routes as read end where the kernel does: what they say of it may be told. */
static bool is_explained(const struct blame *b)
{
	const struct way *w = b->w;
	bool none = w->error || !w->seen.table; /* of no table: the guess that it is on the link */

	if (none || !b->found)
		return none && !b->found;
	return b->path.route && b->path.route->route.table == w->seen.table && b->path.route->route.oif == w->seen.oif;
}

void way_explain(struct verify *v, const struct way *w, struct result *r)
{
	struct fib_packet p = way_packet(w);
	struct blame b = { .v = v, .w = w, .r = r };

	b.found = fib_find_bound(way_fib(v), &p, &b.path);
	if (!blame_own_gateway(&b) && !blame_vrf(&b) && is_explained(&b) && !blame_refusal(&b) && !blame_own_rule(&b) &&
	    !blame_other_rule(&b))
		blame_route(&b);
	if (!r->finding)
		r->mend = r->check->mend;
	if (!is_planned(v, w->t))
		return;
	r->follows = "settings";
	r->mend = "doroce configure: it makes the route or rule that settings misses on this port";
}
