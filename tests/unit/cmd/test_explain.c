/* SPDX-License-Identifier: MIT */
/* doroce explain: what is printed of a stage, a check, a setting, a profile. */
#include "unit/cmd/capture.h"

#include "cmd/explain.h"
#include "cmd/session.h"
#include "validate/verify.h"

/* What the command prints of one or two words (NULL: none) on `to`; *ret: its exit status. */
static char *printed_to(int to, struct arena *a, struct options *o, const char *word, const char *name, int *ret)
{
	char *operand[] = { word ? arena_strdup(a, word) : NULL, name ? arena_strdup(a, name) : NULL };
	struct capture c = capture_begin(to);

	*ret = cmd_explain(o, a, operand);
	return capture_end(&c, a);
}

static char *printed(struct arena *a, struct options *o, const char *word, const char *name, int *ret)
{
	return printed_to(STDOUT_FILENO, a, o, word, name, ret);
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
	assert_string_equal(printed(&a, &o, "nix", "mtu", &r), "");
	assert_int_equal(r, EXIT_USAGE);
	assert_string_equal(printed(&a, &o, "setting", "link.mtu", &r), "");
	assert_int_equal(r, EXIT_USAGE);
	unlink(o.config);
}

static void a_setting_is_found_by_name_and_by_key(void **state)
{
	auto_arena a = { 0 };
	struct options o = { 0 };
	int r;
	const char *text = printed(&a, &o, "rp_filter", NULL, &r);

	(void)state;
	assert_int_equal(r, EXIT_OK);
	must_contain(text, "rp_filter (setting): ");
	must_contain(text, "  why                    with 1 the kernel drops");
	must_contain(text, "  mend                   arp.rp_filter in the intent, then doroce configure\n");
	must_contain(text, "  source                 IFLA_INET_CONF IPV4_DEVCONF_RP_FILTER\n");
	must_contain(text, "  intent                 arp.rp_filter: 0 to 2\n");
	assert_string_equal(printed(&a, &o, "arp.rp_filter", NULL, &r), text);
	assert_string_equal(printed(&a, &o, "setting", "rp_filter", &r), text);
}

static void keys_are_told_with_what_they_may_have(void **state)
{
	auto_arena a = { 0 };
	struct options o = { 0 };
	int r;
	const char *ets = printed(&a, &o, "qos.ets.tsa", NULL, &r), *ecn = printed(&a, &o, "qos.ecn", NULL, &r);

	(void)state;
	must_contain(ets, "qos.ets.bandwidth: 0 to 100 %\n");
	must_contain(ets, "qos.ets.tsa: strict, cbs, ets, vendor\n");
	must_contain(ecn, "ecn_np (setting)");
	must_contain(ecn, "ecn_rp (setting)");
	must_contain(printed(&a, &o, "mtu", NULL, &r), "mtu: 1280 to 65535 B\n");
	must_contain(printed(&a, &o, "qos.maxrate_mbps", NULL, &r), "0 to 4000000 Mb/s; 0: no limit\n");
}

static void a_check_and_a_stage_of_one_name_are_both_told(void **state)
{
	auto_arena a = { 0 };
	struct options o = { 0 };
	int r;
	const char *both = printed(&a, &o, "settings", NULL, &r);

	(void)state;
	must_contain(both, "settings (stage): the plan is empty");
	must_contain(both, "settings (check): the port is as the intent says");
	assert_null(strstr(printed(&a, &o, "check", "settings", &r), "(stage)"));
	must_contain(printed(&a, &o, "link", NULL, &r), "checks: link.present link.active link.mtu\n");
}

static void nothing_is_left_unsaid(void **state)
{
	auto_arena a = { 0 };
	const struct abouts all = abouts_all(&a);

	(void)state;
	assert_int_equal(all.n, VERIFY_STAGES + checks_n + FINDINGS - 1 + SETTING_N);
	for vec_each(ab, &all) {
		bool whole = ab->kind == ABOUT_STAGE || (ab->why && ab->mend && ab->source);

		if (!ab->what || !whole || (ab->key && !ab->keys.n))
			fail_msg("%s is not explained", ab->name);
	}
}

