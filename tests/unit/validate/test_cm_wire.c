/* SPDX-License-Identifier: MIT */
/* Messages and pattern of a connect: layout, round trips, what is refused, what differs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "validate/cm/wire.h"

static void hello_has_the_documented_layout(void **state)
{
	static const uint8_t want[WIRE_HELLO] = { 'd', 'o', 'R', 'C', 0, 1, 0,	  0,
						  0,   0,   0x20, 0x10, 1, 2, 3, 4 };
	struct wire_hello h = { .version = 1, .payload = 0x2010, .seed = 0x01020304 }, back;
	uint8_t buf[WIRE_HELLO];

	(void)state;
	wire_hello_put(&h, buf);
	assert_memory_equal(buf, want, sizeof(want));
	assert_int_equal(wire_hello_get(buf, sizeof(buf), &back), 0);
	assert_int_equal(back.version, 1);
	assert_int_equal(back.payload, 0x2010);
	assert_int_equal(back.seed, 0x01020304);
}

static void answer_and_reject_come_back(void **state)
{
	struct wire_answer a = { .version = 1, .intact = true, .offset = 5, .received = 9 }, ab;
	struct wire_reject r = { .version = 7, .reason = WIRE_BUSY }, rb;
	uint8_t buf[148] = { 0 };

	(void)state;
	wire_answer_put(&a, buf);
	assert_int_equal(wire_answer_get(buf, WIRE_ANSWER, &ab), 0);
	assert_true(ab.intact);
	assert_int_equal(ab.offset, 5);
	assert_int_equal(ab.received, 9);
	wire_reject_put(&r, buf);
	assert_int_equal(wire_reject_get(buf, sizeof(buf), &rb), 0);
	assert_int_equal(rb.version, 7);
	assert_int_equal(rb.reason, WIRE_BUSY);
}

static void short_or_foreign_messages_are_refused(void **state)
{
	struct wire_hello h = { .version = WIRE_VERSION, .payload = 100 }, hb;
	struct wire_answer ab;
	struct wire_reject rb;
	uint8_t buf[WIRE_HELLO];

	(void)state;
	wire_hello_put(&h, buf);
	for (size_t len = 0; len < WIRE_HELLO; len++)
		assert_int_equal(wire_hello_get(buf, len, &hb), -EBADMSG);
	assert_int_equal(wire_hello_get(NULL, WIRE_HELLO, &hb), -EBADMSG);
	buf[0] ^= 1;
	assert_int_equal(wire_hello_get(buf, sizeof(buf), &hb), -EBADMSG);
	assert_int_equal(wire_answer_get(buf, sizeof(buf), &ab), -EBADMSG);
	assert_int_equal(wire_reject_get(buf, sizeof(buf), &rb), -EBADMSG);
}

static void nothing_but_the_version_is_read_from_another_version(void **state)
{
	struct wire_hello h = { .version = WIRE_VERSION + 1, .payload = 100, .seed = 3 }, hb;
	struct wire_answer a = { .version = WIRE_VERSION + 1, .intact = true, .offset = 4 }, ab;
	uint8_t buf[WIRE_ANSWER];

	(void)state;
	wire_hello_put(&h, buf);
	assert_int_equal(wire_hello_get(buf, sizeof(buf), &hb), 0);
	assert_int_equal(hb.version, WIRE_VERSION + 1);
	assert_int_equal(hb.payload, 0);
	wire_answer_put(&a, buf);
	assert_int_equal(wire_answer_get(buf, sizeof(buf), &ab), 0);
	assert_false(ab.intact);
	assert_int_equal(ab.offset, 0);
}

static void a_pattern_does_not_differ_from_itself(void **state)
{
	uint8_t whole[4096], part[4096];

	(void)state;
	wire_pattern_put(42, 0, sizeof(whole), whole);
	assert_int_equal(wire_pattern_differs(42, 0, sizeof(whole), whole), sizeof(whole));
	for (size_t from = 0; from < 20; from++) {
		for (size_t to = from; to < 40; to++) {
			wire_pattern_put(42, from, to, part);
			assert_memory_equal(part, whole + from, to - from);
			assert_int_equal(wire_pattern_differs(42, from, to, part), to);
		}
	}
}

static void the_first_wrong_byte_is_named(void **state)
{
	uint8_t buf[300];

	(void)state;
	wire_pattern_put(1, 0, sizeof(buf), buf);
	for (size_t i = sizeof(buf); i-- > 0;) {
		buf[i] ^= 0x80;
		assert_int_equal(wire_pattern_differs(1, 0, sizeof(buf), buf), i);
		if (i >= 16)
			assert_int_equal(wire_pattern_differs(1, 16, sizeof(buf), buf + 16), i);
	}
}

static void a_moved_packet_or_another_seed_differs_at_once(void **state)
{
	uint8_t buf[2 * 1024];

	(void)state;
	wire_pattern_put(1, 0, sizeof(buf), buf);
	assert_in_range(wire_pattern_differs(2, 0, sizeof(buf), buf), 0, 8);
	memmove(buf, buf + 1024, 1024);
	assert_in_range(wire_pattern_differs(1, 0, sizeof(buf), buf), 0, 8);
	memset(buf, 0, sizeof(buf));
	assert_in_range(wire_pattern_differs(0, 0, sizeof(buf), buf), 0, 8);
}

/* The pattern is part of the protocol: two versions of the program must agree on it. */
static void the_pattern_is_the_one_of_version_1(void **state)
{
	uint8_t buf[16];

	(void)state;
	assert_int_equal(WIRE_VERSION, 1);
	wire_pattern_put(0, 0, 8, buf);
	/* the first output of splitmix64 with seed 0, little-endian */
	assert_memory_equal(buf, "\xaf\xcd\x1d\x7b\x39\xa8\x20\xe2", 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello_has_the_documented_layout),
		cmocka_unit_test(answer_and_reject_come_back),
		cmocka_unit_test(short_or_foreign_messages_are_refused),
		cmocka_unit_test(nothing_but_the_version_is_read_from_another_version),
		cmocka_unit_test(a_pattern_does_not_differ_from_itself),
		cmocka_unit_test(the_first_wrong_byte_is_named),
		cmocka_unit_test(a_moved_packet_or_another_seed_differs_at_once),
		cmocka_unit_test(the_pattern_is_the_one_of_version_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
