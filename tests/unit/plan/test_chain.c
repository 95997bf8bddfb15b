/* SPDX-License-Identifier: MIT */
/* The chain from ToS to PFC and on: what holds, and what is refused before anything is written. */
#include "test.h"

#include <errno.h>
#include <stdio.h>

#include "fake/site.h"
#include "plan/chain.h"

/* Two RoCE ports p0, p1 on NICs with DCB, rdma_cm's ToS 0, and what the text wishes of them; read, not yet planned. */
static struct site *site_of(const char *text)
{
	struct site *s = site_new(2, 0, NULL);
	char path[64];

	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "p%d", i);
		fake_nic_add(&s->fake, path);
		snprintf(path, sizeof(path), "rxe_%d/1/default_roce_tos", i);
		fake_attr_add(&s->fake, path, "0");
		snprintf(path, sizeof(path), "/sys/class/net/p%d/ecn/roce_np/cnp_802p_prio", i);
		fake_attr_add(&s->fake, path, "6");
		snprintf(path, sizeof(path), "/sys/class/net/p%d/ecn/roce_np/cnp_dscp", i);
		fake_attr_add(&s->fake, path, "48");
	}
	s->diag = (struct diag){ .arena = &s->arena };
	if (intent_read("f", arena_printf(&s->arena, "version: 1\n%s", text), &s->arena, &s->in, &s->diag) != 0)
		fail_msg("%s", diag_text(&s->diag));
	return s;
}

static int prove(struct site *s)
{
	if (site_resolve(s) != 0)
		fail_msg("%s", diag_text(&s->diag));
	settings_read(&s->fake.k, &s->arena, &s->node, &s->wishes);
	return chain_prove(&s->wishes, &s->node, &s->arena, &s->remarks, &s->diag);
}

static void must_hold(const char *text)
{
	auto_site *s = site_of(text);

	if (prove(s) != 0)
		fail_msg("%s", diag_text(&s->diag));
	assert_int_equal(s->remarks.n, 0);
}

static void must_be_refused(const char *text, const char *error)
{
	auto_site *s = site_of(text);

	assert_int_equal(prove(s), -EINVAL);
	assert_int_equal(s->diag.n, 1); /* once for both ports */
	if (strncmp(diag_text(&s->diag), error, strlen(error)) != 0)
		fail_msg("'%s' is not '%s'", diag_text(&s->diag), error);
}

static void must_be_remarked(const char *text, const char *fragment)
{
	auto_site *s = site_of(text);

	assert_int_equal(prove(s), 0);
	assert_int_equal(s->remarks.n, 2);
	assert_false(s->remarks.at[0].left_alone);
	must_contain(s->remarks.at[0].text, fragment);
}

static void whole_chains_hold(void **state)
{
	(void)state;
	must_hold("profile: lossless\n");
	must_hold("profile: lossy\n");
	must_hold("qos: {tos: 106, trust: dscp, dscp_prio: {26: 3}, pfc: [3]}\n");
	must_hold("qos: {tos: 96, dscp_prio: {24: 5}, pfc: [5]}\n"); /* the entry makes it trust DSCP */
	must_hold("qos: {tos: 0, trust: pcp, pfc: [0]}\n");
	must_hold("qos: {pfc: [3]}\n"); /* no ToS is wished: none is judged */
	must_hold("");
}

static void a_tos_whose_priority_has_no_pfc_is_refused(void **state)
{
	(void)state;
	must_be_refused("qos: {tos: 106, dscp_prio: {26: 0}, pfc: [3]}\n",
			"f:2:12: tos 106 is DSCP 26, which is of priority 0 here: PFC is on 3");
	must_be_refused("qos: {tos: 32, trust: dscp, pfc: [3]}\n", "f:2:12: tos 32 is DSCP 8, which is of priority 1 here: PFC is on 3");
	must_be_refused("qos: {tos: 106, trust: pcp, pfc: [3, 4]}\n",
			"f:2:12: tos 106 is untagged, which is of priority 0 with trust pcp: PFC is on 3 4");
	must_be_refused("qos: {tos: 106, pfc: [3]}\n", /* the NIC trusts PCP */
			"f:2:12: tos 106 is untagged, which is of priority 0 with trust pcp: PFC is on 3");
	must_be_refused("profile: nco-roce-optimized\n", "profile nco-roce-optimized:4:8: tos 0 is DSCP 0, which is of priority 0 here");
}

