/* SPDX-License-Identifier: MIT */
/* Which connects there are to make, and in which order. */
#include "fake/judge.h"
#include "fake/kern.h"
#include "test.h"

enum { PORTS = 2, PEERS = 2, PEER_PORTS = 2 };

static struct fake fake;
static struct prefix addrs[PEERS * PEER_PORTS];
static struct peer_port ports[PEERS * PEER_PORTS];
static struct peer peers[PEERS];

/* Peers b (.11, .12) and c (.13, .14) have two ports each in the subnet of ours. */
static int bench_open(void **state)
{
	static const char *const text[] = { "10.0.0.11/24", "10.0.0.12/24", "10.0.0.13/24", "10.0.0.14/24" };

	judge_open(state, &fake, PORTS);
	for (size_t i = 0; i < PEERS * PEER_PORTS; i++) {
		addrs[i] = prefix_is(text[i]);
		ports[i] = (struct peer_port){ .name = "rxe/1", .netdev = "p", .addr = &addrs[i], .addr_n = 1 };
	}
	for (size_t i = 0; i < PEERS; i++)
		peers[i] = (struct peer){ .asked = addrs[PEER_PORTS * i].addr, .host = { (char)('b' + i) },
					  .port = &ports[PEER_PORTS * i], .port_n = PEER_PORTS };
	return 0;
}

/* "1>11 1>12 …": the last bytes of the addresses. */
static const char *pairs(struct judge *j)
{
	char *text = arena_strdup(&j->arena, "");

	judge_run(j, 1u << VERIFY_ROUTE, peers, PEERS);
	for vec_each(pa, &j->v.pairs)
		text = arena_printf(&j->arena, "%s%s%u>%u", text, text[0] ? " " : "", pa->target->addr.addr.bytes[3],
				    pa->dst.bytes[3]);
	return text;
}

/* so that those in flight together go by all of our ports, and one responder's devices are opened but once */
static void all_of_one_peer_come_before_the_next(void **state)
{
	fake_addr_add(&fake, "p0", "10.0.0.1/24");
	fake_addr_add(&fake, "p1", "10.0.0.2/24");
	assert_string_equal(pairs(*state), "1>11 1>12 2>11 2>12 1>13 1>14 2>13 2>14");
}

static void only_what_a_port_reaches_is_paired(void **state)
{
	fake_addr_add(&fake, "p0", "10.0.0.1/24");
	fake_addr_add(&fake, "p1", "10.0.1.2/24");
	fake_addr_add(&fake, "p1", "fd00::2/64");
	assert_string_equal(pairs(*state), "1>11 1>12 1>13 1>14");
}

static void the_node_is_not_its_own_peer(void **state)
{
	fake_addr_add(&fake, "p0", "10.0.0.11/24");
	assert_string_equal(pairs(*state), "11>12 11>13 11>14");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, judge_close)
	const struct CMUnitTest tests[] = {
		TEST(all_of_one_peer_come_before_the_next),
		TEST(only_what_a_port_reaches_is_paired),
		TEST(the_node_is_not_its_own_peer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
