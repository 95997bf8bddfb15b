/* SPDX-License-Identifier: MIT */
/* ifcfg files: the four plans in both forms, other files, names, versions, what is no longer wished. */
#include "backend.h"

#define SCRIPTS "/etc/sysconfig/network-scripts/"

static const char backend[] = "ifcfg";

static struct outcome with(struct arena *a, const char *path, const char *text)
{
	struct plans *pl = plans_one_subnet(a);

	plans_seen(pl, path, text);
	return outcome_of(backend, pl);
}

static void the_four_plans_are_as_the_golden_files(void **state)
{
	(void)state;
	assert_four_plans(backend, "ifcfg", "", NULL, NULL, 0);
	assert_four_plans(backend, "ifcfg-networkmanager", "1.42.4", NULL, NULL, 0);
}

/* NetworkManager drops a route with `proto` and passes over ROUTING_RULE_n= beside a rule- file. */
static void each_reader_gets_its_own_form(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_rail_gateway(&a);
	struct outcome service = outcome_of(backend, pl);

	(void)state;
	for vec_each(w, &service.files)
		plans_seen(pl, w->path, w->text);
	pl->in.version = "1.48.10";
	struct outcome manager = outcome_of(backend, pl);
	assert_int_equal(plans_file(&service.files, SCRIPTS "rule-ens1f0np0")->is, OPT_SET);
	assert_int_equal(plans_file(&manager.files, SCRIPTS "rule-ens1f0np0")->is, OPT_NONE);
	for vec_each(w, &manager.files)
		if (w->is == OPT_SET && strstr(w->text, "proto"))
			fail_msg("%s: %s", w->path, w->text);
	must_contain(plans_file(&manager.files, SCRIPTS "ifcfg-ens1f0np0")->text,
		     "\nROUTING_RULE_1=\"priority 32761 from 10.1.0.1/32 table 101\"\n");
	must_contain(plans_file(&service.files, SCRIPTS "ifcfg-ens1f0np0")->text, "\nNM_CONTROLLED=no\n");
}

/* A gateway there would be a default route of the node, by each port. */
static void no_port_gets_a_default_route_of_table_main(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = outcome_of(backend, plans_rail_gateway(&a));

	(void)state;
	for vec_each(w, &o.files) {
		assert_null(strstr(w->text, "GATEWAY"));
		if (strstr(w->path, "/ifcfg-"))
			must_contain(w->text, "\nDEFROUTE=no\n");
	}
}

static void further_addresses_are_numbered(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = one_port(&a, "p0", "");
	struct wish *w = pl->wishes.at;

	(void)state;
	plans_address(pl, w, "10.0.1.1/25", NULL, 101);
	plans_address(pl, w, "fd01::1/64", NULL, 101);
	plans_address(pl, w, "fd02::1/64", NULL, 101);
	plans_address(pl, w, "fd03::1/64", NULL, 101);
	struct outcome o = outcome_of(backend, pl);
	const char *text = plans_file(&o.files, SCRIPTS "ifcfg-p0")->text;
	must_contain(text, "\nIPADDR=10.0.0.1\nPREFIX=24\nIPADDR1=10.0.1.1\nPREFIX1=25\n");
	must_contain(text, "\nIPV6ADDR=fd01::1/64\nIPV6ADDR_SECONDARIES=\"fd02::1/64 fd03::1/64\"\n");
}

