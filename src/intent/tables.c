/* SPDX-License-Identifier: MIT */
/* One routing table for each port: kept where the port has one, else the next that is free. */
#include "intent/tables.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

/* Index of the first item of the sorted vector v of which the claim does not hold; item: what it calls it. */
#define first_not(v, item, claim)                                                              \
	({                                                                                     \
		size_t low_ = 0, high_ = (v)->n;                                               \
		while (low_ < high_) {                                                         \
			size_t mid_ = low_ + (high_ - low_) / 2;                               \
			typeof((v)->at) item = &(v)->at[mid_];                                 \
			if (claim)                                                             \
				low_ = mid_ + 1;                                               \
			else                                                                   \
				high_ = mid_;                                                  \
		}                                                                              \
		low_;                                                                          \
	})

bool table_is_reserved(uint32_t table)
{
	return table == RT_TABLE_UNSPEC || (table >= RT_TABLE_DEFAULT && table <= RT_TABLE_LOCAL);
}

static bool claims_source(const struct table_claim *c, const struct rule *ru)
{
	for (size_t i = 0; i < c->n; i++)
		if (ru->src_len == 8 * ip_size(ru->family) &&
		    ip_equal(&ru->src, &c->addrs[i].prefix.addr))
			return true;
	return false;
}

/* True when packets of somebody else are led by ru: it is not about an address of the port. */
static bool leads_others(const struct table_claim *c, const struct rule *ru, const struct node *n)
{
	if (claims_source(c, ru))
		return false;
	for vec_each(ad, &n->addrs)
		if (ad->ifindex == c->port->link.ifindex && ip_equal(&ad->prefix.addr, &ru->src))
			return false;
	return true;
}

/* Something that uses a table; one of the three. at: its place among its like, as the kernel told them. */
struct use {
	uint32_t table;
	size_t at;
	const struct route *route;
	const struct link *vrf;
	const struct rule *rule;
};

/* In the order of the tables, within one routes first and rules last. */
struct uses VEC(struct use);

static int use_rank(const struct use *u)
{
	return u->route ? 0 : u->vrf ? 1 : 2;
}

static int by_table(const void *a, const void *b)
{
	const struct use *x = a, *y = b;

	if (x->table != y->table)
		return x->table < y->table ? -1 : 1;
	if (use_rank(x) != use_rank(y))
		return use_rank(x) - use_rank(y);
	return (x->at > y->at) - (x->at < y->at);
}

static struct uses uses_of(const struct node *n, struct arena *a)
{
	struct uses us = { 0 };

	for vec_each(rt, &n->routes)
		*vec_add(a, &us) = (struct use){ .table = rt->table, .at = us.n, .route = rt };
	for vec_each(l, &n->links)
		if (l->vrf_table)
			*vec_add(a, &us) = (struct use){ .table = l->vrf_table, .at = us.n, .vrf = l };
	for vec_each(ru, &n->rules)
		if (ru->action == FR_ACT_TO_TBL)
			*vec_add(a, &us) = (struct use){ .table = ru->table, .at = us.n, .rule = ru };
	if (us.n)
		qsort(us.at, us.n, sizeof(*us.at), by_table);
	return us;
}

/* The first that is of the table or of a later one. */
static size_t uses_begin(const struct uses *us, uint32_t table)
{
	return first_not(us, u, u->table < table);
}

static const char *use_text(const struct use *u, const struct node *n, struct arena *a)
{
	const struct link *l = u->route ? node_link(n, (int)u->route->oif) : NULL;
	char text[VALUE_TEXT];

	if (u->route)
		return arena_printf(a, "route %s dev %s", route_text(u->route, text), l ? l->name : "-");
	if (u->vrf)
		return arena_printf(a, "VRF %s", u->vrf->name);
	const struct value ru = { .kind = VALUE_RULE, .rule = *u->rule };
	return arena_printf(a, "rule %s", value_text(&ru, text));
}

static bool is_foreign(const struct use *u, const struct table_claim *c, const struct node *n)
{
	if (u->route)
		return u->route->oif != (uint32_t)c->port->link.ifindex;
	return u->vrf || leads_others(c, u->rule, n);
}

/* Who else uses the table; NULL: nobody. */
static const struct use *foreign_use(const struct table_claim *c, uint32_t table, const struct node *n,
				     const struct uses *us)
{
	for (size_t i = uses_begin(us, table); i < us->n && us->at[i].table == table; i++)
		if (is_foreign(&us->at[i], c, n))
			return &us->at[i];
	return NULL;
}

/* Its name in a file of iproute2: text for a remark, or NULL. */
static const char *name_text(const struct table_names *names, uint32_t table, struct arena *a)
{
	for vec_each(tn, names)
		if (tn->table == table)
			return arena_printf(a, "named '%s' in %s:%u", tn->name, tn->file, tn->line);
	return NULL;
}

/* Tables that a port has, in their order. */
struct tables VEC(uint32_t);

