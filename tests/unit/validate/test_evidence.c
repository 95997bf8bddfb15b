/* SPDX-License-Identifier: MIT */
/* Requests that nobody answered: what rdma_cm counted at both ends says where they went. */
#include <string.h>

#include "test.h"
#include "validate/verify.h"

/* One port of ours, one of the peer, two connects between them, the second without an answer. */
static struct bench {
	struct arena arena;
	struct verify v;
	struct port port;
	struct target target;
	struct peer before, after;
	struct peer_port at, later;
	struct pair pair;
} b;

static void count(struct counters *cs, const char *name, uint64_t value)
{
	struct counter *c = vec_add(&b.arena, cs);

	strcpy(c->name, name);
	c->value = value;
}

static int bench_open(void **state)
{
	(void)state;
	b = (struct bench){ .port = { .rdma = { .device = "mlx5_0", .port = 1 } } };
	b.v = (struct verify){ .arena = &b.arena, .peers = &b.before, .peers_after = &b.after };
	b.target.port = &b.port;
	b.at = (struct peer_port){ .name = "mlx5_1/1", .counts_cm = true, .cm = { 100, 50 } };
	b.later = b.at;
	b.before = (struct peer){ .port = &b.at, .port_n = 1 };
	b.after = (struct peer){ .port = &b.later, .port_n = 1 };
	b.pair = (struct pair){ .target = &b.target, .peer = &b.before, .port = &b.at };
	*vec_add(&b.arena, &b.v.probes) = (struct cm_probe){ .user = &b.pair, .step = CM_DONE, .cause = CM_OK };
	*vec_add(&b.arena, &b.v.probes) = (struct cm_probe){
		.user = &b.pair, .step = CM_CONNECT, .cause = CM_UNREACHABLE, .text = "connect: no answer",
	};
	return 0;
}

static int bench_close(void **state)
{
	(void)state;
	arena_done(&b.arena);
	return 0;
}

/* The peer's port counted so many requests and replies meanwhile. */
static struct result judged(uint64_t received, uint64_t answered)
{
	struct result r = { 0 };

	b.later.cm[PEER_CM_REQ_RECEIVED] = b.at.cm[PEER_CM_REQ_RECEIVED] + received;
	b.later.cm[PEER_CM_REP_SENT] = b.at.cm[PEER_CM_REP_SENT] + answered;
	connect_result(&b.v, &r, &b.v.probes.at[1]);
	evidence_add(&b.v, &r, &b.v.probes.at[1]);
	return r;
}

static void no_more_requests_than_connects_means_that_it_was_lost(void **state)
{
	struct result r = judged(1, 1);

	(void)state;
	assert_string_equal(r.finding->id, "request-lost");
	must_contain(r.seen, "connect: no answer; the peer's port got 1 requests and sent 1 replies");
}

static void a_request_that_came_and_was_not_answered_was_dropped(void **state)
{
	(void)state;
	assert_string_equal(judged(2, 1).finding->id, "request-dropped");
}

static void what_others_may_have_done_proves_nothing(void **state)
{
	(void)state;
	assert_string_equal(judged(20, 20).finding->id, "request-unanswered");
}

static void counters_that_fell_or_are_not_told_prove_nothing(void **state)
{
	(void)state;
	assert_string_equal(judged((uint64_t)-100, (uint64_t)-50).finding->id, "request-unanswered");
	b.later.counts_cm = false;
	assert_string_equal(judged(0, 0).finding->id, "request-unanswered");
	assert_string_equal(judged(0, 0).seen, "connect: no answer");
	b.v.peers_after = NULL;
	assert_string_equal(judged(0, 0).finding->id, "request-unanswered");
}

static void this_ends_counters_are_told(void **state)
{
	struct port_counts *c = vec_add(&b.arena, &b.v.port_counts);

	(void)state;
	c->port = &b.port;
	for (int later = 0; later < 2; later++) {
		struct counters *cs = later ? &c->connects : &c->before;

		count(cs, "cm_tx_msgs/req", later ? 17 : 10);
		count(cs, "cm_tx_retries/req", later ? 3 : 2);
		count(cs, "cm_rx_msgs/rep", 5);
	}
	must_contain(judged(0, 0).seen, "; meanwhile this port sent 7 requests, 1 of them again, and got 0 replies; the peer's");
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_more_requests_than_connects_means_that_it_was_lost),
		TEST(a_request_that_came_and_was_not_answered_was_dropped),
		TEST(what_others_may_have_done_proves_nothing),
		TEST(counters_that_fell_or_are_not_told_prove_nothing),
		TEST(this_ends_counters_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
