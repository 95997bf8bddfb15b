/* SPDX-License-Identifier: MIT */
/* The intent for `doroce reapply`: read and resolved it gives the wishes back, port by port. */
#include "golden.h"
#include "intent/intent.h"

static struct file_wishes written(struct plans *pl)
{
	struct persist_notes notes = { 0 };
	struct file_wishes ws = { 0 };

	persist_boot.write(&pl->in, &ws, &notes);
	assert_int_equal(notes.n, 0);
	return ws;
}

static struct wishes read_back(struct plans *pl, const char *text)
{
	struct diag d = { .arena = pl->arena };
	struct remarks remarks = { 0 };
	struct intent in = { 0 };
	struct wishes ret = { 0 };

	if (intent_read(PERSIST_BOOT, text, pl->arena, &in, &d) < 0 ||
	    intent_resolve(&in, &pl->node, pl->arena, &ret, &remarks, &d) < 0)
		fail_msg("%s", diag_text(&d));
	return ret;
}

static bool route_is_wished(const struct wish *w, const struct route_wish *want)
{
	for vec_each(rw, &w->routes)
		if (rw->is == want->is && route_same_key(&rw->route, &want->route) &&
		    ip_equal(&rw->route.gateway, &want->route.gateway))
			return true;
	return false;
}

static void assert_same_wish(const struct wish *got, const struct wish *want)
{
	assert_ptr_equal(got->port, want->port);
	for (size_t i = 0; i < SETTING_N; i++)
		if (settings[i].key && !settings[i].read)
			assert_memory_equal(&got->number[i], &want->number[i], sizeof(got->number[i]));
	assert_int_equal(got->addrs.n, want->addrs.n);
	for (size_t i = 0; i < want->addrs.n; i++)
		assert_memory_equal(&got->addrs.at[i].prefix, &want->addrs.at[i].prefix, sizeof(struct prefix));
	assert_int_equal(got->flush, want->flush);
	assert_int_equal(got->routes.n, want->routes.n);
	for vec_each(rw, &want->routes)
		assert_true(route_is_wished(got, rw));
	assert_int_equal(got->rules.n, want->rules.n);
	for (size_t i = 0; i < want->rules.n; i++)
		assert_memory_equal(&got->rules.at[i], &want->rules.at[i], sizeof(struct rule));
}

static void assert_comes_back(struct plans *pl)
{
	struct file_wishes ws = written(pl);
	struct wishes back = read_back(pl, ws.at[0].text);

	assert_int_equal(ws.n, 1);
	assert_string_equal(ws.at[0].path, PERSIST_BOOT);
	assert_int_equal(back.n, pl->wishes.n);
	for (size_t i = 0; i < back.n; i++)
		assert_same_wish(&back.at[i], &pl->wishes.at[i]);
}

static void the_plans_come_back_as_they_were(void **state)
{
	auto_arena a = { 0 };

	(void)state;
	assert_comes_back(plans_one_subnet(&a));
	assert_comes_back(plans_rail_gateway(&a));
	assert_comes_back(plans_ipv6(&a));
}

/* A row that is left out here would be lost with the next boot. */
static void every_number_comes_back(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_rail_gateway(&a);

	(void)state;
	for (size_t i = 0; i < SETTING_N; i++)
		if (settings[i].key && !settings[i].read) /* others: test_boot_qos.c */
			pl->wishes.at[0].number[i] = (struct opt_u32){ OPT_SET, settings[i].max };
	for (size_t i = 0; i < SETTING_N; i++)
		pl->wishes.at[1].number[i] = (struct opt_u32){ 0 };
	pl->wishes.at[1].flush = true;
	assert_comes_back(pl);
}

static void an_address_without_a_table_comes_back(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_one_subnet(&a);

	(void)state;
	for vec_each(w, &pl->wishes)
		w->routes.n = w->rules.n = 0;
	assert_comes_back(pl);
}

/* The first of two is gone: the second keeps its address and its table. */
static void a_port_that_is_missing_shifts_nobody(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_one_subnet(&a);
	struct file_wishes ws = written(pl);

	(void)state;
	pl->node.ports.at++;
	pl->node.ports.n--;
	struct wishes back = read_back(pl, ws.at[0].text);
	assert_int_equal(back.n, 1);
	assert_same_wish(&back.at[0], &pl->wishes.at[1]);
}

static void the_slot_counts_before_the_mac_address_and_that_before_the_name(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_one_subnet(&a);
	struct port *p[] = { plans_port_of(pl, &pl->wishes.at[0]), plans_port_of(pl, &pl->wishes.at[1]) };

	(void)state;
	must_contain(written(pl).at[0].text, "match: {pci: \"0000:1a:00.1\"}");
	strcpy(p[0]->rdma.pci, p[1]->rdma.pci);
	must_contain(written(pl).at[0].text, "match: {mac: \"b8:ce:f6:00:00:0b\"}");
	memcpy(p[0]->link.mac, p[1]->link.mac, MAC_LEN);
	must_contain(written(pl).at[0].text, "match: {netdev: \"ens1f1np1\"}");
}

static void ours_goes_when_nothing_is_wished(void **state)
{
	auto_arena a = { 0 };
	struct plans *none = plans_empty(&a), *ours = plans_empty(&a);

	(void)state;
	plans_seen(ours, PERSIST_BOOT, PERSIST_MARK "\nversion: 1\n");
	assert_int_equal(written(none).n, 0);
	assert_int_equal(written(ours).n, 1);
	assert_int_equal(written(ours).at[0].is, OPT_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_plans_come_back_as_they_were),
		cmocka_unit_test(every_number_comes_back),
		cmocka_unit_test(an_address_without_a_table_comes_back),
		cmocka_unit_test(a_port_that_is_missing_shifts_nobody),
		cmocka_unit_test(the_slot_counts_before_the_mac_address_and_that_before_the_name),
		cmocka_unit_test(ours_goes_when_nothing_is_wished),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
