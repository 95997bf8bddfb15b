/* SPDX-License-Identifier: MIT */
/* The kernel's answer to a look-up: from a source alone, and by a port as rdma_cm asks. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fake/kern.h"
#include "fake/netns.h"
#include "test.h"

static struct {
	struct kern *k;
	uint32_t p0, p1;
} bench;

static int bench_close(void **state)
{
	(void)state;
	kern_linux_close(bench.k);
	return 0;
}

/* Two rails in one subnet, each with its own table, and a default route by p0 in table main. */
static int bench_open(void **state)
{
	auto_arena a = { 0 };
	struct links ls = { 0 };

	(void)state;
	(void)netns_enter();
	bench.k = kern_linux_open(NULL);
	for (int i = 0; i < 2; i++) {
		ip_run("link add p%d type veth peer name q%d", i, i);
		ip_run("link set q%d up", i);
		ip_run("link set p%d up", i);
		ip_run("addr add 10.0.0.%d/24 dev p%d", i + 1, i);
	}
	ip_run("route add default via 10.0.0.254 dev p0");
	if (!bench.k || bench.k->links(bench.k, &a, &ls, NULL) < 0)
		return -1;
	for vec_each(l, &ls) {
		if (strcmp(l->name, "p0") == 0)
			bench.p0 = (uint32_t)l->ifindex;
		if (strcmp(l->name, "p1") == 0)
			bench.p1 = (uint32_t)l->ifindex;
	}
	return 0;
}

static int tables_add(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		ip_run("route add 10.0.0.0/24 dev p%d src 10.0.0.%d table %d", i, i + 1, 101 + i);
		ip_run("route add default via 10.0.0.253 dev p%d src 10.0.0.%d table %d", i, i + 1,
		       101 + i);
		ip_run("rule add pref 32761 from 10.0.0.%d lookup %d", i + 1, 101 + i);
	}
	return 0;
}

static int tables_remove(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		ip_run("rule del from 10.0.0.%d lookup %d", i + 1, 101 + i);
		ip_run("route flush table %d", 101 + i);
	}
	return 0;
}

static int look_up(const char *src, const char *dst, uint32_t oif, struct route *ret, struct err *e)
{
	struct route_query q = { .dst = ip_is(dst), .oif = oif };

	if (src)
		q.src = ip_is(src);
	*ret = (struct route){ 0 };
	return bench.k->route_get(bench.k, &q, ret, e);
}

static void without_rules_both_sources_leave_by_the_first_port(void **state)
{
	struct route rt;

	(void)state;
	assert_int_equal(look_up("10.0.0.1", "10.0.0.9", 0, &rt, NULL), 0);
	assert_int_equal(rt.oif, bench.p0);
	assert_int_equal(look_up("10.0.0.2", "10.0.0.9", 0, &rt, NULL), 0);
	assert_int_equal(rt.oif, bench.p0);
	assert_int_equal(rt.table, RT_TABLE_MAIN);
}

static void without_rules_a_port_that_is_given_is_taken(void **state)
{
	struct route rt;

	(void)state;
	assert_int_equal(look_up("10.0.0.2", "10.0.0.9", bench.p1, &rt, NULL), 0);
	assert_int_equal(rt.oif, bench.p1);
	assert_int_equal(rt.gateway.family, 0);
}

static void with_rules_each_source_leaves_by_its_port(void **state)
{
	struct route rt;

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		const char *src = i ? "10.0.0.2" : "10.0.0.1";
		struct ip own = ip_is(src);

		assert_int_equal(look_up(src, "10.0.0.9", 0, &rt, NULL), 0);
		assert_int_equal(rt.oif, i ? bench.p1 : bench.p0);
		assert_int_equal(rt.table, 101 + i);
		assert_int_equal(rt.gateway.family, 0);
		assert_int_equal(rt.type, RTN_UNICAST);
		assert_true(ip_equal(&rt.prefsrc, &own) || !rt.prefsrc.family);
	}
}

