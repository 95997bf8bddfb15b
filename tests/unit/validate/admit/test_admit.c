/* SPDX-License-Identifier: MIT */
/* Whether a connect is let in: addresses, message, proof, number; what the log is told of the others. */
#include <stdio.h>

#include "base/clock.h"
#include "fake/kern.h"
#include "test.h"
#include "validate/admit/admit.h"

static const struct admit_key key = { .n = 16, .bytes = "0123456789abcdef" };
static const struct admit_key other_key = { .n = 17, .bytes = "0123456789abcdefg" };

/* A node whose port p0 is 10.9.0.1/24 and answers its subnet. lines: of the log. */
struct bench {
	struct fake fake;
	struct admit *admit;
	struct admit_rules rules;
	char line[256];
	size_t lines, looks;
};

static void subnets(void *user, const struct node *n, struct arena *a, struct prefixes *ret)
{
	struct bench *b = user;

	b->looks++;
	sources_find(n, NULL, a, ret);
}

static void on_line(void *user, const char *text)
{
	struct bench *b = user;

	b->lines++;
	snprintf(b->line, sizeof(b->line), "%s", text);
}

static void bench_open(struct bench *b, const struct admit_key *k)
{
	*b = (struct bench){ .lines = 0 };
	fake_node(&b->fake, 2, 0);
	fake_addr_add(&b->fake, "p0", "10.9.0.1/24");
	b->rules = (struct admit_rules){
		.kern = &b->fake.k, .key = k, .service = 18471, .sources = subnets, .log = on_line, .user = b,
	};
	b->admit = admit_new(&b->rules);
	assert_non_null(b->admit);
}

static void bench_close(struct bench *b)
{
	admit_free(b->admit);
	fake_done(&b->fake);
}

#define auto_bench __attribute__((cleanup(bench_close))) struct bench

/* A connect from peer to own that shows the ticket t (NULL: none), as rdma_cm delivers it: 56 bytes. */
static enum wire_reason connect_from(struct bench *b, const char *peer, const char *own, const struct ticket *t)
{
	const struct wire_hello h = { .version = WIRE_VERSION, .payload = 100, .seed = 7 };
	const struct asker who = { .own = ip_is(own), .peer = ip_is(peer) };
	struct wire_hello got;
	uint8_t data[56] = { 0 };

	wire_hello_put(&h, data);
	assert_true(ticket_put(t, &who.peer, &who.own, 18471, data, WIRE_HELLO) > 0);
	enum wire_reason why = admit_connect(b->admit, &who, data, sizeof(data), &got);
	if (!why)
		assert_int_equal(got.seed, 7);
	return why;
}

static void only_the_port_s_subnet_on_the_port_s_address(void **state)
{
	auto_bench b;

	(void)state;
	bench_open(&b, NULL);
	assert_int_equal(connect_from(&b, "10.9.0.11", "10.9.0.1", NULL), 0);
	assert_int_equal(connect_from(&b, "10.8.0.11", "10.9.0.1", NULL), WIRE_NOT_ALLOWED);
	assert_int_equal(connect_from(&b, "10.9.0.11", "192.0.2.10", NULL), WIRE_NOT_ALLOWED);
	const struct asker tcp = { .own = ip_is("10.9.0.1"), .peer = ip_is("10.9.0.11") };
	const struct asker strange = { .own = ip_is("10.9.0.1"), .peer = ip_is("192.0.2.10") };
	assert_true(admit_tcp(b.admit, &tcp));
	assert_false(admit_tcp(b.admit, &strange));
	assert_int_equal(admit_counts(b.admit).refused[WIRE_NOT_ALLOWED], 3);
	assert_int_equal(admit_counts(b.admit).refused[0], 3);
}

static void what_the_node_gets_later_counts_at_once(void **state)
{
	auto_bench b;
	uint64_t end = clock_now_ms() + 5000;

	(void)state;
	bench_open(&b, NULL);
	assert_int_equal(connect_from(&b, "10.9.1.11", "10.9.1.1", NULL), WIRE_NOT_ALLOWED);
	fake_addr_add(&b.fake, "p1", "10.9.1.1/24");
	while (connect_from(&b, "10.9.1.11", "10.9.1.1", NULL) && clock_now_ms() < end)
		;
	assert_true(clock_now_ms() < end);
	/* however often it is asked: the node is not read for each */
	assert_in_range(b.looks, 2, 3);
}

static void a_crowd_of_strangers_costs_one_line_in_a_second(void **state)
{
	auto_bench b;

	(void)state;
	bench_open(&b, NULL);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(connect_from(&b, "10.8.0.11", "10.9.0.1", NULL), WIRE_NOT_ALLOWED);
	assert_in_range(b.lines, 1, 3); /* 3: sanitizers make it slow */
	must_contain(b.line, "refused 10.8.0.11, which came to 10.9.0.1: not from an address that may ask");
	assert_int_equal(admit_counts(b.admit).refused[WIRE_NOT_ALLOWED], 1000);
	assert_in_range(b.looks, 1, 30);
}

