/* SPDX-License-Identifier: MIT */
/* Stage route: what is wrong has a name and follows from settings where those say so, on a kernel in memory. */
#include <linux/fib_rules.h>
#include <string.h>

#include "fake/judge.h"
#include "fake/kern.h"
#include "test.h"

enum { STAGES = 1u << VERIFY_SETTINGS | 1u << VERIFY_ROUTE };

static struct fake fake;

static int bench_open(void **state)
{
	struct judge *j = judge_open(state, &fake, 2);

	judge_intent(j, "sequence: {from: 10.0.0.1/24}\ndefaults: {gateway: 10.0.0.254}\n");
	judge_configure(j);
	return 0;
}

static const struct result *found(struct judge *j, const char *check, const char *subject)
{
	judge_run(j, STAGES, NULL, 0);
	const struct result *r = judge_result(j, check, "p0", subject);

	assert_non_null(r);
	return r;
}

static void a_configured_node_has_no_finding(void **state)
{
	struct judge *j = *state;

	assert_int_equal(found(j, "route.bound", NULL)->verdict, VERDICT_PASS);
	assert_string_equal(judge_findings(j), "");
}

static void a_port_in_a_vrf_is_named(void **state)
{
	struct judge *j = *state;
	struct link *vrf = fake_link_add(&fake, 40, "blue");

	strcpy(vrf->kind, "vrf");
	vrf->vrf_table = 10;
	fake_link(&fake, "p0")->master = vrf->ifindex;
	for vec_each(rt, &fake.now.routes)
		rt->table = rt->table == 101 ? 10 : rt->table;
	const struct result *r = found(j, "route.socket", "192.0.2.1");

	assert_string_equal(result_name(r), "route-vrf");
	assert_string_equal(r->follows, "settings");
	must_contain(r->why, "p0 is in VRF blue: what is bound to it is looked up in table 10 alone");
}

static void a_rule_that_refuses_is_named(void **state)
{
	struct judge *j = *state;
	struct rule *ru = fake_rule_add(&fake, 100, "10.0.0.1/32", 0);

	ru->action = FR_ACT_PROHIBIT;
	const struct result *r = found(j, "route.back", NULL);

	assert_string_equal(result_name(r), "route-refused");
	must_contain(r->seen, "will refuse connects from 10.0.0.3");
	must_contain(r->why, "rule 100: from 10.0.0.1 ");
}

static void another_gateway_in_the_intent_is_one_of_settings(void **state)
{
	struct judge *j = *state;

	j->in.defaults.gateway.v = ip_is("10.0.0.253");
	const struct result *r = found(j, "route.bound", "192.0.2.1");

	assert_string_equal(result_name(r), "gateway-wrong");
	assert_string_equal(r->follows, "settings");
	must_contain(r->mend, "doroce configure: ");
}

static void a_rule_of_the_same_table_before_ours_shadows_nothing(void **state)
{
	struct judge *j = *state;

	fake_rule_add(&fake, 100, "10.0.0.1/32", 101);
	assert_int_equal(found(j, "route.socket", NULL)->verdict, VERDICT_PASS);
	assert_string_equal(judge_findings(j), "rule-twice");
	fake_rule_add(&fake, 90, "10.0.0.1/32", 150);
	fake_route_add(&fake, "p1", "0.0.0.0/0", 150);
	assert_string_equal(result_name(found(j, "route.socket", NULL)), "route-shadowed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_configured_node_has_no_finding, bench_open, judge_close),
		cmocka_unit_test_setup_teardown(a_port_in_a_vrf_is_named, bench_open, judge_close),
		cmocka_unit_test_setup_teardown(a_rule_that_refuses_is_named, bench_open, judge_close),
		cmocka_unit_test_setup_teardown(another_gateway_in_the_intent_is_one_of_settings, bench_open, judge_close),
		cmocka_unit_test_setup_teardown(a_rule_of_the_same_table_before_ours_shadows_nothing, bench_open, judge_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
