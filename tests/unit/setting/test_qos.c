/* SPDX-License-Identifier: MIT */
/* Settings of a NIC from wish to undo: drivers that lack, lie, round and take the link down. */
#include <errno.h>
#include <string.h>

#include "fake/site.h"
#include "test.h"

static struct site *nics(size_t ports)
{
	struct site *s = site_new(ports, 0, NULL);

	site_entry(s, "p*", 1);
	site_nics(s);
	return s;
}

static void number_wish(struct site *s, enum setting_id id, uint32_t v)
{
	s->more.number[id] = (struct opt_u32){ OPT_SET, v };
}

/* The changes of the last configure taken back. */
static struct undo undone(struct site *s)
{
	struct entry en = entry_of_plan(&s->plan, &s->arena);
	struct undo u = { 0 };
	struct err e = { 0 };

	(void)undo_run(&s->fake.k, &en, NULL, &s->arena, &u, &e);
	return u;
}

static const struct obstacle *obstacle(const struct site *s, enum setting_id id)
{
	for vec_each(ob, &s->plan.obstacles)
		if (setting_id(ob->setting) == id)
			return ob;
	return NULL;
}

static void only_the_named_priorities_are_ours(void **state)
{
	auto_site *s = nics(1);
	uint32_t *pfc = fake_nic(&s->fake, "p0")->dcb.pfc;

	(void)state;
	pfc[6] = 1; /* of storage */
	site_list(s, SETTING_PFC, 3, 1, -1);
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(pfc[3], 1);
	assert_int_equal(pfc[6], 1);
	site_plan(s);
	assert_int_equal(s->plan.ops.n, 0);
}

static void what_somebody_else_has_changed_beside_is_kept_by_revert(void **state)
{
	auto_site *s = nics(1);
	uint32_t *pfc = fake_nic(&s->fake, "p0")->dcb.pfc;

	(void)state;
	site_list(s, SETTING_PFC, 3, 1, -1);
	assert_int_equal(site_configure(s), 0);
	pfc[5] = 1;
	struct undo u = undone(s);
	assert_int_equal(undo_count(&u, UNDO_DONE), 1);
	assert_int_equal(pfc[3], 0);
	assert_int_equal(pfc[5], 1);
}

static void what_somebody_else_has_changed_of_ours_is_kept_by_revert(void **state)
{
	auto_site *s = nics(1);
	struct fake_nic *n = fake_nic(&s->fake, "p0");

	(void)state;
	site_list(s, SETTING_DSCP_PRIO, 26, 3, -1);
	number_wish(s, SETTING_CABLE_LENGTH, 100);
	assert_int_equal(site_configure(s), 0);
	n->dcb.dscp_prio[26] = 4;
	n->dcb.pfc_delay = 7;
	struct undo u = undone(s);
	assert_int_equal(undo_count(&u, UNDO_CONFLICT), 2);
	assert_int_equal(n->dcb.dscp_prio[26], 4);
	assert_int_equal(n->dcb.pfc_delay, 7);
}

static void a_driver_without_an_operation_is_an_obstacle(void **state)
{
	auto_site *s = nics(1);

	(void)state;
	fake_nic(&s->fake, "p0")->dcb.has &= ~(unsigned int)DCB_PART_PFC;
	site_list(s, SETTING_PFC, 3, 1, -1);
	site_plan(s);
	assert_string_equal(obstacle(s, SETTING_PFC)->seen, "the driver of p0 (rdma_rxe) has no PFC");
	assert_string_equal(obstacle(s, SETTING_PFC)->wanted, "pfc 3");
	assert_int_equal(plan_blocked(&s->plan), 1);
}

