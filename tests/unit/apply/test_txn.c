/* SPDX-License-Identifier: MIT */
/* Transactions: all of a plan or nothing, whichever write fails. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "fake/site.h"
#include "test.h"

/* two_ports(): up of one; of each MTU, settings, address, two routes, rule */
enum { WRITES = 13 };

/* Two ports of which nothing is as wished: one is down, one has another gateway already. */
static struct site *two_ports(void)
{
	struct site *s = site_new(2, 0, "10.0.0.1/24");

	fake_link(&s->fake, "p1")->up = false;
	fake_addr_add(&s->fake, "p0", "172.16.0.1/16");
	struct route *rt = fake_route_add(&s->fake, "p0", "0.0.0.0/0", 101);
	rt->gateway = ip_is("172.16.0.254");
	site_number(&s->in.defaults, SETTING_MTU, 4200);
	site_gateway(&s->in.defaults, "10.0.0.254", 4);
	return s;
}

/* Configure with write number `at` failing. 0: there was no such write. */
static int configure_failing(struct site *s, size_t at, int error)
{
	struct fake_state before = fake_snapshot(&s->fake);

	fake_fail(&s->fake, at, error);
	int r = site_configure(s);
	const char *differs = r < 0 ? fake_difference(&s->fake, &before) : NULL;
	if (differs)
		fail_msg("write %zu: %s", at, differs);
	return r;
}

static void each_single_failure_leaves_the_node_as_it_was(void **state)
{
	static const int errors[] = { EPERM, ENOMEM, EBUSY, ENODEV };

	(void)state;
	for (size_t i = 0; i < WRITES * ARRAY_LEN(errors); i++) {
		auto_site *s = two_ports();
		int error = errors[i % ARRAY_LEN(errors)];

		assert_int_equal(configure_failing(s, i / ARRAY_LEN(errors) + 1, error), -error);
		assert_int_equal(s->plan.ops.n, 17);
		assert_int_equal(s->txn.done, 0);
		assert_int_equal(undo_count(&s->txn.undo, UNDO_DONE),
				 s->txn.failed - s->plan.ops.at);
		assert_int_equal(undo_count(&s->txn.undo, UNDO_FAILED), 0);
		assert_int_equal(s->txn.undo.missing.n, 0);
	}
	auto_site *s = two_ports();
	assert_int_equal(configure_failing(s, WRITES + 1, EPERM), 0);
	assert_int_equal(s->txn.done, 17);
}

static void each_setting_has_a_change(const struct site *s)
{
	for (const struct setting *want = settings; want < settings + SETTING_N; want++) {
		bool found = false;

		for vec_each(op, &s->plan.ops)
			found |= op->setting == want;
		if (!found)
			fail_msg("%s needs a place in site_every_setting()", want->name);
	}
}

/* every setting of the table, files among them */
static void each_single_failure_of_each_setting_leaves_the_node_as_it_was(void **state)
{
	static const int errors[] = { EPERM, ENOMEM, EBUSY, ENODEV };
	auto_site *whole = site_every_setting();

	(void)state;
	assert_int_equal(site_configure(whole), 0);
	each_setting_has_a_change(whole);
	for (size_t at = 1; at <= whole->fake.writes; at++) {
		for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
			auto_site *s = site_every_setting();

			assert_int_equal(configure_failing(s, at, errors[i]), -errors[i]);
			assert_int_equal(s->txn.undo.missing.n, 0);
		}
	}
}

static void the_first_cause_is_told_with_the_ports_name(void **state)
{
	(void)state;
	for (size_t at = 1; at <= WRITES; at++) {
		auto_site *s = two_ports();
		char start[IFNAMSIZ + 3];

		fake_fail_from(&s->fake, at, EBUSY);
		assert_int_equal(site_configure(s), -EBUSY);
		assert_int_equal(s->err.code, -EBUSY);
		snprintf(start, sizeof(start), "%s: ", s->txn.failed->port->link.name);
		assert_int_equal(strncmp(s->err.text, start, strlen(start)), 0);
		must_contain(s->err.text, strerror(EBUSY));
	}
}

