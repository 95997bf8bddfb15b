/* SPDX-License-Identifier: MIT */
/* Reports: failures first, nothing counted twice, every field in the JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "test.h"
#include "unit/validate/results.h"

static char *text_of(const struct verify *v, const struct report_options *o)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	report_text(v, o, f);
	assert_int_equal(fclose(f), 0);
	return text;
}

/* The fragments are in the text, one behind the other. */
static void must_follow(const char *text, const char *const *fragment)
{
	for (; *fragment; fragment++) {
		must_contain(text, *fragment);
		text = strstr(text, *fragment) + 1;
	}
}

static void failures_come_first_and_the_verdict_last(void **state)
{
	static const char *const order[] = { "fail peer.connect",
					     "fail gid.present",
					     "warn gid.present",
					     "n/a  gid.present",
					     "gid       ",
					     "peer      ",
					     "FAILED: 2 of 5 checks failed, 1 of them follow",
					     NULL };
	auto_arena a = { 0 };
	struct report_options o = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	auto_free char *text = text_of(&v, &o);
	must_follow(text, order);
	assert_int_equal(text[strlen(text) - 1], '\n');
	assert_null(strchr(text, '\033'));
	assert_null(strstr(text, "pass peer.connect"));
	assert_null(strstr(text, "not shown"));
}

static void a_finding_is_told_with_all_that_helps(void **state)
{
	static const char *const order[] = { "fail gid.present", "rxe_0/1 p0", "seen:   no GID",
					     "wanted: a GID", "why:    bind fails",
					     "mend:   set the address", NULL };
	static const char *const followed[] = { "fail peer.connect", "rxe_0/1 p0, 10.0.0.2",
						"follows from gid.present", NULL };
	auto_arena a = { 0 };
	struct report_options o = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	auto_free char *text = text_of(&v, &o);
	must_follow(text, order);
	must_follow(text, followed);
}

static void all_shows_what_passed_too(void **state)
{
	auto_arena a = { 0 };
	struct report_options o = { .all = true };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	auto_free char *text = text_of(&v, &o);
	must_contain(text, "pass peer.connect");
	must_contain(text, ": connected\n");
}

static void stages_are_counted_and_empty_ones_left_out(void **state)
{
	auto_arena a = { 0 };
	struct report_options o = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	auto_free char *text = text_of(&v, &o);
	must_contain(text, "gid            0 pass     1 warn     1 fail     1 n/a ");
	must_contain(text, "peer           1 pass     0 warn     1 fail     0 n/a ");
	assert_null(strstr(text, "\nloop "));
}

static void colour_is_there_when_asked_for_and_ends(void **state)
{
	auto_arena a = { 0 };
	struct report_options o = { .colour = true, .all = true };
	struct verify v;
	size_t on = 0, off = 0;

	(void)state;
	results_make(&v, &a);
	auto_free char *text = text_of(&v, &o);
	for (const char *s = text; (s = strchr(s, '\033')); s++) {
		bool ends = strncmp(s, "\033[0m", 4) == 0;

		off += ends;
		on += !ends;
	}
	assert_int_equal(on, 5); /* two fails, warn, pass, the verdict */
	assert_int_equal(off, on);
}

static void without_failures_it_is_verified(void **state)
{
	auto_arena a = { 0 };
	struct report_options o = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	v.results.n = 2;
	auto_free char *text = text_of(&v, &o);
	must_contain(text, "verified: 1 checks passed, 0 warnings, 1 could not be checked here\n");
}

static const char *string_at(const json_t *j, const char *key)
{
	return json_string_value(json_object_get(j, key));
}

static void json_counts_and_judges(void **state)
{
	auto_arena a = { 0 };
	struct verify v;
	int pass, warn, fail, na;

	(void)state;
	results_make(&v, &a);
	json_t *j = report_json(&v);
	assert_int_equal(json_integer_value(json_object_get(j, "version")), 1);
	assert_string_equal(string_at(j, "verdict"), "fail");
	assert_int_equal(json_unpack(json_object_get(j, "counts"), "{s:i, s:i, s:i, s:i !}", "pass",
				     &pass, "warn", &warn, "fail", &fail, "na", &na), 0);
	assert_int_equal(pass, 1);
	assert_int_equal(warn, 1);
	assert_int_equal(fail, 2);
	assert_int_equal(na, 1);
	assert_int_equal(json_array_size(json_object_get(j, "results")), 5);
	json_decref(j);
	v.results.n = 2;
	j = report_json(&v);
	assert_string_equal(string_at(j, "verdict"), "pass");
	json_decref(j);
}

static void json_has_every_field_of_a_finding(void **state)
{
	static const char *const want[][2] = {
		{ "check", "gid.present" }, { "stage", "gid" }, { "verdict", "fail" },
		{ "port", "rxe_0/1" }, { "netdev", "p0" }, { "seen", "no GID" },
		{ "wanted", "a GID" }, { "why", "bind fails" }, { "mend", "set the address" },
	};
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	json_t *j = report_json(&v), *results = json_object_get(j, "results");
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		assert_string_equal(string_at(json_array_get(results, 4), want[i][0]), want[i][1]);
	assert_true(json_is_null(json_object_get(json_array_get(results, 4), "follows")));
	assert_string_equal(string_at(json_array_get(results, 2), "follows"), "gid.present");
	assert_string_equal(string_at(json_array_get(results, 2), "subject"), "10.0.0.2");
	assert_true(json_is_null(json_object_get(json_array_get(results, 1), "port")));
	json_decref(j);
}

static void json_tells_no_remedy_for_what_passed(void **state)
{
	static const char *const empty[] = { "wanted", "why", "mend", "subject", "follows" };
	auto_arena a = { 0 };
	struct verify v;

	(void)state;
	results_make(&v, &a);
	json_t *j = report_json(&v), *passed = json_array_get(json_object_get(j, "results"), 0);
	assert_string_equal(string_at(passed, "verdict"), "pass");
	for (size_t i = 0; i < ARRAY_LEN(empty); i++)
		assert_true(json_is_null(json_object_get(passed, empty[i])));
	json_decref(j);
}

static void checks_belong_to_the_stage_of_their_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < checks_n; i++) {
		const char *stage = stage_rows[checks[i].stage].name;

		assert_int_equal(strncmp(checks[i].id, stage, strlen(stage)), 0);
		assert_ptr_equal(check_by_id(checks[i].id), &checks[i]);
		assert_int_equal(stage_by_name(stage), checks[i].stage);
		assert_non_null(checks[i].run);
	}
	assert_null(check_by_id("gid"));
	assert_int_equal(stage_by_name("nothing"), VERIFY_STAGES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failures_come_first_and_the_verdict_last),
		cmocka_unit_test(a_finding_is_told_with_all_that_helps),
		cmocka_unit_test(all_shows_what_passed_too),
		cmocka_unit_test(stages_are_counted_and_empty_ones_left_out),
		cmocka_unit_test(colour_is_there_when_asked_for_and_ends),
		cmocka_unit_test(without_failures_it_is_verified),
		cmocka_unit_test(json_counts_and_judges),
		cmocka_unit_test(json_has_every_field_of_a_finding),
		cmocka_unit_test(json_tells_no_remedy_for_what_passed),
		cmocka_unit_test(checks_belong_to_the_stage_of_their_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
