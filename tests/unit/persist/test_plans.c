/* SPDX-License-Identifier: MIT */
/* The three plans as lines that the scripts of tests/persist/ compare with what a manager's own parser made
 * of the files: tests/data/persist/PLAN/facts. */
#include "golden.h"
#include "persist/text.h"

static void route_fact(struct text *t, const char *netdev, const struct route *rt)
{
	char text[PREFIX_TEXT];

	text_add(t, "route %s %s", netdev, prefix_text(&rt->dst, text));
	if (rt->gateway.family)
		text_add(t, " via %s", ip_text(&rt->gateway, text));
	if (rt->prefsrc.family)
		text_add(t, " src %s", ip_text(&rt->prefsrc, text));
	text_add(t, " table %u metric %u\n", rt->table, rt->metric);
}

static void port_facts(struct text *t, const struct wish *w)
{
	const char *netdev = w->port->link.name;
	char text[PREFIX_TEXT];

	if (w->port->link.vlan_id)
		text_add(t, "vlan %s on %s id %u\n", netdev, w->port->below, w->port->link.vlan_id);
	for vec_each(ad, &w->addrs)
		text_add(t, "address %s %s\n", netdev, prefix_text(&ad->prefix, text));
	if (w->number[SETTING_MTU].is == OPT_SET)
		text_add(t, "mtu %s %u\n", netdev, w->number[SETTING_MTU].v);
	for vec_each(rw, &w->routes)
		if (rw->is == OPT_SET)
			route_fact(t, netdev, &rw->route);
	for vec_each(ru, &w->rules)
		text_add(t, "rule from %s table %u priority %u\n", ip_text(&ru->src, text), ru->table,
			 ru->priority);
}

static void assert_facts(const char *name, struct plans *pl)
{
	const char *order = getenv("DOROCE_GOLDEN");
	char *path = arena_printf(pl->arena, "data/persist/%s/facts", name);
	struct text t = { .arena = pl->arena };

	for vec_each(w, &pl->wishes)
		port_facts(&t, w);
	if (order && strcmp(order, "write") == 0)
		golden_write(path, t.at);
	assert_string_equal(t.at, golden_read(pl->arena, path));
}

static void the_facts_are_those_of_the_plans(void **state)
{
	auto_arena a = { 0 };

	(void)state;
	assert_facts("one-subnet", plans_one_subnet(&a));
	assert_facts("rail-gateway", plans_rail_gateway(&a));
	assert_facts("ipv6", plans_ipv6(&a));
	assert_facts("vlans", plans_vlans(&a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_facts_are_those_of_the_plans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
