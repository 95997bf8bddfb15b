/* SPDX-License-Identifier: MIT */
/* Ports of one node: which of them reach each other over the wire, and why others are not tried. */
#include <linux/ip.h>
#include <string.h>

#include "fake/judge.h"
#include "fake/kern.h"
#include "test.h"

enum { PORTS = 3 };

static struct fake fake;

static int bench_open(void **state)
{
	return judge_open(state, &fake, PORTS) ? 0 : -1;
}

/* "10.0.0.1 > 10.0.0.2, …", of those that are tried. */
static const char *tried(struct judge *j)
{
	char *text = arena_strdup(&j->arena, ""), src[IP_TEXT], dst[IP_TEXT];

	judge_run(j, 1u << VERIFY_SETTINGS, NULL, 0);
	inhost_find(&j->v);
	for vec_each(ih, &j->v.inhost)
		if (!ih->why_not)
			text = arena_printf(&j->arena, "%s%s%s > %s", text, text[0] ? ", " : "", ip_text(&ih->src, src),
					    ip_text(&ih->dst, dst));
	return text;
}

/* Reasons why not, of the port. */
static const char *why_not(struct judge *j, const char *netdev)
{
	char *text = arena_strdup(&j->arena, "");

	for vec_each(ih, &j->v.inhost)
		if (ih->why_not && strcmp(ih->from->port->link.name, netdev) == 0)
			text = arena_printf(&j->arena, "%s%s;", text, ih->why_not);
	return text;
}

static void ports_of_one_subnet_are_tried_both_ways(void **state)
{
	fake_addr_add(&fake, "p0", "10.0.0.1/24");
	fake_addr_add(&fake, "p1", "10.0.0.2/24");
	fake_addr_add(&fake, "p2", "10.0.1.1/24");
	assert_string_equal(tried(*state), "10.0.0.1 > 10.0.0.2, 10.0.0.2 > 10.0.0.1");
	assert_string_equal(why_not(*state, "p2"), "");
}

static void a_subnet_for_each_port_without_gateway_is_left_in_peace(void **state)
{
	fake_addr_add(&fake, "p0", "10.0.0.1/24");
	fake_addr_add(&fake, "p1", "10.0.1.1/24");
	assert_string_equal(tried(*state), "");
	assert_int_equal(((struct judge *)*state)->v.inhost.n, 0);
}

static void two_addresses_of_one_port_are_no_pair(void **state)
{
	fake_addr_add(&fake, "p0", "10.0.0.1/24");
	fake_addr_add(&fake, "p0", "10.0.0.2/24");
	assert_string_equal(tried(*state), "");
}

static void gateways_on_both_lead_there_and_back(void **state)
{
	struct judge *j = *state;

	judge_intent(j, "ports:\n- {match: {netdev: p0}, addresses: [10.0.0.1/24], gateway: 10.0.0.254}\n"
			"- {match: {netdev: p1}, addresses: [10.0.1.1/24], gateway: 10.0.1.254}\n"
			"- {match: {netdev: p2}, addresses: [10.0.2.1/24]}\n");
	judge_configure(j);
	assert_string_equal(tried(j), "10.0.0.1 > 10.0.1.1, 10.0.1.1 > 10.0.0.1");
}

static void strict_filtering_is_named_once_for_each_port(void **state)
{
	struct judge *j = *state;

	fake_addr_add(&fake, "p0", "10.0.0.1/24");
	fake_addr_add(&fake, "p1", "10.0.0.2/24");
	fake_addr_add(&fake, "p2", "10.0.0.3/24");
	fake_link(&fake, "p2")->conf[IPV4_DEVCONF_RP_FILTER] = 1;
	assert_string_equal(tried(j), "10.0.0.1 > 10.0.0.2, 10.0.0.2 > 10.0.0.1");
	must_contain(why_not(j, "p0"), "net.ipv4.conf.p2.rp_filter is 1");
	must_contain(why_not(j, "p2"), "net.ipv4.conf.p2.rp_filter is 1");
	fake.now.conf_all[IPV4_DEVCONF_ARPFILTER] = 1;
	assert_string_equal(tried(j), "");
	must_contain(why_not(j, "p0"), "net.ipv4.conf.all.arp_filter is 1");
	assert_string_equal(strchr(why_not(j, "p0"), ';'), ";"); /* one reason alone */
}

static void loose_filtering_of_all_outdoes_a_strict_port(void **state)
{
	fake_addr_add(&fake, "p0", "10.0.0.1/24");
	fake_addr_add(&fake, "p1", "10.0.0.2/24");
	fake_link(&fake, "p1")->conf[IPV4_DEVCONF_RP_FILTER] = 1;
	fake.now.conf_all[IPV4_DEVCONF_RP_FILTER] = 2;
	assert_string_equal(tried(*state), "10.0.0.1 > 10.0.0.2, 10.0.0.2 > 10.0.0.1");
}

static void ipv6_is_tried_by_link_local_addresses(void **state)
{
	struct judge *j = *state;

	fake_addr_add(&fake, "p0", "fe80::1/64");
	fake_addr_add(&fake, "p1", "fe80::2/64");
	fake_addr_add(&fake, "p0", "fd00::1/64");
	fake_addr_add(&fake, "p1", "fd00::2/64");
	fake_addr_add(&fake, "p2", "fd00::3/64");
	assert_string_equal(tried(j), "fe80::1 > fe80::2, fe80::2 > fe80::1");
	must_contain(why_not(j, "p0"), "p2 has no link-local address");
}

static void ipv6_behind_gateways_says_why_not(void **state)
{
	struct judge *j = *state;

	judge_intent(j, "ports:\n- {match: {netdev: p0}, addresses: ['fd00::1/64'], gateway: 'fd00::fe'}\n"
			"- {match: {netdev: p1}, addresses: ['fd01::1/64'], gateway: 'fd01::fe'}\n");
	judge_configure(j);
	assert_string_equal(tried(j), "");
	must_contain(why_not(j, "p0"), "IPv6: between global addresses");
	must_contain(why_not(j, "p1"), "IPv6: between global addresses");
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, bench_open, judge_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ports_of_one_subnet_are_tried_both_ways),
		TEST(a_subnet_for_each_port_without_gateway_is_left_in_peace),
		TEST(two_addresses_of_one_port_are_no_pair),
		TEST(gateways_on_both_lead_there_and_back),
		TEST(strict_filtering_is_named_once_for_each_port),
		TEST(loose_filtering_of_all_outdoes_a_strict_port),
		TEST(ipv6_is_tried_by_link_local_addresses),
		TEST(ipv6_behind_gateways_says_why_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
