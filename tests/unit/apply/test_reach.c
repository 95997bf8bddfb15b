/* SPDX-License-Identifier: MIT */
/* Ways that the caller depends on: foreseen from the plan, and looked up again when it is made. */
#include "apply/reach.h"

#include <errno.h>
#include <linux/rtnetlink.h>

#include "fake/site.h"
#include "test.h"

/* The plan of s, and what it would do to the way to `keep`. */
static struct losses foresee(struct site *s, const char *keep, struct reach *re)
{
	struct hosts hosts = { 0 };

	site_plan(s);
	*re = (struct reach){ .kern = &s->fake.k, .node = &s->node, .arena = &s->arena };
	if (keep) {
		vec_add(&s->arena, &hosts)->ip = ip_is(keep);
		reach_keep(re, &hosts, keep);
	}
	return reach_foresee(re, &s->plan);
}

/* The text of the only loss; NULL: there is none. */
static const char *loss_of(struct site *s, const char *keep)
{
	struct reach re;
	struct losses ls = foresee(s, keep, &re);

	assert_in_range(ls.n, 0, 1);
	return ls.n ? ls.at[0].text : NULL;
}

static void a_prefix_that_covers_the_address_takes_its_way(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/8");
	struct reach re;

	(void)state;
	struct losses ls = foresee(s, "10.200.0.9", &re);
	assert_int_equal(ls.n, 1);
	assert_string_equal(ls.at[0].text, "10.200.0.9 (--keep) would leave by p0: "
					   "the address 10.0.0.1/8 of the intent covers it");
	assert_string_equal(ls.at[0].port->link.name, "p0");
	assert_null(loss_of(s, "11.0.0.9"));
}

static void a_longer_prefix_than_the_intents_keeps_the_way(void **state)
{
	auto_site *s = site_new(1, 0, "192.0.3.1/16");

	(void)state;
	assert_null(loss_of(s, "192.0.2.77"));
	must_contain(loss_of(s, "192.0.4.77"), "would leave by p0");
}

static void of_equal_prefixes_the_smaller_metric_takes_the_way(void **state)
{
	auto_site *s = site_new(1, 0, "192.0.2.100/24");

	(void)state;
	assert_null(loss_of(s, "192.0.2.77"));
	for vec_each(rt, &s->fake.now.routes)
		if (rt->dst.len == 24)
			rt->metric = 100; /* as NetworkManager writes it */
	must_contain(loss_of(s, "192.0.2.77"), "the address 192.0.2.100/24 of the intent covers it");
}

static void an_address_that_a_port_gets_is_no_longer_another_nodes(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	/* the fake keeps no table local, the prediction knows it all the same */
	assert_string_equal(loss_of(s, "10.0.0.1"), "10.0.0.1 (--keep) would be this node itself: "
						    "the address 10.0.0.1/24 of the intent is the same");
}

static void a_rule_for_the_source_takes_the_way(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");
	struct ip client = ip_is("203.0.113.9"), server = ip_is("10.0.0.1");
	struct reach re = { .kern = &s->fake.k, .node = &s->node, .arena = &s->arena };

	(void)state;
	fake_addr_add(&s->fake, "p0", "10.0.0.1/24");
	site_gateway(&s->in.defaults, "10.0.0.254", 4);
	site_plan(s);
	reach_ssh(&re, &client, &server);
	assert_int_equal(re.ways.at[0].before.oif, 2);
	struct losses ls = reach_foresee(&re, &s->plan);
	assert_int_equal(ls.n, 1);
	assert_string_equal(ls.at[0].text, "203.0.113.9 (SSH peer) would leave by p0 via 10.0.0.254: "
					   "the rule 32761: from 10.0.0.1 lookup 101 of the intent catches it");
}

static void a_removed_route_takes_the_way(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");
	struct ip client = ip_is("203.0.113.9"), server = ip_is("10.0.0.1");
	struct reach re = { .kern = &s->fake.k, .node = &s->node, .arena = &s->arena };

	(void)state;
	site_gateway(&s->in.defaults, "10.0.0.254", 4);
	assert_int_equal(site_configure(s), 0);
	s->in.defaults.gateway.is = OPT_NONE;
	site_plan(s);
	reach_ssh(&re, &client, &server);
	struct losses ls = reach_foresee(&re, &s->plan);
	assert_int_equal(ls.n, 1);
	must_contain(ls.at[0].text, "would leave by eth0 via 192.0.2.1: the route default via 10.0.0.254");
	must_contain(ls.at[0].text, "table 101 is removed by the intent");
	assert_string_equal(ls.at[0].port->link.name, "p0");
}

