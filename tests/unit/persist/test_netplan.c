/* SPDX-License-Identifier: MIT */
/* netplan: the four plans, other files that define a port, renderers, names. */
#include "backend.h"
#include "persist/text.h"

static struct outcome run(const struct plans *pl)
{
	return outcome_of("netplan", pl);
}

/* The one subnet with a file of somebody else. */
static struct outcome run_with(struct arena *a, const char *name, const char *text)
{
	struct plans *pl = plans_one_subnet(a);

	plans_seen(pl, name, text);
	return run(pl);
}

/* The only note of it. */
static const struct persist_note *note_with(struct arena *a, const char *name, const char *text)
{
	struct outcome o = run_with(a, name, text);

	if (o.notes.n != 1)
		fail_msg("%zu notes; %s", o.notes.n, o.notes.n ? o.notes.at[1].text : "");
	return o.notes.at;
}

static void the_four_plans_are_as_the_golden_files(void **state)
{
	(void)state;
	assert_four_plans("netplan", "netplan", "", NULL, NULL, 1);
}

static void the_file_begins_with_the_mark_and_forces_no_renderer(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = run(plans_one_subnet(&a));
	struct file f = { .text = o.files.at[0].text };

	(void)state;
	assert_true(persist_is_ours(&f));
	assert_null(strstr(f.text, "renderer"));
	assert_int_equal(o.files.at[0].mode, 0600);
}

static void what_another_file_adds_to_the_port_is_told(void **state)
{
	auto_arena a = { 0 };
	const struct persist_note *n = note_with(&a, "/etc/netplan/50-cloud-init.yaml",
						 "network:\n"
						 "  ethernets:\n"
						 "    ens1f0np0:\n"
						 "      dhcp4: true\n"
						 "      addresses: [10.9.0.1/24, 10.9.0.2/24]\n"
						 "      routes:\n"
						 "      - {to: default, via: 10.9.0.254}\n"
						 "      mtu: 1500\n");

	(void)state;
	assert_false(n->fatal);
	assert_string_equal(n->port->link.name, "ens1f0np0");
	assert_string_equal(n->text, "/etc/netplan/50-cloud-init.yaml:3: also defines ens1f0np0, and adds "
				     "dhcp4: true; addresses: 10.9.0.1/24, 10.9.0.2/24; routes; doroce's "
				     "file overrules mtu: 1500 instead of 4200");
}

static void a_later_file_with_another_number_is_fatal(void **state)
{
	auto_arena a = { 0 };
	const struct persist_note *n =
		note_with(&a, "/etc/netplan/99-x.yaml", "network: {ethernets: {ens1f0np0: {mtu: 1500}}}\n");

	(void)state;
	assert_true(n->fatal);
	must_contain(n->text, "99-x.yaml:1: also defines ens1f0np0, with mtu: 1500 instead of 4200, and is read "
			      "after 90-doroce.yaml");
}

static void a_definition_by_mac_address_is_merged_under_its_id(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = run_with(&a, "/etc/netplan/50-cloud-init.yaml",
				    "network:\n"
				    "  ethernets:\n"
				    "    rail0:\n"
				    "      match: {macaddress: 'B8:CE:F6:00:00:0A'}\n"
				    "      set-name: ens1f0np0\n");

	(void)state;
	assert_int_equal(o.notes.n, 1);
	assert_false(o.notes.at[0].fatal);
	must_contain(o.notes.at[0].text, ":3: also defines ens1f0np0");
	must_contain(o.files.at[0].text, "\n    \"rail0\":\n      mtu: 4200\n");
	assert_null(strstr(o.files.at[0].text, "ens1f0np0"));
	must_contain(o.files.at[0].text, "\n    \"ens1f1np1\":\n");
}

