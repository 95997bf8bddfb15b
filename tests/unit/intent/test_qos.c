/* SPDX-License-Identifier: MIT */
/* `qos:` of an intent: its keys, its layers, and what is wished of each port in the end. */
#include "test.h"

#include <errno.h>
#include <string.h>

#include "fake/site.h"

static struct intent read_good(struct arena *a, const char *text)
{
	struct diag d = { .arena = a };
	struct intent in = { 0 };

	if (intent_read("f", text, a, &in, &d) != 0)
		fail_msg("%s", diag_text(&d));
	return in;
}

/* Two RoCE ports p0, p1, and what the text wishes of them. */
static struct site *site_of(const char *text)
{
	struct site *s = site_new(2, 0, NULL);

	s->in = read_good(&s->arena, arena_printf(&s->arena, "version: 1\n%s", text));
	return s;
}

static struct site *resolved(const char *text)
{
	struct site *s = site_of(text);

	if (site_resolve(s) != 0)
		fail_msg("%s", diag_text(&s->diag));
	return s;
}

/* "- 1 -": a for each place that is not ours -; b, for nothing, the word none. */
static const char *text_of(struct site *s, const char *netdev, enum setting_id id)
{
	const struct opt_list *l = &site_wish(s, netdev)->list[id];
	const char *text = "";

	for (size_t i = 0; l->is == OPT_SET && i < l->v.n; i++)
		text = l->v.at[i] == LIST_ANY  ? arena_printf(&s->arena, "%s-", text) :
		       l->v.at[i] == LIST_NONE ? arena_printf(&s->arena, "%sn", text) :
						 arena_printf(&s->arena, "%s%u ", text, l->v.at[i]);
	return text;
}

static const struct opt_u32 *number(struct site *s, const char *netdev, enum setting_id id)
{
	return &site_wish(s, netdev)->number[id];
}

static void must_be(struct site *s, enum setting_id id, uint32_t v)
{
	assert_int_equal(number(s, "p0", id)->is, OPT_SET);
	assert_int_equal(number(s, "p0", id)->v, v);
}

