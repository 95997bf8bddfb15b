/* SPDX-License-Identifier: MIT */
/* LLDPDUs are read by the letter of the standards; what is malformed is told by its place, and nothing of it is used. */
#include <errno.h>
#include <stdlib.h>

#include "port/lldp/heard.h"
#include "test.h"
#include "unit/port/lldp/frames.h"

/* On the heap, so that a sanitizer sees a byte too many. */
static int read_bytes(const uint8_t *bytes, size_t len, struct lldp *ret, struct err *e)
{
	uint8_t *copy = malloc(len + !len);

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	int r = lldp_read(copy, len, ret, e);
	free(copy);
	return r;
}

static struct lldp lldp_of(const char *hex)
{
	const struct frame f = frame_of(hex);
	struct lldp l;
	struct err e = { 0 };

	if (read_bytes(f.at, f.len, &l, &e) < 0)
		fail_msg("%s", e.text);
	return l;
}

static void a_frame_says_who_and_where(void **state)
{
	struct lldp l = lldp_of(LEAF);

	(void)state;
	assert_string_equal(l.chassis, "00:1c:73:0c:a1:b2");
	assert_string_equal(l.port, "Ethernet1/1");
	assert_string_equal(l.port_description, "node-a1");
	assert_string_equal(l.system_name, "leaf1");
	assert_int_equal(l.ttl_s, 120);
	assert_int_equal(l.pvid, 100);
	assert_int_equal(l.max_frame, 9216);
	assert_int_equal(l.has & LLDP_CEE, 0);
}

/* The places of a list that are not 0, as pairs of place and number, -1 at the end. */
static void must_be(const uint32_t *list, const int *pairs)
{
	uint32_t want[PRIORITIES] = { 0 };

	for (; *pairs >= 0; pairs += 2)
		want[pairs[0]] = (uint32_t)pairs[1];
	assert_memory_equal(list, want, sizeof(want));
}

static void a_frame_says_its_qos(void **state)
{
	struct lldp l = lldp_of(LEAF);

	(void)state;
	must_be(l.ets.prio_tc, (const int[]){ 3, 3, 6, 6, -1 });
	must_be(l.ets.bandwidth_pct, (const int[]){ 0, 50, 3, 50, -1 });
	must_be(l.ets.tsa, (const int[]){ 0, TSA_ETS, 3, TSA_ETS, -1 });
	must_be(l.advice.prio_tc, (const int[]){ 3, 3, 6, 6, -1 });
	must_be(l.advice.bandwidth_pct, (const int[]){ 0, 40, 3, 50, 6, 10, -1 });
	must_be(l.advice.tsa, (const int[]){ 0, TSA_ETS, 3, TSA_ETS, 6, TSA_ETS, -1 });
	must_be(l.pfc, (const int[]){ 3, 1, -1 });
	assert_int_equal(l.pfc_cap, 8);
	assert_int_equal(l.willing, LLDP_ETS);
}

static void priorities_of_applications_are_found_by_dscp_and_port(void **state)
{
	struct lldp l = lldp_of(LEAF), other = lldp_of(MANDATORY END);
	uint32_t prio[DSCPS];

	(void)state;
	assert_int_equal(l.app_n, 3);
	lldp_dscp_prio(&l, prio);
	assert_int_equal(prio[26], 3);
	assert_int_equal(prio[48], 6);
	assert_int_equal(prio[0], DSCP_UNMAPPED);
	assert_int_equal(lldp_roce_prio(&l), 3);
	assert_int_equal(lldp_roce_prio(&other), DSCP_UNMAPPED);
}

/* the larger one, as the kernel's users take it */
static void a_dscp_with_two_priorities_has_the_larger_one(void **state)
{
	struct lldp l = lldp_of(MANDATORY "fe 0b 0080c2 0c 00 a5001a 65001a" END);
	uint32_t prio[DSCPS];

	(void)state;
	lldp_dscp_prio(&l, prio);
	assert_int_equal(prio[26], 5);
}

