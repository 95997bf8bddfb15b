/* SPDX-License-Identifier: MIT */
/* The outcome of a connect in words: every cause has its own sentence, none is cut off. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "validate/cm/text.h"
#include "validate/cm/wire.h"

static const struct {
	struct cm_probe p;
	const char *want;
} outcome[] = {
	{ { .step = CM_DONE, .cause = CM_OK, .payload_bytes = 8208, .path_mtu = 4096 },
	  "done: 8208 B each way, path MTU 4096" },
	{ { .step = CM_RESOLVE_ADDRESS, .cause = CM_ERRNO, .errno_value = ENODEV },
	  "resolve address: no GID for the source address on its port (No such device)" },
	{ { .step = CM_RESOLVE_ADDRESS, .cause = CM_NO_NEIGHBOUR },
	  "resolve address: the next hop did not answer within 5000 ms" },
	{ { .step = CM_CONNECT, .cause = CM_UNREACHABLE }, "connect: no answer within 5000 ms" },
	{ { .step = CM_CONNECT, .cause = CM_REJECTED, .reject = 8 },
	  "connect: rejected, reason 8 (no listener)" },
	{ { .step = CM_CONNECT, .cause = CM_REJECTED, .reject = 99 },
	  "connect: rejected, reason 99 (?)" },
	{ { .step = CM_SEND, .cause = CM_TIMEOUT, .payload_bytes = 8208 },
	  "send: payload of 8208 B was not acknowledged within 5000 ms" },
	{ { .step = CM_SEND, .cause = CM_WC_ERROR, .wc_status = 12, .payload_bytes = 8208 },
	  "send: transport retries exceeded (12): payload of 8208 B was never acknowledged" },
	{ { .step = CM_COMPARE, .cause = CM_CORRUPT, .corrupt_offset = 7, .payload_bytes = 8208 },
	  "compare: what the peer sent differs from byte 7 of 8208 on" },
};

static void every_outcome_has_its_sentence(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(outcome); i++) {
		struct cm_probe p = outcome[i].p;

		text_compose(&p, &(struct text_more){ .timeout_ms = 5000 });
		assert_string_equal(p.text, outcome[i].want);
	}
}

static void a_reject_of_our_responder_gives_its_reason(void **state)
{
	struct cm_probe p = { .step = CM_CONNECT, .cause = CM_REJECTED, .reject = 28 };

	(void)state;
	p.reject_is_ours = true;
	text_compose(&p, &(struct text_more){ .reason = WIRE_BUSY, .version = 1 });
	assert_string_equal(p.text, "connect: rejected by the peer's responder: "
				    "too many connects are open");
	text_compose(&p, &(struct text_more){ .reason = WIRE_BAD_VERSION, .version = 7 });
	assert_string_equal(p.text, "connect: rejected by the peer's responder: "
				    "it speaks version 7, not 1");
}

static void the_why_of_a_failed_call_is_the_text(void **state)
{
	struct cm_probe p = { .step = CM_CONNECT, .cause = CM_ERRNO, .errno_value = ENOMEM };

	(void)state;
	text_compose(&p, &(struct text_more){ .why = "rxe0: register buffers: no" });
	assert_string_equal(p.text, "connect: rxe0: register buffers: no");
}

static void another_device_than_expected_is_named(void **state)
{
	struct cm_probe p = { .step = CM_CONNECT, .cause = CM_UNREACHABLE, .device = "mlx5_0" };

	(void)state;
	strcpy(p.used_device, "mlx5_1");
	text_compose(&p, &(struct text_more){ .timeout_ms = 1 });
	assert_string_equal(p.text, "connect: no answer within 1 ms (over mlx5_1, not mlx5_0)");
}

static void no_reject_reason_is_cut_off(void **state)
{
	(void)state;
	for (int reason = 1; reason < 40; reason++) {
		struct cm_probe p = { .cause = CM_REJECTED, .reject = reason };

		text_compose(&p, &(struct text_more){ 0 });
		assert_int_equal(p.text[strlen(p.text) - 1], ')');
	}
}

static void every_step_has_a_name(void **state)
{
	(void)state;
	for (int s = CM_RESOLVE_ADDRESS; s <= CM_DONE; s++)
		assert_string_not_equal(cm_step_text(s), "?");
	assert_string_equal(cm_step_text(CM_DONE + 1), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_outcome_has_its_sentence),
		cmocka_unit_test(a_reject_of_our_responder_gives_its_reason),
		cmocka_unit_test(the_why_of_a_failed_call_is_the_text),
		cmocka_unit_test(another_device_than_expected_is_named),
		cmocka_unit_test(no_reject_reason_is_cut_off),
		cmocka_unit_test(every_step_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
