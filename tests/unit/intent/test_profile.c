/* SPDX-License-Identifier: MIT */
/* Profiles: those that come with doroce can be read, a site's own start from them. */
#include "test.h"

#include <string.h>

#include "fake/site.h"
#include "intent/profile.h"

static void every_built_in_profile_is_right(void **state)
{
	auto_arena a = { 0 };
	const struct intent in = { 0 };
	const struct profile *chain[PROFILE_BASES_MAX];
	size_t n = 0;

	(void)state;
	for (const struct profile_text *t = profile_texts; t->name; t++, n++) {
		const struct profile *p = profile_named(&in, t->name, &a);

		assert_string_equal(p->name, t->name);
		assert_non_null(p->summary);
		assert_non_null(p->source);
		assert_in_range(profile_chain(&in, t->name, &a, chain), 1, PROFILE_BASES_MAX - 1);
		assert_ptr_equal(strstr(t->text, "summary: "), t->text);
	}
	assert_in_range(n, 8, 100);
}

static struct site *site_of(const char *text)
{
	struct site *s = site_new(1, 0, NULL);

	s->diag = (struct diag){ .arena = &s->arena };
	if (intent_read("f", arena_printf(&s->arena, "version: 1\n%s", text), &s->arena, &s->in, &s->diag) != 0 ||
	    site_resolve(s) != 0)
		fail_msg("%s", diag_text(&s->diag));
	return s;
}

static void lossless_and_lossy_differ_in_pfc(void **state)
{
	auto_site *less = site_of("profile: lossless\n"), *lossy = site_of("profile: lossy\n");
	const struct wish *w = site_wish(less, "p0");

	(void)state;
	assert_int_equal(w->number[SETTING_CM_TOS].v, 106);
	assert_int_equal(w->number[SETTING_TRUST].v, 1);
	assert_int_equal(w->list[SETTING_DSCP_PRIO].v.at[26], 3);
	assert_int_equal(w->list[SETTING_PFC].v.at[3], 1);
	assert_int_equal(w->list[SETTING_PFC].v.at[4], LIST_ANY);
	w = site_wish(lossy, "p0");
	assert_int_equal(w->number[SETTING_CM_TOS].v, 106);
	assert_int_equal(w->list[SETTING_PFC].v.at[3], 0);
	assert_int_equal(w->list[SETTING_PFC].v.at[4], LIST_ANY);
}

static void a_sites_own_starts_from_its_base(void **state)
{
	auto_site *s = site_of("profile: b\n"
			       "profiles:\n"
			       "  a: {base: lossless, mtu: 4200, qos: {tos: 104}, source: us, summary: ours}\n"
			       "  b: {base: a, qos: {pfc: [3, 4]}}\n");
	const struct wish *w = site_wish(s, "p0");

	(void)state;
	assert_int_equal(w->number[SETTING_TRUST].v, 1);
	assert_int_equal(w->number[SETTING_CM_TOS].v, 104);
	assert_int_equal(w->number[SETTING_MTU].v, 4200);
	assert_int_equal(w->list[SETTING_PFC].v.at[4], 1);
	assert_int_equal(w->said_at[SETTING_CM_TOS].line, 4);
	assert_string_equal(s->in.profiles.at[0].source, "us");
}

static void none_and_no_profile_wish_nothing(void **state)
{
	auto_site *none = site_of("profile: none\n"), *null = site_of("profile: ~\n");

	(void)state;
	for (enum setting_id id = 0; id < SETTING_N; id++) {
		assert_int_equal(site_wish(none, "p0")->number[id].is, OPT_UNSET);
		assert_int_equal(site_wish(none, "p0")->list[id].is, OPT_UNSET);
		assert_int_equal(site_wish(null, "p0")->number[id].is, OPT_UNSET);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_built_in_profile_is_right),
		cmocka_unit_test(lossless_and_lossy_differ_in_pfc),
		cmocka_unit_test(a_sites_own_starts_from_its_base),
		cmocka_unit_test(none_and_no_profile_wish_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
