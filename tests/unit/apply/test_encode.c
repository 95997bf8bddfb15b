/* SPDX-License-Identifier: MIT */
/* Values there and back through JSON, and what is no value. */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/encode.h"
#include "fake/kern.h"
#include "kern/netlink.h"
#include "test.h"

/* every member distinct; flags of an address and `other` of a rule are read only and not sent */
static const struct value values[] = {
	{ .kind = VALUE_NONE },
	{ .kind = VALUE_NUMBER, .number = 0 },
	{ .kind = VALUE_NUMBER, .number = UINT32_MAX },
	{ .kind = VALUE_ADDR, .addr = { .ifindex = 7, .prefix = { { AF_INET, { 10, 1, 2, 3 } }, 24 } } },
	{ .kind = VALUE_ADDR,
	  .addr = { .ifindex = 8, .prefix = { { AF_INET6, { 0x20, 1, 2, 3, [15] = 9 } }, 64 } } },
	{ .kind = VALUE_ROUTE,
	  .route = { .dst = { { AF_INET, { 10, 1, 0, 0 } }, 16 }, .gateway = { AF_INET, { 10, 0, 0, 2 } },
		     .prefsrc = { AF_INET, { 10, 0, 0, 3 } }, .table = 4000, .oif = 5, .metric = 6,
		     .protocol = 7, .scope = 8, .type = 9, .tos = 10 } },
	{ .kind = VALUE_ROUTE, /* the first hop of one with several */
	  .route = { .dst = { { AF_INET, { 0 } }, 0 }, .gateway = { AF_INET, { 10, 0, 0, 2 } },
		     .table = 101, .oif = 5, .protocol = 4, .type = 1, .multipath = true } },
	{ .kind = VALUE_ROUTE, .route = { .dst = { { AF_INET6, { 0x20, 1 } }, 48 }, .table = 255,
					  .gateway = { AF_INET6, { 0xfe, 0x80, [15] = 1 } }, .oif = 3,
					  .metric = 1024, .protocol = 4, .type = 1 } },
	{ .kind = VALUE_RULE,
	  .rule = { .family = AF_INET, .src = { AF_INET, { 10, 0, 0, 1 } },
		    .dst = { AF_INET, { 10, 0, 0, 2 } }, .src_len = 31, .dst_len = 30, .tos = 4,
		    .action = FR_ACT_BLACKHOLE, .protocol = 5, .ip_proto = 17, .l3mdev = 1,
		    .flags = FIB_RULE_INVERT, .table = 8000, .priority = 9, .fwmark = 10, .fwmask = 11,
		    .flow = 12, .goto_priority = 13, .suppress_group = 14, .suppress_prefix_len = 15,
		    .source_ports = 16, .dest_ports = 18, .uids = 19, .tunnel_id = 20, .iif = "if21",
		    .oif = "if22" } },
	{ .kind = VALUE_LIST, .list = { 3, (uint32_t[]){ 0, LIST_NONE, 7 } } },
};

/* v as text and back again */
static struct value through_text(const struct value *v, struct arena *a)
{
	struct value w = { 0 };
	struct err e = { 0 };
	auto_json *j = encode_value(v);

	assert_non_null(j);
	char *text = json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY);
	auto_json *again = json_loads(text, JSON_DECODE_ANY, NULL);
	free(text);
	if (decode_value(again, a, &w, &e) < 0)
		fail_msg("%s", e.text);
	return w;
}

static void every_kind_of_value_comes_back_whole(void **state)
{
	auto_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		const struct value *v = &values[i];
		struct value w = through_text(v, &a);

		assert_int_equal(w.kind, v->kind);
		if (v->kind == VALUE_NUMBER)
			assert_int_equal(w.number, v->number);
		if (v->kind == VALUE_LIST)
			assert_true(list_equal(&w.list, &v->list));
		if (v->kind == VALUE_ADDR)
			assert_memory_equal(&w.addr, &v->addr, sizeof(v->addr));
		if (v->kind == VALUE_ROUTE && !route_equal(&w.route, &v->route))
			fail_msg("value %zu is another route", i);
		if (v->kind == VALUE_RULE && !rule_equal(&w.rule, &v->rule))
			fail_msg("value %zu is another rule", i);
	}
}