static void a_driver_that_takes_it_and_does_nothing_is_found_out(void **state)
{
	auto_site *lies = nics(1), *lacks = nics(1);

	(void)state;
	fake_nic(&lies->fake, "p0")->lies = true;
	fake_nic(&lacks->fake, "p0")->lacks = DCB_PART_PFC; /* it tells the mask and can not set it */
	struct site *both[] = { lies, lacks };
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		site_list(both[i], SETTING_PFC, 3, 1, -1);
		assert_int_equal(site_configure(both[i]), -EIO);
		assert_string_equal(both[i]->err.text,
				    "p0: pfc: the driver took it without an error and did not do it");
	}
}

static void what_is_not_permitted_is_told(void **state)
{
	auto_site *s = nics(1);

	(void)state;
	site_list(s, SETTING_PFC, 3, 1, -1);
	fake_fail(&s->fake, 1, EPERM);
	assert_int_equal(site_configure(s), -EPERM);
	must_contain(s->err.text, "p0: pfc: ");
	must_contain(s->err.text, strerror(EPERM));
}

static void trust_follows_the_entries(void **state)
{
	auto_site *s = nics(1);
	struct dcb *d = &fake_nic(&s->fake, "p0")->dcb;

	(void)state;
	number_wish(s, SETTING_TRUST, 1);
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(d->trust, TRUST_DSCP);
	assert_int_equal(d->dscp_prio[63], 7);
	number_wish(s, SETTING_TRUST, 0);
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(d->trust, TRUST_PCP);
	site_list(s, SETTING_DSCP_PRIO, 26, 3, -1);
	site_plan(s);
	assert_string_equal(obstacle(s, SETTING_TRUST)->mend, "no dscp_prio entries in the intent");
}

