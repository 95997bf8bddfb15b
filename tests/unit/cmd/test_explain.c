/* SPDX-License-Identifier: MIT */
/* doroce explain: what is printed of a profile. */
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

#include "cmd/cmd.h"

/* What the command prints on stdout of one or two words (NULL: none); *ret: its exit status. */
static char *printed(struct arena *a, struct options *o, const char *word, const char *name, int *ret)
{
	char *operand[] = { word ? arena_strdup(a, word) : NULL, name ? arena_strdup(a, name) : NULL };
	char path[] = "/tmp/doroce-explain-XXXXXX", *text = arena_alloc(a, 65536);
	int fd = mkstemp(path), out = dup(STDOUT_FILENO);

	assert_true(fd >= 0 && out >= 0);
	unlink(path);
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	*ret = cmd_explain(o, a, operand);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	assert_true(pread(fd, text, 65535, 0) >= 0);
	close(fd);
	close(out);
	return text;
}

static const char *file_with(struct arena *a, const char *text)
{
	char name[] = "/tmp/doroce-intent-XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return arena_strdup(a, name);
}

static void a_profile_is_shown_with_what_follows_from_it(void **state)
{
	auto_arena a = { 0 };
	struct options o = { .config = file_with(&a, "version: 1\n") };
	int r;
	char *text = printed(&a, &o, "profile", "lossless", &r);

	(void)state;
	unlink(o.config);
	assert_int_equal(r, EXIT_OK);
	must_contain(text, "lossless: RoCE in DSCP 26 on priority 3");
	must_contain(text, "  source                 doRoCE.sh");
	must_contain(text, "  qos.tos                106\n");
	must_contain(text, "  qos.pfc                3 on\n");
	must_contain(text, "  qos.pause              off   (follows)\n");
	must_contain(text, "  qos.dscp_prio          DSCP/8   (follows)\n");
}

static void a_sites_own_is_listed_and_shown_over_its_base(void **state)
{
	auto_arena a = { 0 };
	struct options o = {
		.config = file_with(&a, "version: 1\nprofiles: {x: {base: lossless, summary: ours, qos: {tos: 104, pfc: {0: off}, tcp_ecn: 1}}}\n"),
	};
	int r, s;
	char *all = printed(&a, &o, "profile", NULL, &r), *text = printed(&a, &o, "profile", "x", &s);

	(void)state;
	unlink(o.config);
	assert_int_equal(r, EXIT_OK);
	assert_int_equal(s, EXIT_OK);
	must_contain(all, "x                      ours\n");
	must_contain(all, "nco-roce-optimized ");
	must_contain(text, "  base                   lossless\n");
	must_contain(text, "  qos.tos                104\n");
	must_contain(text, "  qos.pfc                0 off\n");
	must_contain(text, "  qos.tcp_ecn            1\n");
	assert_null(strstr(text, "qos.pause"));
}

static void json_tells_values_from_what_follows(void **state)
{
	auto_arena a = { 0 };
	struct options o = { .config = file_with(&a, "version: 1\n"), .json = true };
	int r;
	char *text = printed(&a, &o, "profile", "lossy", &r), *follows = strstr(text, "\"follows\"");

	(void)state;
	unlink(o.config);
	assert_int_equal(r, EXIT_OK);
	must_contain(text, "\"qos.tos\": 106");
	must_contain(follows, "\"qos.dcbx\": \"host\"");
	assert_null(strstr(follows, "qos.tos"));
}

static void what_is_not_known_is_a_wrong_usage(void **state)
{
	auto_arena a = { 0 };
	struct options o = { .config = file_with(&a, "version: 1\n") };
	int r;

	(void)state;
	assert_string_equal(printed(&a, &o, "profile", "nix", &r), "");
	assert_int_equal(r, EXIT_USAGE);
	assert_string_equal(printed(&a, &o, "nix", NULL, &r), "");
	assert_int_equal(r, EXIT_USAGE);
	assert_string_equal(printed(&a, &o, NULL, NULL, &r), "");
	assert_int_equal(r, EXIT_USAGE);
	unlink(o.config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_profile_is_shown_with_what_follows_from_it),
		cmocka_unit_test(a_sites_own_is_listed_and_shown_over_its_base),
		cmocka_unit_test(json_tells_values_from_what_follows),
		cmocka_unit_test(what_is_not_known_is_a_wrong_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