static size_t table_place(const struct tables *ts, uint32_t table)
{
	return first_not(ts, t, *t < table);
}

static bool is_taken(const struct tables *ts, uint32_t table)
{
	size_t at = table_place(ts, table);

	return at < ts->n && ts->at[at] == table;
}

static void table_note(struct tables *ts, uint32_t table, struct arena *a)
{
	size_t at = table_place(ts, table), behind = ts->n - at;

	(void)vec_add(a, ts);
	memmove(&ts->at[at + 1], &ts->at[at], behind * sizeof(*ts->at));
	ts->at[at] = table;
}

/* Rules of ours in the order of their sources, of one source as the kernel told them. */
struct sources VEC(const struct rule *);

static int ip_order(const struct ip *x, const struct ip *y)
{
	return x->family != y->family ? x->family - y->family : memcmp(x->bytes, y->bytes, ip_size(x->family));
}

static int by_source(const void *a, const void *b)
{
	const struct rule *x = *(const struct rule *const *)a, *y = *(const struct rule *const *)b;
	int r = ip_order(&x->src, &y->src);

	return r ? r : (x > y) - (x < y);
}

static struct sources sources_of(const struct node *n, struct arena *a)
{
	struct sources ss = { 0 };

	for vec_each(ru, &n->rules)
		if (ru->action == FR_ACT_TO_TBL && ru->protocol == RTPROT_STATIC)
			*vec_add(a, &ss) = ru;
	if (ss.n)
		qsort(ss.at, ss.n, sizeof(*ss.at), by_source);
	return ss;
}

static size_t sources_begin(const struct sources *ss, const struct ip *src)
{
	return first_not(ss, ru, ip_order(&(*ru)->src, src) < 0);
}

/* Tables are given to claims. next: the first that no port has, of those from `first` on, so that many
 * ports do not look at the tables of all others again. */
struct giving {
	const struct node *node;
	const struct table_names *names;
	struct arena *arena;
	struct remarks *remarks;
	struct uses uses;
	struct sources sources;
	struct tables taken;
	uint32_t first, next;
};

static bool leads_to_own(const struct giving *g, const struct table_claim *c, const struct rule *ru)
{
	return ru->table >= c->first && !table_is_reserved(ru->table) && claims_source(c, ru) &&
	       !rule_is_narrow(ru) && !foreign_use(c, ru->table, g->node, &g->uses);
}

/* The table that a rule of ours already leads to, of several rules the first one's; 0 when there is none. */
static uint32_t table_held(const struct giving *g, const struct table_claim *c)
{
	const struct rule *held = NULL;

	for (size_t i = 0; i < c->n; i++) {
		const struct ip *src = &c->addrs[i].prefix.addr;

		for (size_t at = sources_begin(&g->sources, src);
		     at < g->sources.n && ip_equal(&g->sources.at[at]->src, src); at++)
			if ((!held || g->sources.at[at] < held) && leads_to_own(g, c, g->sources.at[at]))
				held = g->sources.at[at];
	}
	return held ? held->table : 0;
}

static const char *table_user(const struct giving *g, const struct table_claim *c, uint32_t table)
{
	const struct use *use = foreign_use(c, table, g->node, &g->uses);

	if (use)
		return use_text(use, g->node, g->arena);
	return c->exact && table == c->first ? NULL : name_text(g->names, table, g->arena);
}

static bool is_open(const struct giving *g, uint32_t table)
{
	return !table_is_reserved(table) && !is_taken(&g->taken, table);
}

static void table_give(struct giving *g, struct table_claim *c, uint32_t table)
{
	c->table = table;
	table_note(&g->taken, table, g->arena);
}

static void table_take(struct giving *g, struct table_claim *c)
{
	if (c->first != g->first)
		g->first = g->next = c->first;
	while (g->next && !is_open(g, g->next))
		g->next++;
	for (uint32_t t = g->next; t; t++) {
		if (!is_open(g, t))
			continue;
		const char *user = table_user(g, c, t);
		if (!user) {
			table_give(g, c, t);
			return;
		}
		*vec_add(g->arena, g->remarks) = (struct remark){
			.port = c->port,
			.text = arena_printf(g->arena, "table %u is in foreign use (%s): skipped", t, user),
		};
	}
}

void tables_assign(struct table_claim *claim, size_t n, const struct node *node, const struct table_names *names,
		   struct arena *a, struct remarks *remarks)
{
	struct giving g = {
		.node = node, .names = names, .arena = a, .remarks = remarks,
		.uses = uses_of(node, a), .sources = sources_of(node, a),
	};

	for (size_t i = 0; i < n; i++) {
		uint32_t held = table_held(&g, &claim[i]);

		claim[i].table = 0;
		if (held && !is_taken(&g.taken, held))
			table_give(&g, &claim[i], held);
	}
	for (size_t i = 0; i < n; i++)
		if (!claim[i].table)
			table_take(&g, &claim[i]);
}
