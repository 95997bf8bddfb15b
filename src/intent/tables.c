/* SPDX-License-Identifier: MIT */
/* One routing table for each port: kept where the port has one, else the next that is free. */
#include "intent/tables.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

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
	for vec_each(ad, &n->addrs)
		if (ad->ifindex == c->port->link.ifindex && ip_equal(&ad->prefix.addr, &ru->src))
			return false;
	return !claims_source(c, ru);
}

/* Who else uses the table: text for a remark, or NULL. */
static const char *foreign_use(const struct table_claim *c, uint32_t table, const struct node *n,
			       struct arena *a)
{
	char text[VALUE_TEXT];

	for (size_t i = 0; i < n->routes.n; i++) {
		const struct route *rt = &n->routes.at[i];

		if (rt->table != table || rt->oif == (uint32_t)c->port->link.ifindex)
			continue;
		const struct link *l = node_link(n, (int)rt->oif);
		return arena_printf(a, "route %s dev %s", route_text(rt, text), l ? l->name : "-");
	}
	for vec_each(l, &n->links)
		if (l->vrf_table == table)
			return arena_printf(a, "VRF %s", l->name);
	for (size_t i = 0; i < n->rules.n; i++) {
		struct value ru = { .kind = VALUE_RULE, .rule = n->rules.at[i] };

		if (ru.rule.table == table && ru.rule.action == FR_ACT_TO_TBL &&
		    leads_others(c, &ru.rule, n))
			return arena_printf(a, "rule %s", value_text(&ru, text));
	}
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

static bool is_taken(const struct table_claim *claim, size_t n, uint32_t table)
{
	for (size_t i = 0; i < n; i++)
		if (claim[i].table == table)
			return true;
	return false;
}

/* The table that a rule of ours already leads to, 0 when there is none. */
static uint32_t table_held(const struct table_claim *c, const struct node *n, struct arena *a)
{
	for (size_t i = 0; i < n->rules.n; i++) {
		const struct rule *ru = &n->rules.at[i];

		if (ru->action == FR_ACT_TO_TBL && ru->protocol == RTPROT_STATIC &&
		    ru->table >= c->first && !table_is_reserved(ru->table) && !rule_is_narrow(ru) &&
		    claims_source(c, ru) && !foreign_use(c, ru->table, n, a))
			return ru->table;
	}
	return 0;
}

/* Tables are given to claim[n] of all. next: the first that no port has, of those from `first` on, so that many
 * ports do not look at the tables of all others again. */
struct giving {
	struct table_claim *claim;
	size_t n;
	const struct node *node;
	const struct table_names *names;
	struct arena *arena;
	struct remarks *remarks;
	uint32_t first, next;
};

static const char *table_user(const struct giving *g, const struct table_claim *c, uint32_t table)
{
	const char *user = foreign_use(c, table, g->node, g->arena);

	if (!user && !(c->exact && table == c->first))
		user = name_text(g->names, table, g->arena);
	return user;
}

static bool is_open(const struct giving *g, uint32_t table)
{
	return !table_is_reserved(table) && !is_taken(g->claim, g->n, table);
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
			c->table = t;
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
	struct giving g = { claim, n, node, names, a, remarks, 0, 0 };

	for (size_t i = 0; i < n; i++) {
		uint32_t held = table_held(&claim[i], node, a);

		claim[i].table = is_taken(claim, i, held) ? 0 : held;
	}
	for (size_t i = 0; i < n; i++)
		if (!claim[i].table)
			table_take(&g, &claim[i]);
}
