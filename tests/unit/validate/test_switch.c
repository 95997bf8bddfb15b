/* SPDX-License-Identifier: MIT */
/* Stage switch: what the switch says by LLDP is compared with the port, and nothing is said where it does not say. */
#include "fake/site.h"
#include "test.h"
#include "unit/port/lldp/hear.h"
#include "validate/verify.h"

/* Two ports with NICs: PFC on 3, DSCP 26 in 3 and 48 in 6, ETS as in LEAF's recommendation, ToS 106. */
static struct site *site_of_nics(void)
{
	static const uint32_t tc[PRIORITIES] = { [3] = 1, [6] = 2 };
	struct site *s = site_new(2, 0, NULL);

	site_nics(s);
	s->fake.k.lldp_hear = wire_hear;
	for vec_each(n, &s->fake.now.nics) {
		n->dcb.dscp_prio[26] = 3;
		n->dcb.dscp_prio[48] = 6;
		n->dcb.trust = TRUST_DSCP;
		n->dcb.pfc[3] = 1;
		memcpy(n->dcb.prio_tc, tc, sizeof(tc));
		for (size_t i = 0; i < PRIORITIES; i++)
			n->dcb.tsa[i] = i < 3 ? TSA_ETS : TSA_STRICT;
		n->dcb.bandwidth_pct[0] = 40;
		n->dcb.bandwidth_pct[1] = 50;
		n->dcb.bandwidth_pct[2] = 10;
	}
	for (size_t i = 0; i < 2; i++)
		strcpy((char *)fake_attr(&s->fake, i ? "rxe_1/1/default_roce_tos" : "rxe_0/1/default_roce_tos"), "106");
	return s;
}

/* The stage alone, with these frames at both ports, without an intent. */
static struct verify switch_verified(struct site *s, const char *p0, const char *p1)
{
	struct err e = { 0 };

	assert_int_equal(node_read(&s->fake.k, &s->arena, &s->node, NULL), 0);
	wire.frames[0] = p0;
	wire.frames[1] = p1;
	struct verify v = {
		.kern = &s->fake.k, .arena = &s->arena, .node = &s->node, .o.stages = 1u << VERIFY_SWITCH, .o.lldp_s = 5,
	};
	assert_int_equal(verify_run(&v, &e), 0);
	assert_int_equal(wire.limit_ms, 5000);
	return v;
}

static const struct result *result_of(const struct verify *v, const char *check, const char *netdev)
{
	for vec_each(r, &v->results)
		if (strcmp(r->check->id, check) == 0 && r->port && strcmp(r->port->link.name, netdev) == 0)
			return r;
	fail_msg("no result %s of %s", check, netdev);
	return NULL;
}

/* The result of p0 is that, with a finding unless id is FINDING_NONE. */
static void must_be(const struct verify *v, const char *check, enum verdict verdict, enum finding_id id, const char *seen,
		    const char *wanted)
{
	const struct result *r = result_of(v, check, "p0");

	assert_string_equal(r->seen, seen);
	assert_int_equal(r->verdict, verdict);
	assert_ptr_equal(r->finding, id ? &findings[id] : NULL);
	if (wanted)
		assert_string_equal(r->wanted, wanted);
	if (verdict == VERDICT_FAIL || verdict == VERDICT_WARN)
		assert_true(r->why && r->mend);
}

static void a_switch_that_is_set_as_the_port_passes(void **state)
{
	auto_site *s = site_of_nics();

	(void)state;
	struct verify v = switch_verified(s, LEAF, LEAF);
	assert_int_equal(verify_count(&v, VERDICT_PASS), v.results.n);
	must_be(&v, "switch.neighbour", VERDICT_PASS, 0, "leaf1 Ethernet1/1", NULL);
	must_be(&v, "switch.mtu", VERDICT_PASS, 0, "leaf1 Ethernet1/1 says frames of 9216 B, netdev MTU 1500 B", NULL);
	must_be(&v, "switch.pfc", VERDICT_PASS, 0, "PFC on 3, as leaf1 Ethernet1/1 says", NULL);
	must_be(&v, "switch.app", VERDICT_PASS, 0, "2 DSCPs have the same priority, as leaf1 Ethernet1/1 says", NULL);
}

