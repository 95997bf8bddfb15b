/* SPDX-License-Identifier: MIT */
/* Where verify's reports go: options that contradict each other, files that are replaced whole. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/report.h"
#include "test.h"
#include "unit/validate/results.h"

static char dir[] = "/tmp/doroce-report-XXXXXX";

static int dir_make(void **state)
{
	(void)state;
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int dir_remove(void **state)
{
	(void)state;
	(void)unlink("r");
	(void)unlink("j.xml");
	(void)unlink("link");
	return chdir("/") == 0 ? rmdir(dir) : -1;
}

static void file_must_begin(const char *name, const char *want)
{
	char text[64] = "";
	auto_fd fd = open(name, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	text[strlen(want)] = '\0';
	assert_string_equal(text, want);
}

static void each_format_has_a_name(void **state)
{
	static const struct {
		struct options o;
		enum report_format want;
	} rows[] = {
		{ { 0 }, REPORT_TEXT },
		{ { .json = true }, REPORT_JSON },
		{ { .format = "text" }, REPORT_TEXT },
		{ { .format = "json", .json = true }, REPORT_JSON },
		{ { .format = "junit" }, REPORT_JUNIT },
		{ { .junit = "-" }, REPORT_JUNIT },
		{ { .format = "prometheus", .output = "-" }, REPORT_PROMETHEUS },
	};
	auto_arena a = { 0 };
	struct reports rs;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(reports_options(&rows[i].o, &a, &rs), EXIT_OK);
		assert_int_equal(rs.n, 1);
		assert_int_equal(rs.at[0].format, rows[i].want);
		assert_null(rs.at[0].path);
		assert_int_equal(reports_for_people(&rs), rows[i].want == REPORT_TEXT);
	}
}

static void what_contradicts_itself_is_refused(void **state)
{
	static const struct options rows[] = {
		{ .format = "xml" },
		{ .format = "text", .json = true },
		{ .format = "prometheus", .junit = "-" },
		{ .json = true, .junit = "-" },
		{ .output = "r", .junit = "r" },
	};
	auto_arena a = { 0 };
	struct reports rs;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(reports_options(&rows[i], &a, &rs), EXIT_USAGE);
}

static void a_place_that_takes_no_file_is_told_before_the_run(void **state)
{
	static const char *const places[] = { "/dev/null", "link", ".", "/nowhere/to/be/found", "/" };
	auto_arena a = { 0 };
	struct reports rs;

	(void)state;
	assert_int_equal(symlink("r", "link"), 0);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		assert_int_equal(reports_options(&(struct options){ .output = places[i] }, &a, &rs), EXIT_FAILED);
		assert_int_equal(reports_options(&(struct options){ .junit = places[i] }, &a, &rs), EXIT_FAILED);
	}
}

static void files_are_replaced_and_not_written_into(void **state)
{
	const struct options o = { .format = "prometheus", .output = "r", .junit = "j.xml" };
	auto_arena a = { 0 };
	struct reports rs;
	struct stat before, now;
	struct verify v;

	(void)state;
	results_make(&v, &a);
	assert_int_equal(reports_options(&o, &a, &rs), EXIT_OK);
	assert_true(reports_for_people(&rs));
	assert_int_equal(reports_write(&rs, &v, &run, false, NULL), EXIT_OK);
	auto_fd reader = open("r", O_RDONLY | O_CLOEXEC);
	assert_int_equal(fstat(reader, &before), 0);
	assert_int_equal(reports_write(&rs, &v, &run, false, NULL), EXIT_OK);
	assert_int_equal(stat("r", &now), 0);
	assert_int_not_equal(before.st_ino, now.st_ino);
	assert_int_equal(now.st_mode & 07777, 0644);
	file_must_begin("r", "# HELP doroce_check_result ");
	file_must_begin("j.xml", "<?xml version=\"1.0\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_has_a_name),
		cmocka_unit_test(what_contradicts_itself_is_refused),
		cmocka_unit_test(a_place_that_takes_no_file_is_told_before_the_run),
		cmocka_unit_test(files_are_replaced_and_not_written_into),
	};

	return cmocka_run_group_tests(tests, dir_make, dir_remove);
}
