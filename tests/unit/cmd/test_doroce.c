/* SPDX-License-Identifier: MIT */
/* doRoCE: its options as an intent, what it takes over of the script, and what is in the way. */
#include <string.h>

#include "cmd/doroce.h"
#include "fake/site.h"
#include "test.h"

/* Two ConnectX ports, and a session on them with an entry for each, as the program has it. */
static struct site *site_of(const struct doroce_options *o, uint32_t tos)
{
	struct site *s = site_new(2, 0, NULL);

	site_nics(s);
	site_connectx(s, "28.40.1000");
	s->in.defaults.number[SETTING_CM_TOS] = (struct opt_u32){ OPT_SET, tos };
	doroce_values(o, &s->arena, &s->in);
	assert_int_equal(site_resolve(s), 0);
	return s;
}

static uint32_t number_of(const struct site *s, enum setting_id id)
{
	const struct opt_u32 *n = &site_wish(s, "p0")->number[id];

	return n->is == OPT_SET ? n->v : LIST_ANY;
}

/* The only place that is wished of the list, and its value: 1000 × place + value. */
static uint32_t place_of(const struct site *s, enum setting_id id)
{
	const struct opt_list *l = &site_wish(s, "p0")->list[id];
	uint32_t ret = LIST_ANY;

	for (size_t i = 0; l->is == OPT_SET && i < l->v.n; i++) {
		if (l->v.at[i] == LIST_ANY)
			continue;
		assert_int_equal(ret, LIST_ANY);
		ret = (uint32_t)(1000 * i) + l->v.at[i];
	}
	return ret;
}

static void options_are_the_values_of_the_script(void **state)
{
	static const struct {
		struct doroce_options o;
		uint32_t tos, trust, dscp, pfc, pause, cm, accelerations, rttcc, repeat;
	} rows[] = {
		{ { 0 }, 106, 1, 26003, 3001, 0, 106, 1, LIST_ANY, LIST_ANY },
		{ { .lossless = true }, 106, 1, 26003, 3001, 0, 106, 0, LIST_ANY, LIST_ANY },
		{ { .lossy = true }, 96, 1, 24003, 3000, 0, 96, 1, LIST_ANY, LIST_ANY },
		{ { .rttcc = true, .selective_repeat = true }, 0, 1, 0, 1, 0, 0, 1, 1, 1 },
		{ { .back = true }, 106, 0, LIST_ANY, 3000, 3, 0, 0, LIST_ANY, LIST_ANY },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_site *s = site_of(&rows[i].o, rows[i].tos);

		assert_int_equal(number_of(s, SETTING_TRUST), rows[i].trust);
		assert_int_equal(place_of(s, SETTING_DSCP_PRIO), rows[i].dscp);
		assert_int_equal(place_of(s, SETTING_PFC), rows[i].pfc);
		assert_int_equal(number_of(s, SETTING_PAUSE), rows[i].pause);
		assert_int_equal(number_of(s, SETTING_CM_TOS), rows[i].cm);
		assert_int_equal(number_of(s, SETTING_TRAFFIC_CLASS), rows[i].cm);
		assert_int_equal(number_of(s, SETTING_ACCEL_RETRANSMISSION), rows[i].accelerations);
		assert_int_equal(number_of(s, SETTING_ACCEL_TX_WINDOW), rows[i].accelerations);
		assert_int_equal(number_of(s, SETTING_ACCEL_SLOW_RESTART), rows[i].accelerations);
		assert_int_equal(number_of(s, SETTING_RTTCC), rows[i].rttcc);
		assert_int_equal(number_of(s, SETTING_SELECTIVE_REPEAT), rows[i].repeat);
	}
}

static void nccl_is_told_without_a_list_of_devices(void **state)
{
	auto_arena a = { 0 };
	struct intent in = { 0 };

	(void)state;
	doroce_values(&(struct doroce_options){ 0 }, &a, &in);
	assert_int_equal(in.apps.how[APP_NCCL], APP_ALWAYS);
	assert_true(in.apps.no_devices && in.apps.take_over);
	doroce_values(&(struct doroce_options){ .back = true }, &a, &in);
	assert_int_equal(in.apps.how[APP_NCCL], APP_NONE);
}

static void the_one_buffer_is_as_large_as_all_were(void **state)
{
	uint32_t now[2 * PRIORITIES] = { [3] = 1, [PRIORITIES] = 1000, [PRIORITIES + 1] = 200 };
	const struct setting_seen seen = { .value = { .kind = VALUE_LIST, .list = { ARRAY_LEN(now), now } } };
	auto_arena a = { 0 };
	const uint32_t *at = doroce_buffer(&seen, &a);

	(void)state;
	for (size_t i = 0; i < PRIORITIES; i++) {
		assert_int_equal(at[i], 0);
		assert_int_equal(at[PRIORITIES + i], i ? 0 : 1200);
	}
	assert_null(doroce_buffer(&(struct setting_seen){ .why = "none" }, &a));
	assert_null(doroce_buffer(NULL, &a));
}