static void each_list_has_its_forms(void **state)
{
	static const struct {
		const char *qos;
		enum setting_id id;
		const char *text;
	} cases[] = {
		{ "pfc: [3]", SETTING_PFC, "---1 ----" },
		{ "pfc: {3: on, 4: off}", SETTING_PFC, "---1 0 ---" },
		{ "pfc: {3: true, 4: false}", SETTING_PFC, "---1 0 ---" },
		{ "pfc: none", SETTING_PFC, "0 0 0 0 0 0 0 0 " },
		{ "ecn: [3]", SETTING_ECN_NP, "---1 ----" },
		{ "ecn: [3]", SETTING_ECN_RP, "---1 ----" },
		{ "ets: {prio_tc: [0, 0, 0, 1, 0, 0, 2, 0]}", SETTING_ETS, "0 0 0 1 0 0 2 0 ----------------" },
		{ "ets: {tsa: [ets, strict, cbs, vendor, ets, ets, ets, ets]}", SETTING_ETS,
		  "--------2 0 1 255 2 2 2 2 --------" },
		{ "ets: {bandwidth: [10, 0, 0, 90, 0, 0, 0, 0]}", SETTING_ETS, "----------------10 0 0 90 0 0 0 0 " },
		{ "buffer: {prio: [0, 0, 0, 1, 0, 0, 0, 0]}", SETTING_BUFFER, "0 0 0 1 0 0 0 0 --------" },
		{ "buffer: {size_bytes: [9, 8, 0, 0, 0, 0, 0, 0]}", SETTING_BUFFER, "--------9 8 0 0 0 0 0 0 " },
		{ "maxrate_mbps: [0, 0, 0, 25, 0, 0, 0, 0]", SETTING_MAXRATE, "0 0 0 25000 0 0 0 0 " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_site *s = resolved("");

		s->in = read_good(&s->arena, arena_printf(&s->arena, "version: 1\nqos: {%s}\n", cases[i].qos));
		assert_int_equal(site_resolve(s), 0);
		assert_string_equal(text_of(s, "p1", cases[i].id), cases[i].text);
	}
}

static void dscps_not_named_are_left_alone_and_none_takes_all_away(void **state)
{
	auto_site *some = resolved("qos: {dscp_prio: {26: 3, 48: none}}\n"), *none = resolved("qos: {dscp_prio: none}\n");
	const uint32_t *at = site_wish(some, "p0")->list[SETTING_DSCP_PRIO].v.at;

	(void)state;
	assert_int_equal(at[26], 3);
	assert_int_equal(at[48], LIST_NONE);
	assert_int_equal(at[27], LIST_ANY);
	at = site_wish(none, "p0")->list[SETTING_DSCP_PRIO].v.at;
	for (size_t i = 0; i < DSCPS; i++)
		assert_int_equal(at[i], LIST_NONE);
}

static void words_are_numbers_of_their_list(void **state)
{
	auto_site *s = resolved("qos: {roce_mode: v2, trust: dscp, pause: off, dcbx: host, tos: 106, traffic_class: 105, "
				"cable_length_m: 7, cnp: {dscp: 48, prio: 6}}\n");

	(void)state;
	must_be(s, SETTING_CM_MODE, 1);
	must_be(s, SETTING_TRUST, 1);
	must_be(s, SETTING_PAUSE, 0);
	must_be(s, SETTING_DCBX, 1);
	must_be(s, SETTING_CM_TOS, 106);
	must_be(s, SETTING_TRAFFIC_CLASS, 105);
	must_be(s, SETTING_CABLE_LENGTH, 7);
	must_be(s, SETTING_CNP_DSCP, 48);
	must_be(s, SETTING_CNP_PRIO, 6);
}

static void what_is_not_mentioned_is_not_touched(void **state)
{
	auto_site *s = resolved("qos: {tos: 106}\n");

	(void)state;
	for (enum setting_id id = 0; id < SETTING_N; id++) {
		assert_int_equal(site_wish(s, "p0")->list[id].is, OPT_UNSET);
		if (id != SETTING_CM_TOS)
			assert_int_equal(number(s, "p0", id)->is, OPT_UNSET);
	}
}

static void the_nearer_layer_goes_over_the_farther_key_by_key(void **state)
{
	auto_site *s = resolved("profile: lossless\n"
				"qos: {tos: 104, dscp_prio: {26: 3}, ets: {prio_tc: [0, 1, 2, 3, 4, 5, 6, 7]}}\n"
				"defaults: {qos: {pfc: [3, 4], cnp: {prio: 6, dscp: 48}}}\n"
				"ports:\n"
				"- match: {netdev: p0}\n"
				"  qos: {pfc: [5], cnp: {dscp: 40}, ets: {bandwidth: [0, 0, 0, 0, 0, 0, 0, 0]}}\n"
				"- match: {netdev: p1}\n");

	(void)state;
	must_be(s, SETTING_CM_TOS, 104);
	must_be(s, SETTING_TRUST, 1); /* of the profile */
	must_be(s, SETTING_CNP_PRIO, 6);
	must_be(s, SETTING_CNP_DSCP, 40);
	assert_string_equal(text_of(s, "p0", SETTING_PFC), "-----1 --");
	assert_string_equal(text_of(s, "p1", SETTING_PFC), "---1 1 ---");
	assert_string_equal(text_of(s, "p0", SETTING_ETS), "0 1 2 3 4 5 6 7 --------0 0 0 0 0 0 0 0 ");
	assert_int_equal(site_wish(s, "p0")->said_at[SETTING_PFC].line, 7);
	assert_int_equal(site_wish(s, "p1")->said_at[SETTING_PFC].line, 4);
}

static void null_takes_a_wish_of_a_farther_layer_away(void **state)
{
	auto_site *s = resolved("qos: {tos: 106, trust: dscp, pfc: [3], ets: {prio_tc: [0, 1, 2, 3, 4, 5, 6, 7]}}\n"
				"ports:\n"
				"- match: {netdev: p0}\n"
				"  qos: null\n"
				"- match: {netdev: p1}\n"
				"  qos: {pfc: null, ets: {prio_tc: null}, dscp_prio: null}\n");

	(void)state;
	for (enum setting_id id = 0; id < SETTING_N; id++) {
		assert_int_equal(number(s, "p0", id)->is, OPT_UNSET);
		assert_int_not_equal(site_wish(s, "p0")->list[id].is, OPT_SET);
	}
	assert_int_equal(site_wish(s, "p1")->list[SETTING_PFC].is, OPT_NONE);
	assert_int_equal(site_wish(s, "p1")->list[SETTING_ETS].is, OPT_NONE);
	assert_int_equal(site_wish(s, "p1")->list[SETTING_DSCP_PRIO].is, OPT_NONE);
	assert_int_equal(number(s, "p1", SETTING_CM_TOS)->v, 106);
	assert_int_equal(number(s, "p1", SETTING_PAUSE)->is, OPT_UNSET);
}

static void pfc_takes_pause_off_and_has_the_host_write(void **state)
{
	auto_site *s = resolved("qos: {pfc: [3]}\n"), *off = resolved("qos: {pfc: {3: off}}\n");
	auto_site *null = resolved("qos: {pfc: [3], pause: null, dcbx: null}\n");

	(void)state;
	must_be(s, SETTING_PAUSE, 0);
	must_be(s, SETTING_DCBX, 1);
	assert_int_equal(site_wish(s, "p0")->said_at[SETTING_PAUSE].line, 2);
	assert_int_equal(number(off, "p0", SETTING_PAUSE)->is, OPT_UNSET);
	must_be(off, SETTING_DCBX, 1);
	assert_int_equal(number(null, "p0", SETTING_PAUSE)->is, OPT_UNSET);
	assert_int_equal(number(null, "p0", SETTING_DCBX)->is, OPT_UNSET);
}

/* Without DCB there is no PFC to be had; that global pause is not there either is as good as off. */
static void what_follows_is_not_missed_where_there_is_no_such_thing(void **state)
{
	auto_site *s = site_of("qos: {pfc: [3]}\n"), *said = site_of("qos: {pfc: [3], pause: off}\n");

	(void)state;
	site_plan(s);
	assert_int_equal(plan_blocked(&s->plan), 2);
	site_plan(said);
	assert_int_equal(plan_blocked(&said->plan), 4);
}

static void trust_dscp_alone_brings_the_standard_map(void **state)
{
	auto_site *s = resolved("qos: {trust: dscp}\n"), *own = resolved("qos: {trust: dscp, dscp_prio: {26: 3}}\n");
	const uint32_t *at = site_wish(s, "p0")->list[SETTING_DSCP_PRIO].v.at;

	(void)state;
	for (size_t i = 0; i < DSCPS; i++)
		assert_int_equal(at[i], i / 8);
	assert_int_equal(site_wish(own, "p0")->list[SETTING_DSCP_PRIO].v.at[0], LIST_ANY);
}

static void a_vlan_gets_its_map_alone_and_its_port_the_rest(void **state)
{
	auto_site *s = site_of("qos: {tos: 106, pfc: [3], vlan_egress: {2: 3}}\nports: [{match: {netdev: p0}}, {match: {netdev: p0.7}}]\n");
	struct link *l = fake_link_add(&s->fake, 50, "p0.7");

	(void)state;
	strcpy(l->kind, "vlan");
	l->vlan_id = 7;
	l->lower = 10;
	l->up = true;
	assert_int_equal(site_resolve(s), 0);
	assert_int_equal(site_wish(s, "p0.7")->list[SETTING_VLAN_EGRESS].v.at[2], 3);
	assert_int_equal(site_wish(s, "p0.7")->list[SETTING_VLAN_EGRESS].v.at[0], LIST_ANY);
	assert_int_equal(site_wish(s, "p0.7")->list[SETTING_PFC].is, OPT_UNSET);
	assert_int_equal(number(s, "p0.7", SETTING_CM_TOS)->is, OPT_UNSET);
	assert_int_equal(site_wish(s, "p0")->list[SETTING_VLAN_EGRESS].is, OPT_UNSET);
	must_be(s, SETTING_CM_TOS, 106);
}

static void tcp_ecn_is_of_the_node(void **state)
{
	auto_site *s = resolved("qos: {tcp_ecn: 1}\n");

	(void)state;
	assert_int_equal(s->wishes.node.number[SETTING_TCP_ECN].v, 1);
	assert_int_equal(number(s, "p0", SETTING_TCP_ECN)->is, OPT_UNSET);
}

static void what_can_not_be_together_is_told_once_with_its_place(void **state)
{
	static const struct {
		const char *text;
		unsigned int line, column;
		const char *fragment;
	} cases[] = {
		{ "qos: {pfc: [3], pause: on}\n", 2, 24, "global pause next to PFC" },
		{ "qos:\n  pfc: [3]\n  pause: rx\n", 4, 10, "global pause next to PFC" },
		{ "qos: {trust: pcp, dscp_prio: {26: 3}}\n", 2, 30, "DSCP entries next to trust: pcp" },
		{ "profile: lossless\nqos: {pause: on}\n", 3, 14, "global pause next to PFC" },
		{ "ports:\n- match: {netdev: p0}\n  qos: {tcp_ecn: 1}\n", 4, 18, "it is of the node" },
		{ "ports:\n- match: {netdev: p0}\n  qos: {vlan_egress: {2: 3}}\n", 4, 22, "p0 is no VLAN" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_site *s = site_of(cases[i].text);

		assert_int_equal(site_resolve(s), -EINVAL);
		assert_int_equal(s->diag.n, 1);
		assert_int_equal(s->diag.item[0].place.line, cases[i].line);
		assert_int_equal(s->diag.item[0].place.column, cases[i].column);
		assert_non_null(strstr(s->diag.item[0].text, cases[i].fragment));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_list_has_its_forms),
		cmocka_unit_test(dscps_not_named_are_left_alone_and_none_takes_all_away),
		cmocka_unit_test(words_are_numbers_of_their_list),
		cmocka_unit_test(what_is_not_mentioned_is_not_touched),
		cmocka_unit_test(the_nearer_layer_goes_over_the_farther_key_by_key),
		cmocka_unit_test(null_takes_a_wish_of_a_farther_layer_away),
		cmocka_unit_test(pfc_takes_pause_off_and_has_the_host_write),
		cmocka_unit_test(what_follows_is_not_missed_where_there_is_no_such_thing),
		cmocka_unit_test(trust_dscp_alone_brings_the_standard_map),
		cmocka_unit_test(a_vlan_gets_its_map_alone_and_its_port_the_rest),
		cmocka_unit_test(tcp_ecn_is_of_the_node),
		cmocka_unit_test(what_can_not_be_together_is_told_once_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