static void malformed_messages_are_refused_by_what_is_wrong(void **state)
{
	const struct asker who = { .own = ip_is("10.9.0.1"), .peer = ip_is("10.9.0.11") };
	const struct wire_hello next = { .version = WIRE_VERSION + 1 };
	struct wire_hello got;
	uint8_t data[WIRE_HELLO];
	auto_bench b;

	(void)state;
	bench_open(&b, &key);
	wire_hello_put(&next, data);
	assert_int_equal(admit_connect(b.admit, &who, data, sizeof(data), &got), WIRE_BAD_VERSION);
	assert_int_equal(admit_connect(b.admit, &who, data, WIRE_HELLO - 1, &got), WIRE_BAD_MAGIC);
	assert_int_equal(admit_connect(b.admit, &who, NULL, 0, &got), WIRE_BAD_MAGIC);
	assert_int_equal(admit_connect(NULL, NULL, data, sizeof(data), &got), WIRE_BAD_VERSION);
}

static void with_a_key_only_its_ticket_opens(void **state)
{
	auto_bench b;

	(void)state;
	bench_open(&b, &key);
	struct ticket t = admit_ticket(b.admit), wrong = t;
	wrong.key = &other_key;
	assert_int_equal(connect_from(&b, "10.9.0.11", "10.9.0.1", &t), 0);
	assert_int_equal(connect_from(&b, "10.9.0.11", "10.9.0.1", NULL), WIRE_WANTS_KEY);
	assert_int_equal(connect_from(&b, "10.9.0.11", "10.9.0.1", &wrong), WIRE_WRONG_KEY);
	wrong = t;
	wrong.epoch++;
	assert_int_equal(connect_from(&b, "10.9.0.11", "10.9.0.1", &wrong), WIRE_WRONG_KEY);
	wrong = t;
	wrong.nonce[0] ^= 1;
	assert_int_equal(connect_from(&b, "10.9.0.11", "10.9.0.1", &wrong), WIRE_WRONG_KEY);
}

/* What was overheard is of no use from another address, to another one, or with another seed. */
static void a_proof_can_not_be_used_elsewhere(void **state)
{
	const struct wire_hello h = { .version = WIRE_VERSION, .payload = 100, .seed = 7 };
	struct asker who = { .own = ip_is("10.9.0.1"), .peer = ip_is("10.9.0.11") };
	struct wire_hello got;
	uint8_t data[56] = { 0 };
	auto_bench b;

	(void)state;
	bench_open(&b, &key);
	fake_addr_add(&b.fake, "p1", "10.9.0.2/24");
	const struct ticket t = admit_ticket(b.admit);
	wire_hello_put(&h, data);
	assert_true(ticket_put(&t, &who.peer, &who.own, 18471, data, WIRE_HELLO) > 0);
	assert_int_equal(admit_connect(b.admit, &who, data, sizeof(data), &got), 0);
	who.peer = ip_is("10.9.0.12");
	assert_int_equal(admit_connect(b.admit, &who, data, sizeof(data), &got), WIRE_WRONG_KEY);
	who = (struct asker){ .own = ip_is("10.9.0.2"), .peer = ip_is("10.9.0.11") };
	assert_int_equal(admit_connect(b.admit, &who, data, sizeof(data), &got), WIRE_WRONG_KEY);
	who.own = ip_is("10.9.0.1");
	data[WIRE_HELLO - 1] ^= 1; /* the seed's last byte */
	assert_int_equal(admit_connect(b.admit, &who, data, sizeof(data), &got), WIRE_WRONG_KEY);
}

static void a_restarted_responder_takes_no_ticket_of_before(void **state)
{
	auto_bench b;

	(void)state;
	bench_open(&b, &key);
	const struct ticket t = admit_ticket(b.admit);
	admit_free(b.admit);
	b.admit = admit_new(&b.rules);
	assert_int_equal(connect_from(&b, "10.9.0.11", "10.9.0.1", &t), WIRE_WRONG_KEY);
}

static void one_peer_has_so_many_open_and_another_one_its_own(void **state)
{
	auto_bench b;
	const struct ip peer = ip_is("10.9.0.11");
	size_t in = 0;

	(void)state;
	bench_open(&b, NULL);
	while (connect_from(&b, "10.9.0.11", "10.9.0.1", NULL) == 0)
		in++;
	assert_int_equal(in, 512);
	assert_int_equal(connect_from(&b, "10.9.0.11", "10.9.0.1", NULL), WIRE_BUSY);
	assert_int_equal(connect_from(&b, "10.9.0.12", "10.9.0.1", NULL), 0);
	admit_leave(b.admit, &peer);
	assert_int_equal(connect_from(&b, "10.9.0.11", "10.9.0.1", NULL), 0);
	assert_int_equal(admit_counts(b.admit).refused[WIRE_BUSY], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_port_s_subnet_on_the_port_s_address),
		cmocka_unit_test(what_the_node_gets_later_counts_at_once),
		cmocka_unit_test(a_crowd_of_strangers_costs_one_line_in_a_second),
		cmocka_unit_test(malformed_messages_are_refused_by_what_is_wrong),
		cmocka_unit_test(with_a_key_only_its_ticket_opens),
		cmocka_unit_test(a_proof_can_not_be_used_elsewhere),
		cmocka_unit_test(a_restarted_responder_takes_no_ticket_of_before),
		cmocka_unit_test(one_peer_has_so_many_open_and_another_one_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