static void a_finding_tells_its_check(void **state)
{
	auto_arena a = { 0 };
	struct options o = { 0 };
	int r;
	char *text = printed(&a, &o, "arp-flux", NULL, &r);

	(void)state;
	assert_int_equal(r, EXIT_OK);
	must_contain(text, "arp-flux (finding): another port of the peer answers ARP for the address\n");
	must_contain(text, "found by neighbour.owner\n");
	must_contain(text, check_by_id("neighbour.owner")->source);
}

/* Every finding belongs to a check, and no name stands for two things. */
static void findings_have_names_of_their_own(void **state)
{
	(void)state;
	for (size_t i = FINDING_NONE + 1; i < FINDINGS; i++) {
		if (!findings[i].id || !check_by_id(findings[i].check))
			fail_msg("finding %zu has no name or no check", i);
		if (check_by_id(findings[i].id) || stage_by_name(findings[i].id) != VERIFY_STAGES)
			fail_msg("%s is the name of a check or a stage, too", findings[i].id);
		for (size_t k = i + 1; k < FINDINGS; k++)
			assert_string_not_equal(findings[i].id, findings[k].id);
	}
}

static void without_a_name_all_of_them_are_listed(void **state)
{
	auto_arena a = { 0 };
	struct options o = { .config = file_with(&a, "version: 1\nprofiles: {ours: {summary: of the site}}\n") };
	int r;
	const char *text = printed(&a, &o, NULL, NULL, &r);

	(void)state;
	assert_int_equal(r, EXIT_OK);
	must_contain(text, "stages:\nsettings  ");
	must_contain(text, "\n\nchecks:\nsettings  ");
	must_contain(text, "\n\nsettings:\ndcbx  ");
	must_contain(text, "\n\nprofiles:\n");
	must_contain(text, "ours                   of the site\n");
	o.json = true;
	must_contain(printed(&a, &o, NULL, NULL, &r), "\"profiles\": [");
	unlink(o.config);
}

static void json_has_numbers_and_words_of_a_key(void **state)
{
	auto_arena a = { 0 };
	struct options o = { .json = true };
	json_error_t e;
	int r;

	(void)state;
	json_t *j = json_loads(printed(&a, &o, "setting", "trust", &r), 0, &e);
	json_t *key = json_array_get(json_object_get(json_array_get(json_object_get(j, "settings"), 0), "keys"), 0);

	assert_string_equal(json_string_value(json_object_get(key, "key")), "qos.trust");
	assert_string_equal(json_string_value(json_array_get(json_object_get(key, "words"), 1)), "dscp");
	assert_int_equal(json_integer_value(json_object_get(key, "max")), 1);
	json_decref(j);
}

static void a_name_mistyped_is_guessed(void **state)
{
	static const struct {
		const char *word, *name, *near;
	} rows[] = {
		{ "gid.presnt", NULL, "did you mean 'gid.present'?" },
		{ "qos.pcf", NULL, "did you mean 'qos.pfc'?" },
		{ "losless", NULL, "did you mean 'lossless'?" },
		{ "profile", "lossyy", "did you mean 'lossy'?" },
		{ "check", "peer.mtuu", "did you mean 'peer.mtu'?" },
	};
	auto_arena a = { 0 };
	struct options o = { .config = file_with(&a, "version: 1\n") };
	int r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		must_contain(printed_to(STDERR_FILENO, &a, &o, rows[i].word, rows[i].name, &r), rows[i].near);
		assert_int_equal(r, EXIT_USAGE);
	}
	unlink(o.config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_profile_is_shown_with_what_follows_from_it),
		cmocka_unit_test(a_sites_own_is_listed_and_shown_over_its_base),
		cmocka_unit_test(json_tells_values_from_what_follows),
		cmocka_unit_test(what_is_not_known_is_a_wrong_usage),
		cmocka_unit_test(a_setting_is_found_by_name_and_by_key),
		cmocka_unit_test(keys_are_told_with_what_they_may_have),
		cmocka_unit_test(a_check_and_a_stage_of_one_name_are_both_told),
		cmocka_unit_test(nothing_is_left_unsaid),
		cmocka_unit_test(a_finding_tells_its_check),
		cmocka_unit_test(findings_have_names_of_their_own),
		cmocka_unit_test(without_a_name_all_of_them_are_listed),
		cmocka_unit_test(json_has_numbers_and_words_of_a_key),
		cmocka_unit_test(a_name_mistyped_is_guessed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