static void with_rules_far_addresses_go_by_the_tables_gateway(void **state)
{
	struct ip own = ip_is("10.0.0.253"), main_gateway = ip_is("10.0.0.254");
	struct route rt;

	(void)state;
	assert_int_equal(look_up("10.0.0.2", "198.51.100.1", 0, &rt, NULL), 0);
	assert_true(ip_equal(&rt.gateway, &own));
	assert_int_equal(rt.oif, bench.p1);
	assert_int_equal(look_up("10.0.0.2", "198.51.100.1", bench.p1, &rt, NULL), 0);
	assert_true(ip_equal(&rt.gateway, &own));
	assert_int_equal(look_up(NULL, "198.51.100.1", 0, &rt, NULL), 0);
	assert_true(ip_equal(&rt.gateway, &main_gateway));
	assert_int_equal(rt.oif, bench.p0);
}

static void a_source_that_is_not_ours_is_refused(void **state)
{
	struct err e = { 0 };
	struct route rt;

	(void)state;
	int r = look_up("10.0.0.77", "10.0.0.9", 0, &rt, &e);
	assert_true(r == -EINVAL || r == -ENETUNREACH); /* older kernels, newer ones */
	must_contain(e.text, "route look-up: ");
}

static void what_no_route_leads_to_is_unreachable(void **state)
{
	struct route rt;

	(void)state;
	ip_run("route add unreachable 203.0.113.0/24");
	assert_int_equal(look_up("10.0.0.1", "203.0.113.1", 0, &rt, NULL), -EHOSTUNREACH);
	ip_run("route del 203.0.113.0/24");
	ip_run("route del default");
	assert_int_equal(look_up("10.0.0.1", "203.0.113.1", 0, &rt, NULL), -ENETUNREACH);
	ip_run("route add default via 10.0.0.254 dev p0");
}

static int look_up_in_tables(const char *src, const char *dst, uint32_t oif, struct route *ret)
{
	struct route_query q = { .src = ip_is(src), .dst = ip_is(dst), .oif = oif, .in_tables = true };

	*ret = (struct route){ 0 };
	return bench.k->route_get(bench.k, &q, ret, NULL);
}

static void by_a_port_without_a_route_the_link_is_guessed_and_the_tables_say_so(void **state)
{
	struct route rt;

	(void)state;
	assert_int_equal(look_up("10.0.0.2", "198.51.100.1", bench.p1, &rt, NULL), 0);
	assert_int_equal(rt.oif, bench.p1);
	assert_int_equal(rt.table, 0);
	assert_int_equal(look_up_in_tables("10.0.0.2", "198.51.100.1", bench.p1, &rt), -EHOSTUNREACH);
	assert_int_equal(look_up_in_tables("10.0.0.1", "198.51.100.1", bench.p0, &rt), 0);
	assert_int_equal(rt.table, RT_TABLE_MAIN);
	assert_int_equal(rt.dst.len, 0);
}

static void of_several_next_hops_the_tables_tell_the_one_by_the_port(void **state)
{
	struct route rt;
	struct ip gateway = ip_is("10.0.0.252");

	(void)state;
	ip_run("route add 203.0.113.0/24 nexthop via 10.0.0.251 dev p0 nexthop via 10.0.0.252 dev p1");
	assert_int_equal(look_up_in_tables("10.0.0.2", "203.0.113.1", bench.p1, &rt), 0);
	assert_int_equal(rt.oif, bench.p1);
	assert_true(ip_equal(&rt.gateway, &gateway));
	ip_run("route del 203.0.113.0/24");
}

static void an_own_address_is_local(void **state)
{
	struct route rt;

	(void)state;
	assert_int_equal(look_up("10.0.0.1", "10.0.0.2", 0, &rt, NULL), 0);
	assert_int_equal(rt.type, RTN_LOCAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_rules_both_sources_leave_by_the_first_port),
		cmocka_unit_test(without_rules_a_port_that_is_given_is_taken),
		cmocka_unit_test_setup_teardown(with_rules_each_source_leaves_by_its_port,
						tables_add, tables_remove),
		cmocka_unit_test_setup_teardown(with_rules_far_addresses_go_by_the_tables_gateway,
						tables_add, tables_remove),
		cmocka_unit_test(a_source_that_is_not_ours_is_refused),
		cmocka_unit_test(what_no_route_leads_to_is_unreachable),
		cmocka_unit_test(by_a_port_without_a_route_the_link_is_guessed_and_the_tables_say_so),
		cmocka_unit_test(of_several_next_hops_the_tables_tell_the_one_by_the_port),
		cmocka_unit_test(an_own_address_is_local),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
