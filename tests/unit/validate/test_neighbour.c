/* SPDX-License-Identifier: MIT */
/* Stage neighbour: whose MAC address answered, by the lists of the peers, on a wire in memory. */
#include <string.h>

#include "fake/judge.h"
#include "fake/kern.h"
#include "test.h"
#include "validate/stage/neighbour.h"

enum { P0 = 10, P1, PEERS = 2 };

static const uint8_t b0[MAC_LEN] = { 2, 0, 0, 0, 2, 0 }, b1[MAC_LEN] = { 2, 0, 0, 0, 2, 1 }, c0[MAC_LEN] = { 2, 0, 0, 0, 3, 0 },
		     other[MAC_LEN] = { 2, 0, 0, 0, 9, 9 };

static struct fake fake;
static struct peer_port ports[3];
static struct peer peers[PEERS];
static struct prefix addrs[3];

static void port_tell(int i, const char *name, const uint8_t *mac, const char *address)
{
	addrs[i] = prefix_is(address);
	ports[i] = (struct peer_port){ .addr = &addrs[i], .addr_n = 1 };
	strcpy(ports[i].name, name);
	memcpy(ports[i].mac, mac, MAC_LEN);
}

/* Two ports in one subnet; peers b, with two ports, and c, with one. */
static int bench_open(void **state)
{
	judge_open(state, &fake, 2);
	fake_addr_add(&fake, "p0", "10.0.0.1/24");
	fake_addr_add(&fake, "p1", "10.0.0.2/24");
	port_tell(0, "rxe_b0/1", b0, "10.0.0.11/24");
	port_tell(1, "rxe_b1/1", b1, "10.0.0.12/24");
	port_tell(2, "rxe_c0/1", c0, "10.0.0.21/24");
	peers[0] = (struct peer){ .asked = addrs[0].addr, .host = "b", .port = ports, .port_n = 2 };
	peers[1] = (struct peer){ .asked = addrs[2].addr, .host = "c", .port = ports + 2, .port_n = 1 };
	return 0;
}

static void answers(const char *ip, const uint8_t *mac)
{
	for (int p = P0; p <= P1; p++) {
		struct fake_host *h = vec_add(&fake.arena, &fake.hosts);

		*h = (struct fake_host){ .ifindex = p, .ip = ip_is(ip) };
		memcpy(h->mac, mac, MAC_LEN);
	}
}

/* All answer as they tell, but for b's first port. */
static void others_answer(void)
{
	answers("10.0.0.12", b1);
	answers("10.0.0.21", c0);
}

static void expect(struct judge *j, const char *names, const char *seen)
{
	judge_run(j, 1u << VERIFY_NEIGHBOUR, peers, PEERS);
	assert_string_equal(judge_findings(j), names);
	if (seen)
		must_contain(judge_result(j, "neighbour.owner", "p0", "10.0.0.11")->seen, seen);
}

static void the_port_that_is_meant_passes(void **state)
{
	others_answer();
	answers("10.0.0.11", b0);
	expect(*state, "", "02:00:00:00:02:00 (rxe_b0/1  of b)");
}

static void another_port_of_the_peer_is_flux(void **state)
{
	struct judge *j = *state;

	others_answer();
	answers("10.0.0.11", b1);
	expect(j, "arp-flux", "ARP flux: 02:00:00:00:02:01 (rxe_b1/1  of b)");
	answers("10.0.0.11", b0);
	expect(j, "arp-flux", " and 02:00:00:00:02:00 (rxe_b0/1  of b)");
	assert_string_equal(j->v.pairs.at[0].follows, "neighbour.owner");
}

static void a_second_answer_of_a_stranger_is_an_address_used_twice(void **state)
{
	others_answer();
	answers("10.0.0.11", b0);
	answers("10.0.0.11", other);
	expect(*state, "address-twice", "address used twice: 02:00:00:00:02:00 (rxe_b0/1  of b) and 02:00:00:00:09:09 (no RoCE port of the peer)");
}

static void another_peer_that_has_the_address_is_named(void **state)
{
	others_answer();
	answers("10.0.0.11", b0);
	answers("10.0.0.11", c0);
	expect(*state, "address-twice", "02:00:00:00:03:00 (rxe_c0/1  of c)");
}

static void a_stranger_alone_is_no_second_answer(void **state)
{
	others_answer();
	answers("10.0.0.11", other);
	expect(*state, "stranger-answers", "a stranger alone answers: ");
}

static void the_gateway_in_a_peers_place_is_a_proxy(void **state)
{
	struct judge *j = *state;

	judge_intent(j, "sequence: {from: 10.0.0.1/24}\ndefaults: {gateway: 10.0.0.254}\n");
	judge_configure(j);
	others_answer();
	answers("10.0.0.254", other);
	answers("10.0.0.11", other);
	expect(j, "proxy-answers", "(the gateway)");
}

static void one_stranger_for_several_ports_is_a_proxy(void **state)
{
	answers("10.0.0.11", other);
	answers("10.0.0.12", other);
	answers("10.0.0.21", c0);
	expect(*state, "proxy-answers", "somebody answers for others: ");
}

/* Both ports are in the subnet: each asks for its own sake, and nobody is sought elsewhere. */
static void who_answers_on_the_other_port_of_the_subnet_is_silent_here(void **state)
{
	struct judge *j = *state;

	others_answer();
	answers("10.0.0.11", b0);
	fake.hosts.n--; /* p1 */
	expect(j, "peer-silent", "02:00:00:00:02:00");
	assert_int_equal(judge_result(j, "neighbour.answer", "p1", "10.0.0.11")->verdict, VERDICT_FAIL);
}

static void a_silent_peer_explains_that_its_responder_is_not_reached(void **state)
{
	struct judge *j = *state;
	struct ip b = ip_is("10.0.0.11"), far = ip_is("10.9.9.9");

	others_answer();
	expect(j, "peer-silent", NULL);
	assert_string_equal(neighbour_explains(&j->v, &b), "neighbour.answer");
	assert_null(neighbour_explains(&j->v, &far));
	answers("10.0.0.11", b0);
	expect(j, "", NULL);
	assert_null(neighbour_explains(&j->v, &b));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, judge_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_port_that_is_meant_passes),
		TEST(another_port_of_the_peer_is_flux),
		TEST(a_second_answer_of_a_stranger_is_an_address_used_twice),
		TEST(another_peer_that_has_the_address_is_named),
		TEST(a_stranger_alone_is_no_second_answer),
		TEST(the_gateway_in_a_peers_place_is_a_proxy),
		TEST(one_stranger_for_several_ports_is_a_proxy),
		TEST(a_silent_peer_explains_that_its_responder_is_not_reached),
		TEST(who_answers_on_the_other_port_of_the_subnet_is_silent_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
