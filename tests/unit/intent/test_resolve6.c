/* SPDX-License-Identifier: MIT */
/* From intent to wishes, IPv6: tables, rules and gateways of both families, and what is refused. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fake/site.h"
#include "test.h"

/* p0 with one address of each family */
static struct site *both_families(void)
{
	struct site *s = site_new(1, 0, NULL);
	struct port_intent *pi = site_entry(s, "p0", 3);

	fake_ip6(&s->fake);
	site_address(s, pi, "10.0.0.1/24", 4);
	site_address(s, pi, "fd01::1/64", 5);
	return s;
}

static const struct route_wish *route_to(const struct wish *w, const char *dst)
{
	struct prefix p = prefix_is(dst);

	for vec_each(rw, &w->routes)
		if (prefix_equal(&rw->route.dst, &p))
			return rw;
	return NULL;
}

static void each_family_has_its_rule_and_one_table_has_both(void **state)
{
	auto_site *s = both_families();

	(void)state;
	assert_int_equal(site_resolve(s), 0);
	const struct wish *w = site_wish(s, "p0");
	assert_int_equal(w->rules.n, 2);
	assert_int_equal(w->rules.at[0].family, AF_INET);
	assert_int_equal(w->rules.at[1].family, AF_INET6);
	assert_int_equal(w->rules.at[1].src_len, 128);
	assert_int_equal(w->rules.at[1].table, w->rules.at[0].table);
	assert_int_equal(w->rules.at[1].protocol, RTPROT_STATIC);
}

/* As the kernel gives them back, or every plan would differ. */
static void a_route_of_ipv6_has_the_kernels_metric_and_no_source(void **state)
{
	auto_site *s = both_families();
	const struct route want = { .dst = prefix_is("fd01::/64"), .table = 101, .oif = 10, .metric = 1024,
				    .protocol = RTPROT_STATIC, .type = RTN_UNICAST };

	(void)state;
	assert_int_equal(site_resolve(s), 0);
	const struct route_wish *rw = route_to(site_wish(s, "p0"), "fd01::/64");
	assert_non_null(rw);
	assert_true(route_equal(&rw->route, &want));
}

static void each_family_leaves_by_its_own_gateway(void **state)
{
	static const char *const via[] = { "fd01::fe", "fe80::1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(via); i++) {
		auto_site *s = both_families();
		struct ip gw4 = ip_is("10.0.0.254"), gw6 = ip_is(via[i]);

		site_gateway(&s->in.defaults, "10.0.0.254", 7);
		site_gateway(s->in.ports.at, via[i], 8);
		assert_int_equal(site_resolve(s), 0);
		const struct route_wish *out4 = route_to(site_wish(s, "p0"), "0.0.0.0/0");
		const struct route_wish *out6 = route_to(site_wish(s, "p0"), "::/0");
		assert_true(ip_equal(&out4->route.gateway, &gw4));
		assert_true(ip_equal(&out6->route.gateway, &gw6));
		assert_int_equal(out6->route.metric, 1024);
	}
}

static void gateway_none_is_of_both_families(void **state)
{
	auto_site *s = both_families();

	(void)state;
	s->in.defaults.gateway.is = s->in.defaults.gateway6.is = OPT_NONE;
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(route_to(site_wish(s, "p0"), "0.0.0.0/0")->is, OPT_NONE);
	assert_int_equal(route_to(site_wish(s, "p0"), "::/0")->is, OPT_NONE);
}

static void of_two_addresses_the_gateway_is_the_other_one(void **state)
{
	auto_site *s = site_new(1, 0, "fd01::6/127");
	struct ip other = ip_is("fd01::7");

	(void)state;
	assert_int_equal(site_resolve(s), 0);
	assert_true(ip_equal(&route_to(site_wish(s, "p0"), "::/0")->route.gateway, &other));
}

static void defaults_are_those_of_the_families_wished(void **state)
{
	static const struct {
		const char *from;
		enum opt arp, ip6;
		bool has_ip6;
		enum opt routers;
	} cases[] = {
		{ "10.0.0.1/24", OPT_SET, OPT_UNSET, true, OPT_SET },
		{ "10.0.0.1/24", OPT_SET, OPT_UNSET, false, OPT_UNSET },
		{ "fd01::1/64", OPT_UNSET, OPT_SET, true, OPT_SET },
		{ "fd01::1/64", OPT_UNSET, OPT_SET, false, OPT_SET },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_site *s = site_new(1, 0, cases[i].from);

		fake_link(&s->fake, "p0")->has_ip6 = cases[i].has_ip6;
		assert_int_equal(site_resolve(s), 0);
		const struct opt_u32 *number = site_wish(s, "p0")->number;
		assert_int_equal(number[SETTING_ARP_IGNORE].is, cases[i].arp);
		assert_int_equal(number[SETTING_ACCEPT_RA].is, cases[i].routers);
		assert_int_equal(number[SETTING_KEEP_ADDR_ON_DOWN].is, cases[i].ip6);
		assert_int_equal(number[SETTING_UP].is, OPT_SET);
	}
}

