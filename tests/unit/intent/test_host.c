/* SPDX-License-Identifier: MIT */
/* The number of the host, from a file: the only one of its ways that a fake kernel knows of. */
#include <string.h>

#include "fake/site.h"
#include "test.h"

static const struct {
	const char *text;
	uint32_t number;
	const char *error;
} files[] = {
	{ "17\n", 17, NULL },	     { "0", 0, NULL },
	{ "  17\n", 0, "one number" }, { "", 0, "one number" },
	{ "17 18\n", 0, "one number" }, { "65536\n", 0, "one number from 0 to 65535" },
	{ "-1\n", 0, "one number" },  { "99999999999999999999\n", 0, "one number" },
};

static void a_file_has_one_number(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		auto_site *s = site_new(1, 0, NULL);
		struct diag d = { .arena = &s->arena };

		s->in.host = (struct host_wish){ .from = HOST_OF_FILE, .path = "/etc/rack", .at = { "f", 2, 7 } };
		site_file_add(s, "/etc/rack", files[i].text);
		int r = intent_host(&s->in, &s->fake.k, false, &s->arena, &d);
		if ((r == 0) != !files[i].error)
			fail_msg("'%s': %d", files[i].text, r);
		if (files[i].error)
			must_contain(diag_text(&d), files[i].error);
		else
			assert_int_equal(s->in.host.number.v, files[i].number);
	}
}

static const struct {
	const char *name;
	uint32_t number;
	const char *error;
} names[] = {
	{ "gpu017\n", 17, NULL },
	{ "rack2-n3.cluster4.example\n", 3, NULL },
	{ "login\n", 0, "'login' has no number at its end" },
	{ "n99999\n", 0, "ends with a number above 65535" },
	{ "n12345678901\n", 0, "ends with a number above 65535" },
};

static void the_host_name_of_a_copy_is_in_its_file(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		auto_site *s = site_new(1, 0, NULL);
		struct diag d = { .arena = &s->arena };

		s->in.host = (struct host_wish){ .from = HOST_OF_NAME, .at = { "f", 2, 7 } };
		site_file_add(s, "/etc/hostname", names[i].name);
		int r = intent_host(&s->in, &s->fake.k, true, &s->arena, &d);
		if ((r == 0) != !names[i].error)
			fail_msg("'%s': %d", names[i].name, r);
		if (names[i].error)
			must_contain(diag_text(&d), names[i].error);
		else
			assert_int_equal(s->in.host.number.v, names[i].number);
	}
}

static void a_file_that_is_not_there_is_named(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct diag d = { .arena = &s->arena };

	(void)state;
	s->in.host = (struct host_wish){ .from = HOST_OF_FILE, .path = "/etc/rack", .at = { "f", 2, 7 } };
	assert_true(intent_host(&s->in, &s->fake.k, false, &s->arena, &d) < 0);
	must_contain(d.item[0].text, "host: /etc/rack: it is not there");
	assert_int_equal(d.item[0].place.column, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_has_one_number),
		cmocka_unit_test(the_host_name_of_a_copy_is_in_its_file),
		cmocka_unit_test(a_file_that_is_not_there_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
