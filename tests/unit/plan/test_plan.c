/* SPDX-License-Identifier: MIT */
/* Plans: empty once applied, in one order, and silent about what is not mentioned. */
#include <linux/ip.h>
#include <string.h>

#include "fake/site.h"
#include "test.h"

static void an_applied_plan_is_followed_by_an_empty_one(void **state)
{
	static const size_t ports[] = { 1, 2, 64 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		auto_site *s = site_new(ports[i], FAKE_PCI, "10.0.0.1/24");

		site_number(&s->in.defaults, SETTING_MTU, 4200);
		site_gateway(&s->in.defaults, "10.0.0.254", 4);
		assert_int_equal(site_configure(s), 0);
		/* mtu, three of conf that differ from 0 (one write), address, two routes, rule */
		assert_int_equal(s->plan.ops.n, ports[i] * 8);
		assert_int_equal(s->txn.done, s->plan.ops.n);
		assert_int_equal(s->fake.writes, ports[i] * 6);
		site_plan(s);
		assert_int_equal(s->plan.ops.n, 0);
		assert_int_equal(s->plan.obstacles.n, 0);
		assert_int_equal(s->wishes.n, ports[i]);
	}
}

static void changes_stand_by_stage_then_port_then_setting(void **state)
{
	auto_site *s = site_new(8, 0, "10.0.0.1/24");

	(void)state;
	for (size_t i = 0; i < 8; i += 3)
		s->fake.now.links.at[3 + i].up = false;
	site_number(&s->in.defaults, SETTING_MTU, 4200);
	site_gateway(&s->in.defaults, "10.0.0.254", 4);
	site_plan(s);
	for (size_t i = 1; i < s->plan.ops.n; i++) {
		const struct op *a = &s->plan.ops.at[i - 1], *b = &s->plan.ops.at[i];
		bool same_stage = a->setting->stage == b->setting->stage;

		assert_true(a->setting->stage <= b->setting->stage);
		if (same_stage)
			assert_true(a->port <= b->port);
		if (same_stage && a->port == b->port)
			assert_true(a->setting <= b->setting);
	}
}

static void the_connected_route_comes_before_the_gateways(void **state)
{
	auto_site *s = site_new(2, 0, "10.0.0.1/24");
	size_t found = 0;

	(void)state;
	site_gateway(&s->in.defaults, "10.0.0.254", 4);
	site_plan(s);
	for (size_t i = 1; i < s->plan.ops.n; i++) {
		const struct op *a = &s->plan.ops.at[i - 1], *b = &s->plan.ops.at[i];

		if (setting_id(b->setting) != SETTING_ROUTE || b->want.route.dst.len)
			continue;
		assert_ptr_equal(a->port, b->port);
		assert_int_equal(a->want.route.dst.len, 24);
		found++;
	}
	assert_int_equal(found, 2);
}

static void equal_input_gives_equal_plans(void **state)
{
	auto_site *s = site_new(16, FAKE_PCI, "10.0.0.1/24");

	(void)state;
	site_plan(s);
	struct plan again = plan_make(&s->wishes, &s->node, &s->arena);
	assert_int_equal(again.ops.n, s->plan.ops.n);
	for (size_t i = 0; i < again.ops.n; i++) {
		char a[VALUE_TEXT], b[VALUE_TEXT];

		assert_ptr_equal(again.ops.at[i].port, s->plan.ops.at[i].port);
		assert_ptr_equal(again.ops.at[i].setting, s->plan.ops.at[i].setting);
		assert_string_equal(value_text(&again.ops.at[i].want, a),
				    value_text(&s->plan.ops.at[i].want, b));
	}
}

static void what_is_not_mentioned_is_not_changed(void **state)
{
	auto_site *s = site_new(3, 0, NULL);

	(void)state;
	fake_link(&s->fake, "p1")->up = false;
	fake_addr_add(&s->fake, "p0", "10.0.0.1/24");
	fake_route_add(&s->fake, "p0", "0.0.0.0/0", 101);
	fake_rule_add(&s->fake, 32761, "10.0.0.1/32", 101);
	s->fake.now.conf_all[IPV4_DEVCONF_RP_FILTER] = 1;
	site_plan(s);
	assert_int_equal(s->wishes.n, 3);
	assert_int_equal(s->plan.ops.n, 0);
	assert_int_equal(s->plan.obstacles.n, 0);
}

static void a_single_wish_changes_that_setting_alone(void **state)
{
	auto_site *s = site_new(2, 0, NULL);

	(void)state;
	site_entry(s, "p0", 3);
	site_number(site_entry(s, "p1", 5), SETTING_MTU, 9000);
	site_plan(s);
	assert_int_equal(s->plan.ops.n, 1);
	assert_string_equal(s->plan.ops.at[0].port->link.name, "p1");
	assert_int_equal(s->plan.ops.at[0].old.number, 1500);
	assert_int_equal(s->plan.ops.at[0].want.number, 9000);
}

static void planning_writes_nothing(void **state)
{
	auto_site *s = site_new(4, 0, "10.0.0.1/24");
	struct fake_state before = fake_snapshot(&s->fake);

	(void)state;
	site_plan(s);
	assert_true(s->plan.ops.n > 0);
	assert_int_equal(s->fake.writes, 0);
	assert_null(fake_difference(&s->fake, &before));
}

/* Links, addresses and rules of others stay through a whole configure. */
static void what_is_foreign_stays(void **state)
{
	auto_site *s = site_new(2, 0, "10.0.0.1/24");

	(void)state;
	fake_rule_add(&s->fake, 40000, "198.51.100.1/32", 900);
	fake_route_add(&s->fake, "eth0", "198.51.100.0/24", 900);
	fake_addr_add(&s->fake, "p0", "172.16.0.1/16");
	struct fake_state before = fake_snapshot(&s->fake);
	assert_int_equal(site_configure(s), 0);
	for vec_each(ru, &before.rules) {
		size_t found = 0;

		for vec_each(now, &s->fake.now.rules)
			found += rule_equal(now, ru);
		assert_int_equal(found, 1);
	}
	assert_int_equal(s->fake.now.rules.n, before.rules.n + 2);
	assert_int_equal(s->fake.now.addrs.n, before.addrs.n + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_applied_plan_is_followed_by_an_empty_one),
		cmocka_unit_test(changes_stand_by_stage_then_port_then_setting),
		cmocka_unit_test(the_connected_route_comes_before_the_gateways),
		cmocka_unit_test(equal_input_gives_equal_plans),
		cmocka_unit_test(what_is_not_mentioned_is_not_changed),
		cmocka_unit_test(a_single_wish_changes_that_setting_alone),
		cmocka_unit_test(planning_writes_nothing),
		cmocka_unit_test(what_is_foreign_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
