/* SPDX-License-Identifier: MIT */
/* .network files: the four plans, files of others, names, what is no longer wished. */
#include "backend.h"

static const char ours[] = "/etc/systemd/network/70-doroce-ens1f0np0.network";

static struct outcome run(const struct plans *pl)
{
	return outcome_of("networkd", pl);
}

/* The only note, about the one subnet with a file of somebody else there. */
static const struct persist_note *note_with(struct arena *a, const char *path, const char *text)
{
	struct plans *pl = plans_one_subnet(a);

	plans_seen(pl, path, text);
	struct outcome o = run(pl);
	if (o.notes.n != 1)
		fail_msg("%zu notes", o.notes.n);
	return o.notes.at;
}

static void assert_untold(struct arena *a, const char *path, const char *text)
{
	struct plans *pl = plans_one_subnet(a);

	plans_seen(pl, path, text);
	struct outcome o = run(pl);
	assert_no_note(&o);
}

static void the_four_plans_are_as_the_golden_files(void **state)
{
	(void)state;
	assert_four_plans("networkd", "networkd", "", NULL, NULL, 2);
}

static void files_are_readable_for_networkds_user(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = run(plans_one_subnet(&a));

	(void)state;
	assert_int_equal(o.files.at[0].mode, 0644);
}

static void every_file_begins_with_the_mark(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = run(plans_one_subnet(&a));
	struct file f = { .text = o.files.at[0].text };

	(void)state;
	assert_true(persist_is_ours(&f));
}

static void an_earlier_file_that_takes_the_port_is_fatal(void **state)
{
	auto_arena a = { 0 };
	const struct persist_note *n = note_with(&a, "/etc/systemd/network/10-all.network",
						 "# all\n\n[Match]\nName=eno1 ens1f1*\n[Network]\nDHCP=yes\n");

	(void)state;
	assert_true(n->fatal);
	assert_string_equal(n->port->link.name, "ens1f1np1");
	must_contain(n->text, "/etc/systemd/network/10-all.network:3: matches ens1f1np1 and comes before");
}

static void a_list_of_what_is_not_meant_means_the_rest(void **state)
{
	auto_arena a = { 0 };
	const struct persist_note *n =
		note_with(&a, "/etc/systemd/network/10-rest.network", "[Match]\nName=!lo ens1f0*\n");

	(void)state;
	assert_true(n->fatal);
	assert_string_equal(n->port->link.name, "ens1f1np1");
}

static void a_file_of_netplan_leads_to_netplan(void **state)
{
	auto_arena a = { 0 };
	const struct persist_note *n = note_with(&a, "/run/systemd/network/10-netplan-ens1f0np0.network",
						 "[Match]\nName=ens1f0np0\n");

	(void)state;
	assert_true(n->fatal);
	must_contain(n->text, "--persist=netplan");
}

static void a_later_file_is_told_and_no_more(void **state)
{
	auto_arena a = { 0 };
	const struct persist_note *n = note_with(&a, "/etc/systemd/network/80-dhcp.network",
						 "[Match]\nPermanentMACAddress=B8:CE:F6:00:00:0A\n");

	(void)state;
	assert_false(n->fatal);
	must_contain(n->text, "80-dhcp.network:1: also matches ens1f0np0");
}

static void a_condition_that_is_not_known_may_match(void **state)
{
	auto_arena a = { 0 };
	const struct persist_note *n = note_with(&a, "/etc/systemd/network/10-x.network",
						 "[Match]\nName=ens1f0np0\nVirtualization=vm\n");

	(void)state;
	assert_false(n->fatal);
	must_contain(n->text, "may match ens1f0np0");
}

static void files_for_other_devices_are_no_matter(void **state)
{
	static const char *const text[] = {
		"[Match]\nName=!ens* lo\n",	  "[Match]\nName=ens1f0\n",
		"[Match]\nType=wlan\n",		  "[Match]\nKind=veth\n",
		"[Match]\nDriver=ice\n",	  "[Match]\nPath=pci-0000:02:*\n",
		"[Match]\nMACAddress=02:00:00:00:00:01\n",
		"[Match]\n\n[Network]\nName=ens1f0np0\n",
		"[Network]\nDHCP=yes\n",	  "",
	};
	auto_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++)
		assert_untold(&a, "/etc/systemd/network/10-x.network", text[i]);
}

static void a_file_that_another_one_hides_is_not_looked_at(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_one_subnet(&a);

	(void)state;
	plans_seen(pl, "/usr/lib/systemd/network/10-x.network", "[Match]\nName=*\n");
	plans_seen(pl, "/run/systemd/network/10-x.network", "[Match]\nName=*\n");
	plans_seen(pl, "/etc/systemd/network/10-x.network", "[Match]\nName=lo\n");
	assert_int_equal(run(pl).notes.n, 0);
}

static void a_port_that_is_no_longer_wished_loses_its_file(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_one_subnet(&a);

	(void)state;
	plans_seen(pl, "/etc/systemd/network/70-doroce-old.network", PERSIST_MARK "\n[Match]\nName=old\n");
	plans_seen(pl, "/etc/systemd/network/70-doroce-hand.network", "[Match]\nName=hand\n");
	plans_seen(pl, ours, PERSIST_MARK "\n[Match]\nName=ens1f0np0\n");
	struct outcome o = run(pl);
	assert_int_equal(o.files.n, 3);
	assert_int_equal(plans_file(&o.files, ours)->is, OPT_SET);
	assert_int_equal(plans_file(&o.files, "/etc/systemd/network/70-doroce-old.network")->is, OPT_NONE);
}