static void a_port_that_goes_up_brings_the_routes_of_its_addresses(void **state)
{
	auto_site *s = site_new(1, 0, NULL);

	(void)state;
	fake_link(&s->fake, "p0")->up = false;
	fake_addr_add(&s->fake, "p0", "10.0.0.1/8");
	site_number(&s->in.defaults, SETTING_UP, 1);
	assert_string_equal(loss_of(s, "10.200.0.9"), "10.200.0.9 (--keep) would leave by p0: p0 is set up");
}

static void a_port_that_stays_down_takes_nothing(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/8");

	(void)state;
	fake_link(&s->fake, "p0")->up = false;
	s->in.defaults.not_ours[SETTING_UP] = true;
	assert_null(loss_of(s, "10.200.0.9"));
}

static void ipv6_is_foreseen_the_same(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct hosts hosts = { 0 };
	struct op op = { .setting = &settings[SETTING_ADDRESS] };

	(void)state;
	fake_rule_add(&s->fake, 32766, NULL, RT_TABLE_MAIN)->family = AF_INET6;
	fake_addr_add(&s->fake, "eth0", "2001:db8:1::1/64");
	fake_route_add(&s->fake, "eth0", "::/0", RT_TABLE_MAIN)->prefsrc = ip_is("2001:db8:1::1");
	site_plan(s);
	struct reach re = { .kern = &s->fake.k, .node = &s->node, .arena = &s->arena };
	vec_add(&s->arena, &hosts)->ip = ip_is("fd00::9");
	reach_keep(&re, &hosts, "storage");
	op.port = site_port(s, "p0");
	op.want = (struct value){ .kind = VALUE_ADDR, .addr = { 10, prefix_is("fd00::1/48"), 0 } };
	struct plan pl = { .ops = { .at = &op, .n = 1 } };
	struct losses ls = reach_foresee(&re, &pl);
	assert_int_equal(ls.n, 1);
	assert_string_equal(ls.at[0].text, "fd00::9 (--keep storage) would leave by p0: "
					   "the address fd00::1/48 of the intent covers it");
}

static void a_planned_subnet_is_not_taken_for_the_default_route(void **state)
{
	auto_site *s = site_new(1, 0, "198.51.100.1/24");
	struct reach re = { .kern = &s->fake.k, .node = &s->node, .arena = &s->arena };

	(void)state;
	s->in.defaults.table.is = OPT_NONE;
	site_plan(s);
	reach_defaults(&re, &s->plan);
	assert_string_equal(re.ways.at[0].name, "203.0.113.1 (for the default route)");
	assert_string_equal(re.ways.at[1].name, "192.0.2.1 (default gateway)");
	assert_int_equal(re.ways.at[1].error, 0);
	assert_int_equal(re.ways.at[2].error, -ENETUNREACH); /* there is no IPv6 */
	assert_int_equal(reach_foresee(&re, &s->plan).n, 0);
}

static void what_was_unreachable_before_is_not_required(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/8");
	struct reach re;

	(void)state;
	s->fake.now.routes.n = 0;
	assert_int_equal(foresee(s, "10.0.0.9", &re).n, 0);
	assert_false(reach_is_kept(&re, re.ways.at[0].keep));
	assert_int_equal(re.ways.at[0].error, -ENETUNREACH);
	assert_int_equal(reach_check(&re, &s->err), 0);
}

static void the_way_is_that_of_a_socket_with_its_source(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct reach re;

	(void)state;
	fake_rule_add(&s->fake, 1000, "192.0.2.10/32", 500);
	fake_route_add(&s->fake, "p0", "192.0.2.77/32", 500);
	(void)foresee(s, "192.0.2.77", &re);
	assert_int_equal(re.ways.at[0].before.oif, 10);
	assert_int_equal(re.ways.at[0].before.table, 500);
}

