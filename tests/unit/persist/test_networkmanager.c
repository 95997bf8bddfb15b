/* SPDX-License-Identifier: MIT */
/* Keyfiles: the four plans, other profiles, names, versions, what is no longer wished. */
#include "backend.h"

#define KEYFILES "/etc/NetworkManager/system-connections/"
#define SCRIPTS "/etc/sysconfig/network-scripts/"

static const char backend[] = "networkmanager";

/* About the one subnet with a file there. */
static struct outcome with(struct arena *a, const char *path, const char *text)
{
	struct plans *pl = plans_one_subnet(a);

	plans_seen(pl, path, text);
	return outcome_of(backend, pl);
}

static void the_four_plans_are_as_the_golden_files(void **state)
{
	(void)state;
	assert_four_plans(backend, backend, "1.42.4", NULL, NULL, 2);
}

static void only_root_can_read_a_keyfile(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = outcome_of(backend, plans_ipv6(&a));

	(void)state;
	for vec_each(w, &o.files)
		assert_int_equal(w->mode, 0600);
	assert_no_note(&o);
}

static const char *uuid_of(const struct outcome *o)
{
	return strstr(o->files.at[0].text, "\nuuid=") + 6;
}

static void the_uuid_follows_from_the_name_alone(void **state)
{
	auto_arena a = { 0 };
	struct outcome subnet = outcome_of(backend, plans_one_subnet(&a));
	struct outcome rails = outcome_of(backend, plans_rail_gateway(&a));
	struct outcome other = outcome_of(backend, one_port(&a, "p0", ""));

	(void)state;
	assert_memory_equal(uuid_of(&subnet), uuid_of(&rails), 36);
	assert_memory_not_equal(uuid_of(&subnet), uuid_of(&other), 36);
	assert_int_equal(uuid_of(&subnet)[14], '8'); /* version */
	assert_non_null(strchr("89ab", uuid_of(&subnet)[19]));
}

static void another_profile_of_the_port_is_told_with_its_line(void **state)
{
	static const char *const texts[] = {
		"[connection]\nid=x\ninterface-name=ens1f1np1\n",
		"[connection]\n[ethernet]\nmac-address=B8:CE:F6:00:00:0B\n",
		"[connection]\nautoconnect-priority=9\ninterface-name = ens1f1np1\n",
		"[connection]\nautoconnect=false\ninterface-name=ens1f1np1\nautoconnect-priority=99\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		auto_arena a = { 0 };
		struct outcome o = with(&a, KEYFILES "Wired 1.nmconnection", texts[i]);

		assert_int_equal(o.notes.n, 1);
		assert_told(&o, "ens1f1np1", KEYFILES "Wired 1.nmconnection:3: is another profile of ens1f1np1");
	}
}

static void a_profile_that_would_come_first_is_fatal(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = with(&a, "/run/NetworkManager/system-connections/x",
				"[connection]\ninterface-name=ens1f0np0\nautoconnect-priority=10\n");

	(void)state;
	assert_fatal(&o, "ens1f0np0", "/run/NetworkManager/system-connections/x:2: ");
}

static void profiles_of_other_ports_are_let_be(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = with(&a, KEYFILES "x.nmconnection", "[connection]\ninterface-name=ens1f0\n");

	(void)state;
	assert_no_note(&o);
	assert_null(plans_file(&o.files, KEYFILES "x.nmconnection"));
}

static void files_of_the_script_are_taken_over(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_one_subnet(&a);

	(void)state;
	plans_seen(pl, SCRIPTS "ifcfg-ens1f0np0",
		   "DEVICE=ens1f0np0\nROUTING_RULE=\"priority 32761 from 192.168.1.1 table 101\"\n");
	plans_seen(pl, SCRIPTS "route-ens1f0np0",
		   "ADDRESS2=128.0.0.0\nOPTIONS2=\"table 101\"\n");
	struct outcome o = outcome_of(backend, pl);
	assert_no_note(&o);
	assert_int_equal(plans_file(&o.files, SCRIPTS "ifcfg-ens1f0np0")->is, OPT_NONE);
	assert_int_equal(plans_file(&o.files, SCRIPTS "route-ens1f0np0")->is, OPT_NONE);
	/* another run of doroce, for another backend, lets them be */
	pl->wishes.n = 0;
	o = outcome_of(backend, pl);
	assert_int_equal(o.files.n, 0);
}

