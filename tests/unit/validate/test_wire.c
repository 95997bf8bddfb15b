/* SPDX-License-Identifier: MIT */
/* Stage wire over made-up arrivals: the way and the fault are named, congestion and a healthy path are none. */
#include "fake/site.h"
#include "test.h"
#include "validate/stage/wire.h"

/* One of our addresses, one port of a peer, and what the datagrams between them tell. */
struct scene {
	struct arena arena;
	struct node node;
	struct port port;
	struct wish wish;
	struct target target;
	struct peer peer;
	struct peer_port there;
	struct pair pair;
	struct cm_path path;
	struct cm_probe connect;
	struct verify v;
};

static const struct cm_way as_sent = {
	.sent_tos = 0x6a, .tos = 0x6a, .sent_hop_limit = 64, .hop_limit = 64, .sent = 256, .passes_bytes = 4096,
};

/* A healthy path of one subnet. */
static struct scene *scene_new(void)
{
	struct scene *s = calloc(1, sizeof(*s));

	s->port = (struct port){ .name = "rxe_0/1", .link.name = "p0" };
	s->wish.port = &s->port;
	s->target = (struct target){ .port = &s->port, .wish = &s->wish, .present = true };
	prefix_parse("10.9.0.1/24", &s->target.addr);
	strcpy(s->peer.host, "b");
	strcpy(s->there.name, "rxe_b0/1");
	s->pair = (struct pair){ .target = &s->target, .peer = &s->peer, .port = &s->there, .on_link = true };
	ip_parse("10.9.0.11", &s->pair.dst);
	s->path = (struct cm_path){ .burst = 256, .to_peer = as_sent, .from_peer = as_sent };
	s->connect = (struct cm_probe){ .cause = CM_OK, .step = CM_DONE, .path_mtu = 4096, .user = &s->pair };
	s->v = (struct verify){ .arena = &s->arena, .node = &s->node, .o.peers_n = 1 };
	*vec_add(&s->arena, &s->v.targets) = s->target;
	*vec_add(&s->arena, &s->v.pairs) = s->pair;
	struct cm_probe *p = vec_add(&s->arena, &s->v.datagrams);
	*p = s->connect;
	p->dst = s->pair.dst;
	p->path = &s->path;
	return s;
}

static void scene_drop(struct scene **s)
{
	arena_done(&(*s)->arena);
	free(*s);
}

#define auto_scene __attribute__((cleanup(scene_drop))) struct scene

static const struct result *judge(struct scene *s, const char *check)
{
	const struct check *c = check_by_id(check);

	s->v.results.n = 0;
	c->run(&s->v, c);
	assert_int_equal(s->v.results.n, 1);
	return &s->v.results.at[0];
}

static void passes(struct scene *s, const char *check, const char *seen)
{
	const struct result *r = judge(s, check);

	assert_string_equal(r->seen, seen);
	assert_int_equal(r->verdict, VERDICT_PASS);
	assert_null(r->finding);
}

static void finds(struct scene *s, const char *check, const char *name, enum verdict verdict, const char *seen)
{
	const struct result *r = judge(s, check);

	assert_string_equal(r->seen, seen);
	assert_int_equal(r->verdict, verdict);
	assert_string_equal(result_name(r), name);
	assert_non_null(r->wanted);
}

static void a_healthy_path_has_no_finding(void **state)
{
	auto_scene *s = scene_new();

	(void)state;
	passes(s, "wire.dscp", "both ways DSCP 26");
	passes(s, "wire.ecn", "both ways ECT(0)");
	passes(s, "wire.hops", "both ways 0 hops");
	passes(s, "wire.mtu", "both ways 4096 B pass");
	passes(s, "wire.loss", "both ways 0 of 256 datagrams lost");
}

static void the_way_on_which_the_dscp_changes_is_named(void **state)
{
	auto_scene *s = scene_new();

	(void)state;
	s->path.from_peer.tos = 0x02;
	finds(s, "wire.dscp", "dscp-changed", VERDICT_FAIL, "to the peer DSCP 26; from the peer DSCP 26 arrives as 0");
	passes(s, "wire.ecn", "both ways ECT(0)");
	s->path.to_peer.tos = 0x02;
	finds(s, "wire.dscp", "dscp-changed", VERDICT_FAIL, "both ways DSCP 26 arrives as 0");
}

static void a_dscp_that_is_not_the_wished_one_is_no_fault_of_the_wire(void **state)
{
	auto_scene *s = scene_new();

	(void)state;
	s->wish.number[SETTING_CM_TOS] = (struct opt_u32){ .is = OPT_SET, .v = 104 };
	passes(s, "wire.dscp", "both ways DSCP 26"); /* the ECN bits of the wish are not the DSCP's */
	s->wish.number[SETTING_CM_TOS].v = 40;
	finds(s, "wire.dscp", "dscp-not-wished", VERDICT_FAIL, "both ways DSCP 26");
}