static void a_failed_mtu_is_told_whole(void **state)
{
	auto_site *s = site_new(2, 0, NULL);

	(void)state;
	site_number(&s->in.defaults, SETTING_MTU, 9000);
	fake_fail(&s->fake, 2, EINVAL);
	assert_int_equal(site_configure(s), -EINVAL);
	assert_string_equal(s->err.text, "p1: set mtu to 9000 B: Invalid argument");
	assert_int_equal(fake_link(&s->fake, "p0")->mtu, 1500);
}

static void a_failed_conf_names_the_setting(void **state)
{
	auto_site *s = site_new(1, 0, NULL);

	(void)state;
	site_number(&s->in.defaults, SETTING_ARP_IGNORE, 1);
	fake_fail(&s->fake, 1, EPERM);
	assert_int_equal(site_configure(s), -EPERM);
	assert_string_equal(s->err.text,
			    "p0: arp_ignore: set IPv4 settings: Operation not permitted");
}

static void what_cannot_be_taken_back_is_listed(void **state)
{
	auto_site *s = two_ports();

	(void)state;
	fake_fail_from(&s->fake, 6, ENODEV);
	assert_int_equal(site_configure(s), -ENODEV);
	size_t made = (size_t)(s->txn.failed - s->plan.ops.at);
	assert_true(made >= 5);
	assert_int_equal(undo_count(&s->txn.undo, UNDO_DONE), 0);
	assert_int_equal(undo_count(&s->txn.undo, UNDO_FAILED), made);
	for vec_each(un, &s->txn.undo.undone) {
		assert_true(un == s->txn.undo.undone.at ||
			    un->setting->stage <= un[-1].setting->stage);
		if (un->result != UNDO_FAILED)
			continue;
		assert_int_equal(un->err.code, -ENODEV);
		must_contain(un->err.text, "No such device");
	}
}

static void one_stuck_change_does_not_stop_the_others(void **state)
{
	auto_site *s = site_new(2, 0, NULL);

	(void)state;
	site_number(&s->in.defaults, SETTING_MTU, 9000);
	site_number(&s->in.defaults, SETTING_ARP_IGNORE, 1);
	fake_fail(&s->fake, 4, EBUSY);
	s->fake.fail_n = 2; /* arp_ignore of p1, then that of p0 on its way back */
	assert_int_equal(site_configure(s), -EBUSY);
	assert_int_equal(undo_count(&s->txn.undo, UNDO_DONE), 2);
	assert_int_equal(undo_count(&s->txn.undo, UNDO_FAILED), 1);
	for vec_each(un, &s->txn.undo.undone)
		if (un->result == UNDO_FAILED)
			assert_string_equal(un->port->netdev, "p0");
	assert_int_equal(fake_link(&s->fake, "p0")->mtu, 1500);
	assert_int_equal(fake_link(&s->fake, "p1")->mtu, 1500);
}

static void an_empty_plan_writes_nothing(void **state)
{
	auto_site *s = site_new(2, 0, NULL);

	(void)state;
	fake_fail_from(&s->fake, 1, EIO);
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(s->fake.writes, 0);
	assert_int_equal(s->txn.done, 0);
	assert_null(s->txn.failed);
}

static void a_whole_run_can_be_undone_by_hand(void **state)
{
	auto_site *s = two_ports();
	struct fake_state before = fake_snapshot(&s->fake);

	(void)state;
	assert_int_equal(site_configure(s), 0);
	for (size_t i = s->plan.ops.n; i-- > 0;) {
		const struct op *op = &s->plan.ops.at[i];

		assert_int_equal(op->setting->apply(&s->fake.k, op, &op->want, &op->old, &s->err),
				 0);
	}
	assert_null(fake_difference(&s->fake, &before));
}