static void an_ifcfg_file_of_somebody_else_is_told(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = with(&a, SCRIPTS "ifcfg-ens1f0np0", "TYPE=Ethernet\nDEVICE=\"ens1f0np0\"\n");

	(void)state;
	assert_told(&o, "ens1f0np0", SCRIPTS "ifcfg-ens1f0np0:2: ");
	assert_null(plans_file(&o.files, SCRIPTS "ifcfg-ens1f0np0"));
}

static void what_is_no_longer_wished_goes(void **state)
{
	(void)state;
	assert_port_goes(backend, "ens1f1np1");
	assert_all_goes(backend, KEYFILES "Wired 1.nmconnection");
}

/* ifcfg runs beside: its files are its own matter, or what one writes the other would remove */
static void files_of_other_backends_are_let_be(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = with(&a, SCRIPTS "ifcfg-ens1f0np0", PERSIST_MARK "\nDEVICE=ens1f0np0\n");

	(void)state;
	assert_null(plans_file(&o.files, SCRIPTS "ifcfg-ens1f0np0"));
}

static void names_are_escaped_or_refused(void **state)
{
	static const char *const held[] = { "enP1s001f0np001", "a.100", "b\xc3\xbcro0", "a=b;c#d[", NULL };
	static const char *const refused[] = { "b\xfcro0", "all", "a\xc3", NULL };
	auto_arena a = { 0 };
	struct outcome o = outcome_of(backend, one_port(&a, "a\\sb", ""));

	(void)state;
	assert_names(backend, held, refused);
	must_contain(o.files.at[0].text, "\ninterface-name=a\\\\sb\n");
}

static void versions_that_lose_rules_are_told(void **state)
{
	static const struct {
		const char *version;
		size_t notes;
		bool fatal;
	} cases[] = {
		{ "", 0, false },     { "1.42.4", 0, false }, { "1.52.0-3.el10", 0, false }, { "2.0", 0, false },
		{ "1.40.16-15.el8_9", 1, false }, { "1.18.0", 1, false },
		{ "1.16.2", 1, true }, { "0.9.10", 1, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_arena a = { 0 };
		struct plans *pl = plans_one_subnet(&a);

		pl->in.version = cases[i].version;
		struct outcome o = outcome_of(backend, pl);
		if (o.notes.n != cases[i].notes || fatal_count(&o) != cases[i].fatal)
			fail_msg("'%s': %zu notes, %zu fatal", cases[i].version, o.notes.n, fatal_count(&o));
	}
}

static void a_wish_to_hear_routers_is_told_as_lost(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_ipv6(&a);

	(void)state;
	pl->wishes.at[1].number[SETTING_ACCEPT_RA] = (struct opt_u32){ OPT_SET, 1 };
	struct outcome o = outcome_of(backend, pl);
	assert_told(&o, "ens1f1np1", "ens1f1np1: accept_ra 1 is not kept");
	pl->wishes.at[1].number[SETTING_ACCEPT_RA].v = 0;
	o = outcome_of(backend, pl);
	assert_no_note(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_four_plans_are_as_the_golden_files),
		cmocka_unit_test(only_root_can_read_a_keyfile),
		cmocka_unit_test(the_uuid_follows_from_the_name_alone),
		cmocka_unit_test(another_profile_of_the_port_is_told_with_its_line),
		cmocka_unit_test(a_profile_that_would_come_first_is_fatal),
		cmocka_unit_test(profiles_of_other_ports_are_let_be),
		cmocka_unit_test(files_of_the_script_are_taken_over),
		cmocka_unit_test(an_ifcfg_file_of_somebody_else_is_told),
		cmocka_unit_test(what_is_no_longer_wished_goes),
		cmocka_unit_test(files_of_other_backends_are_let_be),
		cmocka_unit_test(names_are_escaped_or_refused),
		cmocka_unit_test(versions_that_lose_rules_are_told),
		cmocka_unit_test(a_wish_to_hear_routers_is_told_as_lost),
		BACKEND_TESTS(backend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