static void a_silent_switch_is_warned_of_and_compared_with_nothing(void **state)
{
	auto_site *s = site_of_nics();

	(void)state;
	struct verify v = switch_verified(s, NULL, LEAF);
	must_be(&v, "switch.neighbour", VERDICT_WARN, FINDING_LLDP_SILENT, "no LLDP frame came within 5 s", NULL);
	must_be(&v, "switch.pfc", VERDICT_NA, 0, "nothing to compare with: no LLDP frame came within 5 s", NULL);
	assert_int_equal(verify_count(&v, VERDICT_NA), 4);
	assert_int_equal(result_of(&v, "switch.pfc", "p1")->verdict, VERDICT_PASS);
}

static void a_malformed_frame_is_told_and_not_used(void **state)
{
	auto_site *s = site_of_nics();

	(void)state;
	struct verify v = switch_verified(s, MANDATORY PFC_3_4 "fe 07 0080c2 0b 08 08 00 " END, LEAF);
	must_be(&v, "switch.neighbour", VERDICT_FAIL, FINDING_LLDP_MALFORMED, "byte 41: PFC: it comes a second time",
		"an LLDP frame of the switch");
	assert_int_equal(result_of(&v, "switch.pfc", "p0")->verdict, VERDICT_NA);
}

static void what_the_switch_does_not_say_is_not_applicable(void **state)
{
	auto_site *s = site_of_nics();

	(void)state;
	struct verify v = switch_verified(s, MANDATORY SYSTEM END, MANDATORY CEE END);
	assert_int_equal(verify_count(&v, VERDICT_PASS), 2);
	assert_int_equal(verify_count(&v, VERDICT_NA), v.results.n - 2);
	must_be(&v, "switch.ets", VERDICT_NA, 0, "leaf1 Ethernet1/1 does not say its ETS", NULL);
	must_contain(result_of(&v, "switch.pfc", "p1")->seen, "but speaks DCBX of before the standard (CEE)");
}

static void pfc_of_other_priorities_fails(void **state)
{
	auto_site *s = site_of_nics();

	(void)state;
	struct verify v = switch_verified(s, MANDATORY SYSTEM PFC_3_4 END, LEAF);
	must_be(&v, "switch.pfc", VERDICT_FAIL, FINDING_SWITCH_PFC_DIFFERS, "PFC on 3", "PFC on 3 4, as leaf1 Ethernet1/1 says");
}

static void frames_that_the_switch_does_not_take_fail(void **state)
{
	static const struct {
		const char *frame;
		enum verdict verdict;
	} rows[] = {
		{ MANDATORY MAX_FRAME_9216 END, VERDICT_PASS }, { MANDATORY MAX_FRAME_9018 END, VERDICT_PASS },
		/* that agent may mean what is in them */
		{ MANDATORY "fe 06 00120f 04 2339 " END, VERDICT_NA }, { MANDATORY "fe 06 00120f 04 2328 " END, VERDICT_NA },
		{ MANDATORY "fe 06 00120f 04 2327 " END, VERDICT_FAIL }, { MANDATORY MAX_FRAME_1518 END, VERDICT_FAIL },
		{ MANDATORY "fe 06 00120f 04 0000 " END, VERDICT_NA },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_site *s = site_of_nics();

		fake_link(&s->fake, "p0")->mtu = 9000;
		struct verify v = switch_verified(s, rows[i].frame, LEAF);
		const struct result *r = result_of(&v, "switch.mtu", "p0");
		assert_int_equal(r->verdict, rows[i].verdict);
		assert_true((r->finding == &findings[FINDING_SWITCH_MTU_SMALL]) == (r->verdict == VERDICT_FAIL));
	}
}

/* The recommendation is for us; the numbers of the classes are each end's own. */
static void ets_is_compared_by_priority(void **state)
{
	auto_site *s = site_of_nics();

	(void)state;
	struct verify v = switch_verified(s, MANDATORY SYSTEM ETS ETS_ADVICE END, MANDATORY SYSTEM ETS END);
	assert_int_equal(result_of(&v, "switch.ets", "p0")->verdict, VERDICT_PASS);
	const struct result *r = result_of(&v, "switch.ets", "p1");
	assert_int_equal(r->verdict, VERDICT_WARN);
	assert_ptr_equal(r->finding, &findings[FINDING_SWITCH_ETS_DIFFERS]);
	assert_string_equal(r->seen, "priority 0: ets 40 %, with 1 2 4 5 7");
	assert_string_equal(r->wanted, "priority 0: ets 50 %, with 1 2 4 5 7, as leaf1 Ethernet1/1 says");
	fake_nic(&s->fake, "p0")->dcb.prio_tc[3] = 0;
	v = switch_verified(s, MANDATORY SYSTEM ETS_ADVICE END, LEAF);
	must_be(&v, "switch.ets", VERDICT_WARN, FINDING_SWITCH_ETS_DIFFERS, "priority 0: ets 40 %, with 1 2 3 4 5 7", NULL);
}