static void what_is_there_counts_where_nothing_is_wished(void **state)
{
	auto_site *s = site_of("qos: {tos: 106, pfc: {4: on}, ets: {prio_tc: [0, 1, 2, 3, 4, 5, 6, 7]}}\n");

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct fake_nic *nic = fake_nic(&s->fake, i ? "p1" : "p0");

		nic->dcb.dscp_prio[26] = 3;
		nic->dcb.trust = 1;
		nic->dcb.pfc[3] = 1;
	}
	assert_int_equal(prove(s), 0);
	fake_nic(&s->fake, "p1")->dcb.pfc[3] = 0;
	assert_int_equal(prove(s), -EINVAL);
	assert_string_equal(s->diag.item[0].text, "tos 106 is DSCP 26, which is of priority 3 here: PFC is on 4");
}

/* VLAN 7 on p0, whose map has 2 -> 0 at first: rdma_cm's priority of ToS 106 is 2. */
static struct site *site_vlan(const char *qos)
{
	struct site *s = site_of("");
	struct link *l = fake_link_add(&s->fake, 50, "p0.7");

	strcpy(l->kind, "vlan");
	l->vlan_id = 7;
	l->lower = 10;
	l->up = true;
	s->diag = (struct diag){ .arena = &s->arena };
	if (intent_read("f", arena_printf(&s->arena, "version: 1\nports: [{match: {netdev: p0}}, {match: {netdev: p0.7}}]\n%s", qos),
			&s->arena, &s->in, &s->diag) != 0)
		fail_msg("%s", diag_text(&s->diag));
	return s;
}

static void a_vlan_with_pcp_trust_goes_by_its_map(void **state)
{
	auto_site *good = site_vlan("qos: {tos: 106, trust: pcp, pfc: [3], vlan_egress: {2: 3}}\n");
	auto_site *bad = site_vlan("qos: {tos: 106, trust: pcp, pfc: [3], vlan_egress: {3: 3}}\n");
	auto_site *dscp = site_vlan("qos: {tos: 106, trust: dscp, pfc: [3]}\n");

	(void)state;
	assert_int_equal(prove(good), 0);
	/* nobody is meant to send without a tag, but it is said */
	assert_int_equal(good->remarks.n, 1);
	assert_int_equal(prove(bad), -EINVAL);
	assert_string_equal(bad->diag.item[0].text,
			    "tos 106 is of priority 2 for rdma_cm, and is tagged 0 on p0.7: PFC is on 3");
	assert_int_equal(bad->diag.item[0].place.line, 3);
	assert_int_equal(bad->diag.item[0].place.column, 52);
	assert_int_equal(prove(dscp), 0);
}

/* Why the priority is not known of p0 as it is. */
static void must_be_unknown(const char *text, const char *why)
{
	auto_site *s = site_of(text);

	prove(s);
	struct chain c = chain_of(&s->wishes, &s->wishes.at[0], &s->node, false, &s->arena);
	assert_false(c.prio_known);
	assert_string_equal(chain_unknown(&c), why);
}

static void the_first_unknown_link_says_why(void **state)
{
	(void)state;
	must_be_unknown("qos: {trust: dscp}\n", "rdma_cm's ToS is not known");
	must_be_unknown("qos: {tos: 106}\n", "trust is not known");
}

