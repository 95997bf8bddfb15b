/* SPDX-License-Identifier: MIT */
/* What two nodes with a key show each other over TCP: challenge, response, answer. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "fake/must.h"
#include "fuzz/fuzz.h"
#include "validate/peer/handshake.h"

static const struct admit_key key = { .n = 16, .bytes = "0123456789abcdef" };
static const struct proof_of ends = { .asker = { AF_INET, { 10, 0, 0, 1 } }, .server = { AF_INET, { 10, 0, 0, 2 } }, .service = 18471 };

/* Whoever has not the key can not make any of it. */
static void stranger_check(const uint8_t *data, size_t size)
{
	struct proof_of p = ends;
	struct ticket t;
	uint8_t response[HANDSHAKE_RESPONSE];

	must(handshake_accept(&key, &p, data, size, &t) < 0);
	if (size >= HANDSHAKE_RESPONSE)
		must(handshake_judge(&key, &p, data) != 0);
	if (handshake_wanted(data, size))
		must(handshake_respond(&key, &p, data, response) == 0 && handshake_judge(&key, &p, response) == 0);
}

/* The input as a document: told, it is accepted; with one byte changed it is not. */
static void document_check(const uint8_t *data, size_t size)
{
	const struct ticket t = { .key = &key, .epoch = 7 };
	struct ticket got;
	size_t n = 0;
	auto_free char *answer = handshake_answer(&ends, &t, (const char *)data, size, &n);

	must(answer && n == HANDSHAKE_ANSWER + size && handshake_accept(&key, &ends, answer, n, &got) == 0 && got.epoch == 7);
	if (size == 0)
		return;
	size_t at = (data[0] * (size_t)256 + data[size - 1]) % n;
	answer[at] = (char)(answer[at] ^ (1 << data[0] % 8));
	must(handshake_accept(&key, &ends, answer, n, &got) < 0);
	must(handshake_accept(&key, &ends, answer, n - 1, &got) < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	stranger_check(data, size);
	document_check(data, size);
	return 0;
}
