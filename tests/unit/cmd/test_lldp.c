/* SPDX-License-Identifier: MIT */
/* What show prints of the switch, and how --lldp is written. */
#include "cmd/lldp.h"
#include "fake/site.h"
#include "test.h"
#include "unit/cmd/capture.h"
#include "unit/port/lldp/hear.h"

/* The RoCE ports of a node, listened at. The session's memory is the site's. */
static struct lldp_heards heards_of(struct site *s, struct session *se)
{
	struct options o = { .lldp = "7" };
	struct lldp_heards hs = { 0 };

	s->fake.k.lldp_hear = wire_hear;
	*se = (struct session){ .arena = &s->arena, .kern = &s->fake.k };
	assert_int_equal(node_read(se->kern, se->arena, &se->node, NULL), 0);
	assert_int_equal(lldp_show_listen(&o, se, &hs), EXIT_OK);
	assert_int_equal(wire.limit_ms, 7000);
	return hs;
}

static const char *printed(const struct lldp_heard *h, struct arena *a)
{
	struct capture c = capture_begin(STDOUT_FILENO);

	lldp_print(h, a);
	return capture_end(&c, a);
}

static void the_switch_is_told_port_by_port(void **state)
{
	auto_site *s = site_new(4, 0, NULL);
	struct session se;

	(void)state;
	wire.frames[0] = LEAF;
	wire.frames[1] = NULL;
	wire.frames[2] = MANDATORY "fe 05 0080c2 0b 08 " END;
	wire.frames[3] = MANDATORY END;
	const struct lldp_heards hs = heards_of(s, &se);
	assert_int_equal(hs.n, 4);
	assert_string_equal(printed(&hs.at[0], &s->arena),
			    "  switch    leaf1 Ethernet1/1, chassis 00:1c:73:0c:a1:b2, \"node-a1\", VLAN 100, frames of 9216 B\n"
			    "  switch    pfc 3\n"
			    "  switch    ets tc 0 0 0 3 0 0 6 0, ets strict strict ets strict strict strict strict, "
			    "bandwidth 50 0 0 50 0 0 0 0\n"
			    "  switch    ets_recommended tc 0 0 0 3 0 0 6 0, ets strict strict ets strict strict ets strict, "
			    "bandwidth 40 0 0 50 0 0 10 0\n"
			    "  switch    dscp_prio 26:3 48:6\n"
			    "  switch    RoCE v2 (UDP 4791) has priority 3\n");
	assert_string_equal(printed(&hs.at[1], &s->arena), "  switch    no LLDP frame came within 7 s\n");
	assert_string_equal(printed(&hs.at[2], &s->arena),
			    "  switch    malformed LLDP frame: byte 33: PFC: 1 B of it, of 2 to 2\n");
	assert_string_equal(printed(&hs.at[3], &s->arena),
			    "  switch    00:1c:73:0c:a1:b2 Ethernet1/1, chassis 00:1c:73:0c:a1:b2\n"
			    "  switch    the same port of it as rxe_0/1 p0\n");
}

static void programs_are_told_the_same(void **state)
{
	auto_site *s = site_new(4, 0, NULL);
	struct session se;

	(void)state;
	wire.frames[0] = LEAF;
	wire.frames[1] = MANDATORY END;
	wire.frames[2] = wire.frames[3] = NULL;
	const struct lldp_heards hs = heards_of(s, &se);
	auto_json *j = lldp_json(&hs.at[0]), *same = lldp_json(&hs.at[1]), *none = lldp_json(&hs.at[2]);
	assert_string_equal(json_string_value(json_object_get(j, "system")), "leaf1");
	assert_string_equal(json_string_value(json_object_get(j, "port")), "Ethernet1/1");
	assert_int_equal(json_integer_value(json_object_get(j, "max_frame")), 9216);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(j, "pfc"), 3)), 1);
	assert_int_equal(json_array_size(json_object_get(j, "apps")), 3);
	assert_true(json_is_null(json_object_get(j, "same_as")));
	assert_true(json_is_null(json_object_get(same, "system")));
	assert_null(json_object_get(same, "pfc"));
	assert_string_equal(json_string_value(json_object_get(same, "same_as")), "rxe_0/1");
	assert_string_equal(json_string_value(json_object_get(none, "error")), "no LLDP frame came within 7 s");
	assert_true(json_is_false(json_object_get(none, "malformed")));
}

static void nobody_listens_unless_asked(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct session se = { .arena = &s->arena, .kern = &s->fake.k };
	struct options o = { 0 };
	struct lldp_heards hs = { 0 };

	(void)state;
	assert_int_equal(node_read(se.kern, se.arena, &se.node, NULL), 0);
	assert_int_equal(lldp_show_listen(&o, &se, &hs), EXIT_OK);
	assert_int_equal(hs.n, 0);
}

static void the_seconds_may_be_left_out_and_are_checked(void **state)
{
	uint32_t limit_s = 5;

	(void)state;
	assert_int_equal(lldp_option(&(struct options){ .lldp = "" }, &limit_s), EXIT_OK);
	assert_int_equal(limit_s, LLDP_LIMIT_S_DEFAULT);
	assert_int_equal(lldp_option(&(struct options){ .lldp = "3" }, &limit_s), EXIT_OK);
	assert_int_equal(limit_s, 3);
	assert_int_equal(lldp_option(&(struct options){ 0 }, &limit_s), EXIT_OK);
	assert_int_equal(limit_s, 3);
	for (const char *const *bad = (const char *const[]){ "0", "3601", "x", "-1", NULL }; *bad; bad++)
		assert_int_equal(lldp_option(&(struct options){ .lldp = *bad }, &limit_s), EXIT_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_switch_is_told_port_by_port),
		cmocka_unit_test(programs_are_told_the_same),
		cmocka_unit_test(nobody_listens_unless_asked),
		cmocka_unit_test(the_seconds_may_be_left_out_and_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
