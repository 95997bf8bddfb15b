/* SPDX-License-Identifier: MIT */
/* Datagrams that measure a path: layout, what is refused, no answer larger than its request, the header as received. */
#include <errno.h>
#include <stdlib.h>

#include "test.h"
#include "validate/cm/ud.h"

static void messages_have_the_documented_layout(void **state)
{
	static const uint8_t request[20] = { 'd', 'o', 'U', 'D', 0, 1, 0x6a, 64, 1, 2, 3, 4, 0x80, 0, 0, 5, 0, 0, 0x10, 0 };
	static const uint8_t reply[28] = { 'd', 'o', 'U', 'R', 0, 1, 0x6a, 64, 9, 8,	 7,  6, 0, 0,
					   0,	5,   0,	  0,   0, 64, 2, 63, 0, 0, 0, 0, 1, 2 };
	uint8_t buf[UD_BYTES_MIN];

	(void)state;
	memset(buf, 0xff, sizeof(buf));
	ud_request_put(&(struct ud_request){ .tos = 0x6a, .hop_limit = 64, .token = 0x01020304, .seq = 0x80000005,
					     .wanted = 4096 },
		       buf);
	assert_memory_equal(buf, request, sizeof(request));
	assert_int_equal(buf[UD_BYTES_MIN - 1], 0);
	memset(buf, 0xff, sizeof(buf));
	ud_reply_put(&(struct ud_reply){ .tos = 0x6a, .hop_limit = 64, .nonce = 0x09080706, .seq = 5, .received = 64,
					 .arrived_tos = 2, .arrived_hop_limit = 63, .seen = 0x102 },
		     buf);
	assert_memory_equal(buf, reply, sizeof(reply));
	assert_int_equal(buf[UD_BYTES_MIN - 1], 0);
}

/* Read and written again, nothing is missing; one kind is not taken for the other. */
static void messages_come_back(void **state)
{
	uint8_t buf[UD_BYTES_MIN], again[UD_BYTES_MIN];
	struct ud_request q;
	struct ud_reply r;

	(void)state;
	ud_request_put(&(struct ud_request){ .tos = 1, .hop_limit = 2, .token = 3, .seq = 4, .wanted = 5 }, buf);
	assert_int_equal(ud_request_get(buf, sizeof(buf), &q), 0);
	ud_request_put(&q, again);
	assert_memory_equal(again, buf, sizeof(buf));
	assert_int_equal(ud_reply_get(buf, sizeof(buf), &r), -EBADMSG);
	ud_reply_put(&(struct ud_reply){ .tos = 1, .hop_limit = 2, .nonce = 3, .seq = 4, .received = 5, .arrived_tos = 6,
					 .arrived_hop_limit = 7, .seen = 8 },
		     buf);
	assert_int_equal(ud_reply_get(buf, sizeof(buf), &r), 0);
	ud_reply_put(&r, again);
	assert_memory_equal(again, buf, sizeof(buf));
	assert_int_equal(ud_request_get(buf, sizeof(buf), &q), -EBADMSG);
}

static void what_is_short_or_of_another_version_is_refused(void **state)
{
	uint8_t buf[UD_BYTES_MIN];
	struct ud_request q;

	(void)state;
	ud_request_put(&(struct ud_request){ .token = 3 }, buf);
	for (size_t len = 0; len < UD_BYTES_MIN; len++) {
		uint8_t *part = malloc(len + 1); /* so that a sanitizer sees what is read behind it */

		memcpy(part, buf, len);
		assert_int_equal(ud_request_get(part, len, &q), -EBADMSG);
		free(part);
	}
	buf[5]++;
	assert_int_equal(ud_request_get(buf, sizeof(buf), &q), -EBADMSG);
}

static void no_answer_is_larger_than_its_request(void **state)
{
	(void)state;
	assert_int_equal(ud_reply_bytes(64, 64), 64);
	assert_int_equal(ud_reply_bytes(4096, 4096), 4096);
	assert_int_equal(ud_reply_bytes(4096, 64), 64);
	assert_int_equal(ud_reply_bytes(64, 4096), 64);
	assert_int_equal(ud_reply_bytes(100, UINT32_MAX), 100);
	assert_int_equal(ud_reply_bytes(4096, 1), 64);
	assert_int_equal(ud_reply_bytes(4096, 0), 0);
}

/* ToS 0x6a, TTL 63, from 10.12.0.1 to 10.10.0.1; what is in front of it is whatever was there. */
static void header_of_ipv4_is_behind_20_undefined_bytes(void **state)
{
	uint8_t grh[UD_GRH] = { [0] = 0x60, [7] = 1, [20] = 0x45, [21] = 0x6a, [28] = 63, [29] = 17,
				[32] = 10, 12, 0, 1, 10, 10, 0, 1 };
	struct ud_arrival in;
	char text[IP_TEXT];

	(void)state;
	assert_int_equal(ud_arrival_get(grh, AF_INET, &in), 0);
	assert_int_equal(in.tos, 0x6a);
	assert_int_equal(in.hop_limit, 63);
	assert_string_equal(ip_text(&in.src, text), "10.12.0.1");
	assert_string_equal(ip_text(&in.dst, text), "10.10.0.1");
	grh[20] = 0x65;
	assert_int_equal(ud_arrival_get(grh, AF_INET, &in), -EBADMSG);
}

static void header_of_ipv6_is_the_whole(void **state)
{
	uint8_t grh[UD_GRH] = { 0x66, 0xa1, 0x23, 0x45, [7] = 62, [8] = 0xfd, [23] = 1, [24] = 0xfd, [39] = 2 };
	struct ud_arrival in;
	char text[IP_TEXT];

	(void)state;
	assert_int_equal(ud_arrival_get(grh, AF_INET6, &in), 0);
	assert_int_equal(in.tos, 0x6a);
	assert_int_equal(in.hop_limit, 62);
	assert_string_equal(ip_text(&in.src, text), "fd00::1");
	assert_string_equal(ip_text(&in.dst, text), "fd00::2");
	assert_int_equal(ud_arrival_get(grh, AF_INET, &in), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_have_the_documented_layout),
		cmocka_unit_test(messages_come_back),
		cmocka_unit_test(what_is_short_or_of_another_version_is_refused),
		cmocka_unit_test(no_answer_is_larger_than_its_request),
		cmocka_unit_test(header_of_ipv4_is_behind_20_undefined_bytes),
		cmocka_unit_test(header_of_ipv6_is_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