static void lines_of_the_script_go_from_a_hook_and_no_others(void **state)
{
	static const char hook[] = "#!/bin/sh\nlogger doroce\n# Added by doRoCE scirpt:\n/usr/bin/doRoCE.sh -t 96 --yes "
				   ">/dev/null\n/usr/sbin/doroce reapply # written by doroce\nexit 0";
	static const char others[] = "#!/bin/sh\nlogger doroce\n/usr/sbin/doroce reapply # written by doroce\nexit 0";
	auto_arena a = { 0 };

	(void)state;
	assert_string_equal(doroce_hook_without(hook, &a), others);
	assert_ptr_equal(doroce_hook_without(others, &a), others);
}

/* A session on the site, as preset() leaves it. */
static struct session session_of(struct site *s)
{
	struct session ses = { .arena = &s->arena, .kern = &s->fake.k, .has_intent = true };

	for vec_each(p, &s->node.ports)
		if (port_is_roce(p))
			*vec_add(&s->arena, &s->in.ports) = (struct port_intent){ .match.any = p->name };
	s->in.has_ports = true;
	ses.intent = s->in;
	ses.intent.apps = (struct apps_wish){ 0 };
	assert_int_equal(session_reread(&ses), EXIT_OK);
	return ses;
}

static const struct wish *wish_of(const struct session *s, const char *netdev)
{
	for (size_t i = 0; i < s->wishes.n; i++)
		if (strcmp(s->wishes.at[i].port->link.name, netdev) == 0)
			return &s->wishes.at[i];
	return NULL;
}

static void what_a_port_lacks_is_left_out_by_yes_alone(void **state)
{
	auto_site *s = site_of(&(struct doroce_options){ 0 }, 106);

	(void)state;
	fake_nic(&s->fake, "p1")->dcb.has = 0;
	struct session ses = session_of(s);
	assert_true(plan_blocked(&ses.plan) > 0);
	assert_int_equal(doroce_review(&ses, &(struct options){ .doroce.no = true }), EXIT_FAILED);
	assert_true(plan_blocked(&ses.plan) > 0);
	assert_int_equal(doroce_review(&ses, &(struct options){ .doroce.yes = true }), EXIT_OK);
	assert_int_equal(plan_blocked(&ses.plan), 0);
	assert_int_equal(wish_of(&ses, "p0")->list[SETTING_PFC].is, OPT_SET);
	assert_int_equal(wish_of(&ses, "p1")->list[SETTING_PFC].is, OPT_NONE);
	assert_int_equal(wish_of(&ses, "p1")->number[SETTING_CM_TOS].v, 106);
}

static void without_mstreg_nothing_is_written_unless_yes_goes_on(void **state)
{
	auto_site *s = site_of(&(struct doroce_options){ 0 }, 106);

	(void)state;
	for vec_each(at, &s->fake.now.attrs)
		if (strncmp(at->path, "ROCE_ACCL/", 10) == 0)
			at->path = "";
	struct session ses = session_of(s);
	assert_int_equal(plan_blocked(&ses.plan), 0);
	assert_int_equal(doroce_review(&ses, &(struct options){ .doroce.no = true }), EXIT_FAILED);
	assert_int_equal(doroce_review(&ses, &(struct options){ .doroce.yes = true }), EXIT_OK);
	assert_true(ses.plan.ops.n > 0);
}

static void a_port_that_can_not_do_rttcc_gets_the_rest(void **state)
{
	auto_site *s = site_of(&(struct doroce_options){ .rttcc = true }, 106);
	size_t rttcc = 0, pfc = 0;

	(void)state;
	strcpy(fake_rdma(&s->fake, "rxe_1")->firmware, "16.35.1000");
	struct session ses = session_of(s);
	assert_int_equal(doroce_review(&ses, &(struct options){ .doroce.no = true }), EXIT_OK);
	for vec_each(op, &ses.plan.ops) {
		rttcc += op->setting == &settings[SETTING_RTTCC];
		pfc += op->setting == &settings[SETTING_PFC];
	}
	assert_int_equal(rttcc, 1);
	assert_int_equal(pfc, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_the_values_of_the_script),
		cmocka_unit_test(nccl_is_told_without_a_list_of_devices),
		cmocka_unit_test(the_one_buffer_is_as_large_as_all_were),
		cmocka_unit_test(lines_of_the_script_go_from_a_hook_and_no_others),
		cmocka_unit_test(what_a_port_lacks_is_left_out_by_yes_alone),
		cmocka_unit_test(without_mstreg_nothing_is_written_unless_yes_goes_on),
		cmocka_unit_test(a_port_that_can_not_do_rttcc_gets_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
