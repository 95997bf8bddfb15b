/* SPDX-License-Identifier: MIT */
/* Proofs and the handshake: what they are bound to, byte by byte. */
#include <errno.h>

#include "base/cleanup.h"
#include "fake/kern.h"
#include "test.h"
#include "validate/peer/handshake.h"

static const struct admit_key key = { .n = 16, .bytes = "0123456789abcdef" };
static const struct admit_key other_key = { .n = 16, .bytes = "0123456789abcdeF" };

static struct proof_of proof_between(enum proof_purpose purpose, const char *asker, const char *server)
{
	return (struct proof_of){ .purpose = purpose, .asker = ip_is(asker), .server = ip_is(server), .service = 18471 };
}

/* Both were computed by another program (Python's hmac and hashlib) from the layout in proof.c. */
static void proofs_are_hmac_sha256_of_the_documented_bytes(void **state)
{
	static const uint8_t connect[PROOF_BYTES] = {
		0x13, 0x3a, 0x95, 0xcb, 0x6f, 0xe7, 0x6a, 0x28, 0xf8, 0x7c, 0x2d, 0x43, 0xda, 0x85, 0x97, 0x35,
		0xc5, 0xac, 0x50, 0x93, 0x2b, 0x2b, 0x43, 0x2b, 0x15, 0x17, 0x30, 0xec, 0x90, 0xd3, 0x18, 0x23,
	};
	static const uint8_t ask[PROOF_BYTES] = {
		0x05, 0x9e, 0x88, 0x19, 0x60, 0x20, 0xb7, 0xee, 0x11, 0xdf, 0x90, 0x8f, 0x4b, 0xfa, 0xe4, 0x8c,
		0xcb, 0x0e, 0x1c, 0xc1, 0x7b, 0x76, 0x81, 0x22, 0x1b, 0xd7, 0x6a, 0xae, 0xdb, 0xfb, 0x43, 0x6a,
	};
	struct proof_of p = proof_between(PROOF_CONNECT, "10.9.0.1", "10.9.0.11");
	uint8_t got[PROOF_BYTES];

	(void)state;
	for (uint8_t i = 0; i < NONCE_BYTES; i++)
		p.served[i] = i;
	assert_int_equal(proof_make(&key, &p, "hello, 16 bytes!", 16, got), 0);
	assert_memory_equal(got, connect, sizeof(got));
	p = proof_between(PROOF_ASK, "fd01::1", "fd01::2");
	memset(p.asked, 0xaa, sizeof(p.asked));
	memset(p.served, 0xbb, sizeof(p.served));
	assert_int_equal(proof_make(&key, &p, NULL, 0, got), 0);
	assert_memory_equal(got, ask, sizeof(got));
}

