/* SPDX-License-Identifier: MIT */
/* Who is expected to ask: own subnets, planned routes. */
#include <linux/rtnetlink.h>

#include "fake/site.h"
#include "test.h"
#include "validate/admit/sources.h"

enum { OWN_TABLE = 101 };

/* Two RoCE ports, p0 with an address and a rule that leads to its table. */
static struct site *site_of_p0(void)
{
	struct site *s = site_new(2, 0, NULL);

	fake_addr_add(&s->fake, "p0", "10.9.0.1/24");
	fake_rule_add(&s->fake, 32761, "10.9.0.1/32", OWN_TABLE);
	return s;
}

static void via(struct route *rt, const char *gateway)
{
	rt->gateway = ip_is(gateway);
	rt->type = RTN_UNICAST;
}

/* True when an asker with this address is among them. w: of the intent, NULL none. */
static bool may_ask(struct site *s, bool intent, const char *ip)
{
	struct prefixes found = { 0 };
	const struct ip asker = ip_is(ip);

	assert_int_equal(node_read(&s->fake.k, &s->arena, &s->node, &s->err), 0);
	if (intent)
		assert_int_equal(site_resolve(s), 0);
	sources_find(&s->node, intent ? &s->wishes : NULL, &s->arena, &found);
	for vec_each(p, &found)
		if (ip_in_prefix(&asker, p))
			return true;
	return false;
}

static void own_subnets_of_roce_ports_alone(void **state)
{
	auto_site *s = site_of_p0();

	(void)state;
	assert_true(may_ask(s, false, "10.9.0.200"));
	assert_false(may_ask(s, false, "10.9.1.1"));
	assert_false(may_ask(s, false, "192.0.2.20")); /* eth0's, and eth0 has the default route of main */
	assert_false(may_ask(s, false, "203.0.113.1"));
}

static void routes_of_the_port_s_own_table_count_the_default_one_too(void **state)
{
	auto_site *s = site_of_p0();

	(void)state;
	via(fake_route_add(&s->fake, "p0", "10.0.0.0/8", OWN_TABLE), "10.9.0.254");
	assert_true(may_ask(s, false, "10.77.0.1"));
	assert_false(may_ask(s, false, "203.0.113.1"));
	via(fake_route_add(&s->fake, "p0", "0.0.0.0/0", OWN_TABLE), "10.9.0.254");
	assert_true(may_ask(s, false, "203.0.113.1"));
}

static void a_table_that_no_rule_of_ours_leads_to_does_not_count(void **state)
{
	auto_site *s = site_of_p0();

	(void)state;
	via(fake_route_add(&s->fake, "p0", "0.0.0.0/0", OWN_TABLE + 1), "10.9.0.254");
	via(fake_route_add(&s->fake, "p1", "172.16.0.0/12", OWN_TABLE + 1), "10.9.0.254");
	assert_false(may_ask(s, false, "203.0.113.1"));
	assert_false(may_ask(s, false, "172.16.0.1"));
}

static void of_table_main_only_what_is_no_default_route(void **state)
{
	auto_site *s = site_of_p0();

	(void)state;
	via(fake_route_add(&s->fake, "p0", "0.0.0.0/0", RT_TABLE_MAIN), "10.9.0.254");
	via(fake_route_add(&s->fake, "p0", "172.16.0.0/12", RT_TABLE_MAIN), "10.9.0.254");
	via(fake_route_add(&s->fake, "eth0", "172.32.0.0/12", RT_TABLE_MAIN), "192.0.2.1");
	assert_true(may_ask(s, false, "172.16.0.1"));
	assert_false(may_ask(s, false, "172.32.0.1"));
	assert_false(may_ask(s, false, "203.0.113.1"));
}

static void where_the_intent_says_routes_those_of_the_kernel_do_not_count(void **state)
{
	auto_site *s = site_of_p0();

	(void)state;
	site_address(s, site_entry(s, "p0", 1), "10.9.0.1/24", 1);
	via(fake_route_add(&s->fake, "p0", "172.16.0.0/12", OWN_TABLE), "10.9.0.254");
	assert_true(may_ask(s, false, "172.16.0.1"));
	assert_false(may_ask(s, true, "172.16.0.1"));
	assert_true(may_ask(s, true, "10.9.0.77"));
}

static void a_gateway_of_the_intent_means_everybody_behind_it(void **state)
{
	auto_site *s = site_of_p0();
	struct port_intent *pi = site_entry(s, "p0", 1);

	(void)state;
	site_address(s, pi, "10.9.0.1/24", 1);
	site_gateway(pi, "10.9.0.254", 1);
	assert_true(may_ask(s, true, "203.0.113.1"));
}

static void addresses_of_other_interfaces_are_not_own(void **state)
{
	auto_site *s = site_of_p0();
	struct prefixes own = { 0 };

	(void)state;
	assert_int_equal(node_read(&s->fake.k, &s->arena, &s->node, &s->err), 0);
	own_addresses(&s->node, &s->arena, &own);
	assert_int_equal(own.n, 1);
	const struct prefix want = prefix_is("10.9.0.1/24");
	assert_true(prefix_equal(&own.at[0], &want));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_subnets_of_roce_ports_alone),
		cmocka_unit_test(routes_of_the_port_s_own_table_count_the_default_one_too),
		cmocka_unit_test(a_table_that_no_rule_of_ours_leads_to_does_not_count),
		cmocka_unit_test(of_table_main_only_what_is_no_default_route),
		cmocka_unit_test(where_the_intent_says_routes_those_of_the_kernel_do_not_count),
		cmocka_unit_test(a_gateway_of_the_intent_means_everybody_behind_it),
		cmocka_unit_test(addresses_of_other_interfaces_are_not_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
