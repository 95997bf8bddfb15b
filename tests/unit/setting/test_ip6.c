/* SPDX-License-Identifier: MIT */
/* IPv6 on a port: what stands in the way of it, and what is set for it. */
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fake/site.h"
#include "test.h"

static struct site *one_port(void)
{
	struct site *s = site_new(1, 0, "fd01::1/64");

	fake_ip6(&s->fake);
	return s;
}

static const struct obstacle *obstacle_of(const struct site *s, enum setting_id id)
{
	for vec_each(ob, &s->plan.obstacles)
		if (setting_id(ob->setting) == id)
			return ob;
	return NULL;
}

static void a_configured_port_has_nothing_left_to_do(void **state)
{
	auto_site *s = one_port();

	(void)state;
	fake_link(&s->fake, "p0")->conf[CONF6_ACCEPT_RA] = 1;
	assert_int_equal(site_configure(s), 0);
	/* accept_ra, keep_addr_on_down, address, route, rule */
	assert_int_equal(s->plan.ops.n, 5);
	assert_int_equal(s->fake.writes, 5);
	assert_int_equal(fake_link(&s->fake, "p0")->conf[CONF6_ACCEPT_RA], 0);
	assert_int_equal(fake_link(&s->fake, "p0")->conf[CONF6_KEEP_ADDR_ON_DOWN], 1);
	site_plan(s);
	assert_int_equal(s->plan.ops.n, 0);
	assert_int_equal(s->plan.obstacles.n, 0);
}

static void a_port_without_ipv6_is_told_with_its_cause(void **state)
{
	static const struct {
		bool has;
		uint32_t disable, mtu;
		const char *seen, *mend;
	} cases[] = {
		{ true, 1, 1500, "net.ipv6.conf.p0.disable_ipv6 is 1", "sysctl -w net.ipv6.conf.p0.disable_ipv6=0" },
		{ false, 0, 1000, "its MTU is 1000 B", "ip link set p0 mtu 1500" },
		{ false, 0, 1500, "no IPv6 on the port", "ipv6.disable=1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_site *s = one_port();
		struct link *l = fake_link(&s->fake, "p0");

		l->has_ip6 = cases[i].has;
		l->mtu = cases[i].mtu;
		l->conf[CONF6_DISABLE] = cases[i].disable;
		site_plan(s);
		const struct obstacle *ob = obstacle_of(s, SETTING_ADDRESS);
		assert_non_null(ob);
		must_contain(ob->seen, cases[i].seen);
		must_contain(ob->mend, cases[i].mend);
		assert_true(plan_blocked(&s->plan) > 0);
	}
}

static void a_port_needs_its_link_local_address(void **state)
{
	static const struct {
		bool none, up, running, blocked;
	} cases[] = {
		{ true, true, true, true },
		{ true, false, false, true },
		{ false, true, true, true },
		{ false, true, false, false }, /* the carrier has only just come */
		{ false, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_site *s = site_new(1, 0, "fd01::1/64");
		struct link *l = fake_link(&s->fake, "p0");

		l->addr_gen_mode = cases[i].none ? IN6_ADDR_GEN_MODE_NONE : IN6_ADDR_GEN_MODE_EUI64;
		l->up = l->carrier = cases[i].up;
		l->running = cases[i].running;
		site_plan(s);
		const struct obstacle *ob = obstacle_of(s, SETTING_ADDRESS);
		assert_int_equal(ob != NULL, cases[i].blocked);
		if (!ob)
			continue;
		must_contain(ob->seen, "no link-local address");
		must_contain(ob->why, "rdma_cm");
		must_contain(ob->mend, cases[i].none ? "net.ipv6.conf.p0.addr_gen_mode=0" : "ip link set p0 down");
	}
}

static void ports_without_a_wish_for_ipv6_need_nothing_of_it(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	fake_link(&s->fake, "p0")->has_ip6 = false;
	site_plan(s);
	assert_int_equal(s->plan.obstacles.n, 0);
	assert_null(site_op(s, "p0", SETTING_ACCEPT_RA));
}

static void an_address_that_serves_nobody_is_no_address(void **state)
{
	static const struct {
		uint32_t flags;
		bool told, advisory;
	} cases[] = {
		{ IFA_F_PERMANENT, false, false },
		{ IFA_F_PERMANENT | IFA_F_TENTATIVE, true, true },
		{ IFA_F_PERMANENT | IFA_F_TENTATIVE | IFA_F_DADFAILED, true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_site *s = one_port();

		assert_int_equal(site_configure(s), 0);
		s->fake.now.addrs.at[s->fake.now.addrs.n - 1].flags = cases[i].flags;
		site_plan(s);
		assert_int_equal(s->plan.ops.n, 0);
		const struct obstacle *ob = obstacle_of(s, SETTING_ADDRESS);
		assert_int_equal(ob != NULL, cases[i].told);
		assert_true(!ob || ob->advisory == cases[i].advisory);
		assert_int_equal(plan_blocked(&s->plan), cases[i].told && !cases[i].advisory);
	}
}

static void all_can_overrule_that_addresses_are_kept(void **state)
{
	static const struct {
		uint32_t all;
		bool told;
	} cases[] = { { 0, false }, { 1, false }, { UINT32_MAX, true } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_site *s = one_port();

		s->fake.now.conf_all[CONF6_KEEP_ADDR_ON_DOWN] = cases[i].all;
		s->fake.now.conf_all[CONF6_ACCEPT_RA] = 1; /* counts for nothing */
		site_plan(s);
		const struct obstacle *ob = obstacle_of(s, SETTING_KEEP_ADDR_ON_DOWN);
		assert_int_equal(ob != NULL, cases[i].told);
		assert_null(obstacle_of(s, SETTING_ACCEPT_RA));
		if (!ob)
			continue;
		assert_string_equal(ob->seen, "effective keep_addr_on_down -1: net.ipv6.conf.all.keep_addr_on_down is -1");
		assert_true(ob->advisory);
	}
}

static void a_rule_is_shadowed_by_one_of_its_own_family_only(void **state)
{
	static const struct {
		uint8_t family;
		const char *dst;
		bool told;
	} cases[] = {
		{ AF_INET6, "fd01::/48", true },
		{ AF_INET6, "10.0.0.0/8", false },
		{ AF_INET6, "fd02::/48", false },
		{ AF_INET, "fd01::/48", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_site *s = one_port();

		fake_rule_add(&s->fake, 100, NULL, 500)->family = cases[i].family;
		fake_route_add(&s->fake, "eth0", cases[i].dst, 500);
		site_plan(s);
		const struct obstacle *ob = obstacle_of(s, SETTING_RULE);
		assert_int_equal(ob != NULL, cases[i].told);
		if (ob)
			must_contain(ob->mend, "ip -6 rule del priority 100 from all");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_configured_port_has_nothing_left_to_do),
		cmocka_unit_test(a_port_without_ipv6_is_told_with_its_cause),
		cmocka_unit_test(a_port_needs_its_link_local_address),
		cmocka_unit_test(ports_without_a_wish_for_ipv6_need_nothing_of_it),
		cmocka_unit_test(an_address_that_serves_nobody_is_no_address),
		cmocka_unit_test(all_can_overrule_that_addresses_are_kept),
		cmocka_unit_test(a_rule_is_shadowed_by_one_of_its_own_family_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