static void must_be_file(const struct file *f, const char *key)
{
	const struct value v = { .kind = VALUE_FILE, .file = *f };
	auto_json *j = encode_value(&v);
	auto_arena a = { 0 };

	assert_non_null(json_object_get(j, key));
	struct value w = through_text(&v, &a);
	assert_int_equal(w.kind, VALUE_FILE);
	assert_string_equal(w.file.path, f->path);
	assert_int_equal(w.file.mode, f->mode);
	assert_int_equal(w.file.uid, f->uid);
	assert_int_equal(w.file.gid, f->gid);
	assert_int_equal(w.file.len, f->len);
	assert_memory_equal(w.file.text, f->text, f->len);
	assert_int_equal(w.file.text[f->len], '\0');
}

#define FILE_OF(bytes) \
	(&(struct file){ .path = "/etc/a b\"c", .text = bytes, .len = sizeof(bytes) - 1, .mode = 07755, .uid = UINT32_MAX, .gid = 7 })

static void a_file_comes_back_byte_for_byte(void **state)
{
	(void)state;
	must_be_file(FILE_OF(""), "text");
	must_be_file(FILE_OF("a: 1\n\t\"quoted\" \\ \x01 \xc3\xa4 \xf0\x9f\x98\x80\n"), "text");
	must_be_file(FILE_OF("no utf-8: \xe4\n"), "hex");
	must_be_file(FILE_OF("a surrogate: \xed\xa0\x80"), "hex");
	must_be_file(FILE_OF("a\0b"), "hex"); /* JSON has it, jansson does not read it */
	must_be_file(FILE_OF("\0"), "hex");
}

static void a_file_of_the_largest_size_comes_back(void **state)
{
	char *text = malloc(FILE_TEXT_MAX);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < FILE_TEXT_MAX; i++)
		text[i] = (char)("key: \"value\"\n"[i % 13]);
	struct file f = { .path = "/etc/large", .text = text, .len = FILE_TEXT_MAX, .mode = 0600 };
	must_be_file(&f, "text");
	text[FILE_TEXT_MAX - 1] = (char)0xff;
	must_be_file(&f, "hex");
	free(text);
}

static void a_path_that_is_no_text_can_not_be_told(void **state)
{
	const struct value v = { .kind = VALUE_FILE, .file = { .path = "/etc/\xff", .text = "" } };

	(void)state;
	assert_null(encode_value(&v));
}

static void malformed_files_are_refused(void **state)
{
#define FILE_JSON(path, mode, uid, gid, text) \
	"{\"path\":" path ",\"mode\":" mode ",\"uid\":" uid ",\"gid\":" gid "," text "}"
	static const char *const texts[] = {
		FILE_JSON("5", "1", "2", "3", "\"text\":\"\""),
		FILE_JSON("\"etc/x\"", "1", "2", "3", "\"text\":\"\""),
		FILE_JSON("\"/x\"", "\"1\"", "2", "3", "\"text\":\"\""),
		FILE_JSON("\"/x\"", "4096", "2", "3", "\"text\":\"\""),
		FILE_JSON("\"/x\"", "-1", "2", "3", "\"text\":\"\""),
		FILE_JSON("\"/x\"", "1", "-2", "3", "\"text\":\"\""),
		FILE_JSON("\"/x\"", "1", "4294967296", "3", "\"text\":\"\""),
		FILE_JSON("\"/x\"", "1", "2", "null", "\"text\":\"\""),
		FILE_JSON("\"/x\"", "1", "2", "-3", "\"text\":\"\""),
		FILE_JSON("\"/x\"", "1", "2", "3", "\"text\":5"),
		FILE_JSON("\"/x\"", "1", "2", "3", "\"hex\":\"0\""),
		FILE_JSON("\"/x\"", "1", "2", "3", "\"hex\":\"0g\""),
		FILE_JSON("\"/x\"", "1", "2", "3", "\"hex\":\"00\",\"text\":\"\""),
		FILE_JSON("\"/x\"", "1", "2", "3", "\"text\":\"\",\"more\":1"),
		"{\"path\":\"/x\",\"mode\":1,\"uid\":2,\"gid\":3}",
		"{\"path\":\"/x\",\"text\":\"\"}",
	};
	auto_json *good = json_loads(FILE_JSON("\"/x\"", "1", "2", "3", "\"text\":\"\""), 0, NULL);
	auto_arena a = { 0 };
	struct value v;

	(void)state;
	assert_int_equal(decode_value(good, &a, &v, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		auto_json *j = json_loads(texts[i], 0, NULL);

		assert_non_null(j);
		if (decode_value(j, &a, &v, NULL) != -EBADMSG)
			fail_msg("%s is taken for a file", texts[i]);
	}
}

/* A route with attributes that struct route does not know. */
static struct raw route_with_metrics(struct arena *a)
{
	auto_msg *m = route_msg(CHANGE_ADD, &values[5].route);
	struct nlattr *metrics = nla_nest_start(m, RTA_METRICS);

	nla_put_u32(m, RTAX_ADVMSS, 1400);
	nla_nest_end(m, metrics);
	return raw_copy(nlmsg_hdr(m), a);
}

static void messages_come_back_byte_for_byte(void **state)
{
	auto_arena a = { 0 };
	auto_msg *addr = addr_msg(CHANGE_ADD, &values[3].addr);
	struct raw raw[] = { route_with_metrics(&a), raw_copy(nlmsg_hdr(addr), &a) };
	struct raws rs = { .at = raw, .n = 2 }, back = { 0 }, none = { 0 };
	auto_json *j = encode_raws(&rs), *empty = encode_raws(NULL);

	(void)state;
	assert_int_equal(decode_raws(j, &a, &back, NULL), 0);
	assert_int_equal(back.n, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_true(raw_identical(&raw[i], &back.at[i]));
		assert_memory_equal(raw[i].h, back.at[i].h, raw[i].h->nlmsg_len);
	}
	assert_int_equal(back.at[0].ifindex, 5);
	assert_int_equal(back.at[1].ifindex, 7);
	assert_int_equal(decode_raws(empty, &a, &none, NULL), 0);
	assert_int_equal(none.n, 0);
}

static void malformed_messages_are_refused(void **state)
{
	/* of 16, 20 and 24 bytes: a header, its first word the length */
	static const char *const texts[] = {
		"", "1", "10", "zz",
		"1000000014000000000000000000000",    /* an odd digit */
		"11000000140000000000000000000000",   /* one byte more than there is */
		"0f000000140000000000000000000000",   /* one byte less */
		"10000000140000000000000000000000",   /* an address without its header */
		"10000000180000000000000000000000",   /* a route */
		"10000000200000000000000000000000",   /* a rule */
		"18000000140000000000000000000000020000000a000000", /* an address without one */
		"18000000630000000000000000000000020000000a000000", /* of an unknown type */
	};
	auto_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		auto_json *j = json_string(texts[i]);
		struct value v;
		struct err e = { 0 };

		if (decode_value(j, &a, &v, &e) != -EBADMSG)
			fail_msg("'%s' is taken for a message", texts[i]);
		assert_int_equal(e.code, -EBADMSG);
		assert_true(e.text[0]);
	}
}

