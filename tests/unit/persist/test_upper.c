/* SPDX-License-Identifier: MIT */
/* VLANs and bonds in the files: what others define is let be, what nobody defines is made again, or told. */
#include <string.h>

#include "backend.h"
#include "fake/kern.h"

#define NETWORK "/etc/systemd/network/"
#define NETPLAN "/etc/netplan/50-a.yaml"
#define KEYFILE "/etc/NetworkManager/system-connections/x.nmconnection"

/* The plan `vlans` with a file of somebody else. */
static struct outcome vlans_with(struct arena *a, const char *backend, const char *path, const char *text)
{
	struct plans *pl = plans_vlans(a);

	if (path)
		plans_seen(pl, path, text);
	return outcome_of(backend, pl);
}

static size_t fatal_of(const char *backend, const struct plans *pl)
{
	struct outcome o = outcome_of(backend, pl);

	return fatal_count(&o);
}

static const char *text_of(const struct outcome *o, const char *path)
{
	const struct file_wish *w = plans_file(&o->files, path);

	if (!w)
		fail_msg("no wish for %s", path);
	return w->text;
}

static void a_vlan_that_networkd_makes_already_gets_no_second_maker(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = vlans_with(&a, "networkd", "/run/systemd/network/v.netdev",
				      "[NetDev]\nName=ens1f0np0.100\nKind=vlan\n[VLAN]\nId=100\n");

	(void)state;
	assert_no_note(&o);
	assert_null(plans_file(&o.files, NETWORK "70-doroce-ens1f0np0.100.netdev"));
	assert_non_null(plans_file(&o.files, NETWORK "70-doroce-storage.netdev"));
	must_contain(text_of(&o, NETWORK "70-doroce-ens1f0np0.network"), "\nVLAN=ens1f0np0.100\n");
}

/* Our file of the port hides the one that names it. */
static void a_vlan_of_others_on_a_port_of_ours_is_not_lost(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_vlans(&a);

	(void)state;
	plans_vlan(pl, "ens1f0np0", "theirs", 7);
	plans_vlan(pl, "ens1f0np0", "by-hand", 8);
	pl->wishes.n -= 2;
	plans_seen(pl, NETWORK "80-v.netdev", "[NetDev]\nName=theirs\nKind=vlan\n[VLAN]\nId=7\n");
	struct outcome o = outcome_of("networkd", pl);
	assert_no_note(&o);
	must_contain(text_of(&o, NETWORK "70-doroce-ens1f0np0.network"), "\nVLAN=ens1f0np0.100\nVLAN=theirs\n\n[Address]");
}

static void the_file_of_others_below_a_vlan_has_to_name_it(void **state)
{
	static const char below[] = NETWORK "10-b.network";
	auto_arena a = { 0 };
	struct outcome o = vlans_with(&a, "networkd", below, "[Match]\nName=ens1f1np1\n[Network]\nVLAN=storage2\n");

	(void)state;
	assert_fatal(&o, "ens1f1np1", NETWORK "10-b.network:1: is what systemd-networkd reads for ens1f1np1: without VLAN=storage");
	assert_null(plans_file(&o.files, NETWORK "70-doroce-ens1f1np1.network"));
	o = vlans_with(&a, "networkd", below, "[Match]\nName=ens1f1np1\n[Network]\nVLAN=x storage\n");
	assert_no_note(&o);
	struct plans *pl = plans_vlans(&a);
	plans_seen(pl, below, "[Match]\nName=ens1f1np1\n");
	plans_seen(pl, NETWORK "10-b.network.d/v.conf", "[Network]\nVLAN=storage\n");
	o = outcome_of("networkd", pl);
	assert_no_note(&o);
	assert_null(plans_file(&o.files, NETWORK "70-doroce-ens1f1np1.network"));
}

static void addresses_below_a_vlan_are_not_taken_away(void **state)
{
	static const char *const backends_with[] = { "networkd", "netplan", "wicked" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(backends_with); i++) {
		auto_arena a = { 0 };
		struct plans *pl = plans_vlans(&a);

		*vec_add(&a, &pl->node.addrs) = (struct addr){ .ifindex = 11, .prefix = prefix_is("fe80::1/64") };
		assert_int_equal(fatal_of(backends_with[i], pl), 0);
		*vec_add(&a, &pl->node.addrs) = (struct addr){ .ifindex = 11, .prefix = prefix_is("10.7.0.1/24") };
		struct outcome o = outcome_of(backends_with[i], pl);
		assert_fatal(&o, "ens1f1np1", "ens1f1np1: lies below a VLAN, has addresses of which the intent says nothing");
	}
}

static void a_vlan_that_netplan_knows_gets_our_keys_alone(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = vlans_with(&a, "netplan", NETPLAN,
				      "network: {ethernets: {r1: {match: {macaddress: 'b8:ce:f6:00:00:0b'}}},\n"
				      " vlans: {storage: {id: 200, link: r1}}}\n");
	const char *text = text_of(&o, "/etc/netplan/90-doroce.yaml");

	(void)state;
	assert_int_equal(fatal_count(&o), 0);
	must_contain(text, "    \"storage\":\n      accept-ra: false\n");
	must_contain(text, "    \"ens1f0np0.100\":\n      id: 100\n      link: \"ens1f0np0\"\n");
	assert_null(strstr(text, "ens1f1np1"));
	assert_null(strstr(text, "\"r1\""));
	assert_int_equal(o.notes.n, 1);
	must_contain(o.notes.at[0].text, NETPLAN ":2: also defines storage, and adds id: 200; link: r1");
}

