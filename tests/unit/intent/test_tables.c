/* SPDX-License-Identifier: MIT */
/* Tables that are not free: named by somebody, of a VRF; and ports that a VRF has. */
#include <linux/rtnetlink.h>
#include <string.h>

#include "fake/site.h"
#include "test.h"

static uint32_t table_of(const struct site *s, const char *netdev)
{
	return site_wish(s, netdev)->rules.at[0].table;
}

static void site_names(struct site *s, const char *path, const char *text)
{
	struct tree t = { 0 };

	*vec_add(&s->arena, &t) = (struct tree_file){ .path = path, .text = text, .link = "" };
	intent_table_names(&t, &s->arena, &s->in.table_names);
}

static void make_vrf(struct site *s, const char *name, uint32_t table)
{
	struct link *l = fake_link_add(&s->fake, 99, name);

	strcpy(l->kind, "vrf");
	l->vrf_table = table;
}

static void a_table_with_a_name_is_skipped_and_its_line_told(void **state)
{
	auto_site *s = site_new(2, 0, "10.0.0.1/24");

	(void)state;
	site_names(s, "/etc/iproute2/rt_tables", "#\n255\tlocal\n0x66\tstorage # theirs\n# 101 no\n");
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(table_of(s, "p0"), 101);
	assert_int_equal(table_of(s, "p1"), 103);
	assert_int_equal(s->remarks.n, 1);
	must_contain(s->remarks.at[0].text, "table 102 is in foreign use (named 'storage' in /etc/iproute2/rt_tables:3)");
}

static void a_table_that_the_entry_asks_for_may_have_a_name(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct port_intent *pi = site_entry(s, "p0", 3);

	(void)state;
	site_address(s, pi, "10.0.0.1/24", 4);
	pi->table = (struct opt_u32){ OPT_SET, 200 };
	site_names(s, "/etc/iproute2/rt_tables.d/roce.conf", "200 roce0\n");
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(table_of(s, "p0"), 200);
}

static void lines_that_are_none_for_iproute2_are_passed_over(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	site_names(s, "/x", "101\n101x a\nroce 101\n 101#a\n99999999999 a\n\xff\n");
	assert_int_equal(s->in.table_names.n, 0);
}

static void a_table_of_a_vrf_is_skipped_although_it_is_empty(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	make_vrf(s, "red", 101);
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(table_of(s, "p0"), 102);
	must_contain(s->remarks.at[0].text, "VRF red");
}

static void in_a_vrf_a_table_of_the_ports_own_is_an_obstacle(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	make_vrf(s, "red", 10);
	fake_link(&s->fake, "p0")->master = 99;
	site_plan(s);
	assert_int_equal(plan_blocked(&s->plan), 1);
	must_contain(s->plan.obstacles.at[0].seen, "in VRF red, whose table 10 answers first");
	must_contain(s->plan.obstacles.at[0].mend, "ip link set p0 nomaster");
	s->in.defaults.table.is = OPT_NONE;
	site_plan(s);
	assert_int_equal(plan_blocked(&s->plan), 0);
}

/* Ours is added behind it. */
static void an_older_rule_of_our_priority_that_catches_the_same_is_an_obstacle(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	fake_route_add(&s->fake, "eth0", "10.0.0.0/8", 500);
	fake_rule_add(&s->fake, RULE_PRIORITY_DEFAULT, "10.0.0.0/16", 500)->protocol = RTPROT_BOOT;
	site_plan(s);
	assert_int_equal(plan_blocked(&s->plan), 1);
	must_contain(s->plan.obstacles.at[0].seen, "comes first");
}

static void a_younger_rule_of_our_priority_is_none(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	assert_int_equal(site_configure(s), 0);
	fake_route_add(&s->fake, "eth0", "10.0.0.0/8", 500);
	fake_rule_add(&s->fake, RULE_PRIORITY_DEFAULT, "10.0.0.0/16", 500)->protocol = RTPROT_BOOT;
	site_plan(s);
	assert_int_equal(plan_blocked(&s->plan), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_with_a_name_is_skipped_and_its_line_told),
		cmocka_unit_test(a_table_that_the_entry_asks_for_may_have_a_name),
		cmocka_unit_test(lines_that_are_none_for_iproute2_are_passed_over),
		cmocka_unit_test(a_table_of_a_vrf_is_skipped_although_it_is_empty),
		cmocka_unit_test(in_a_vrf_a_table_of_the_ports_own_is_an_obstacle),
		cmocka_unit_test(an_older_rule_of_our_priority_that_catches_the_same_is_an_obstacle),
		cmocka_unit_test(a_younger_rule_of_our_priority_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
