/* SPDX-License-Identifier: MIT */
/* What is wrong with an intent, as text for people. */
#include "test.h"

#include <errno.h>

#include "base/diag.h"

static void errors_are_told_by_line_and_column(void **state)
{
	auto_arena a = { 0 };
	struct diag d = { .arena = &a };

	(void)state;
	diag_add(&d, &(struct place){ "f", 3, 1 }, "third");
	diag_add(&d, &(struct place){ "f", 1, 9 }, "second");
	diag_add(&d, &(struct place){ "f", 1, 2 }, "first");
	assert_string_equal(diag_text(&d), "f:1:2: first\nf:1:9: second\nf:3:1: third\n");
}

static void the_line_is_shown_with_a_caret(void **state)
{
	auto_arena a = { 0 };
	struct diag d = { .arena = &a, .source = "version: 1\n\tmtu: 1\nlast" };

	(void)state;
	diag_add(&d, &(struct place){ "f", 1, 10 }, "one");
	diag_add(&d, &(struct place){ "f", 2, 2 }, "two");
	diag_add(&d, &(struct place){ "f", 3, 99 }, "three");
	assert_string_equal(diag_text(&d), "f:1:10: one\n    version: 1\n             ^\n"
					   "f:2:2: two\n    \tmtu: 1\n    \t^\n"
					   "f:3:99: three\n    last\n        ^\n");
}

static void a_line_that_is_not_there_is_not_shown(void **state)
{
	auto_arena a = { 0 };
	struct diag d = { .arena = &a, .source = "only\n" };

	(void)state;
	diag_add(&d, &(struct place){ "f", 7, 1 }, "beyond");
	assert_string_equal(diag_text(&d), "f:7:1: beyond\n");
}

static void an_option_has_no_line(void **state)
{
	auto_arena a = { 0 };
	struct diag d = { .arena = &a, .source = "version: 1\n" };

	(void)state;
	assert_int_equal(diag_add(&d, &(struct place){ .file = "--mtu" }, "too %s", "small"),
			 -EINVAL);
	diag_add(&d, NULL, "no port");
	assert_int_equal(d.n, 2);
	must_contain(diag_text(&d), "--mtu: too small\n");
	must_contain(diag_text(&d), "no port\n");
}

static void more_errors_than_fit_are_counted(void **state)
{
	auto_arena a = { 0 };
	struct diag d = { .arena = &a };

	(void)state;
	for (unsigned int i = 1; i <= DIAG_MAX + 5; i++)
		diag_add(&d, &(struct place){ "f", i, 1 }, "error");
	assert_int_equal(d.n, DIAG_MAX + 5);
	must_contain(diag_text(&d), "f:20:1: error\nand 5 more\n");
	assert_null(strstr(diag_text(&d), "f:21:1"));
}

static void no_errors_are_no_text(void **state)
{
	auto_arena a = { 0 };
	struct diag d = { .arena = &a };

	(void)state;
	assert_string_equal(diag_text(&d), "");
}

static void of_a_long_line_the_part_around_the_place_is_shown(void **state)
{
	auto_arena a = { 0 };
	char *line = arena_alloc(&a, 500001);
	struct diag d = { .arena = &a, .source = memset(line, 'x', 500000) };

	(void)state;
	line[300000] = 'Y';
	for (int i = 0; i < DIAG_MAX; i++)
		diag_add(&d, &(struct place){ "f", 1, 300001 }, "here");
	const char *shown = strchr(diag_text(&d), '\n') + 1, *caret = strchr(shown, '^');
	assert_true(strlen(shown) < 10000);
	assert_int_equal(shown[strchr(shown, '\n') - shown - 40], 'Y');
	assert_int_equal(caret - strchr(shown, '\n') - 1, strchr(shown, 'Y') - shown);
}

/* an intent may come from others, and the terminal obeys */
static void only_printable_characters_reach_the_terminal(void **state)
{
	static const struct {
		const char *line, *shown;
	} cases[] = {
		{ "a\x1b[31m\x7f: b\r", "a?[31m?: b" },
		{ "\xc2\x9b[31m", "?\?[31m" },
		{ "h\xc3\xb6he \xe2\x82\xac \xf0\x9f\x98\x80",
		  "h\xc3\xb6he \xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "a\xff\xc3x\xe2\x82", "a??x??" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_arena a = { 0 };
		struct diag d = { .arena = &a, .source = cases[i].line };

		diag_add(&d, &(struct place){ "f", 1, 1 }, "x");
		assert_string_equal(diag_text(&d),
				    arena_printf(&a, "f:1:1: x\n    %s\n    ^\n", cases[i].shown));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_are_told_by_line_and_column),
		cmocka_unit_test(the_line_is_shown_with_a_caret),
		cmocka_unit_test(a_line_that_is_not_there_is_not_shown),
		cmocka_unit_test(an_option_has_no_line),
		cmocka_unit_test(more_errors_than_fit_are_counted),
		cmocka_unit_test(no_errors_are_no_text),
		cmocka_unit_test(of_a_long_line_the_part_around_the_place_is_shown),
		cmocka_unit_test(only_printable_characters_reach_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
