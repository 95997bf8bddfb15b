/* SPDX-License-Identifier: MIT */
/* Stage route on a real kernel: what is wrong with rules, tables and gateways has a name, and the way back is foretold. */
#include <stdio.h>
#include <string.h>

#include "fake/judge.h"
#include "fake/kern.h"
#include "fake/netns.h"
#include "test.h"

enum { STAGES = 1u << VERIFY_SETTINGS | 1u << VERIFY_ROUTE };

/* Two rails with a gateway each, configured, and e0, a port of the management network with the default route. */
static const char rails[] = "ports:\n"
			    "  - {match: {netdev: p0}, addresses: [10.10.0.1/24], gateway: 10.10.0.254}\n"
			    "  - {match: {netdev: p1}, addresses: [10.11.0.1/24], gateway: 10.11.0.254}\n";

static int bench_open(void **state)
{
	static struct judge j;

	j = (struct judge){ .k = netns_ports(2, PORTS_IPV6 | PORTS_ROCE, &j.e) };
	ip_run("link add e0 type veth peer name f0");
	ip_run("link set f0 up");
	ip_run("link set e0 up");
	ip_run("addr add 172.16.0.1/24 dev e0");
	ip_run("route add default via 172.16.0.254 dev e0");
	judge_intent(&j, rails);
	judge_configure(&j);
	*state = &j;
	return j.k ? 0 : -1;
}

static int bench_close(void **state)
{
	struct judge *j = *state;

	judge_done(j);
	kern_linux_close(j->k);
	return 0;
}

/* The same without an intent: nothing follows from settings. */
static void forget_intent(struct judge *j)
{
	judge_done(j);
}

static void expect(struct judge *j, const char *check, const char *subject, const char *finding, const char *seen,
		   const char *why)
{
	const struct result *r = judge_result(j, check, "p0", subject);

	assert_non_null(r);
	assert_int_not_equal(r->verdict, VERDICT_PASS);
	assert_string_equal(result_name(r), finding);
	must_contain(r->seen, seen);
	must_contain(r->why, why);
}

static void expect_follows(struct judge *j, const char *check, const char *subject)
{
	const struct result *r = judge_result(j, check, "p0", subject);

	assert_non_null(r);
	assert_non_null(r->follows);
	assert_string_equal(r->follows, "settings");
}

static void nothing_is_found_on_a_node_that_is_right(void **state)
{
	struct judge *j = *state;

	judge_run(j, STAGES, NULL, 0);
	assert_string_equal(judge_findings(j), "");
	assert_int_equal(judge_result(j, "route.back", "p1", NULL)->verdict, VERDICT_PASS);
	forget_intent(j);
	judge_run(j, STAGES, NULL, 0);
	assert_string_equal(judge_findings(j), "");
	assert_int_equal(judge_result(j, "route.back", "p1", NULL)->verdict, VERDICT_PASS);
}

static void a_rule_before_the_ports_own_is_named(void **state)
{
	struct judge *j = *state;

	ip_run("route add default via 172.16.0.254 dev e0 table 50");
	ip_run("rule add pref 100 from 10.10.0.0/16 lookup 50");
	judge_run(j, STAGES, NULL, 0);
	assert_string_equal(judge_findings(j), "settings");
	expect(j, "route.socket", "192.0.2", "route-shadowed", "dev e0 via 172.16.0.254 table 50",
	       "rule 100: from 10.10.0.0/16 lookup 50 comes before 32761: from 10.10.0.1 lookup 101");
	expect_follows(j, "route.socket", "192.0.2");
	/* rdma_cm is bound to the port: a rule that leads elsewhere does not count for it */
	assert_int_equal(judge_result(j, "route.back", "p0", NULL)->verdict, VERDICT_PASS);
}

static void an_empty_table_lets_the_look_up_fall_to_main(void **state)
{
	struct judge *j = *state;

	ip_run("link set p0 down");
	ip_run("link set p0 up");
	judge_run(j, STAGES, NULL, 0);
	assert_string_equal(judge_findings(j), "settings");
	expect(j, "route.socket", "192.0.2", "route-fell-to-main", "dev e0 via 172.16.0.254 table 254", "table 101 is empty: ");
	expect_follows(j, "route.socket", "192.0.2");
	expect(j, "route.bound", "192.0.2", "route-missing", "dev p0 table 0", "no table has a route to 192.0.2.1 by p0: the kernel looks for it on the link");
	expect(j, "route.back", "192.0.2", "route-missing", "will refuse connects from 192.0.2.1: the way back leaves by e0", "no table");
}