static void cleared_ecn_bits_are_a_fault_and_marks_are_not(void **state)
{
	auto_scene *s = scene_new();

	(void)state;
	s->path.to_peer.marked = 3;
	passes(s, "wire.ecn", "to the peer ECT(0), 3 marked: congestion; from the peer ECT(0)");
	s->path.to_peer.tos = 0x68;
	finds(s, "wire.ecn", "ecn-cleared", VERDICT_FAIL,
	      "to the peer ECT(0) arrives as not ECN-capable; from the peer ECT(0)");
	s->path.to_peer.tos = 0x69;
	finds(s, "wire.ecn", "ecn-changed", VERDICT_FAIL, "to the peer ECT(0) arrives as ECT(1); from the peer ECT(0)");
}

static void a_router_within_a_subnet_is_a_fault_and_behind_a_gateway_is_not(void **state)
{
	auto_scene *s = scene_new();

	(void)state;
	s->path.to_peer.hop_limit = s->path.from_peer.hop_limit = 63;
	finds(s, "wire.hops", "routed-on-link", VERDICT_FAIL, "both ways 1 hop");
	s->pair.on_link = false;
	passes(s, "wire.hops", "both ways 1 hop");
	s->path.from_peer.hop_limit = 61;
	finds(s, "wire.hops", "hops-differ", VERDICT_WARN, "to the peer 1 hop; from the peer 3 hops");
	s->path.from_peer.hop_limit = 2;
	finds(s, "wire.hops", "hop-limit-low", VERDICT_WARN,
	      "to the peer 1 hop; from the peer a hop limit of 64 arrives as 2");
	s->path.from_peer.hop_limit = 255;
	finds(s, "wire.hops", "hop-limit-changed", VERDICT_WARN,
	      "to the peer 1 hop; from the peer a hop limit of 64 arrives as 255");
}

static void the_largest_payload_that_passes_is_named(void **state)
{
	auto_scene *s = scene_new();

	(void)state;
	s->path.to_peer.passes_bytes = s->path.from_peer.passes_bytes = 1448;
	s->path.to_peer.fails_bytes = 1452;
	finds(s, "wire.mtu", "mtu-black-hole", VERDICT_FAIL,
	      "to the peer 4096 B do not pass, 1448 B do (an IP packet of 1500 B); from the peer 1448 B pass, more could not be tried");
	s->path.to_peer.fails_bytes = 0;
	assert_int_equal(judge(s, "wire.mtu")->verdict, VERDICT_NA);
	assert_int_equal(wire_ip_bytes(1448, AF_INET), 1500);
	assert_int_equal(wire_ip_bytes(1428, AF_INET6), 1500);
}

static void one_lost_datagram_may_happen_and_two_are_loss(void **state)
{
	auto_scene *s = scene_new();

	(void)state;
	s->path.to_peer.lost = 1;
	passes(s, "wire.loss", "to the peer 1 of 256 datagrams lost; from the peer 0 of 256 datagrams lost");
	s->path.to_peer.lost = 2;
	finds(s, "wire.loss", "packet-loss", VERDICT_FAIL,
	      "to the peer 2 of 256 datagrams lost; from the peer 0 of 256 datagrams lost");
}

static void a_payload_lost_over_the_connection_follows_from_the_mtu(void **state)
{
	auto_scene *s = scene_new();
	const struct check *c = check_by_id("peer.connect"), *mtu = check_by_id("wire.mtu");

	(void)state;
	s->connect.step = CM_SEND;
	s->connect.cause = CM_WC_ERROR;
	s->connect.wc_status = 12;
	*vec_add(&s->arena, &s->v.probes) = s->connect;
	c->run(&s->v, c);
	s->path.to_peer.passes_bytes = 1448;
	s->path.to_peer.fails_bytes = 1452;
	mtu->run(&s->v, mtu);
	assert_int_equal(s->v.results.n, 2);
	assert_string_equal(result_name(&s->v.results.at[0]), "payload-lost");
	assert_string_equal(s->v.results.at[0].follows, "wire.mtu");
	assert_null(s->v.results.at[1].follows);
}

static void what_was_not_answered_is_not_judged(void **state)
{
	auto_scene *s = scene_new();

	(void)state;
	s->v.datagrams.at[0].cause = CM_TIMEOUT;
	const struct result *r = judge(s, "wire.mtu");
	assert_int_equal(r->verdict, VERDICT_NA);
	assert_string_equal(r->follows, "peer.datagram");
	assert_string_equal(result_name(judge(s, "peer.datagram")), "datagrams-lost");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_path_has_no_finding),
		cmocka_unit_test(the_way_on_which_the_dscp_changes_is_named),
		cmocka_unit_test(a_dscp_that_is_not_the_wished_one_is_no_fault_of_the_wire),
		cmocka_unit_test(cleared_ecn_bits_are_a_fault_and_marks_are_not),
		cmocka_unit_test(a_router_within_a_subnet_is_a_fault_and_behind_a_gateway_is_not),
		cmocka_unit_test(the_largest_payload_that_passes_is_named),
		cmocka_unit_test(one_lost_datagram_may_happen_and_two_are_loss),
		cmocka_unit_test(a_payload_lost_over_the_connection_follows_from_the_mtu),
		cmocka_unit_test(what_was_not_answered_is_not_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