static void each_address_is_added_once(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct hosts servers = { 0 };
	struct reach re;

	(void)state;
	(void)foresee(s, "192.0.2.53", &re);
	vec_add(&s->arena, &servers)->ip = ip_is("192.0.2.53");
	vec_add(&s->arena, &servers)->ip = ip_is("192.0.2.54");
	reach_servers(&re, &servers);
	assert_int_equal(re.ways.n, 2);
	assert_string_equal(re.ways.at[0].name, "192.0.2.53 (--keep)");
	assert_string_equal(re.ways.at[1].name, "192.0.2.54 (DNS server)");
}

/* A rule that the prediction passes over, and that the fake kernel obeys once the plan is made. */
static int moved_since(struct site *s, struct reach *re, const char *prefix)
{
	(void)foresee(s, "10.200.0.9", re);
	fake_addr_add(&s->fake, "p0", prefix);
	return reach_check(re, &s->err);
}

static void a_way_that_moved_is_told_with_both(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct reach re;

	(void)state;
	assert_int_equal(moved_since(s, &re, "10.0.0.1/16"), 0);
	assert_int_equal(moved_since(s, &re, "10.0.0.1/8"), -EHOSTUNREACH);
	assert_string_equal(s->err.text, "10.200.0.9 (--keep): by eth0 via 192.0.2.1 before the changes, "
					 "by p0 after them");
}

static void a_way_that_is_lost_is_told(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct reach re;

	(void)state;
	(void)foresee(s, "10.200.0.9", &re);
	s->fake.now.routes.n = 0;
	assert_int_equal(reach_check(&re, &s->err), -EHOSTUNREACH);
	must_contain(s->err.text, "10.200.0.9 (--keep): by eth0 via 192.0.2.1 before the changes, not at all");
}

static void a_waived_way_may_move(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct reach re;

	(void)state;
	(void)foresee(s, "10.200.0.9", &re);
	re.ways.at[0].waived = true;
	s->fake.now.routes.n = 0;
	assert_int_equal(reach_check(&re, &s->err), 0);
}

static void a_failed_check_takes_every_change_back(void **state)
{
	auto_site *s = site_new(2, 0, "10.0.0.1/8");
	struct fake_state before = fake_snapshot(&s->fake);
	struct reach re;

	(void)state;
	(void)foresee(s, "10.200.0.9", &re);
	s->options.check = reach_check;
	s->options.user = &re;
	site_number(&s->in.defaults, SETTING_MTU, 4200);
	assert_int_equal(site_configure(s), -EHOSTUNREACH);
	must_contain(s->err.text, "by p0 after them");
	assert_int_equal(s->txn.done, 0);
	assert_null(s->txn.failed);
	assert_int_equal(undo_count(&s->txn.undo, UNDO_FAILED), 0);
	assert_null(fake_difference(&s->fake, &before));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_prefix_that_covers_the_address_takes_its_way),
		cmocka_unit_test(a_longer_prefix_than_the_intents_keeps_the_way),
		cmocka_unit_test(of_equal_prefixes_the_smaller_metric_takes_the_way),
		cmocka_unit_test(an_address_that_a_port_gets_is_no_longer_another_nodes),
		cmocka_unit_test(a_rule_for_the_source_takes_the_way),
		cmocka_unit_test(a_removed_route_takes_the_way),
		cmocka_unit_test(a_port_that_goes_up_brings_the_routes_of_its_addresses),
		cmocka_unit_test(a_port_that_stays_down_takes_nothing),
		cmocka_unit_test(ipv6_is_foreseen_the_same),
		cmocka_unit_test(a_planned_subnet_is_not_taken_for_the_default_route),
		cmocka_unit_test(what_was_unreachable_before_is_not_required),
		cmocka_unit_test(the_way_is_that_of_a_socket_with_its_source),
		cmocka_unit_test(each_address_is_added_once),
		cmocka_unit_test(a_way_that_moved_is_told_with_both),
		cmocka_unit_test(a_way_that_is_lost_is_told),
		cmocka_unit_test(a_waived_way_may_move),
		cmocka_unit_test(a_failed_check_takes_every_change_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