static void a_proof_holds_for_nothing_else(void **state)
{
	const struct proof_of p = proof_between(PROOF_ASK, "10.9.0.1", "10.9.0.11");
	struct proof_of other[6];
	uint8_t proof[PROOF_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		other[i] = p;
	other[0].purpose = PROOF_TELL;
	other[1].asker = ip_is("10.9.0.2");
	other[2].server = ip_is("10.9.0.12");
	other[3].service = 18472;
	other[4].asked[31] = 1;
	other[5].served[0] = 1;
	assert_int_equal(proof_make(&key, &p, "data", 4, proof), 0);
	assert_true(proof_is(&key, &p, "data", 4, proof));
	assert_false(proof_is(&other_key, &p, "data", 4, proof));
	assert_false(proof_is(&key, &p, "dat", 3, proof));
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		if (proof_is(&key, &other[i], "data", 4, proof))
			fail_msg("taken for %zu", i);
	for (size_t i = 0; i < PROOF_BYTES; i++) {
		proof[i] ^= 1;
		assert_false(proof_is(&key, &p, "data", 4, proof));
		proof[i] ^= 1;
	}
}

/* The whole way of bytes between the two sides, with the keys given. */
struct talk {
	struct proof_of asker, server;
	uint8_t challenge[HANDSHAKE_CHALLENGE], response[HANDSHAKE_RESPONSE];
	char *answer;
	size_t n;
	struct ticket given;
};

static enum wire_reason talk_begin(struct talk *t, const struct admit_key *asker, const struct admit_key *server)
{
	*t = (struct talk){ .given = { .key = server, .epoch = 0x01020304, .nonce = { 7, 8, 9 } } };
	t->asker = t->server = proof_between(PROOF_CONNECT, "10.9.0.1", "10.9.0.11");
	assert_int_equal(handshake_challenge(&t->server, t->challenge), 0);
	assert_true(handshake_wanted(t->challenge, sizeof(t->challenge)));
	assert_int_equal(handshake_respond(asker, &t->asker, t->challenge, t->response), 0);
	return handshake_judge(server, &t->server, t->response);
}

static void two_with_the_same_key_believe_each_other(void **state)
{
	struct talk t;
	struct ticket got;

	(void)state;
	assert_int_equal(talk_begin(&t, &key, &key), 0);
	assert_int_equal(t.asker.purpose, PROOF_ASK);
	assert_int_equal(t.server.purpose, PROOF_ASK);
	auto_free char *answer = handshake_answer(&t.server, &t.given, "document", 8, &t.n);
	assert_int_equal(t.n, HANDSHAKE_ANSWER + 8);
	assert_memory_equal(answer + HANDSHAKE_ANSWER, "document", 8);
	assert_int_equal(handshake_accept(&key, &t.asker, answer, t.n, &got), 0);
	assert_ptr_equal(got.key, &key);
	assert_int_equal(got.epoch, 0x01020304);
	assert_memory_equal(got.nonce, t.given.nonce, NONCE_BYTES);
	/* every byte of it is covered */
	for (size_t i = 0; i < t.n; i++) {
		answer[i] ^= 1;
		assert_true(handshake_accept(&key, &t.asker, answer, t.n, &got) < 0);
		answer[i] ^= 1;
	}
	for (size_t n = 0; n < t.n; n++)
		assert_true(handshake_accept(&key, &t.asker, answer, n, &got) < 0);
}

static void another_key_is_told_on_both_sides(void **state)
{
	struct talk t;
	struct ticket got;

	(void)state;
	assert_int_equal(talk_begin(&t, &other_key, &key), WIRE_WRONG_KEY);
	assert_int_equal(talk_begin(&t, &key, &key), 0);
	t.given.key = &other_key;
	auto_free char *answer = handshake_answer(&t.server, &t.given, "document", 8, &t.n);
	assert_int_equal(handshake_accept(&key, &t.asker, answer, t.n, &got), -EACCES);
}

static void what_was_said_once_is_worth_nothing_the_next_time(void **state)
{
	struct talk first, second;

	(void)state;
	assert_int_equal(talk_begin(&first, &key, &key), 0);
	assert_int_equal(talk_begin(&second, &key, &key), 0);
	assert_memory_not_equal(first.challenge, second.challenge, HANDSHAKE_CHALLENGE);
	assert_memory_not_equal(first.response, second.response, HANDSHAKE_RESPONSE);
	assert_int_equal(handshake_judge(&key, &second.server, first.response), WIRE_WRONG_KEY);
	second.response[0] ^= 1;
	assert_int_equal(handshake_judge(&key, &second.server, second.response), WIRE_BAD_MAGIC);
}

static void a_document_is_no_challenge(void **state)
{
	static const char text[] = "{\"doroce\":\"0.1.0\",\"protocol\":1,\"host\":\"a\",\"ports\":[]}";
	struct talk t;

	(void)state;
	assert_false(handshake_wanted(text, sizeof(text) - 1));
	assert_int_equal(talk_begin(&t, &key, &key), 0);
	assert_false(handshake_wanted(t.challenge, sizeof(t.challenge) - 1));
}

static void without_a_key_there_is_nothing_behind_the_hello(void **state)
{
	const struct ip src = ip_is("10.9.0.1"), dst = ip_is("10.9.0.11");
	const struct ticket none = { 0 }, t = { .key = &key, .epoch = 5 };
	uint8_t buf[WIRE_HELLO + TICKET_PROOF] = { 0 }, before[sizeof(buf)] = { 0 };

	(void)state;
	assert_int_equal(ticket_put(NULL, &src, &dst, 1, buf, WIRE_HELLO), WIRE_HELLO);
	assert_int_equal(ticket_put(&none, &src, &dst, 1, buf, WIRE_HELLO), WIRE_HELLO);
	assert_memory_equal(buf, before, sizeof(buf));
	/* what rdma_cm has room for in a request */
	assert_true(ticket_put(&t, &src, &dst, 1, buf, WIRE_HELLO) <= 56);
	assert_int_equal(buf[WIRE_HELLO + 3], 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proofs_are_hmac_sha256_of_the_documented_bytes),
		cmocka_unit_test(a_proof_holds_for_nothing_else),
		cmocka_unit_test(two_with_the_same_key_believe_each_other),
		cmocka_unit_test(another_key_is_told_on_both_sides),
		cmocka_unit_test(what_was_said_once_is_worth_nothing_the_next_time),
		cmocka_unit_test(a_document_is_no_challenge),
		cmocka_unit_test(without_a_key_there_is_nothing_behind_the_hello),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