static void definitions_of_two_files_are_one(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_one_subnet(&a);

	(void)state;
	plans_seen(pl, "/etc/netplan/60-b.yaml", "network: {ethernets: {r0: {dhcp6: true}}}\n");
	plans_seen(pl, "/etc/netplan/50-a.yaml", "network: {ethernets: {r0: {match: {name: ens1f0np0}}}}\n");
	struct outcome o = run(pl);
	assert_int_equal(o.notes.n, 2);
	must_contain(o.notes.at[0].text, "50-a.yaml:1: also defines ens1f0np0");
	must_contain(o.notes.at[1].text, "60-b.yaml:1: also defines ens1f0np0, and adds dhcp6: true");
	must_contain(o.files.at[0].text, "\n    \"r0\":\n");
}

static void a_vlan_stays_in_its_section(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_empty(&a);
	struct wish *w = plans_port(pl, "ens1f0np0.100");

	(void)state;
	plans_address(pl, w, "10.0.0.1/24", NULL, 101);
	strcpy(plans_port_of(pl, w)->link.kind, "vlan");
	plans_seen(pl, "/etc/netplan/50-a.yaml",
		   "network: {vlans: {ens1f0np0.100: {id: 100, link: ens1f0np0}}, ethernets: {ens1f0np0: {}}}\n");
	struct outcome o = run(pl);
	assert_int_equal(o.notes.n, 1);
	must_contain(o.files.at[0].text, "network:\n  version: 2\n  vlans:\n    \"ens1f0np0.100\":\n");
}

/* of networkd's files, which netplan names by the ids, the first that matches counts */
static void a_glob_that_comes_first_is_fatal(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = run_with(&a, "/etc/netplan/50-a.yaml",
				    "network: {ethernets: {all: {match: {driver: [ice, mlx5_*]}}}}\n");

	(void)state;
	assert_int_equal(o.notes.n, 2);
	assert_true(o.notes.at[0].fatal);
	must_contain(o.notes.at[0].text, "50-a.yaml:1: 'all' also matches ens1f0np0: it would be used instead");
	assert_true(o.notes.at[1].fatal);
}

static void a_glob_that_comes_later_is_told(void **state)
{
	auto_arena a = { 0 };
	const struct persist_note *n = note_with(
		&a, "/etc/netplan/50-a.yaml", "network: {ethernets: {rest: {match: {name: '*f1np1'}, dhcp4: true}}}\n");

	(void)state;
	assert_false(n->fatal);
	must_contain(n->text, "'rest' also matches ens1f1np1: doroce's file comes first");
}

static void an_id_that_is_of_another_device_is_fatal(void **state)
{
	auto_arena a = { 0 };
	const struct persist_note *n =
		note_with(&a, "/etc/netplan/50-a.yaml",
			  "network: {ethernets: {ens1f0np0: {match: {macaddress: '02:00:00:00:00:01'}}}}\n");

	(void)state;
	assert_true(n->fatal);
	must_contain(n->text, "'ens1f0np0' is there the id of another device");
}

static void files_without_our_ports_are_no_matter(void **state)
{
	static const char *const text[] = {
		"network: {version: 2, renderer: networkd, ethernets: {eno1: {dhcp4: true}}}\n",
		"network: {ethernets: {x: {match: {macaddress: '02:00:00:00:00:01'}}}}\n",
		"network: {ethernets: {x: {match: {name: ens1f*, driver: ice}}}}\n",
		"network: {bonds: {bond0: {interfaces: [eno1, eno2]}}}\n",
		"network: {version: 2}\n---\nnetwork: {ethernets: {ens1f0np0: {}}}\n",
		"# nothing\n", "",
	};
	auto_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(text); i++) {
		struct outcome o = run_with(&a, "/etc/netplan/50-a.yaml", text[i]);

		if (o.notes.n)
			fail_msg("%s", o.notes.at[0].text);
	}
}