static void a_route_taken_out_of_the_ports_table_follows_from_settings(void **state)
{
	struct judge *j = *state;

	ip_run("route del 10.10.0.0/24 dev p0 table 101");
	judge_run(j, STAGES, NULL, 0);
	assert_string_equal(judge_findings(j), "settings");
	ip_run("route del default table 101");
	judge_run(j, STAGES, NULL, 0);
	assert_string_equal(judge_findings(j), "settings");
	expect(j, "route.socket", "192.0.2", "route-fell-to-main", "dev e0", "table 101 is empty: ");
}

static void a_rule_that_is_missing_is_named(void **state)
{
	struct judge *j = *state;

	ip_run("rule del from 10.10.0.1");
	judge_run(j, STAGES, NULL, 0);
	assert_string_equal(judge_findings(j), "settings");
	expect(j, "route.socket", "192.0.2", "route-rule-missing", "dev e0", "no rule sends what comes from 10.10.0.1 to table 101");
	expect(j, "route.back", "192.0.2", "route-rule-missing", "the way back leaves by e0", "no rule sends");
}

static void a_rule_for_lo_alone_does_not_count_for_the_way_back(void **state)
{
	struct judge *j = *state;

	ip_run("rule del from 10.10.0.1");
	ip_run("rule add pref 32761 from 10.10.0.1 iif lo lookup 101 protocol static");
	judge_run(j, STAGES, NULL, 0);
	assert_int_equal(judge_result(j, "route.bound", "p0", "192.0.2")->verdict, VERDICT_PASS);
	assert_int_equal(judge_result(j, "route.socket", "p0", "192.0.2")->verdict, VERDICT_PASS);
	expect(j, "route.back", "192.0.2", "rule-iif", "will refuse connects from 192.0.2.1: ", "rule 32761: from 10.10.0.1 ");
	forget_intent(j);
	judge_run(j, STAGES, NULL, 0);
	assert_string_equal(judge_findings(j), "rule-iif");
}

static void a_rule_that_stands_there_twice_is_named(void **state)
{
	struct judge *j = *state;

	ip_run("rule add pref 200 from 10.10.0.1 lookup 101 protocol boot");
	judge_run(j, STAGES, NULL, 0);
	assert_string_equal(judge_findings(j), "rule-twice");
	expect(j, "route.once", "10.10.0.1", "rule-twice", "priority 200 of protocol 3, priority 32761 of protocol 4", "luck");
	must_contain(judge_result(j, "route.once", "p0", NULL)->mend, "ip rule del priority 200 from 10.10.0.1 lookup 101 protocol 3");
	assert_int_equal(judge_result(j, "route.once", "p1", NULL)->verdict, VERDICT_PASS);
}

static void a_route_that_stands_there_twice_is_named(void **state)
{
	struct judge *j = *state;

	ip_run("route add default via 10.10.0.254 dev p0 table 101 metric 400 proto dhcp");
	judge_run(j, STAGES, NULL, 0);
	assert_string_equal(judge_findings(j), "route-twice");
	expect(j, "route.once", "10.10.0.1", "route-twice", "metric 0 of protocol 4, metric 400 of protocol 16", "metric and order");
}

static void a_gateway_that_is_the_ports_own_address_is_named(void **state)
{
	struct judge *j = *state;

	ip_run("route replace default via 10.10.0.1 dev p0 table 101");
	judge_run(j, STAGES, NULL, 0);
	assert_string_equal(judge_findings(j), "settings");
	expect(j, "route.bound", "192.0.2", "gateway-own", "dev p0 via 10.10.0.1",
	       "gateway 10.10.0.1 is an address of p0 itself: nobody on the wire answers for it");
	/* in a table without the subnet the kernel takes it for what it is, and the route for one without a gateway */
	ip_run("route flush table 101");
	ip_run("route add default via 10.10.0.1 dev p0 table 101");
	forget_intent(j);
	judge_run(j, STAGES, NULL, 0);
	assert_string_equal(judge_findings(j), "gateway-own");
	expect(j, "route.bound", "192.0.2", "gateway-own", "dev p0 table 101", "the kernel leaves it out");
}

static void a_gateway_that_is_another_port_of_the_node_is_named(void **state)
{
	struct judge *j = *state;

	ip_run("addr add 10.10.0.77/32 dev p1");
	ip_run("route replace default via 10.10.0.77 dev p0 table 101");
	judge_run(j, STAGES, NULL, 0);
	expect(j, "route.bound", "192.0.2", "gateway-other-port", "via 10.10.0.77", "gateway 10.10.0.77 is an address of p1, of this node: it forwards");
}

static void a_wrong_gateway_is_named(void **state)
{
	struct judge *j = *state;

	ip_run("route replace default via 10.10.0.253 dev p0 table 101");
	judge_run(j, STAGES, NULL, 0);
	assert_string_equal(judge_findings(j), "settings");
	expect(j, "route.bound", "192.0.2", "gateway-wrong", "dev p0 via 10.10.0.253", "does not expect it");
	expect(j, "route.socket", "192.0.2", "gateway-wrong", "dev p0 via 10.10.0.253", "does not expect it");
	assert_int_equal(judge_result(j, "route.back", "p0", NULL)->verdict, VERDICT_PASS);
}

