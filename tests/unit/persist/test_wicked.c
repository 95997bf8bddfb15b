/* SPDX-License-Identifier: MIT */
/* Files of wicked: the four plans, other files, names, what is no longer wished. */
#include "backend.h"

#define NETWORK "/etc/sysconfig/network/"

static const char backend[] = "wicked";

static void the_four_plans_are_as_the_golden_files(void **state)
{
	(void)state;
	assert_four_plans(backend, backend, "", NULL, NULL, 6);
}

/* Its parser drops a rule with `protocol`, and a whole file for one backslash. */
static void no_line_has_what_the_parser_drops(void **state)
{
	auto_arena a = { 0 };
	struct outcome o = outcome_of(backend, plans_ipv6(&a));

	(void)state;
	for vec_each(w, &o.files) {
		assert_null(strchr(w->text, '\\'));
		if (strstr(w->path, "/ifrule-"))
			assert_null(strstr(w->text, "proto"));
	}
	assert_non_null(plans_note(&o.notes, "wicked makes its rules without `proto static`"));
}

static void a_file_of_somebody_else_is_in_the_way(void **state)
{
	static const char *const paths[] = {
		NETWORK "ifcfg-ens1f0np0", NETWORK "ifroute-ens1f0np0", NETWORK "ifrule-ens1f0np0",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		auto_arena a = { 0 };
		struct plans *pl = plans_one_subnet(&a);

		plans_seen(pl, paths[i], "BOOTPROTO=dhcp\n");
		plans_seen(pl, NETWORK "ifcfg-eth0", "BOOTPROTO=dhcp\n");
		struct outcome o = outcome_of(backend, pl);
		assert_fatal(&o, "ens1f0np0", arena_printf(&a, "%s:1: configures ens1f0np0", paths[i]));
	}
}

static void what_is_no_longer_wished_goes(void **state)
{
	(void)state;
	assert_port_goes(backend, "ens1f1np1");
	assert_all_goes(backend, NETWORK "ifcfg-eth0");
}

static void names_that_wicked_refuses_are_refused(void **state)
{
	static const char *const held[] = { "enP1s001f0np001", "a.100", "x-y_z", NULL };
	static const char *const refused[] = {
		"b\xc3\xbcro0", "a*", "a@b", "_a", "all", "default", "p0.bak", "p0.scpmbackup", NULL,
	};

	(void)state;
	assert_names(backend, held, refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_four_plans_are_as_the_golden_files),
		cmocka_unit_test(no_line_has_what_the_parser_drops),
		cmocka_unit_test(a_file_of_somebody_else_is_in_the_way),
		cmocka_unit_test(what_is_no_longer_wished_goes),
		cmocka_unit_test(names_that_wicked_refuses_are_refused),
		BACKEND_TESTS(backend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