static void ids_of_every_kind_become_text(void **state)
{
	static const struct {
		const char *hex, *chassis, *port;
	} rows[] = {
		{ "02 05 07 6c6f636b 04 07 03 020000000001 " TTL, "lock", "02:00:00:00:00:01" },
		{ "02 06 05 01 0a000005 04 02 07 35 " TTL END, "10.0.0.5", "5" },
		{ "02 12 05 02 fe800000000000000000000000000005 04 06 04 01 0a000006 " TTL END, "fe80::5", "10.0.0.6" },
		{ "02 03 01 41 42 04 03 06 43 44 " TTL END, "AB", "CD" },
		{ "02 04 05 10 41 42 04 02 05 45 " TTL END, "AB", "E" }, /* a family without text */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct lldp l = lldp_of(rows[i].hex);

		assert_string_equal(l.chassis, rows[i].chassis);
		assert_string_equal(l.port, rows[i].port);
	}
}

/* escape sequences, line ends, C1 controls, what is no ASCII */
static void text_is_harmless_on_a_terminal(void **state)
{
	struct lldp l = lldp_of(CHASSIS "04 05 05 1b5b324a " TTL "0a 07 61 0a 00 c2 9b 7f 7a " END);

	(void)state;
	assert_string_equal(l.port, "?[2J");
	assert_string_equal(l.system_name, "a?????z");
}

static void what_is_not_known_is_passed_over(void **state)
{
	struct lldp l = lldp_of(MANDATORY "12 01 ff fe 04 123456 01 fe 08 0080c2 20 01020304 ee 00 " CEE CEE SYSTEM END "ffff");

	(void)state;
	assert_int_equal(l.has, LLDP_CHASSIS | LLDP_PORT | LLDP_TTL | LLDP_SYSTEM_NAME | LLDP_CEE);
	assert_string_equal(l.system_name, "leaf1");
}

/* without the end's TLV, at the end of the frame; padded to the least that Ethernet has */
static void the_end_may_be_missing(void **state)
{
	(void)state;
	assert_int_equal(lldp_of(MANDATORY PFC_3).pfc[3], 1);
	assert_int_equal(lldp_of(MANDATORY PFC_3 "0000 0000 0000 0000").pfc[3], 1);
}

/* One TLV behind the mandatory ones, of a head and n times the same. */
static char *long_frame(struct arena *a, const char *head, size_t n, const char *item)
{
	char *hex = arena_printf(a, "%s%s", MANDATORY, head);

	for (size_t i = 0; i < n; i++)
		hex = arena_printf(a, "%s%s", hex, item);
	return hex;
}

static void the_longest_lists_and_texts_fit(void **state)
{
	auto_arena a = { 0 };
	struct err e = { 0 };
	struct lldp l;

	(void)state;
	assert_int_equal(lldp_of(long_frame(&a, "fffd 0080c2 0c 00 ", LLDP_APPS, "65001a")).app_n, LLDP_APPS);
	assert_int_equal(strlen(lldp_of(long_frame(&a, "0aff ", 255, "61")).system_name), 255);
	const struct frame f = frame_of(long_frame(&a, "0b00 ", 256, "61"));
	assert_int_equal(read_bytes(f.at, f.len, &l, &e), -EBADMSG);
	assert_string_equal(e.text, "byte 29: system name: 256 B of it, of 0 to 255");
}