static void a_file_that_does_not_parse_is_fatal(void **state)
{
	static const struct {
		const char *text, *note;
	} bad[] = {
		{ "network:\n  ethernets:\n\tens1f0np0: {}\n", "50-a.yaml:3:1: " },
		{ "network: {ethernets: {ens1f0np0: {}}\n", "50-a.yaml:2:1: " },
		{ "network: [\xff]\n", "50-a.yaml:1:11: " },
		{ "- network\n", "50-a.yaml:1: a list, not a mapping: netplan reads no file while one is wrong" },
	};
	auto_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const struct persist_note *n = note_with(&a, "/etc/netplan/50-a.yaml", bad[i].text);

		assert_true(n->fatal);
		must_contain(n->text, bad[i].note);
		must_contain(n->text, "mend it or move it away");
	}
}

static void the_rules_are_lost_with_networkmanager_before_1_2(void **state)
{
	static const struct {
		const char *version;
		bool fatal;
	} versions[] = {
		{ "0.106-2+deb12u1", true },  { "1.1.2-2~ubuntu24.04.1", true }, { "", true },
		{ "1.2-1ubuntu5", false }, { "2.0", false },
	};
	auto_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		struct plans *pl = plans_one_subnet(&a);

		pl->in.version = versions[i].version;
		plans_seen(pl, "/lib/netplan/00-network-manager-all.yaml",
			   "network:\n  version: 2\n  renderer: NetworkManager\n");
		struct outcome o = run(pl);
		assert_int_equal(o.notes.n, versions[i].fatal ? 1 : 0);
		if (versions[i].fatal)
			must_contain(o.notes.at[0].text, "00-network-manager-all.yaml:3: renderer: NetworkManager: "
							 "netplan before 1.2");
	}
}

static void the_way_out_is_named(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = run_with(&a, "/etc/netplan/50-a.yaml",
				    "network: {ethernets: {ens1f1np1: {renderer: NetworkManager}}}\n");
	const struct persist_note *n = plans_note(&o.notes, "--persist=networkmanager");

	(void)state;
	assert_non_null(n);
	assert_true(n->fatal);
	assert_string_equal(n->port->link.name, "ens1f1np1");
}

static void a_ports_own_renderer_counts_before_the_nodes(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = run_with(&a, "/etc/netplan/50-a.yaml",
				    "network:\n  renderer: NetworkManager\n"
				    "  ethernets: {renderer: networkd, ens1f0np0: {}, ens1f1np1: {}}\n");

	(void)state;
	assert_null(plans_note(&o.notes, "before 1.2"));
}

static void a_file_in_run_that_hides_ours_is_fatal(void **state)
{
	auto_arena a = { 0 };
	const struct persist_note *n = note_with(&a, "/run/netplan/90-doroce.yaml", "network: {version: 2}\n");

	(void)state;
	assert_true(n->fatal);
	must_contain(n->text, "/run/netplan/90-doroce.yaml: hides");
}

static void a_file_in_etc_hides_one_in_lib(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_one_subnet(&a);

	(void)state;
	plans_seen(pl, "/etc/netplan/50-a.yaml", "network: {version: 2}\n");
	plans_seen(pl, "/lib/netplan/50-a.yaml", "network: {ethernets: {ens1f0np0: {}}}\n");
	assert_int_equal(run(pl).notes.n, 0);
}

static void names_that_do_not_last_are_matched_by_mac_address(void **state)
{
	static const char *const names[] = { "eth0", "r\303\266ce", "4711", "a*b" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		auto_arena a = { 0 };
		struct plans *pl = plans_empty(&a);

		plans_address(pl, plans_port(pl, names[i]), "10.0.0.1/24", NULL, 101);
		struct outcome o = run(pl);
		assert_int_equal(o.notes.n, 0);
		must_contain(o.files.at[0].text, "\n    \"doroce-b8cef600000a\":\n"
						 "      match: {macaddress: \"b8:ce:f6:00:00:0a\"}\n");
	}
}

