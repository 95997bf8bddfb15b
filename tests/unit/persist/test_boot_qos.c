/* SPDX-License-Identifier: MIT */
/* QoS in the intent for `doroce reapply`: what is wished comes back, and nothing else. */
#include "golden.h"
#include "intent/intent.h"

static const char *written(struct plans *pl)
{
	struct persist_notes notes = { 0 };
	struct file_wishes ws = { 0 };

	persist_boot.write(&pl->in, &ws, &notes);
	assert_int_equal(ws.n, 1);
	return ws.at[0].text;
}

static struct wishes read_back(struct plans *pl)
{
	struct diag d = { .arena = pl->arena };
	struct remarks remarks = { 0 };
	struct intent in = { 0 };
	struct wishes ret = { 0 };
	const char *text = written(pl);

	if (intent_read(PERSIST_BOOT, text, pl->arena, &in, &d) < 0 ||
	    intent_resolve(&in, &pl->node, pl->arena, &ret, &remarks, &d) < 0)
		fail_msg("%s\n%s", text, diag_text(&d));
	return ret;
}

static void list_wish(struct plans *pl, struct wish *w, enum setting_id id, uint32_t v)
{
	size_t n = settings[id].count;
	uint32_t *at = arena_array(pl->arena, uint32_t, n);

	for (size_t i = 0; i < n; i++)
		at[i] = settings[id].whole || id == SETTING_MAXRATE ? v : i == 3 ? 1 : i == 5 ? 0 : LIST_ANY;
	w->list[id] = (struct opt_list){ .v = { n, at }, .is = OPT_SET };
}

static void assert_same_qos(const struct wish *got, const struct wish *want)
{
	for (enum setting_id id = 0; id < SETTING_N; id++) {
		const struct setting *s = &settings[id];

		if (!s->read)
			continue;
		if (setting_is_wished(s, got) != setting_is_wished(s, want))
			fail_msg("%s", s->name);
		if (setting_is_wished(s, want) && s->count &&
		    !list_equal(&got->list[id].v, &want->list[id].v))
			fail_msg("%s", s->name);
		if (!s->count)
			assert_int_equal(got->number[id].v, want->number[id].v);
	}
}

/* A row that is left out would be lost with the next boot. */
static void each_setting_of_a_port_comes_back(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_rail_gateway(&a);
	struct wish *w = &pl->wishes.at[0];

	(void)state;
	for (enum setting_id id = 0; id < SETTING_N; id++) {
		if (!settings[id].read || settings[id].of_node || id == SETTING_VLAN_EGRESS)
			continue;
		if (settings[id].count)
			list_wish(pl, w, id, 1000);
		else
			w->number[id] = (struct opt_u32){ OPT_SET, settings[id].max };
	}
	list_wish(pl, w, SETTING_ETS, 2);
	list_wish(pl, w, SETTING_BUFFER, 3);
	w->number[SETTING_PAUSE].v = 0;
	w->list[SETTING_ECN_RP] = w->list[SETTING_ECN_NP];
	struct wishes back = read_back(pl);
	assert_same_qos(&back.at[0], w);
	assert_same_qos(&back.at[1], &pl->wishes.at[1]);
}

static void the_nodes_own_comes_back(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_one_subnet(&a);

	(void)state;
	pl->wishes.node.number[SETTING_TCP_ECN] = (struct opt_u32){ OPT_SET, 1 };
	must_contain(written(pl), "\nqos:\n  tcp_ecn: 1\nports:\n");
	assert_int_equal(read_back(pl).node.number[SETTING_TCP_ECN].v, 1);
}

/* PFC turns global pause off, and takes DCBX, unless somebody said that these are not doroce's. */
static void what_was_taken_out_of_our_hands_stays_there(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_one_subnet(&a);
	struct wish *w = &pl->wishes.at[0];

	(void)state;
	list_wish(pl, w, SETTING_PFC, 0);
	w->number[SETTING_TRUST] = (struct opt_u32){ OPT_SET, 1 };
	must_contain(written(pl), "    qos:\n      trust: dscp\n      pfc: {3: on, 5: off}\n      pause: null\n      dcbx: null\n"
				  "      dscp_prio: null\n");
	assert_same_qos(&read_back(pl).at[0], w);
}

static void an_egress_map_of_a_vlan_comes_back(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_vlans(&a);

	(void)state;
	for vec_each(w, &pl->wishes)
		if (w->port->below[0])
			list_wish(pl, w, SETTING_VLAN_EGRESS, 0);
	struct wishes back = read_back(pl);
	for (size_t i = 0; i < back.n; i++)
		assert_same_qos(&back.at[i], &pl->wishes.at[i]);
	must_contain(written(pl), "vlan_egress: {3: 1, 5: 0}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_setting_of_a_port_comes_back),
		cmocka_unit_test(the_nodes_own_comes_back),
		cmocka_unit_test(what_was_taken_out_of_our_hands_stays_there),
		cmocka_unit_test(an_egress_map_of_a_vlan_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
