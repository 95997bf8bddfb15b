/* SPDX-License-Identifier: MIT */
/* What a watch tells between two looks at a node. */
#include "test.h"
#include "validate/finding.h"
#include "validate/watch.h"

/* Two ports; results are added to `now`, and looked at. */
struct bench {
	struct arena arena;
	struct port ports[2];
	struct node node;
	struct verify now;
	struct watch watch;
	struct watch_changes changes;
};

static int bench_open(void **state)
{
	static struct bench b;

	b = (struct bench){ 0 };
	for (int i = 0; i < 2; i++) {
		b.ports[i] = (struct port){ .rdma = { .layer = LAYER_ETHERNET, .protocol = "roce" },
					    .link = { .ifindex = 10 + i } };
		snprintf(b.ports[i].name, sizeof(b.ports[i].name), "rxe_%d/1", i);
		snprintf(b.ports[i].rdma.device, sizeof(b.ports[i].rdma.device), "rxe_%d", i);
		snprintf(b.ports[i].link.name, sizeof(b.ports[i].link.name), "p%d", i);
	}
	*state = &b;
	return 0;
}

static int bench_close(void **state)
{
	struct bench *b = *state;

	watch_done(&b->watch);
	arena_done(&b->arena);
	return 0;
}

/* A new look, at the ports from first to last, which has no results yet. */
static void look_begin(struct bench *b, int first, int last)
{
	b->node = (struct node){ 0 };
	for (int i = first; i <= last; i++) {
		*vec_add(&b->arena, &b->node.ports) = b->ports[i];
		*vec_add(&b->arena, &b->node.links) = b->ports[i].link;
	}
	watch_ports(&b->watch, &b->node, &b->arena);
	b->now = (struct verify){ .arena = &b->arena, .node = &b->node };
}

static struct result *found(struct bench *b, const char *check, enum verdict v, int port)
{
	struct result *r = result_add(&b->now, check_by_id(check), v, &b->node.ports.at[port]);

	r->seen = "seen";
	r->wanted = "wanted";
	return r;
}

static size_t look(struct bench *b)
{
	b->changes = (struct watch_changes){ 0 };
	watch_look(&b->watch, &b->now, &b->arena, &b->changes);
	return b->changes.n;
}

static void is_change(const struct bench *b, size_t i, const char *check, enum verdict was, enum verdict now)
{
	const struct watch_change *c = &b->changes.at[i];

	assert_string_equal(c->r.check->id, check);
	assert_int_equal(c->was, was);
	assert_int_equal(c->r.verdict, now);
}

static void a_failure_is_told_once_and_its_end_once(void **state)
{
	struct bench *b = *state;

	look_begin(b, 0, 1);
	found(b, "link.active", VERDICT_PASS, 0);
	assert_int_equal(look(b), 0);
	for (int i = 0; i < 2; i++) {
		look_begin(b, 0, 1);
		found(b, "link.active", VERDICT_FAIL, 0)->seen = i ? "one text" : "another text";
		assert_int_equal(look(b), !i);
	}
	look_begin(b, 0, 1);
	found(b, "link.active", VERDICT_PASS, 0);
	assert_int_equal(look(b), 1);
	is_change(b, 0, "link.active", VERDICT_FAIL, VERDICT_PASS);
	assert_string_equal(b->changes.at[0].r.port->name, "rxe_0/1");
}

static void what_fails_otherwise_is_told(void **state)
{
	struct bench *b = *state;

	look_begin(b, 0, 1);
	result_found(found(b, "neighbour.owner", VERDICT_FAIL, 0), FINDING_ARP_FLUX);
	assert_int_equal(look(b), 1);
	look_begin(b, 0, 1);
	result_found(found(b, "neighbour.owner", VERDICT_FAIL, 0), FINDING_ADDRESS_TWICE);
	assert_int_equal(look(b), 1);
	is_change(b, 0, "neighbour.owner", VERDICT_FAIL, VERDICT_FAIL);
	look_begin(b, 0, 1);
	found(b, "neighbour.owner", VERDICT_WARN, 0);
	assert_int_equal(look(b), 1);
	is_change(b, 0, "neighbour.owner", VERDICT_FAIL, VERDICT_WARN);
}

static void ports_subjects_and_wishes_are_told_apart(void **state)
{
	struct bench *b = *state;

	look_begin(b, 0, 1);
	found(b, "settings", VERDICT_FAIL, 0)->wanted = "one rule";
	found(b, "settings", VERDICT_FAIL, 0)->wanted = "another rule";
	found(b, "gid.present", VERDICT_FAIL, 0)->subject = "10.0.0.1";
	found(b, "gid.present", VERDICT_FAIL, 0)->subject = "10.0.0.2";
	found(b, "gid.present", VERDICT_FAIL, 1)->subject = "10.0.0.1";
	assert_int_equal(look(b), 5);
	look_begin(b, 0, 1);
	found(b, "settings", VERDICT_FAIL, 0)->wanted = "another rule";
	found(b, "gid.present", VERDICT_FAIL, 0)->subject = "10.0.0.2";
	assert_int_equal(look(b), 3);
	assert_string_equal(b->changes.at[0].r.wanted, "one rule");
	assert_string_equal(b->changes.at[1].r.subject, "10.0.0.1");
	assert_string_equal(b->changes.at[2].r.port->name, "rxe_1/1");
}

