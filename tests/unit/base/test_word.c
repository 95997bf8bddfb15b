/* SPDX-License-Identifier: MIT */
/* Mistyped words: what is near is offered, what is far is not. */
#include "test.h"

#include <string.h>

#include "base/word.h"

static const char *const list[] = { "mtu", "gateway", "address", "port", NULL };

static void a_near_word_is_offered(void **state)
{
	static const char *const cases[][2] = { { "gatway", "gateway" }, { "adress", "address" },
						{ "prot", "port" }, { "mut", "mtu" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(word_nearest(cases[i][0], list), cases[i][1]);
}

static void a_far_word_is_not_offered(void **state)
{
	static const char *const cases[] = { "completely", "", "x", "mt2345" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_null(word_nearest(cases[i], list));
}

static void a_long_word_is_near_to_nothing(void **state)
{
	char word[500];

	(void)state;
	memset(word, 'm', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_null(word_nearest(word, list));
}

static void the_distance_counts_letters(void **state)
{
	(void)state;
	assert_int_equal(word_distance("mtu", "mtu"), 0);
	assert_int_equal(word_distance("", "mtu"), 3);
	assert_int_equal(word_distance("mtuu", "mtu"), 1);
	assert_int_equal(word_distance("mut", "mtu"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_near_word_is_offered),
		cmocka_unit_test(a_far_word_is_not_offered),
		cmocka_unit_test(a_long_word_is_near_to_nothing),
		cmocka_unit_test(the_distance_counts_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