static void a_rule_that_refuses_is_named_before_a_connect(void **state)
{
	struct judge *j = *state;

	ip_run("rule add pref 300 from 10.10.0.1 to 10.10.0.0/28 prohibit");
	forget_intent(j);
	judge_run(j, STAGES, NULL, 0);
	assert_string_equal(judge_findings(j), "route-refused");
	expect(j, "route.back", "10.10.0.2", "route-refused", "will refuse connects from 10.10.0.2", "rule 300: from 10.10.0.1 ");
	/* rdma_cm's own look-up takes it to be on the link all the same */
	assert_int_equal(judge_result(j, "route.bound", "p0", "10.10.0.2")->verdict, VERDICT_PASS);
}

/* Peers with one port each. */
static struct peer peer_with(struct judge *j, const char *name, const char *address)
{
	struct peer_port *port = arena_new(&j->arena, struct peer_port);

	port->addr = arena_new(&j->arena, struct prefix);
	*port->addr = prefix_is(address);
	port->addr_n = 1;
	struct peer p = { .asked = port->addr->addr, .port = port, .port_n = 1 };

	snprintf(p.host, sizeof(p.host), "%s", name);
	return p;
}

static void each_peer_that_will_be_refused_is_named(void **state)
{
	struct judge *j = *state;
	struct peer peers[] = { peer_with(j, "b", "10.10.0.11/24"), peer_with(j, "c", "10.20.0.1/24") };

	ip_run("rule add pref 300 to 10.20.0.0/16 unreachable");
	judge_run(j, STAGES, peers, 2);
	assert_string_equal(judge_findings(j), "route-refused");
	expect(j, "route.back", "10.20.0.1 to 10.10.0.1", "route-refused", "will refuse connects from 10.20.0.1: no route leads back",
	       "rule 300: ");
	assert_null(judge_result(j, "route.back", "p0", "10.10.0.11 to"));
}

/* Both ports in one IPv6 subnet. */
static void ip6_takes_another_port_where_the_prefix_has_no_route_by_this_one(void **state)
{
	struct judge *j = *state;
	struct peer peers[2];

	forget_intent(j);
	ip_run("addr add fd01::1/64 dev p0 nodad");
	ip_run("addr add fd01::2/64 dev p1 nodad");
	peers[0] = peer_with(j, "b", "fd01::11/64");
	judge_run(j, STAGES, peers, 1);
	assert_int_equal(judge_result(j, "route.back", "p0", "fd01::1")->verdict, VERDICT_PASS);
	assert_int_equal(judge_result(j, "route.back", "p1", "fd01::2")->verdict, VERDICT_PASS);
	/* of another metric: what is sent leaves by p1, and what is asked for is still found */
	ip_run("-6 route del fd01::/64 dev p0");
	ip_run("-6 route add fd01::/64 dev p0 metric 4096");
	judge_run(j, STAGES, peers, 1);
	assert_int_equal(judge_result(j, "route.back", "p0", "fd01::1")->verdict, VERDICT_PASS);
	ip_run("-6 route del fd01::/64 dev p0");
	judge_run(j, STAGES, peers, 1);
	expect(j, "route.back", "fd01::11 to fd01::1", "route-other-port", "will refuse connects from fd01::11: the way back leaves by p1",
	       "another cable");
	assert_int_equal(judge_result(j, "route.back", "p1", "fd01::2")->verdict, VERDICT_PASS);
}

/* Each begins with a node of its own. */
#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_found_on_a_node_that_is_right),
		TEST(a_rule_before_the_ports_own_is_named),
		TEST(an_empty_table_lets_the_look_up_fall_to_main),
		TEST(a_route_taken_out_of_the_ports_table_follows_from_settings),
		TEST(a_rule_that_is_missing_is_named),
		TEST(a_rule_for_lo_alone_does_not_count_for_the_way_back),
		TEST(a_rule_that_stands_there_twice_is_named),
		TEST(a_route_that_stands_there_twice_is_named),
		TEST(a_gateway_that_is_the_ports_own_address_is_named),
		TEST(a_gateway_that_is_another_port_of_the_node_is_named),
		TEST(a_wrong_gateway_is_named),
		TEST(a_rule_that_refuses_is_named_before_a_connect),
		TEST(each_peer_that_will_be_refused_is_named),
		TEST(ip6_takes_another_port_where_the_prefix_has_no_route_by_this_one),
	};

	return cmocka_run_group_tests(tests, netns_group, NULL);
}