/* what scanf takes for a digit too */
static void each_digit_of_a_message_counts(void **state)
{
	auto_json *j = encode_value(&values[3]);
	const char *good = json_string_value(j);
	auto_arena a = { 0 };

	(void)state;
	for (size_t at = 0; good[at]; at++)
		for (const char *bad = " +-xgG"; *bad; bad++) {
			char *text = arena_strdup(&a, good);
			struct value v;

			text[at] = *bad;
			auto_json *k = json_string(text);
			if (decode_value(k, &a, &v, NULL) != -EBADMSG)
				fail_msg("'%s' is taken for a message", text);
		}
}

static void malformed_lists_are_refused(void **state)
{
	static const char *const texts[] = { "[\"12\"]", "[3]", "[null]", "[\"\"]",
					     "[\"10000000180000000000000000000000\"]" };
	auto_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		auto_json *j = json_loads(texts[i], 0, NULL);
		struct raws rs = { 0 };

		assert_int_equal(decode_raws(j, &a, &rs, NULL), -EBADMSG);
	}
}

static void what_is_no_value_is_refused(void **state)
{
	static const char *const texts[] = { "\"12\"", "true", "[]", "{}", "1.5", "{\"multipath\":5}",
					     "-1", "4294967296" };
	auto_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		auto_json *j = json_loads(texts[i], JSON_DECODE_ANY, NULL);
		struct value v;

		if (decode_value(j, &a, &v, NULL) != -EBADMSG)
			fail_msg("%s is taken for a value", texts[i]);
	}
	struct value v;
	assert_int_equal(decode_value(NULL, &a, &v, NULL), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_value_comes_back_whole),
		cmocka_unit_test(a_file_comes_back_byte_for_byte),
		cmocka_unit_test(a_file_of_the_largest_size_comes_back),
		cmocka_unit_test(a_path_that_is_no_text_can_not_be_told),
		cmocka_unit_test(malformed_files_are_refused),
		cmocka_unit_test(messages_come_back_byte_for_byte),
		cmocka_unit_test(malformed_messages_are_refused),
		cmocka_unit_test(each_digit_of_a_message_counts),
		cmocka_unit_test(malformed_lists_are_refused),
		cmocka_unit_test(what_is_no_value_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
