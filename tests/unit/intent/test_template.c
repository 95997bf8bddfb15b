/* SPDX-License-Identifier: MIT */
/* Placeholders in addresses: what they become, and what is refused. */
#include <errno.h>

#include "intent/template.h"
#include "test.h"

static const struct template_values both = { .rail = { OPT_SET, 3 }, .host = { OPT_SET, 200 } };

static const struct {
	const char *text, *want; /* want NULL: error has the fragment */
	const char *error;
} cases[] = {
	{ "10.{rail}.{host}.1/24", "10.3.200.1/24", NULL },
	{ "10.{rail+1}.{host-200}.1/24", "10.4.0.1/24", NULL },
	{ "fd01:0:{rail}:{host}::1/64", "fd01:0:3:200::1/64", NULL },
	{ "10.0.0.1/24", "10.0.0.1/24", NULL },
	{ "{rail}", "3", NULL },
	{ "10.{host+55}.0.1/24", "10.255.0.1/24", NULL },
	{ "10.{host+56}.0.1/24", NULL, "{host} makes 256 of it: 0 to 255" },
	{ "fd01::{host+9800}/64", NULL, "{host} makes 10000 of it: 0 to 9999" },
	{ "10.{rail-4}.0.1/24", NULL, "{rail} makes -1 of it" },
	{ "10.{rack}.0.1/24", NULL, "unknown placeholder '{rack}'" },
	{ "10.{}.0.1/24", NULL, "unknown placeholder '{}'" },
	{ "10.{rail*2}.0.1/24", NULL, "unknown placeholder" },
	{ "10.{rail+}.0.1/24", NULL, "unknown placeholder '{rail+}'" },
	{ "10.{rail+1x}.0.1/24", NULL, "unknown placeholder" },
	{ "10.{rail+99999}.0.1/24", NULL, "unknown placeholder" },
	{ "10.{rail.0.1/24", NULL, "without its other one" },
	{ "10.rail}.0.1/24", NULL, "without its other one" },
	{ "10.{{rail}}.0.1/24", NULL, "unknown placeholder" },
	{ "10.{rail_is_a_word_of_no_end_at_all_here}.1", NULL, "unknown placeholder" },
};

static void placeholders_become_decimal_numbers_in_range(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_arena a = { 0 };
		struct err e = { 0 };
		char *got = NULL;
		int r = template_fill(cases[i].text, &both, &a, &got, &e);

		if ((r == 0) != (cases[i].want != NULL))
			fail_msg("%s: %d %s", cases[i].text, r, e.text);
		if (cases[i].want)
			assert_string_equal(got, cases[i].want);
		else
			must_contain(e.text, cases[i].error);
	}
}

static void a_value_that_nobody_knows_is_named_with_what_says_it(void **state)
{
	const struct template_values none = { 0 };
	auto_arena a = { 0 };
	struct err e = { 0 };
	char *got;

	(void)state;
	assert_int_equal(template_fill("10.{host}.0.1/24", &none, &a, &got, &e), -EINVAL);
	must_contain(e.text, "--host N");
	assert_int_equal(template_fill("10.{host}.{rail}.1/24", NULL, &a, &got, &e), 0);
	assert_string_equal(got, "10.1.1.1/24");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(placeholders_become_decimal_numbers_in_range),
		cmocka_unit_test(a_value_that_nobody_knows_is_named_with_what_says_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