static void a_file_of_somebody_else_is_in_the_way(void **state)
{
	static const struct {
		const char *path, *text, *note;
	} cases[] = {
		{ SCRIPTS "ifcfg-ens1f0np0", "TYPE=Ethernet\nDEVICE=ens1f0np0\n", "ifcfg-ens1f0np0:2: configures ens1f0np0" },
		{ SCRIPTS "ifcfg-ens1f0np0", "BOOTPROTO=dhcp\n", "ifcfg-ens1f0np0:1: configures ens1f0np0" },
		{ SCRIPTS "ifcfg-eth7", "\nDEVICE='ens1f0np0'\n", "ifcfg-eth7:2: also configures ens1f0np0" },
		{ SCRIPTS "ifcfg-x", "ONBOOT=yes\nHWADDR=B8:CE:F6:00:00:0A\n", "ifcfg-x:2: also configures ens1f0np0" },
		{ SCRIPTS "route-ens1f0np0", "10.0.0.0/8 via 192.168.1.9\n", "route-ens1f0np0:1: configures" },
		{ SCRIPTS "rule6-ens1f0np0", "", "rule6-ens1f0np0:1: configures" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_arena a = { 0 };
		struct outcome o = with(&a, cases[i].path, cases[i].text);

		assert_fatal(&o, "ens1f0np0", cases[i].note);
	}
}

static void a_file_that_does_not_start_by_itself_is_told(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = with(&a, SCRIPTS "ifcfg-old", "ONBOOT=no\nDEVICE=ens1f1np1\n");

	(void)state;
	assert_told(&o, "ens1f1np1", SCRIPTS "ifcfg-old:2: also configures ens1f1np1");
	o = with(&a, SCRIPTS "ifcfg-ens1f1np1.bak", "DEVICE=ens1f1np1\n");
	assert_no_note(&o);
}

static void files_of_the_script_are_taken_over(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_one_subnet(&a);

	(void)state;
	plans_seen(pl, SCRIPTS "ifcfg-ens1f0np0",
		   "DEVICE=ens1f0np0\nROUTING_RULE=\"priority 32761 from 192.168.1.1 table 101\"\n");
	plans_seen(pl, SCRIPTS "route-ens1f0np0",
		   "ADDRESS0=0.0.0.0\nADDRESS2=128.0.0.0\nOPTIONS2=\"table 101\"\n");
	struct outcome o = outcome_of(backend, pl);
	assert_no_note(&o);
	assert_int_equal(plans_file(&o.files, SCRIPTS "ifcfg-ens1f0np0")->is, OPT_SET);
	assert_null(strstr(plans_file(&o.files, SCRIPTS "route-ens1f0np0")->text, "ADDRESS"));
}

static void nothing_is_written_where_nothing_reads_it(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = with(&a, "/usr/lib/os-release", "ID=\"rhel\"\nPLATFORM_ID=\"platform:el10\"\n");

	(void)state;
	assert_fatal(&o, NULL, "nothing reads ifcfg files on RHEL 10 and its kin: --persist=networkmanager");
	o = with(&a, "/usr/lib/os-release", "ID=\"rocky\"\nPLATFORM_ID=\"platform:el9\"\n");
	assert_no_note(&o);
	o = with(&a, "/usr/lib/os-release", "ID=fedora\nPLATFORM_ID=\"platform:f40\"\n");
	assert_no_note(&o);
}

static void versions_that_lose_rules_are_told(void **state)
{
	static const struct {
		const char *version, *note;
		bool fatal;
	} cases[] = {
		{ "1.52.0-3.el10_0", "RHEL 10", true },
		{ "1.10.2-16.el7", "knows no ROUTING_RULE_n=", true },
		{ "1.40.16-15.el8_9", "without `proto static`", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_arena a = { 0 };
		struct plans *pl = plans_one_subnet(&a);

		pl->in.version = cases[i].version;
		struct outcome o = outcome_of(backend, pl);
		assert_int_equal(o.notes.n, 1);
		must_contain(o.notes.at->text, cases[i].note);
		assert_int_equal(o.notes.at->fatal, cases[i].fatal);
	}
}

static void what_is_no_longer_wished_goes(void **state)
{
	(void)state;
	assert_port_goes(backend, "ens1f1np1");
	assert_all_goes(backend, SCRIPTS "ifcfg-eth0");
}

static void names_that_a_shell_would_take_apart_are_refused(void **state)
{
	static const char *const held[] = { "enP1s001f0np001", "a.100", "x-y_z@1", NULL };
	static const char *const refused[] = {
		"b\xc3\xbcro0", "a*", "$(id)", "a;b", "a\\b", "a'b", "p0.bak", "p0~", NULL,
	};

	(void)state;
	assert_names(backend, held, refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_four_plans_are_as_the_golden_files),
		cmocka_unit_test(each_reader_gets_its_own_form),
		cmocka_unit_test(no_port_gets_a_default_route_of_table_main),
		cmocka_unit_test(further_addresses_are_numbered),
		cmocka_unit_test(a_file_of_somebody_else_is_in_the_way),
		cmocka_unit_test(a_file_that_does_not_start_by_itself_is_told),
		cmocka_unit_test(files_of_the_script_are_taken_over),
		cmocka_unit_test(nothing_is_written_where_nothing_reads_it),
		cmocka_unit_test(versions_that_lose_rules_are_told),
		cmocka_unit_test(what_is_no_longer_wished_goes),
		cmocka_unit_test(names_that_a_shell_would_take_apart_are_refused),
		BACKEND_TESTS(backend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
