/* SPDX-License-Identifier: MIT */
/* Private data of a connect, as the responder takes it: hello, and behind it the proof where a key is wanted. */
#include <stdlib.h>
#include <string.h>

#include "fake/kern.h"
#include "fake/must.h"
#include "fuzz/fuzz.h"
#include "validate/admit/admit.h"

enum { SERVICE = 18471 };

static const struct admit_key key = { .n = 16, .bytes = "0123456789abcdef" };
static const struct asker who = { .own = { AF_INET, { 10, 0, 0, 1 } }, .peer = { AF_INET, { 10, 0, 0, 2 } } };
static struct fake fake;
static struct admit *open_to_all, *keyed;

/* Anybody of 10.0.0.0/8. */
static void sources(void *user, const struct node *n, struct arena *a, struct prefixes *ret)
{
	(void)user;
	(void)n;
	*vec_add(a, ret) = prefix_is("10.0.0.0/8");
}

static void close_all(void)
{
	admit_free(open_to_all);
	admit_free(keyed);
	fake_done(&fake);
}

static bool is_let_in(struct admit *a, const void *data, size_t size)
{
	struct wire_hello h;
	bool in = admit_connect(a, &who, data, size, &h) == 0;

	if (in)
		admit_leave(a, &who.peer);
	return in;
}

/* What somebody with the key sends. */
static void message_make(uint32_t payload, uint32_t seed, uint8_t ret[WIRE_HELLO + TICKET_PROOF])
{
	const struct wire_hello h = { .version = WIRE_VERSION, .payload = payload, .seed = seed };
	const struct ticket t = admit_ticket(keyed);

	wire_hello_put(&h, ret);
	must(ticket_put(&t, &who.peer, &who.own, SERVICE, ret, WIRE_HELLO) == WIRE_HELLO + TICKET_PROOF);
}

static void open_once(void)
{
	struct admit_rules rules = { .kern = &fake.k, .service = SERVICE, .sources = sources };
	uint8_t message[WIRE_HELLO + TICKET_PROOF];

	if (keyed)
		return;
	fake_node(&fake, 1, 0);
	fake_addr_add(&fake, "p0", "10.0.0.1/24");
	open_to_all = admit_new(&rules);
	rules.key = &key;
	keyed = admit_new(&rules);
	atexit(close_all);
	must(open_to_all && keyed);
	message_make(8192, 77, message);
	must(is_let_in(keyed, message, sizeof(message)));
}

/* With one bit of it changed it is not let in. */
static void changed_check(const uint8_t *data, size_t size)
{
	uint8_t message[WIRE_HELLO + TICKET_PROOF];
	uint32_t payload, seed;

	if (size < 10)
		return;
	memcpy(&payload, data, sizeof(payload));
	memcpy(&seed, data + 4, sizeof(seed));
	message_make(payload, seed, message);
	message[data[8] % sizeof(message)] ^= (uint8_t)(1 << data[9] % 8);
	must(!is_let_in(keyed, message, sizeof(message)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_hello h;

	open_once();
	if (is_let_in(open_to_all, data, size))
		must(wire_hello_get(data, size, &h) == 0 && h.version == WIRE_VERSION);
	must(!is_let_in(keyed, data, size));
	changed_check(data, size);
	return 0;
}
