/* SPDX-License-Identifier: MIT */
/* Stanzas of ifupdown: the four plans, other stanzas, names, what is no longer wished. */
#include "backend.h"

static const char backend[] = "ifupdown";
static const char ours[] = "/etc/network/interfaces.d/doroce";
static const char interfaces[] = "/etc/network/interfaces";
static const char sourced[] = "source /etc/network/interfaces.d/*\n";

static void the_four_plans_are_as_the_golden_files(void **state)
{
	(void)state;
	assert_four_plans(backend, backend, "", interfaces, sourced, 1);
}

static void a_file_that_is_not_read_is_fatal(void **state)
{
	static const struct {
		const char *text;
		bool read;
	} cases[] = {
		{ "source /etc/network/interfaces.d/*\n", true },
		{ "auto lo\n  source-directory\t/etc/network/interfaces.d\n", true },
		{ "source-directory interfaces.d/\n", true },
		{ "source interfaces.d/*", true },
		{ "source /etc/network/interfaces.d/*.cfg\n", false },
		{ "source-directory /etc/network/interfaces\n", false },
		{ "# source /etc/network/interfaces.d/*\n", false },
		{ "auto lo\niface lo inet loopback\n", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_arena a = { 0 };
		struct plans *pl = plans_one_subnet(&a);

		plans_seen(pl, interfaces, cases[i].text);
		struct outcome o = outcome_of(backend, pl);
		if ((o.notes.n == 0) != cases[i].read)
			fail_msg("%zu notes with: %s", o.notes.n, cases[i].text);
	}
}

static void another_stanza_of_the_port_is_told_with_its_line(void **state)
{
	static const struct {
		const char *text;
		bool told;
	} cases[] = {
		{ "#\niface ens1f1np1 inet dhcp\n", true },
		{ "#\n\tiface  ens1f1np1\tinet6 static\n", true },
		{ "#\niface ens1f1np1 inet manual\n", false },
		{ "#\niface ens1f1 inet dhcp\n", false },
		{ "auto ens1f1np1\n", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_arena a = { 0 };
		struct plans *pl = plans_one_subnet(&a);

		plans_seen(pl, interfaces, sourced);
		plans_seen(pl, "/etc/network/interfaces.d/x", cases[i].text);
		struct outcome o = outcome_of(backend, pl);
		assert_int_equal(o.notes.n, cases[i].told);
		if (cases[i].told)
			assert_fatal(&o, "ens1f1np1", "/etc/network/interfaces.d/x:2: also defines ens1f1np1");
	}
}

static size_t times(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

static void the_commands_of_a_family_come_once_and_last(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = one_port(&a, "p0", "");
	struct wish *w = pl->wishes.at;

	(void)state;
	plans_address(pl, w, "10.0.1.1/24", NULL, 101);
	w->number[SETTING_MTU] = (struct opt_u32){ OPT_SET, 9000 };
	struct outcome o = outcome_of(backend, pl);
	const char *text = plans_file(&o.files, ours)->text;
	assert_int_equal(times(text, "iface p0 inet static"), 2);
	assert_int_equal(times(text, "\tmtu 9000\n"), 1);
	assert_int_equal(times(text, "route replace"), 2);
	assert_int_equal(times(text, "rule add"), 2);
	must_contain(strstr(text, "address 10.0.1.1/24"), "route replace 10.0.0.0/24");
}

static void routers_are_heard_where_that_is_wished(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_ipv6(&a);

	(void)state;
	pl->wishes.at[1].number[SETTING_ACCEPT_RA] = (struct opt_u32){ OPT_SET, 2 };
	struct outcome o = outcome_of(backend, pl);
	const char *text = plans_file(&o.files, ours)->text;
	must_contain(text, "\taddress fd01:0:0:1::1/64\n\taccept_ra 0\n\tautoconf 0\n");
	must_contain(text, "\taddress fd01:0:0:2::1/64\n\taccept_ra 2\n\tautoconf 1\n");
}

static void what_is_no_longer_wished_goes(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_rail_gateway(&a);

	(void)state;
	pl->wishes.n = 1;
	struct outcome o = outcome_of(backend, pl);
	assert_null(strstr(o.files.at[0].text, "ens1f1np1"));
	assert_all_goes(backend, "/etc/network/interfaces.d/x");
}

static void names_that_a_shell_would_take_apart_are_refused(void **state)
{
	static const char *const held[] = { "enP1s001f0np001", "a.100", "x-y_z", NULL };
	static const char *const refused[] = { "b\xc3\xbcro0", "a*", "$(id)", "a;b", "a\\", "a=b", NULL };
	auto_arena a = { 0 };

	(void)state;
	for (const char *const *name = held; *name; name++) {
		struct outcome o = outcome_of(backend, one_port(&a, *name, ""));

		assert_null(plans_note(&o.notes, *name));
		must_contain(o.files.at[0].text, *name);
	}
	assert_names(backend, (const char *const[]){ NULL }, refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_four_plans_are_as_the_golden_files),
		cmocka_unit_test(a_file_that_is_not_read_is_fatal),
		cmocka_unit_test(another_stanza_of_the_port_is_told_with_its_line),
		cmocka_unit_test(the_commands_of_a_family_come_once_and_last),
		cmocka_unit_test(routers_are_heard_where_that_is_wished),
		cmocka_unit_test(what_is_no_longer_wished_goes),
		cmocka_unit_test(names_that_a_shell_would_take_apart_are_refused),
		BACKEND_TESTS(backend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