static void classes_of_the_driver_are_not_compared(void **state)
{
	auto_site *s = site_of_nics();

	(void)state;
	for (size_t i = 0; i < PRIORITIES; i++)
		fake_nic(&s->fake, "p0")->dcb.tsa[i] = TSA_VENDOR;
	struct verify v = switch_verified(s, LEAF, LEAF);
	must_be(&v, "switch.ets", VERDICT_NA, 0, "the port's classes are its driver's own (vendor)", NULL);
}

static void a_dscp_with_another_priority_fails(void **state)
{
	auto_site *s = site_of_nics();

	(void)state;
	struct verify v = switch_verified(s, MANDATORY SYSTEM APP_DSCP_26_4 END, LEAF);
	must_be(&v, "switch.app", VERDICT_FAIL, FINDING_SWITCH_APP_DIFFERS, "priorities of DSCPs 26:3",
		"26:4, as leaf1 Ethernet1/1 says");
	/* by the port number alone */
	v = switch_verified(s, MANDATORY SYSTEM "fe 08 0080c2 0c 00 a312b7 " END, LEAF);
	must_be(&v, "switch.app", VERDICT_FAIL, FINDING_SWITCH_APP_DIFFERS, "RoCE v2 has priority 3",
		"priority 5, as leaf1 Ethernet1/1 says");
	/* iSCSI, and a DSCP that the port does not know */
	v = switch_verified(s, MANDATORY SYSTEM "fe 0b 0080c2 0c 00 820cbc 25000a " END, LEAF);
	must_be(&v, "switch.app", VERDICT_NA, 0, "leaf1 Ethernet1/1 has a priority for no DSCP of the port", NULL);
}

static void a_port_without_dcb_is_compared_by_size_alone(void **state)
{
	auto_site *s = site_new(2, 0, NULL);

	(void)state;
	s->fake.k.lldp_hear = wire_hear;
	struct verify v = switch_verified(s, LEAF, LEAF);
	assert_int_equal(verify_count(&v, VERDICT_PASS), 4);
	assert_int_equal(verify_count(&v, VERDICT_NA), v.results.n - 4);
	must_contain(result_of(&v, "switch.pfc", "p0")->seen, "has no DCB");
}

/* Neither a stage nor a result of it, whatever else is asked for. */
static void nobody_listens_unless_asked(void **state)
{
	auto_site *s = site_of_nics();
	struct err e = { 0 };

	(void)state;
	wire.heard = 0;
	assert_int_equal(node_read(&s->fake.k, &s->arena, &s->node, NULL), 0);
	struct verify v = { .kern = &s->fake.k, .arena = &s->arena, .node = &s->node,
			    .o.stages = 1u << VERIFY_SWITCH | 1u << VERIFY_QOS };
	assert_int_equal(verify_run(&v, &e), 0);
	assert_int_equal(wire.heard, 0);
	for vec_each(r, &v.results)
		assert_int_equal(r->check->stage, VERIFY_QOS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_switch_that_is_set_as_the_port_passes),
		cmocka_unit_test(a_silent_switch_is_warned_of_and_compared_with_nothing),
		cmocka_unit_test(a_malformed_frame_is_told_and_not_used),
		cmocka_unit_test(what_the_switch_does_not_say_is_not_applicable),
		cmocka_unit_test(pfc_of_other_priorities_fails),
		cmocka_unit_test(frames_that_the_switch_does_not_take_fail),
		cmocka_unit_test(ets_is_compared_by_priority),
		cmocka_unit_test(classes_of_the_driver_are_not_compared),
		cmocka_unit_test(a_dscp_with_another_priority_fails),
		cmocka_unit_test(a_port_without_dcb_is_compared_by_size_alone),
		cmocka_unit_test(nobody_listens_unless_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