static void a_removed_default_route_comes_back(void **state)
{
	auto_site *s = site_new(1, 0, "10.0.0.1/24");

	(void)state;
	site_gateway(&s->in.defaults, "10.0.0.254", 4);
	assert_int_equal(site_configure(s), 0);
	struct fake_state before = fake_snapshot(&s->fake);
	s->in.defaults.gateway.is = OPT_NONE;
	s->in.defaults.rule_priority = (struct opt_u32){ OPT_SET, 1000 };
	fake_fail(&s->fake, 2, ENOMEM);
	assert_int_equal(site_configure(s), -ENOMEM);
	assert_int_equal(undo_count(&s->txn.undo, UNDO_DONE), 1);
	assert_null(fake_difference(&s->fake, &before));
}

static void only_touched_ports_are_announced(void **state)
{
	auto_site *s = site_new(3, 0, "10.0.0.1/24");

	(void)state;
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(txn_announce(&s->fake.k, &s->plan, &s->wishes, &s->arena), 0);
	assert_int_equal(s->fake.announced, 3);
	fake_link(&s->fake, "p1")->conf[settings[SETTING_ARP_IGNORE].conf] = 0;
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(txn_announce(&s->fake.k, &s->plan, &s->wishes, &s->arena), 0);
	assert_int_equal(s->fake.announced, 4);
}

static void a_failed_announcement_is_told(void **state)
{
	auto_site *s = site_new(3, 0, "10.0.0.1/24");

	(void)state;
	assert_int_equal(site_configure(s), 0);
	fake_link(&s->fake, "p1")->ifindex = 99;
	assert_int_equal(txn_announce(&s->fake.k, &s->plan, &s->wishes, &s->arena), -ENODEV);
}

static bool stop_at(void *user)
{
	return (*(size_t *)user)-- == 0;
}

static void a_signal_between_two_changes_takes_all_back(void **state)
{
	(void)state;
	for (size_t at = 0; at < WRITES; at++) {
		auto_site *s = two_ports();
		struct fake_state before = fake_snapshot(&s->fake);
		size_t left = at;

		s->options.stop = stop_at;
		s->options.user = &left;
		assert_int_equal(site_configure(s), -EINTR);
		assert_string_equal(s->err.text, "interrupted by a signal");
		assert_ptr_not_equal(s->txn.failed, NULL);
		const char *differs = fake_difference(&s->fake, &before);
		if (differs)
			fail_msg("change %zu: %s", at, differs);
	}
}

static void a_transaction_without_a_start_says_nothing_was_done(void **state)
{
	auto_site *s = two_ports();

	(void)state;
	s->options.dir = 9999; /* no such directory: not even the journal can be begun */
	memset(&s->txn, 0xa5, sizeof(s->txn));
	assert_int_equal(site_configure(s), -EBADF);
	assert_int_equal(s->fake.writes, 0);
	assert_int_equal(s->txn.done, 0);
	assert_null(s->txn.failed);
	assert_int_equal(s->txn.undo.undone.n, 0);
	assert_int_equal(s->id, 0);
}

static int never(void *asked, struct err *e)
{
	(*(size_t *)asked)++;
	return err_set(e, -EHOSTUNREACH, "not so");
}

static void a_check_that_fails_takes_every_change_back(void **state)
{
	auto_site *s = site_every_setting();
	struct fake_state before = fake_snapshot(&s->fake);
	size_t asked = 0;

	(void)state;
	s->options.check = never;
	s->options.user = &asked;
	assert_int_equal(site_configure(s), -EHOSTUNREACH);
	assert_string_equal(s->err.text, "not so");
	assert_int_equal(asked, 1);
	assert_int_equal(undo_count(&s->txn.undo, UNDO_DONE), s->plan.ops.n);
	assert_null(fake_difference(&s->fake, &before));
}

static int (*objects)(struct kern *k, struct arena *a, struct raws *ret, struct err *e);
static int objects_left; /* calls until p1 goes */