static void without_wishes_all_files_of_ours_go(void **state)
{
	(void)state;
	assert_port_goes("networkd", "ens1f1np1");
	assert_all_goes("networkd", "/etc/systemd/network/10-x.network");
}

static void names_with_dots_and_of_15_characters_are_held(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_empty(&a);

	(void)state;
	plans_address(pl, plans_port(pl, "enp1s0f0np0.100"), "10.0.0.1/24", NULL, 101);
	struct outcome o = run(pl);
	assert_int_equal(o.notes.n, 0);
	must_contain(o.files.at[0].text, "\n[Match]\nName=enp1s0f0np0.100\n");
	assert_string_equal(o.files.at[0].path, "/etc/systemd/network/70-doroce-enp1s0f0np0.100.network");
}

static void names_that_do_not_last_are_matched_by_mac_address(void **state)
{
	static const char *const names[] = { "eth0", "r\303\266ce", "4711", "a*b", "100%" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		auto_arena a = { 0 };
		struct plans *pl = plans_empty(&a);

		plans_address(pl, plans_port(pl, names[i]), "10.0.0.1/24", NULL, 101);
		struct outcome o = run(pl);
		assert_int_equal(o.notes.n, 0);
		must_contain(o.files.at[0].text, "[Match]\nPermanentMACAddress=b8:ce:f6:00:00:0a\n");
		assert_string_equal(o.files.at[0].path, "/etc/systemd/network/70-doroce-b8cef600000a.network");
	}
}

static void a_name_that_can_not_be_held_is_fatal_without_a_mac_address(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_empty(&a);
	struct wish *w = plans_port(pl, "r\303\266ce");

	(void)state;
	plans_address(pl, w, "10.0.0.1/24", NULL, 101);
	plans_port_of(pl, w)->link.mac[0] = 2; /* given locally */
	struct outcome o = run(pl);
	assert_int_equal(o.files.n, 0);
	assert_true(plans_note(&o.notes, "takes no such name")->fatal);
}

static void a_mac_address_of_two_ports_names_none(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_empty(&a);
	struct wish *w;

	(void)state;
	plans_address(pl, plans_port(pl, "eth0"), "10.0.0.1/24", NULL, 101);
	w = plans_port(pl, "eth1");
	plans_address(pl, w, "10.0.0.2/24", NULL, 102);
	plans_port_of(pl, w)->link.mac[5] = 0x0a;
	struct outcome o = run(pl);
	must_contain(o.files.at[0].text, "[Match]\nName=eth0\n");
	must_contain(o.files.at[1].text, "[Match]\nName=eth1\n");
}

static void a_port_without_addresses_keeps_what_it_has(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_empty(&a);

	(void)state;
	plans_port(pl, "ens1f0np0")->number[SETTING_MTU] = (struct opt_u32){ OPT_SET, 4200 };
	struct outcome o = run(pl);
	assert_int_equal(o.files.n, 0);
	assert_false(plans_note(&o.notes, "its MTU 4200 is not written down")->fatal);
}

/* a file of somebody else for each port, besides our own */
static void files_of_others_take_no_more_time(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_many(&a, 512);

	(void)state;
	for vec_each(w, &pl->wishes)
		plans_seen(pl, arena_printf(&a, "/run/systemd/network/10-netplan-%s.network", w->port->link.name),
			   arena_printf(&a, "[Match]\nName=%s\n", w->port->link.name));
	clock_t start = clock();
	struct outcome o = run(pl);
	print_message("512 ports, 512 files: %.1f ms\n", (double)(clock() - start) * 1000 / CLOCKS_PER_SEC);
	assert_int_equal(fatal_count(&o), 512);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_four_plans_are_as_the_golden_files),
		cmocka_unit_test(files_are_readable_for_networkds_user),
		cmocka_unit_test(every_file_begins_with_the_mark),
		cmocka_unit_test(an_earlier_file_that_takes_the_port_is_fatal),
		cmocka_unit_test(a_list_of_what_is_not_meant_means_the_rest),
		cmocka_unit_test(a_file_of_netplan_leads_to_netplan),
		cmocka_unit_test(a_later_file_is_told_and_no_more),
		cmocka_unit_test(a_condition_that_is_not_known_may_match),
		cmocka_unit_test(files_for_other_devices_are_no_matter),
		cmocka_unit_test(a_file_that_another_one_hides_is_not_looked_at),
		cmocka_unit_test(a_port_that_is_no_longer_wished_loses_its_file),
		cmocka_unit_test(without_wishes_all_files_of_ours_go),
		cmocka_unit_test(names_with_dots_and_of_15_characters_are_held),
		cmocka_unit_test(names_that_do_not_last_are_matched_by_mac_address),
		cmocka_unit_test(a_name_that_can_not_be_held_is_fatal_without_a_mac_address),
		cmocka_unit_test(a_mac_address_of_two_ports_names_none),
		cmocka_unit_test(a_port_without_addresses_keeps_what_it_has),
		cmocka_unit_test(files_of_others_take_no_more_time),
		cmocka_unit_test_prestate(many_ports_take_linear_time, (void *)"networkd"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
