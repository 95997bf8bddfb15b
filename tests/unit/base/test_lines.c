/* SPDX-License-Identifier: MIT */
/* A text by its lines: those that go, and those that stay as they are. */
#include <string.h>

#include "base/lines.h"
#include "test.h"

static bool has_x(const char *line, size_t len, void *state)
{
	size_t *seen = state;

	*seen += 1;
	return memchr(line, 'x', len);
}

static void what_goes_goes_and_the_rest_stays(void **state)
{
	static const struct {
		const char *text, *rest;
		size_t lines;
	} cases[] = {
		{ "", "", 0 },	       { "a\n", "a\n", 1 },	{ "x\n", "", 1 }, { "a\nx\nb\n", "a\nb\n", 3 },
		{ "a\nx", "a\n", 2 },  { "x\na", "a", 2 },	{ "a", "a", 1 },  { "\n\nx\n\n", "\n\n\n", 4 },
	};
	auto_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t seen = 0;

		assert_string_equal(lines_without(&a, cases[i].text, has_x, &seen), cases[i].rest);
		assert_int_equal(seen, cases[i].lines);
	}
}

/* A file may have 1 MB: a copy of it for each line would be gigabytes. */
static void a_long_text_is_copied_once(void **state)
{
	enum { LINES = 50000, LINE = 20 };
	auto_arena a = { 0 };
	char *text = arena_alloc(&a, LINES * LINE + 1);
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i < LINES; i++)
		memcpy(text + i * LINE, i % 2 ? "a line that stays..\n" : "a line with x in it\n", LINE);
	assert_int_equal(strlen(lines_without(&a, text, has_x, &seen)), LINES * LINE / 2);
	assert_int_equal(seen, LINES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_goes_and_the_rest_stays),
		cmocka_unit_test(a_long_text_is_copied_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