static int objects_unplugging(struct kern *k, struct arena *a, struct raws *ret, struct err *e)
{
	if (objects_left-- == 0)
		fake_link(CONTAINER_OF(k, struct fake, k), "p1")->ifindex = 99;
	return objects(k, a, ret, e);
}

/* no write fails then: the last one has been made */
static void a_port_that_goes_after_its_last_change_takes_the_others_back(void **state)
{
	auto_site *s = site_every_setting();

	(void)state;
	objects = s->fake.k.objects;
	objects_left = 1; /* asked before the changes, then after them */
	s->fake.k.objects = objects_unplugging;
	assert_int_equal(site_configure(s), -ENODEV);
	assert_string_equal(s->err.text, "p1: the port has gone meanwhile");
	assert_int_equal(fake_link(&s->fake, "p0")->mtu, 1500);
	for vec_each(un, &s->txn.undo.undone)
		if (un->setting != &settings[SETTING_RULE])
			assert_int_equal(un->result, un->port && un->port->ifindex == 11 ? UNDO_GONE : UNDO_DONE);
}

/* p1 has no other address than ours, and a route of somebody else. */
static struct site *foreign_route(void)
{
	struct site *s = site_new(2, 0, "10.0.0.1/24");

	fake_route_add(&s->fake, "p1", "198.51.100.0/24", 500)->protocol = RTPROT_BOOT;
	return s;
}

static void a_foreign_route_that_vanishes_with_our_address_is_put_back(void **state)
{
	auto_site *s = foreign_route();
	struct fake_state before = fake_snapshot(&s->fake);

	(void)state;
	site_plan(s);
	size_t writes = s->plan.ops.n;
	for (size_t at = 1; at <= writes; at++) {
		fake_fail(&s->fake, at, EBUSY);
		if (site_configure(s) == 0)
			break;
		const char *differs = fake_difference(&s->fake, &before);
		if (differs)
			fail_msg("write %zu: %s", at, differs);
	}
	assert_int_equal(s->txn.done, s->plan.ops.n);
}

static void what_was_put_back_beside_the_changes_is_told_once(void **state)
{
	auto_site *s = foreign_route();

	(void)state;
	site_plan(s);
	fake_fail(&s->fake, 8, EBUSY); /* the rule of p1: both addresses are there */
	assert_int_equal(site_configure(s), -EBUSY);
	auto_arena a = { 0 };
	assert_int_equal(s->txn.undo.back.n, 1);
	assert_string_equal(raw_text(&s->txn.undo.back.at[0], &a), "route 198.51.100.0/24 table 500");
	assert_int_equal(s->txn.undo.missing.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_single_failure_leaves_the_node_as_it_was),
		cmocka_unit_test(each_single_failure_of_each_setting_leaves_the_node_as_it_was),
		cmocka_unit_test(the_first_cause_is_told_with_the_ports_name),
		cmocka_unit_test(a_failed_mtu_is_told_whole),
		cmocka_unit_test(a_failed_conf_names_the_setting),
		cmocka_unit_test(what_cannot_be_taken_back_is_listed),
		cmocka_unit_test(one_stuck_change_does_not_stop_the_others),
		cmocka_unit_test(an_empty_plan_writes_nothing),
		cmocka_unit_test(a_whole_run_can_be_undone_by_hand),
		cmocka_unit_test(a_removed_default_route_comes_back),
		cmocka_unit_test(a_signal_between_two_changes_takes_all_back),
		cmocka_unit_test(a_transaction_without_a_start_says_nothing_was_done),
		cmocka_unit_test(a_check_that_fails_takes_every_change_back),
		cmocka_unit_test(a_port_that_goes_after_its_last_change_takes_the_others_back),
		cmocka_unit_test(a_foreign_route_that_vanishes_with_our_address_is_put_back),
		cmocka_unit_test(what_was_put_back_beside_the_changes_is_told_once),
		cmocka_unit_test(only_touched_ports_are_announced),
		cmocka_unit_test(a_failed_announcement_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
