/* SPDX-License-Identifier: MIT */
/* Differences of two texts, as people read them. */
#include "base/diff.h"
#include "test.h"

static void lines_that_differ_are_told_with_those_around(void **state)
{
	static const struct {
		const char *from, *to, *diff;
	} cases[] = {
		{ "", "", "" },
		{ "a\nb\n", "a\nb\n", "" },
		{ "", "a\nb\n", "+a\n+b\n" },
		{ "a\nb\n", "", "-a\n-b\n" },
		{ "a\nb\nc\n", "a\nx\nc\n", " a\n-b\n+x\n c\n" },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n", " 3\n 4\n-5\n+x\n 6\n 7\n" },
		{ "a\n1\n2\n3\n4\n5\n6\nb\n", "x\n1\n2\n3\n4\n5\n6\ny\n",
		  "-a\n+x\n 1\n 2\n...\n 5\n 6\n-b\n+y\n" },
		{ "a\nb\nc\n", "b\nc\nd\n", "-a\n b\n c\n+d\n" },
		{ "same\nlast", "same\nlast\nmore", " same\n last\n+more\n" },
	};
	auto_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(diff_text(&a, cases[i].from, cases[i].to), cases[i].diff);
}

/* What costs too much to compare is told as replaced. */
static void long_texts_are_told_as_replaced(void **state)
{
	auto_arena a = { 0 };
	char *from = arena_alloc(&a, 8001), *to = arena_alloc(&a, 8001);

	(void)state;
	for (size_t i = 0; i < 8000; i += 2) {
		memcpy(from + i, i % 4 ? "x\n" : "a\n", 2);
		memcpy(to + i, i % 4 ? "x\n" : "b\n", 2);
	}
	const char *text = diff_text(&a, from, to);
	assert_int_equal(strncmp(text, "-a\n-x\n-a\n", 9), 0);
	assert_null(strstr(text, "\n a"));
	assert_non_null(strstr(text, "\n x\n")); /* the last line of both, at the end */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_that_differ_are_told_with_those_around),
		cmocka_unit_test(long_texts_are_told_as_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