static void a_vlan_rests_on_the_id_that_others_gave_the_port(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = vlans_with(&a, "netplan", NETPLAN,
				      "network: {ethernets: {r1: {match: {macaddress: 'b8:ce:f6:00:00:0b'}, dhcp4: true}}}\n");
	const char *text = text_of(&o, "/etc/netplan/90-doroce.yaml");

	(void)state;
	assert_int_equal(fatal_count(&o), 0);
	must_contain(text, "    \"storage\":\n      id: 200\n      link: \"r1\"\n");
	assert_null(strstr(text, "    \"r1\":"));
}

static void a_profile_of_the_vlan_gives_ours_its_section(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = vlans_with(&a, "networkmanager", KEYFILE,
				      "[connection]\ntype=vlan\ninterface-name=storage\n\n[vlan]\nid=200\n"
				      "egress-priority-map=3:3\nparent=11111111-2222-3333-4444-555555555555\n[ipv4]\nmethod=auto\n");
	const char *text = text_of(&o, "/etc/NetworkManager/system-connections/doroce-storage.nmconnection");

	(void)state;
	assert_told(&o, "storage", KEYFILE ":3: is another profile of storage; ours comes first");
	must_contain(text, "\n[vlan]\nid=200\negress-priority-map=3:3\nparent=11111111-2222-3333-4444-555555555555\n\n[ipv4]\n"
			   "method=manual\n");
}

/* Flags and the like: a VLAN that doroce's file made would be another one. */
static void a_vlan_with_more_than_an_id_is_fatal_unless_others_define_it(void **state)
{
	(void)state;
	for (const struct backend *b = backends; b->name; b++) {
		auto_arena a = { 0 };
		struct plans *pl = plans_vlans(&a);

		if (strcmp(b->name, "ifupdown") == 0)
			plans_seen(pl, "/etc/network/interfaces", "source interfaces.d/*\n");
		plans_port_of(pl, &pl->wishes.at[2])->link.vlan_extra = "flags";
		struct outcome o = outcome_of(b->name, pl);
		assert_fatal(&o, "storage", "storage: is a VLAN with flags, which no file of doroce tells");
	}
	auto_arena a = { 0 };
	struct plans *pl = plans_vlans(&a);
	plans_port_of(pl, &pl->wishes.at[2])->link.vlan_extra = "flags";
	plans_seen(pl, NETWORK "v.netdev", "[NetDev]\nName=storage\nKind=vlan\n");
	assert_int_equal(fatal_of("networkd", pl), 0);
}

static void a_bond_is_merged_where_the_manager_merges(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = one_port(&a, "bond0", "bond");

	(void)state;
	plans_seen(pl, NETPLAN, "network: {ethernets: {e0: {}, e1: {}}, bonds: {bond0: {interfaces: [e0, e1]}}}\n");
	struct outcome o = outcome_of("netplan", pl);
	assert_told(&o, "bond0", NETPLAN ":1: also defines bond0, and adds interfaces: e0, e1");
	must_contain(o.files.at[0].text, "network:\n  version: 2\n  bonds:\n    \"bond0\":\n");
	assert_null(strstr(o.files.at[0].text, "interfaces"));
	plans_seen(pl, NETWORK "10-b.netdev", "[NetDev]\nName=bond0\nKind=bond\n");
	o = outcome_of("networkd", pl);
	assert_no_note(&o);
	assert_int_equal(o.files.n, 1);
	must_contain(o.files.at[0].text, "[Match]\nName=bond0\n");
}

static void a_bond_that_has_its_addresses_in_its_file_leads_there(void **state)
{
	static const struct {
		const char *backend, *path, *text, *note;
	} cases[] = {
		{ "networkmanager", KEYFILE, "[connection]\ntype=bond\ninterface-name=bond0\n",
		  KEYFILE ":3: makes the bond bond0, and NetworkManager takes" },
		{ "ifcfg", "/etc/sysconfig/network-scripts/ifcfg-bond0", "DEVICE=bond0\nTYPE=Bond\n", "ifcfg-bond0:1: makes the bond" },
		{ "wicked", "/etc/sysconfig/network/ifcfg-bond0", "BONDING_MASTER=yes\n", "ifcfg-bond0:1: makes the bond" },
		{ "ifupdown", "/etc/network/interfaces", "# b\niface bond0 inet manual\n\tbond-slaves a b\n",
		  "/etc/network/interfaces:2: makes the bond" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_arena a = { 0 };
		struct plans *pl = one_port(&a, "bond0", "bond");

		plans_seen(pl, cases[i].path, cases[i].text);
		struct outcome o = outcome_of(cases[i].backend, pl);
		assert_told(&o, "bond0", cases[i].note);
		assert_int_equal(o.notes.n, 1);
		assert_int_equal(o.files.n, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vlan_that_networkd_makes_already_gets_no_second_maker),
		cmocka_unit_test(a_vlan_of_others_on_a_port_of_ours_is_not_lost),
		cmocka_unit_test(the_file_of_others_below_a_vlan_has_to_name_it),
		cmocka_unit_test(addresses_below_a_vlan_are_not_taken_away),
		cmocka_unit_test(a_vlan_that_netplan_knows_gets_our_keys_alone),
		cmocka_unit_test(a_vlan_rests_on_the_id_that_others_gave_the_port),
		cmocka_unit_test(a_profile_of_the_vlan_gives_ours_its_section),
		cmocka_unit_test(a_vlan_with_more_than_an_id_is_fatal_unless_others_define_it),
		cmocka_unit_test(a_bond_is_merged_where_the_manager_merges),
		cmocka_unit_test(a_bond_that_has_its_addresses_in_its_file_leads_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
