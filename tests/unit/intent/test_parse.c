/* SPDX-License-Identifier: MIT */
/* Numbers and addresses as people write them. */
#include "test.h"

#include <errno.h>

#include "intent/parse.h"

static void decimal_digits_are_a_number(void **state)
{
	static const struct {
		const char *text;
		uint32_t v;
	} cases[] = { { "0", 0 }, { "7", 7 }, { "4200", 4200 }, { "4294967295", UINT32_MAX } };
	const struct range all = { 0, UINT32_MAX, NULL, NULL };
	uint32_t v;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(parse_u32(cases[i].text, &all, &v, NULL), 0);
		assert_int_equal(v, cases[i].v);
	}
}

static void all_else_is_no_number(void **state)
{
	static const char *const texts[] = {
		"", " ", "-1", "+1", " 1", "1 ", "01", "00", "0x10", "0o17", "1e3", "1.0", "1_000",
		"one", ".inf", "\xd9\xa1", /* an Arabic digit */
	};
	const struct range all = { 0, UINT32_MAX, NULL, NULL };
	uint32_t v = 99;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct err e = { 0 };

		if (parse_u32(texts[i], &all, &v, &e) != -EINVAL)
			fail_msg("'%s' is taken", texts[i]);
		must_contain(e.text, "a number (decimal digits) is wanted");
	}
	assert_int_equal(v, 99);
}

static void numbers_out_of_range_name_the_range(void **state)
{
	static const char *const texts[] = { "1279", "65536", "4294968296", "18446744073709552616",
					     "99999999999999999999999999999999" };
	const struct range range = { 1280, 65535, "B", NULL };
	uint32_t v = 99;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct err e = { 0 };

		assert_int_equal(parse_u32(texts[i], &range, &v, &e), -ERANGE);
		must_contain(e.text, texts[i]);
		must_contain(e.text, "is out of range: 1280 to 65535 B");
	}
	assert_int_equal(v, 99);
}

static void a_range_has_unit_and_note_only_when_given(void **state)
{
	const struct range bare = { 1, 8, "", NULL }, note = { 1, 8, NULL, "0 is taken" };
	struct err e = { 0 }, e2 = { 0 };
	uint32_t v;

	(void)state;
	parse_u32("0", &bare, &v, &e);
	assert_string_equal(e.text, "0 is out of range: 1 to 8");
	parse_u32("0", &note, &v, &e2);
	assert_string_equal(e2.text, "0 is out of range: 1 to 8; 0 is taken");
}

static void an_address_without_length_is_told_how(void **state)
{
	struct prefix p = { .len = 99 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(parse_prefix("10.0.0.1", &p, &e), -EINVAL);
	assert_string_equal(e.text, "the prefix length is missing: 10.0.0.1/24, for example");
	assert_int_equal(p.len, 99);
}

static void ipv6_is_taken_like_ipv4(void **state)
{
	struct err e = { 0 };
	struct prefix p;
	struct opt_ip o;
	struct ip ip;

	(void)state;
	assert_int_equal(parse_prefix("fd01::1/64", &p, &e), 0);
	assert_int_equal(p.addr.family, AF_INET6);
	assert_int_equal(p.len, 64);
	assert_int_equal(parse_ip("fd01::1", &ip, &e), 0);
	assert_int_equal(parse_opt_ip("fd01::1", &o, &e), 0);
	assert_true(ip_equal(&o.v, &ip));
	assert_int_equal(parse_prefix("fd01::1", &p, &e), -EINVAL);
	assert_string_equal(e.text, "the prefix length is missing: fd01::1/64, for example");
}

static void none_and_an_address_are_wishes(void **state)
{
	struct opt_ip o = { 0 };

	(void)state;
	assert_int_equal(parse_opt_ip("none", &o, NULL), 0);
	assert_int_equal(o.is, OPT_NONE);
	assert_int_equal(parse_opt_ip("10.0.0.254", &o, NULL), 0);
	assert_int_equal(o.is, OPT_SET);
	assert_int_equal(ip_u32(&o.v), 0x0a0000fe);
	assert_int_equal(parse_opt_ip("None", &o, NULL), -EINVAL);
}

static void quotes_are_short_and_cut_no_character(void **state)
{
	char text[200];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[199] = '\0';
	assert_int_equal(quote_len("mtu"), 3);
	assert_int_equal(quote_len(text), 60);
	memcpy(text + 58, "\xe2\x82\xac", 3); /* bytes 58, 59, 60 */
	assert_int_equal(quote_len(text), 58);
	text[60] = '\0';
	assert_int_equal(quote_len(text), 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decimal_digits_are_a_number),
		cmocka_unit_test(all_else_is_no_number),
		cmocka_unit_test(numbers_out_of_range_name_the_range),
		cmocka_unit_test(a_range_has_unit_and_note_only_when_given),
		cmocka_unit_test(an_address_without_length_is_told_how),
		cmocka_unit_test(ipv6_is_taken_like_ipv4),
		cmocka_unit_test(none_and_an_address_are_wishes),
		cmocka_unit_test(quotes_are_short_and_cut_no_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