static void a_name_that_can_not_be_held_is_fatal_without_a_mac_address(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_empty(&a);
	struct wish *w = plans_port(pl, "r\303\266ce");

	(void)state;
	plans_address(pl, w, "10.0.0.1/24", NULL, 101);
	plans_port_of(pl, w)->rdma.pci[0] = '\0';
	struct outcome o = run(pl);
	assert_int_equal(o.files.n, 0);
	assert_true(plans_note(&o.notes, "netplan takes no such name")->fatal);
}

static void without_wishes_our_file_goes_and_no_other(void **state)
{
	(void)state;
	assert_all_goes("netplan", "/etc/netplan/50-a.yaml");
}

static void a_port_without_addresses_is_written_only_where_netplan_has_it(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_empty(&a);

	(void)state;
	plans_port(pl, "ens1f0np0")->number[SETTING_MTU] = (struct opt_u32){ OPT_SET, 4200 };
	struct outcome o = run(pl);
	assert_int_equal(o.files.n, 0);
	assert_false(plans_note(&o.notes, "its MTU 4200 is not written down")->fatal);
	plans_seen(pl, "/etc/netplan/50-a.yaml", "network: {ethernets: {ens1f0np0: {dhcp4: true}}}\n");
	o = run(pl);
	must_contain(o.files.at[0].text, "\n    \"ens1f0np0\":\n      mtu: 4200\n");
}

/* a definition by MAC address for each port, as cloud-init writes them */
static void files_of_others_take_no_more_time(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_many(&a, 512);
	struct text t = { .arena = &a };
	char mac[MAC_TEXT];

	(void)state;
	text_add(&t, "network:\n  ethernets:\n");
	for vec_each(w, &pl->wishes)
		text_add(&t, "    id%td:\n      match: {macaddress: '%s'}\n      dhcp4: true\n", w - pl->wishes.at,
			 mac_text(w->port->link.mac, mac));
	plans_seen(pl, "/etc/netplan/50-cloud-init.yaml", t.at);
	clock_t start = clock();
	struct outcome o = run(pl);
	print_message("512 ports, 512 definitions: %.1f ms\n",
		      (double)(clock() - start) * 1000 / CLOCKS_PER_SEC);
	assert_int_equal(o.notes.n, 512);
	assert_int_equal(fatal_count(&o), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_four_plans_are_as_the_golden_files),
		cmocka_unit_test(the_file_begins_with_the_mark_and_forces_no_renderer),
		cmocka_unit_test(what_another_file_adds_to_the_port_is_told),
		cmocka_unit_test(a_later_file_with_another_number_is_fatal),
		cmocka_unit_test(a_definition_by_mac_address_is_merged_under_its_id),
		cmocka_unit_test(definitions_of_two_files_are_one),
		cmocka_unit_test(a_vlan_stays_in_its_section),
		cmocka_unit_test(a_glob_that_comes_first_is_fatal),
		cmocka_unit_test(a_glob_that_comes_later_is_told),
		cmocka_unit_test(an_id_that_is_of_another_device_is_fatal),
		cmocka_unit_test(files_without_our_ports_are_no_matter),
		cmocka_unit_test(a_file_that_does_not_parse_is_fatal),
		cmocka_unit_test(the_rules_are_lost_with_networkmanager_before_1_2),
		cmocka_unit_test(the_way_out_is_named),
		cmocka_unit_test(a_ports_own_renderer_counts_before_the_nodes),
		cmocka_unit_test(a_file_in_run_that_hides_ours_is_fatal),
		cmocka_unit_test(a_file_in_etc_hides_one_in_lib),
		cmocka_unit_test(names_that_do_not_last_are_matched_by_mac_address),
		cmocka_unit_test(a_name_that_can_not_be_held_is_fatal_without_a_mac_address),
		cmocka_unit_test(without_wishes_our_file_goes_and_no_other),
		cmocka_unit_test(a_port_without_addresses_is_written_only_where_netplan_has_it),
		cmocka_unit_test(files_of_others_take_no_more_time),
		cmocka_unit_test_prestate(many_ports_take_linear_time, (void *)"netplan"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