static void addresses_that_are_no_hosts_are_refused(void **state)
{
	static const struct {
		const char *addr, *text;
	} cases[] = {
		{ "fd01::1/128", "has no neighbours in its prefix: 1 to 127 is wanted" },
		{ "fd01::1/0", "has no neighbours in its prefix" },
		{ "fe80::1/64", "link-local address: the kernel gives each port its own" },
		{ "febf::1/64", "link-local address" },
		{ "ff02::1/64", "a multicast address" },
		{ "fd01::/64", "the subnet-router anycast address of its prefix" },
		{ "fd01::4/126", "the subnet-router anycast address of its prefix" },
		{ "::1/64", "no address that a host can have" },
		{ "::ffff:10.0.0.1/120", "an IPv4 address in IPv6 form" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_site *s = site_new(1, 0, NULL);

		site_address(s, site_entry(s, "p0", 3), cases[i].addr, 4);
		if (site_resolve(s) != -EINVAL || s->diag.n != 1)
			fail_msg("%s: %zu errors", cases[i].addr, s->diag.n);
		must_contain(s->diag.item[0].text, cases[i].text);
		assert_int_equal(s->diag.item[0].place.line, 4);
	}
}

/* What looks like it and is not: 7f.., 00.. and e0.. begin IPv4 addresses that nobody can have. */
static void other_addresses_are_taken(void **state)
{
	static const char *const addrs[] = { "7f01::1/64", "64:ff9b::1/64", "e000::1/64", "2001:db8::ffff/64",
					     "fd01::ffff:ffff:ffff:ffff/64", "fec0::1/64", "fd01::/127" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(addrs); i++) {
		auto_site *s = site_new(1, 0, addrs[i]);

		if (site_resolve(s) < 0)
			fail_msg("%s: %s", addrs[i], diag_text(&s->diag));
	}
}

static void a_gateway_must_be_a_host_of_the_subnet(void **state)
{
	static const struct {
		const char *gateway, *text;
	} cases[] = {
		{ "fd02::1", "is in no subnet of the port" },
		{ "fd01::", "is the subnet-router anycast address of its prefix" },
		{ "fe80::a", "is an address of this node" }, /* of p0, ifindex 10 */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_site *s = both_families();

		site_gateway(&s->in.defaults, cases[i].gateway, 7);
		assert_int_equal(site_resolve(s), -EINVAL);
		assert_int_equal(s->diag.n, 1);
		must_contain(s->diag.item[0].text, cases[i].text);
		assert_int_equal(s->diag.item[0].place.line, 7);
	}
}

static void a_link_local_gateway_may_be_the_address_of_another_interface(void **state)
{
	auto_site *s = both_families();

	(void)state;
	site_gateway(&s->in.defaults, "fe80::2", 7); /* of eth0 */
	assert_int_equal(site_resolve(s), 0);
}

static void a_sequence_counts_on_through_ipv6(void **state)
{
	auto_site *s = site_new(3, 0, "fd01::ffff/64");
	char text[PREFIX_TEXT];

	(void)state;
	assert_int_equal(site_resolve(s), 0);
	prefix_text(&site_wish(s, "p1")->addrs.at[0].prefix, text);
	assert_string_equal(text, "fd01::1:0/64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_family_has_its_rule_and_one_table_has_both),
		cmocka_unit_test(a_route_of_ipv6_has_the_kernels_metric_and_no_source),
		cmocka_unit_test(each_family_leaves_by_its_own_gateway),
		cmocka_unit_test(gateway_none_is_of_both_families),
		cmocka_unit_test(of_two_addresses_the_gateway_is_the_other_one),
		cmocka_unit_test(defaults_are_those_of_the_families_wished),
		cmocka_unit_test(addresses_that_are_no_hosts_are_refused),
		cmocka_unit_test(other_addresses_are_taken),
		cmocka_unit_test(a_gateway_must_be_a_host_of_the_subnet),
		cmocka_unit_test(a_link_local_gateway_may_be_the_address_of_another_interface),
		cmocka_unit_test(a_sequence_counts_on_through_ipv6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
