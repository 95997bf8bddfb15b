/* SPDX-License-Identifier: MIT */
/* Packets of neighbour discovery as others send them, and what they say of an address. */
#include <string.h>

#include "fake/kern.h"
#include "test.h"

enum { HEADER = 40, FIXED = 24, OPTION = 8, SOLICIT = 135, ADVERT = 136 };

static const uint8_t frame_mac[MAC_LEN] = { 2, 0, 0, 0, 0, 1 }, told_mac[MAC_LEN] = { 2, 0, 0, 0, 0, 2 };

/* A packet with one option of the type (0: none); returns its size. */
static size_t packet_make(uint8_t *p, uint8_t type, const char *src, const char *target, uint8_t option)
{
	struct ip s = ip_is(src), t = ip_is(target);

	memset(p, 0, HEADER + FIXED + OPTION);
	p[0] = 0x60;
	p[6] = 58;
	p[7] = 255;
	memcpy(p + 8, s.bytes, 16);
	p[HEADER] = type;
	memcpy(p + HEADER + 8, t.bytes, 16);
	if (!option)
		return HEADER + FIXED;
	p[HEADER + FIXED] = option;
	p[HEADER + FIXED + 1] = 1;
	memcpy(p + HEADER + FIXED + 2, told_mac, MAC_LEN);
	return HEADER + FIXED + OPTION;
}

static void an_advertisement_tells_who_has_the_address(void **state)
{
	uint8_t p[128];
	struct nd_heard h;
	struct ip target = ip_is("fd01::1");

	(void)state;
	assert_true(nd_parse(p, packet_make(p, ADVERT, "fe80::9", "fd01::1", 2), frame_mac, &h));
	assert_true(h.is_advert);
	assert_true(ip_equal(&h.target, &target));
	assert_memory_equal(h.mac, told_mac, MAC_LEN);
	assert_true(nd_parse(p, packet_make(p, ADVERT, "fe80::9", "fd01::1", 0), frame_mac, &h));
	assert_memory_equal(h.mac, frame_mac, MAC_LEN);
	/* the option of a solicitation says nothing here */
	assert_true(nd_parse(p, packet_make(p, ADVERT, "fe80::9", "fd01::1", 1), frame_mac, &h));
	assert_memory_equal(h.mac, frame_mac, MAC_LEN);
}

static void what_is_malformed_or_came_through_a_router_is_passed_over(void **state)
{
	uint8_t p[128];
	struct nd_heard h;
	size_t n = packet_make(p, ADVERT, "fe80::9", "fd01::1", 2);

	(void)state;
	for (size_t cut = 0; cut < HEADER + FIXED; cut++)
		assert_false(nd_parse(p, cut, frame_mac, &h));
	p[7] = 254;
	assert_false(nd_parse(p, n, frame_mac, &h));
	p[7] = 255;
	p[HEADER] = 134;
	assert_false(nd_parse(p, n, frame_mac, &h));
	p[HEADER] = ADVERT;
	p[6] = 17;
	assert_false(nd_parse(p, n, frame_mac, &h));
}

static void options_of_any_length_end_the_reading(void **state)
{
	static const uint8_t lengths[] = { 0, 2, 255 };
	uint8_t p[128];
	struct nd_heard h;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		size_t n = packet_make(p, ADVERT, "fe80::9", "fd01::1", 2);

		p[HEADER + FIXED + 1] = lengths[i];
		assert_true(nd_parse(p, n, frame_mac, &h));
		assert_memory_equal(h.mac, frame_mac, MAC_LEN);
		assert_true(nd_parse(p, HEADER + FIXED + 3, frame_mac, &h));
	}
}

static void a_duplicate_is_who_has_the_address_or_wants_it(void **state)
{
	static const struct {
		uint8_t type;
		const char *src, *target;
		int ifindex;
		bool duplicate;
	} cases[] = {
		{ ADVERT, "fd01::1", "fd01::1", 5, true },   { ADVERT, "fe80::9", "fd01::1", 5, true },
		{ SOLICIT, "::", "fd01::1", 5, true },	     { SOLICIT, "fe80::9", "fd01::1", 5, false },
		{ ADVERT, "fe80::9", "fd01::2", 5, false },  { ADVERT, "fe80::9", "fd01::1", 6, false },
	};
	const struct dad d = { .ifindex = 5, .ip = ip_is("fd01::1") };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct nd_heard h = { .ifindex = cases[i].ifindex };
		uint8_t p[128];

		assert_true(nd_parse(p, packet_make(p, cases[i].type, cases[i].src, cases[i].target, 0), frame_mac, &h));
		if (dad_is_answered(&d, &h) != cases[i].duplicate)
			fail_msg("case %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_advertisement_tells_who_has_the_address),
		cmocka_unit_test(what_is_malformed_or_came_through_a_router_is_passed_over),
		cmocka_unit_test(options_of_any_length_end_the_reading),
		cmocka_unit_test(a_duplicate_is_who_has_the_address_or_wants_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
