/* SPDX-License-Identifier: MIT */
/* Field lists: what is sent, what is read back, which sizes are refused. */
#include <errno.h>
#include <netlink/attr.h>
#include <string.h>

#include "fake/kern.h"
#include "kern/fields.h"
#include "kern/netlink.h"
#include "test.h"

enum { ATTR_NUMBER = 1, ATTR_BYTE, ATTR_WIDE, ATTR_IP, ATTR_NAME, ATTR_MAX = ATTR_NAME };

struct thing {
	uint32_t number;
	uint8_t byte;
	uint64_t wide;
	struct ip ip;
	char name[8];
};

static const struct field fields[] = {
	FIELD(struct thing, number, ATTR_NUMBER, FIELD_BYTES),
	FIELD(struct thing, byte, ATTR_BYTE, FIELD_BYTES),
	FIELD(struct thing, wide, ATTR_WIDE, FIELD_BYTES),
	FIELD(struct thing, ip, ATTR_IP, FIELD_IP),
	FIELD(struct thing, name, ATTR_NAME, FIELD_STRING),
};

static const struct thing full = {
	.number = 0x01020304, .byte = 5, .wide = 0x0607080900000000,
	.ip = { AF_INET, { 10, 0, 0, 1 } }, .name = "p0",
};

static struct nl_msg *message(const struct thing *t)
{
	struct nl_msg *m = netlink_msg(16, 0, NULL, 0);

	assert_non_null(m);
	assert_int_equal(fields_put(m, fields, ARRAY_LEN(fields), t), 0);
	return m;
}

static int message_read(struct nl_msg *m, uint8_t family, struct thing *t, struct err *e)
{
	struct nlattr *tb[ATTR_MAX + 1];

	assert_int_equal(nlmsg_parse(nlmsg_hdr(m), 0, tb, ATTR_MAX, NULL), 0);
	return fields_get(tb, fields, ARRAY_LEN(fields), family, t, e);
}

static bool thing_equal(const struct thing *a, const struct thing *b)
{
	return fields_equal(fields, ARRAY_LEN(fields), a, b);
}

static void what_is_sent_is_read_back(void **state)
{
	auto_msg *m = message(&full);
	struct thing t = { 0 };

	(void)state;
	assert_int_equal(message_read(m, AF_INET, &t, NULL), 0);
	assert_int_equal(t.number, full.number);
	assert_int_equal(t.byte, full.byte);
	assert_int_equal(t.wide, full.wide);
	assert_memory_equal(&t.ip, &full.ip, sizeof(t.ip));
	assert_memory_equal(t.name, full.name, sizeof(t.name));
	assert_true(thing_equal(&t, &full));
}

static void ipv6_addresses_have_their_own_size(void **state)
{
	struct thing t = { .ip = ip_is("fd00::1") }, back = { 0 };
	auto_msg *m = message(&t);

	(void)state;
	assert_int_equal(message_read(m, AF_INET6, &back, NULL), 0);
	assert_true(thing_equal(&t, &back));
	assert_int_equal(message_read(m, AF_INET, &back, NULL), -EBADMSG);
}

static void what_is_not_given_is_not_sent(void **state)
{
	struct thing nothing = { 0 }, t = full;
	auto_msg *m = message(&nothing);

	(void)state;
	assert_int_equal(nlmsg_attrlen(nlmsg_hdr(m), 0), 0);
	assert_int_equal(message_read(m, AF_INET, &t, NULL), 0);
	assert_true(thing_equal(&t, &full)); /* absent: left as it was */
}

static void each_wrong_size_is_refused_with_the_members_name(void **state)
{
	static const struct {
		int attr, size;
		const char *name;
	} cases[] = {
		{ ATTR_NUMBER, 2, "number: 2 bytes, not 4" },
		{ ATTR_NUMBER, 8, "number" },
		{ ATTR_NUMBER, 0, "number: 0 bytes" },
		{ ATTR_BYTE, 4, "byte: 4 bytes, not 1" },
		{ ATTR_WIDE, 4, "wide" },
		{ ATTR_IP, 3, "ip" },
		{ ATTR_IP, 16, "ip" },
		{ ATTR_IP, 0, "ip" },
	};
	static const uint8_t data[16] = { 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_msg *m = netlink_msg(16, 0, NULL, 0);
		struct thing t = { 0 };
		struct err e = { 0 };

		assert_int_equal(nla_put(m, cases[i].attr, cases[i].size, data), 0);
		assert_int_equal(message_read(m, AF_INET, &t, &e), -EBADMSG);
		must_contain(e.text, cases[i].name);
	}
}

static void an_address_without_a_family_is_refused(void **state)
{
	auto_msg *m = netlink_msg(16, 0, NULL, 0);
	struct thing t = { 0 };

	(void)state;
	assert_int_equal(nla_put(m, ATTR_IP, 0, NULL), 0);
	assert_int_equal(message_read(m, 0, &t, NULL), -EBADMSG);
}

static void a_name_that_is_too_long_is_cut(void **state)
{
	auto_msg *m = netlink_msg(16, 0, NULL, 0);
	struct thing t = { 0 };

	(void)state;
	assert_int_equal(nla_put_string(m, ATTR_NAME, "0123456789"), 0);
	assert_int_equal(message_read(m, AF_INET, &t, NULL), 0);
	assert_string_equal(t.name, "0123456");
}

static void a_name_without_an_end_is_sent_with_one(void **state)
{
	struct thing t = { .name = { '0', '1', '2', '3', '4', '5', '6', '7' } }, back = { 0 };
	auto_msg *m = message(&t);

	(void)state;
	assert_int_equal(message_read(m, AF_INET, &back, NULL), 0);
	assert_int_equal(strlen(back.name), 7);
}

static void each_member_makes_a_difference(void **state)
{
	struct thing other[ARRAY_LEN(fields)];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		other[i] = full;
	other[0].number++;
	other[1].byte++;
	other[2].wide++;
	other[3].ip.bytes[3]++;
	other[4].name[0]++;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		assert_false(thing_equal(&other[i], &full));
}

static void bytes_beyond_an_address_do_not_count(void **state)
{
	struct thing a = full, b = full;

	(void)state;
	b.ip.bytes[4] = 1; /* of an IPv4 address four count */
	assert_true(thing_equal(&a, &b));
	b.ip.family = AF_INET6;
	assert_false(thing_equal(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sent_is_read_back),
		cmocka_unit_test(ipv6_addresses_have_their_own_size),
		cmocka_unit_test(what_is_not_given_is_not_sent),
		cmocka_unit_test(each_wrong_size_is_refused_with_the_members_name),
		cmocka_unit_test(an_address_without_a_family_is_refused),
		cmocka_unit_test(a_name_that_is_too_long_is_cut),
		cmocka_unit_test(a_name_without_an_end_is_sent_with_one),
		cmocka_unit_test(each_member_makes_a_difference),
		cmocka_unit_test(bytes_beyond_an_address_do_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