static void what_is_trusted_first_decides(void **state)
{
	static const struct {
		enum trust now;
		uint32_t wish;
		bool change;
	} rows[] = {
		{ TRUST_DSCP_PCP, 1, false }, { TRUST_PCP_DSCP, 1, true }, { TRUST_NONE, 1, true },
		{ TRUST_PCP_DSCP, 0, false }, { TRUST_DSCP_PCP, 0, true }, { TRUST_NONE, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_site *s = nics(1);
		struct dcb *d = &fake_nic(&s->fake, "p0")->dcb;

		d->has |= DCB_PART_TRUST;
		d->trust = rows[i].now;
		number_wish(s, SETTING_TRUST, rows[i].wish);
		assert_int_equal(site_configure(s), 0);
		assert_int_equal(s->plan.ops.n, rows[i].change);
		struct undo u = undone(s);
		assert_int_equal(undo_count(&u, UNDO_DONE), rows[i].change);
		assert_int_equal(d->trust, rows[i].now);
	}
}

static void dcbx_is_taken_first_and_given_back_last(void **state)
{
	auto_site *s = nics(1);
	struct dcb *d = &fake_nic(&s->fake, "p0")->dcb;

	(void)state;
	d->dcbx = DCBX_LLD_MANAGED | DCBX_CEE | DCBX_IEEE;
	number_wish(s, SETTING_DCBX, 1);
	site_list(s, SETTING_PFC, 3, 1, -1);
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(setting_id(s->plan.ops.at[0].setting), SETTING_DCBX);
	assert_int_equal(d->dcbx, DCBX_HOST | DCBX_CEE | DCBX_IEEE);
	struct undo u = undone(s);
	assert_int_equal(undo_count(&u, UNDO_DONE), 2);
	assert_false(d->dcbx & DCBX_HOST);
	d->has &= ~(unsigned int)DCB_PART_DCBX;
	site_plan(s);
	assert_null(obstacle(s, SETTING_DCBX)); /* nobody but the host can set this driver */
}

/* mlx5 has cells of some 100 B, and steps of 100 Mb/s. */
static void what_a_driver_rounds_is_as_wished(void **state)
{
	auto_site *s = nics(1);
	struct dcb *d = &fake_nic(&s->fake, "p0")->dcb;

	(void)state;
	site_list(s, SETTING_MAXRATE, 0, 10050000, 1, 0, -1);
	site_list(s, SETTING_BUFFER, 8, 100000, 9, 0, -1);
	d->buffer_bytes[0] = 99968;
	d->maxrate_kbps[0] = 10000000;
	site_plan(s);
	assert_int_equal(s->plan.ops.n, 0);
	d->buffer_bytes[0] = 99000;
	d->maxrate_kbps[0] = 0; /* no limit at all */
	site_plan(s);
	assert_int_equal(s->plan.ops.n, 2);
}

static void links_go_down_one_at_a_time_and_are_awaited(void **state)
{
	static const struct {
		unsigned int parallel;
		size_t most, waits;
	} rows[] = { { 0, 1, 6 }, { 1, 1, 6 }, { 4, 4, 2 }, { 64, 6, 1 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_site *s = nics(6);

		s->options.parallel = rows[i].parallel;
		site_list(s, SETTING_PFC, 3, 1, -1);
		number_wish(s, SETTING_PAUSE, 0);
		assert_int_equal(site_configure(s), 0);
		assert_int_equal(s->fake.down_most, rows[i].most);
		assert_int_equal(s->fake.link_waits, rows[i].waits);
		assert_true(fake_link(&s->fake, "p5")->carrier);
		s->fake.down_most = 0;
		(void)undone(s);
		assert_int_equal(s->fake.down_most, 1);
		site_plan(s);
		s->fake.link_waits = 0;
		assert_int_equal(site_configure(s), 0);
		assert_int_equal(site_configure(s), 0); /* nothing differs: no link is touched */
		assert_int_equal(s->fake.link_waits, rows[i].waits);
	}
}

static void a_link_that_stays_down_takes_all_back(void **state)
{
	auto_site *s = nics(2);
	struct fake_state before = fake_snapshot(&s->fake);

	(void)state;
	fake_nic(&s->fake, "p1")->stays_down = true;
	s->options.link_ms = 2500;
	site_list(s, SETTING_PFC, 3, 1, -1);
	assert_int_equal(site_configure(s), -ENETDOWN);
	assert_string_equal(s->err.text, "p1: the link did not come back within 3 s after pfc");
	assert_int_equal(fake_nic(&s->fake, "p0")->dcb.pfc[3], 0);
	assert_int_equal(fake_nic(&s->fake, "p1")->dcb.pfc[3], 0);
	assert_int_equal(undo_count(&s->txn.undo, UNDO_FAILED), 0);
	for vec_each(n, &s->fake.now.nics)
		n->downs = 0;
	assert_null(fake_difference(&s->fake, &before));
}

/* Nothing could be waited for. */
static void a_link_that_is_down_already_is_not_awaited(void **state)
{
	auto_site *s = nics(1);

	(void)state;
	fake_link(&s->fake, "p0")->carrier = false;
	fake_nic(&s->fake, "p0")->stays_down = true;
	site_list(s, SETTING_PFC, 3, 1, -1);
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(s->fake.link_waits, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_named_priorities_are_ours),
		cmocka_unit_test(what_somebody_else_has_changed_beside_is_kept_by_revert),
		cmocka_unit_test(what_somebody_else_has_changed_of_ours_is_kept_by_revert),
		cmocka_unit_test(a_driver_without_an_operation_is_an_obstacle),
		cmocka_unit_test(a_driver_that_takes_it_and_does_nothing_is_found_out),
		cmocka_unit_test(what_is_not_permitted_is_told),
		cmocka_unit_test(trust_follows_the_entries),
		cmocka_unit_test(what_is_trusted_first_decides),
		cmocka_unit_test(dcbx_is_taken_first_and_given_back_last),
		cmocka_unit_test(what_a_driver_rounds_is_as_wished),
		cmocka_unit_test(links_go_down_one_at_a_time_and_are_awaited),
		cmocka_unit_test(a_link_that_stays_down_takes_all_back),
		cmocka_unit_test(a_link_that_is_down_already_is_not_awaited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