static void what_follows_from_another_finding_is_not_told(void **state)
{
	struct bench *b = *state;

	look_begin(b, 0, 1);
	found(b, "route.socket", VERDICT_FAIL, 0)->follows = "settings";
	found(b, "gid.present", VERDICT_NA, 0)->follows = "link.active";
	assert_int_equal(look(b), 0);
	look_begin(b, 0, 1);
	found(b, "route.socket", VERDICT_FAIL, 0);
	assert_int_equal(look(b), 1);
}

/* A link that goes hides what was known of the addresses behind it: that is no end of it. */
static void what_can_not_be_looked_at_stays_as_it_was(void **state)
{
	struct bench *b = *state;
	static const enum verdict hiding[] = { VERDICT_NA, VERDICT_FAIL };

	look_begin(b, 0, 1);
	found(b, "route.bound", VERDICT_FAIL, 0)->subject = "10.0.0.1 to 10.0.0.2";
	assert_int_equal(look(b), 1);
	for (size_t i = 0; i < ARRAY_LEN(hiding); i++) {
		look_begin(b, 0, 1);
		struct result *r = found(b, "route.bound", hiding[i], 0);
		r->subject = hiding[i] == VERDICT_NA ? "10.0.0.1" : "10.0.0.1 to 10.0.0.2";
		r->follows = "link.active";
		assert_int_equal(look(b), 0);
	}
	look_begin(b, 0, 1);
	found(b, "route.bound", VERDICT_PASS, 0)->subject = "10.0.0.1 to 10.0.0.2";
	assert_int_equal(look(b), 1);
	is_change(b, 0, "route.bound", VERDICT_FAIL, VERDICT_PASS);
}

static void a_stage_that_can_not_run_is_told(void **state)
{
	struct bench *b = *state;

	for (int i = 0; i < 2; i++) {
		look_begin(b, 0, 1);
		found(b, "qos.chain", VERDICT_NA, 0);
		found(b, "gid.present", VERDICT_NA, 0);
		b->now.stage_error[VERIFY_GID] = "no device file";
		assert_int_equal(look(b), !i);
	}
	look_begin(b, 0, 1);
	assert_int_equal(look(b), 1);
	is_change(b, 0, "gid.present", VERDICT_NA, VERDICT_PASS);
}

static void a_port_that_is_gone_keeps_its_place_and_what_was_told(void **state)
{
	struct bench *b = *state;

	look_begin(b, 0, 1);
	found(b, "settings", VERDICT_FAIL, 0);
	assert_int_equal(look(b), 1);
	look_begin(b, 1, 1);
	assert_int_equal(b->node.ports.n, 2);
	assert_true(b->node.ports.at[0].gone && !b->node.ports.at[1].gone);
	check_link_present(&b->now, check_by_id("link.present"));
	assert_int_equal(look(b), 1);
	is_change(b, 0, "link.present", VERDICT_PASS, VERDICT_FAIL);
	look_begin(b, 0, 1);
	assert_int_equal(b->node.ports.n, 2);
	found(b, "settings", VERDICT_FAIL, 0);
	assert_int_equal(look(b), 1);
	is_change(b, 0, "link.present", VERDICT_FAIL, VERDICT_PASS);
}

static void a_port_that_was_renamed_or_forgotten_is_left(void **state)
{
	struct bench *b = *state;

	look_begin(b, 0, 1);
	found(b, "settings", VERDICT_FAIL, 0);
	assert_int_equal(look(b), 1);
	snprintf(b->ports[0].name, sizeof(b->ports[0].name), "roce0/1");
	look_begin(b, 0, 1);
	assert_int_equal(b->node.ports.n, 2);
	assert_int_equal(look(b), 1);
	is_change(b, 0, "settings", VERDICT_FAIL, VERDICT_NA);
	watch_forget(&b->watch);
	look_begin(b, 1, 1);
	assert_int_equal(b->node.ports.n, 1);
}

static void what_the_ports_stand_on_is_known_after_a_look(void **state)
{
	struct bench *b = *state;
	struct rule ru = rule_any(AF_INET);

	look_begin(b, 0, 1);
	ru.src = ip_of_u32(0x0a000001);
	ru.table = 101;
	*vec_add(&b->arena, &b->node.rules) = ru;
	*vec_add(&b->arena, &b->now.targets) = (struct target){
		.port = &b->node.ports.at[0], .addr = { ip_of_u32(0x0a000001), 24 }, .gateway = ip_of_u32(0x0a0000fe),
	};
	look(b);
	const struct concern *c = &b->watch.concern;

	assert_int_equal(c->links.n, 2);
	assert_string_equal(c->netdevs.at[1], "p1");
	assert_string_equal(c->devices.at[0], "rxe_0");
	assert_int_equal(c->tables.at[0], 101);
	assert_int_equal(c->near.n, 2);
	assert_int_equal(c->near.at[1].len, 32);
}

#define bench_test(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(a_failure_is_told_once_and_its_end_once),
		bench_test(what_fails_otherwise_is_told),
		bench_test(ports_subjects_and_wishes_are_told_apart),
		bench_test(what_follows_from_another_finding_is_not_told),
		bench_test(what_can_not_be_looked_at_stays_as_it_was),
		bench_test(a_stage_that_can_not_run_is_told),
		bench_test(a_port_that_is_gone_keeps_its_place_and_what_was_told),
		bench_test(a_port_that_was_renamed_or_forgotten_is_left),
		bench_test(what_the_ports_stand_on_is_known_after_a_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