static void the_kernels_own_priorities_are_those_of_its_table(void **state)
{
	static const struct {
		uint32_t tos, prio;
	} cases[] = {
		{ 0, 0 },    { 2, 0 },	  { 4, 0 },    { 7, 0 },    { 8, 2 },	 { 10, 2 },   { 12, 2 },  { 14, 2 },	{ 106, 2 },
		{ 96, 0 },   { 0x10, 6 }, { 0x12, 6 }, { 0x14, 6 }, { 0x16, 6 }, { 0x18, 4 }, { 0x1a, 4 }, { 0x1c, 4 }, { 255, 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(skb_prio_of_tos(cases[i].tos), cases[i].prio);
}

static void sums_must_be_right(void **state)
{
	(void)state;
	must_be_refused("qos:\n  ets:\n    tsa: [ets, ets, strict, strict, strict, strict, strict, strict]\n"
			"    bandwidth: [50, 40, 0, 0, 0, 0, 0, 0]\n",
			"f:5:16: qos.ets.bandwidth: 90 % in all over the classes whose tsa is ets: 100 % is wanted");
	must_hold("qos: {ets: {tsa: [ets, ets, strict, strict, strict, strict, strict, strict], "
		  "bandwidth: [50, 50, 0, 0, 0, 0, 0, 0]}}\n");
	must_be_refused("qos: {buffer: {size_bytes: [262144, 1, 0, 0, 0, 0, 0, 0]}}\n",
			"f:2:28: qos.buffer.size_bytes: 262145 B in all: the port has 262144 B");
}

static void later_parts_are_looked_at_too(void **state)
{
	(void)state;
	must_be_refused("profile: lossless\nqos: {buffer: {prio: [0, 0, 0, 1, 0, 0, 0, 0], size_bytes: [9, 0, 0, 0, 0, 0, 0, 0]}}\n",
			"f:3:60: tos 106 is of priority 3, whose buffer 1 has 0 B");
	must_be_remarked("profile: lossless\nqos: {ets: {prio_tc: [0, 1, 2, 0, 4, 5, 6, 7]}}\n",
			 "priority 3, with PFC, and 0, without, are both in traffic class 0");
	must_be_remarked("profile: lossless\nqos: {buffer: {prio: [1, 0, 0, 1, 0, 0, 0, 0], size_bytes: [9, 9, 0, 0, 0, 0, 0, 0]}}\n",
			 "priority 3, with PFC, and 0, without, are both in buffer 1");
	must_be_remarked("profile: lossless\nqos: {ets: {prio_tc: [0, 1, 2, 3, 4, 5, 6, 7], "
			 "tsa: [ets, ets, ets, ets, ets, ets, ets, ets], bandwidth: [100, 0, 0, 0, 0, 0, 0, 0]}}\n",
			 "tos 106 is in traffic class 3, which has 0 % of the bandwidth");
	must_be_remarked("profile: lossless\nqos: {pfc: [3, 6], cnp: {prio: 6}}\n", "CNPs are of priority 6, which has PFC");
	must_be_remarked("profile: lossless\nqos: {cnp: {prio: 5, dscp: 48}}\n",
			 "CNPs are of priority 5 here, and of 6 by their DSCP 48");
}

static void more_than_the_driver_can_is_an_obstacle(void **state)
{
	auto_site *s = site_of("profile: lossless\nqos: {pfc: [3, 4, 5], ets: {prio_tc: [0, 1, 2, 3, 4, 5, 6, 7]}}\n");
	size_t found = 0;

	(void)state;
	for (int i = 0; i < 2; i++) {
		fake_nic(&s->fake, i ? "p1" : "p0")->dcb.pfc_cap = 2;
		fake_nic(&s->fake, i ? "p1" : "p0")->dcb.ets_cap = 4;
	}
	assert_int_equal(prove(s), 0);
	s->plan = plan_make(&s->wishes, &s->node, &s->arena);
	for vec_each(ob, &s->plan.obstacles) {
		if (ob->setting == &settings[SETTING_PFC]) {
			assert_string_equal(ob->wanted, "PFC on 3 priorities");
			must_contain(ob->seen, "can have 2 (pfc_cap)");
			found++;
		} else if (ob->setting == &settings[SETTING_ETS]) {
			assert_string_equal(ob->wanted, "traffic class 7");
			must_contain(ob->seen, "can have 4 (ets_cap)");
			found++;
		}
	}
	assert_int_equal(found, 4);
}

/* For verify: what is there, and what is wanted of it. */
static void what_is_there_is_judged_by_the_wish(void **state)
{
	auto_site *s = site_of("profile: lossless\n");

	(void)state;
	assert_int_equal(prove(s), 0);
	struct chain now = chain_of(&s->wishes, &s->wishes.at[0], &s->node, false, &s->arena);
	struct chain later = chain_of(&s->wishes, &s->wishes.at[0], &s->node, true, &s->arena);

	assert_int_equal(now.tos, 0);
	assert_int_equal(now.link[CHAIN_PFC].state, CHAIN_BROKEN);
	assert_string_equal(now.link[CHAIN_PFC].seen, "PFC is on none");
	assert_string_equal(now.link[CHAIN_TRUST].seen, "trust pcp");
	assert_int_equal(later.prio, 3);
	assert_int_equal(later.tc, 3);
	assert_int_equal(later.link[CHAIN_PFC].state, CHAIN_HOLDS);
	assert_int_equal(later.link[CHAIN_ECN].state, CHAIN_UNKNOWN);
	for (enum chain_part part = 0; part < CHAIN_PARTS; part++) {
		assert_non_null(later.link[part].seen);
		assert_non_null(chain_name(part));
		assert_non_null(chain_why(part));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_chains_hold),
		cmocka_unit_test(a_tos_whose_priority_has_no_pfc_is_refused),
		cmocka_unit_test(what_is_there_counts_where_nothing_is_wished),
		cmocka_unit_test(a_vlan_with_pcp_trust_goes_by_its_map),
		cmocka_unit_test(the_first_unknown_link_says_why),
		cmocka_unit_test(the_kernels_own_priorities_are_those_of_its_table),
		cmocka_unit_test(sums_must_be_right),
		cmocka_unit_test(later_parts_are_looked_at_too),
		cmocka_unit_test(more_than_the_driver_can_is_an_obstacle),
		cmocka_unit_test(what_is_there_is_judged_by_the_wish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