static void what_is_wrong_is_told_with_its_place(void **state)
{
	static const struct {
		const char *hex, *text;
	} rows[] = {
		{ "", "byte 0: the frame ends without chassis ID" },
		{ CHASSIS, "byte 9: the frame ends without port ID" },
		{ CHASSIS PORT, "byte 23: the frame ends without time to live" },
		{ CHASSIS PORT END, "byte 25: TLV: a TLV of type 0 where time to live is wanted" },
		{ PORT CHASSIS TTL END, "byte 2: TLV: a TLV of type 2 where chassis ID is wanted" },
		{ CHASSIS TTL PORT END, "byte 11: TLV: a TLV of type 3 where port ID is wanted" },
		{ MANDATORY CHASSIS END, "byte 29: chassis ID: it comes a second time" },
		{ MANDATORY PFC_3 PFC_3 END, "byte 41: PFC: it comes a second time" },
		{ "02 01 04 " PORT TTL END, "byte 2: chassis ID: 1 B of it, of 2 to 256" },
		{ "02 06 04 001c730ca1 " PORT TTL END, "byte 3: chassis ID: a MAC address has 6 B, not 5" },
		{ "02 07 00 001c730ca1b2 " PORT TTL END, "byte 2: chassis ID: subtype 0 is reserved" },
		{ "02 07 08 001c730ca1b2 " PORT TTL END, "byte 2: chassis ID: subtype 8 is reserved" },
		{ "02 05 05 01 0a0000 " PORT TTL END, "byte 3: chassis ID: an address of family 1 has 4 B, not 3" },
		{ CHASSIS PORT "06 01 78 " END, "byte 25: time to live: 1 B of it, of 2 to 511" },
		{ CHASSIS PORT "06 ff 0078 " END, "byte 25: TLV: 255 B of type 3, and the frame ends after 4" },
		{ MANDATORY "fe", "byte 27: TLV: the frame ends in its head" },
		{ MANDATORY "fe 03 0080c2 " END, "byte 29: TLV: 3 B have no room for OUI and subtype" },
		{ MANDATORY "fe 05 0080c2 0b 08 " END, "byte 33: PFC: 1 B of it, of 2 to 2" },
		{ MANDATORY "fe 07 0080c2 0b 08 08 00 " END, "byte 33: PFC: 3 B of it, of 2 to 2" },
		{ MANDATORY "fe 0a 0080c2 0c 00 65001a c500 " END,
		  "byte 34: application priority: 5 B of entries are no multiple of 3" },
		{ MANDATORY "fe 08 0080c2 0c 00 650040 " END, "byte 34: application priority: DSCP 64, of 0 to 63" },
		{ MANDATORY "fe 19 0080c2 09 80 0803 0060 32000032 00000000 02000002 00000000 " END,
		  "byte 34: ETS configuration: priority 1 is in traffic class 8, of 0 to 7" },
		{ MANDATORY "fe 19 0080c2 09 80 0003 0060 65000032 00000000 02000002 00000000 " END,
		  "byte 38: ETS configuration: traffic class 0 has 101 % of the bandwidth" },
		{ MANDATORY "00 01 00", "byte 29: TLV: the end has 1 B" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct frame f = frame_of(rows[i].hex);
		struct lldp l = { .ttl_s = 77 };
		struct err e = { 0 };

		assert_int_equal(read_bytes(f.at, f.len, &l, &e), -EBADMSG);
		assert_int_equal(l.ttl_s, 77); /* nothing of it is used */
		assert_string_equal(e.text, rows[i].text);
	}
}

/* Cut anywhere it is malformed, or a whole frame without the end's TLV and with fewer of the others. */
static void a_frame_cut_at_any_length_is_safe(void **state)
{
	const struct frame f = frame_of(LEAF);
	size_t whole = 0;

	(void)state;
	for (size_t len = 0; len < f.len; len++) {
		struct lldp l;
		struct err e = { 0 };

		if (read_bytes(f.at, len, &l, &e) < 0)
			must_contain(e.text, "byte ");
		else
			whole++;
	}
	assert_int_equal(whole, 13); /* behind the third TLV and each of those that follow */
}

/* Every byte of the frame, so every length, too, says something else. */
static void lengths_may_lie(void **state)
{
	(void)state;
	for (size_t at = 0; at < frame_of(LEAF).len; at++)
		for (unsigned int v = 0; v <= UINT8_MAX; v++) {
			struct frame f = frame_of(LEAF);
			struct lldp l;
			struct err e = { 0 };

			f.at[at] = (uint8_t)v;
			if (read_bytes(f.at, f.len, &l, &e) < 0)
				must_contain(e.text, "byte ");
			else
				assert_true(l.port[0] && strlen(l.system_name) < LLDP_TEXT);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_says_who_and_where),
		cmocka_unit_test(a_frame_says_its_qos),
		cmocka_unit_test(priorities_of_applications_are_found_by_dscp_and_port),
		cmocka_unit_test(a_dscp_with_two_priorities_has_the_larger_one),
		cmocka_unit_test(ids_of_every_kind_become_text),
		cmocka_unit_test(text_is_harmless_on_a_terminal),
		cmocka_unit_test(what_is_not_known_is_passed_over),
		cmocka_unit_test(the_end_may_be_missing),
		cmocka_unit_test(the_longest_lists_and_texts_fit),
		cmocka_unit_test(what_is_wrong_is_told_with_its_place),
		cmocka_unit_test(a_frame_cut_at_any_length_is_safe),
		cmocka_unit_test(lengths_may_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
