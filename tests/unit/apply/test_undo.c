/* SPDX-License-Identifier: MIT */
/* Taking back by the journal: after death at any point, with foreign changes, without the port. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fake/site.h"
#include "fake/tempdir.h"
#include "test.h"

/* A site that keeps a journal, and the state before. */
struct bench {
	struct site *site;
	struct fake *f;
	int dir;
	struct fake_state before;
	struct undo undo;
	struct err err;
};

/* Two ports: p0 has an address and the default route of another in its table; p1 has no address and is
 * down; foreign routes on both. */
static int bench_open(void **state)
{
	static struct bench b;

	b = (struct bench){ .site = site_new(2, 0, "10.0.0.1/24") };
	b.f = &b.site->fake;
	b.site->options.dir = b.dir = site_tempdir(b.site);
	fake_link(b.f, "p1")->up = false;
	fake_addr_add(b.f, "p0", "172.16.0.1/16");
	fake_route_add(b.f, "p0", "0.0.0.0/0", 101)->gateway = ip_is("172.16.0.254");
	fake_route_add(b.f, "p0", "198.51.100.0/24", 500)->protocol = RTPROT_BOOT;
	site_number(&b.site->in.defaults, SETTING_MTU, 4200);
	site_gateway(&b.site->in.defaults, "10.0.0.254", 4);
	b.before = fake_snapshot(b.f);
	*state = &b;
	return 0;
}

/* Both ports up and without addresses; a foreign route on p1. */
static void bare_ports(struct bench *b)
{
	site_free(b->site);
	b->site = site_new(2, 0, "10.0.0.1/24");
	b->f = &b->site->fake;
	b->site->options.dir = b->dir = site_tempdir(b->site);
	fake_route_add(b->f, "p1", "198.51.100.0/24", 500)->protocol = RTPROT_BOOT;
	site_gateway(&b->site->in.defaults, "10.0.0.254", 4);
	b->before = fake_snapshot(b->f);
}

static void bench_renew(struct bench **b)
{
	void *p = *b;

	site_teardown(&p);
	bench_open(&p);
	*b = p;
}

static void configure(struct bench *b)
{
	if (site_configure(b->site) < 0)
		fail_msg("%s", b->site->err.text);
}

static int run_configure(void *user)
{
	struct bench *b = user;

	return site_configure(b->site);
}

/* `doroce revert` of the newest journal */
static int run_undo(void *user)
{
	struct bench *b = user;
	struct arena *a = &b->site->arena;
	unsigned int id = journal_next_id(b->dir) - 1;
	struct journal j = { .dir = b->dir, .log = -1 };
	struct entry en;

	b->err = (struct err){ 0 };
	b->undo = (struct undo){ 0 };
	assert_int_equal(journal_load(b->dir, id, a, &en, &b->err), 0);
	assert_int_equal(journal_open(b->dir, id, &j, &b->err), 0);
	int r = undo_run(&b->f->k, &en, &j, a, &b->undo, &b->err);
	if (r == 0)
		r = journal_end(&j, "reverted", NULL, &b->err);
	journal_close(&j);
	return r;
}

static void must_be_as_before(struct bench *b, const char *what, size_t n, size_t m)
{
	const char *differs = fake_difference(b->f, &b->before);

	if (differs)
		fail_msg("%s %zu, %zu: %s", what, n, m, differs);
}

static enum entry_state newest_state(struct bench *b)
{
	struct entry en;

	assert_int_equal(journal_load(b->dir, journal_next_id(b->dir) - 1, &b->site->arena, &en, NULL),
			 0);
	return en.state;
}

static const struct undone *undone_of(const struct bench *b, const char *netdev, enum setting_id id)
{
	for vec_each(un, &b->undo.undone)
		if (setting_id(un->setting) == id && strcmp(un->port->netdev, netdev) == 0)
			return un;
	return NULL;
}

static void a_finished_configure_is_taken_back(void **state)
{
	struct bench *b = *state;

	configure(b);
	assert_int_equal(newest_state(b), ENTRY_APPLIED);
	assert_int_equal(run_undo(b), 0);
	assert_int_equal(undo_count(&b->undo, UNDO_DONE), b->site->plan.ops.n);
	must_be_as_before(b, "undo", 0, 0);
	assert_int_equal(newest_state(b), ENTRY_REVERTED);
	size_t writes = b->f->writes;
	assert_int_equal(run_undo(b), 0);
	assert_int_equal(undo_count(&b->undo, UNDO_NOTHING), b->site->plan.ops.n);
	assert_int_equal(b->f->writes, writes);
}

static void each_failing_write_is_taken_back_and_noted(void **state)
{
	static const int errors[] = { EPERM, ENOMEM, EBUSY, ENODEV };
	struct bench *b = *state;
	size_t at = 0;

	for (int r = -1; r < 0;) {
		at++;
		for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
			bench_renew(&b);
			fake_fail(b->f, at, errors[i]);
			r = site_configure(b->site);
			if (r == 0)
				break;
			assert_int_equal(r, -errors[i]);
			must_be_as_before(b, "failing write", at, i);
			assert_int_equal(newest_state(b), ENTRY_REVERTED);
		}
	}
	assert_true(at > 10);
}

static void death_at_each_write_is_taken_back(void **state)
{
	struct bench *b = *state;

	for (size_t torn = 0; torn < 2; torn++)
		for (size_t n = 1;; n++) {
			bench_renew(&b);
			if (!site_dies(b->site, run_configure, b, n))
				break;
			if (torn)
				file_cut(b->dir, "000001.log", 4);
			assert_int_equal(newest_state(b), ENTRY_UNFINISHED);
			if (run_undo(b) < 0)
				fail_msg("death %zu: %s", n, b->err.text);
			must_be_as_before(b, "death", n, torn);
			assert_int_equal(newest_state(b), ENTRY_REVERTED);
		}
}

static void death_while_taking_back_is_taken_back_too(void **state)
{
	struct bench *b = *state;
	bool died = true;

	for (size_t n = 1; died; n++)
		for (size_t m = 1;; m++) {
			bench_renew(&b);
			died = site_dies(b->site, run_configure, b, n);
			if (!site_dies(b->site, run_undo, b, m))
				break;
			file_cut(b->dir, "000001.log", m % 5);
			if (run_undo(b) < 0)
				fail_msg("death %zu, %zu: %s", n, m, b->err.text);
			must_be_as_before(b, "death", n, m);
			assert_int_equal(newest_state(b), ENTRY_REVERTED);
		}
}

static void a_failing_way_back_can_be_gone_again(void **state)
{
	struct bench *b = *state;

	for (size_t m = 1;; m++) {
		bench_renew(&b);
		configure(b);
		fake_fail(b->f, m, EBUSY);
		int r = run_undo(b);
		if (r == 0)
			break;
		assert_int_equal(r, -EIO);
		assert_string_equal(b->err.text, "not everything could be put back");
		assert_int_equal(run_undo(b), 0);
		must_be_as_before(b, "failing undo", m, 0);
	}
	must_be_as_before(b, "undo", 0, 0);
}

static void foreign_values_are_kept_and_told(void **state)
{
	struct bench *b = *state;

	configure(b);
	fake_link(b->f, "p0")->mtu = 2000;
	assert_int_equal(run_undo(b), 0);
	assert_int_equal(undo_count(&b->undo, UNDO_CONFLICT), 1);
	const struct undone *un = undone_of(b, "p0", SETTING_MTU);
	assert_int_equal(un->result, UNDO_CONFLICT);
	assert_int_equal(un->seen.number, 2000);
	assert_int_equal(un->old.number, 1500);
	assert_int_equal(un->want.number, 4200);
	assert_int_equal(fake_link(b->f, "p0")->mtu, 2000);
	fake_link(b->f, "p0")->mtu = 1500;
	must_be_as_before(b, "foreign mtu", 0, 0);
}

static void what_somebody_else_took_back_already_is_nothing_to_do(void **state)
{
	struct bench *b = *state;

	configure(b);
	fake_link(b->f, "p1")->mtu = 1500;
	for vec_each(op, &b->site->plan.ops) {
		if (op->want.kind == VALUE_RULE)
			b->f->k.rule_set(&b->f->k, CHANGE_DEL, &op->want.rule, NULL);
		if (op->want.kind == VALUE_ADDR)
			b->f->k.addr_set(&b->f->k, CHANGE_DEL, &op->want.addr, NULL);
	}
	assert_int_equal(run_undo(b), 0);
	assert_int_equal(undone_of(b, "p1", SETTING_MTU)->result, UNDO_NOTHING);
	assert_int_equal(undone_of(b, "p0", SETTING_RULE)->result, UNDO_NOTHING);
	assert_int_equal(undone_of(b, "p1", SETTING_ADDRESS)->result, UNDO_NOTHING);
	assert_int_equal(undone_of(b, "p0", SETTING_ARP_IGNORE)->result, UNDO_DONE);
	must_be_as_before(b, "foreign deletion", 0, 0);
}

/* The default route of p0's table, which was exchanged. */
static struct route *default_route(struct bench *b)
{
	for vec_each(rt, &b->f->now.routes)
		if (rt->table == 101 && rt->dst.len == 0)
			return rt;
	fail_msg("no default route");
	return NULL;
}

static void a_foreign_gateway_is_kept(void **state)
{
	struct bench *b = *state;

	for (int crashed = 0; crashed < 2; crashed++) {
		bench_renew(&b);
		struct route old = *default_route(b);
		/* the last change is the rule of p1: all others are made */
		assert_true(site_dies(b->site, run_configure, b, crashed ? 13 : 99) == crashed);
		default_route(b)->gateway = ip_is("172.16.0.99");
		if (run_undo(b) < 0)
			fail_msg("%s", b->err.text);
		assert_int_equal(undo_count(&b->undo, UNDO_CONFLICT), 1);
		assert_int_equal(b->undo.missing.n, 0);
		assert_true(ip_equal(&default_route(b)->gateway, &(struct ip){ AF_INET,
									      { 172, 16, 0, 99 } }));
		*default_route(b) = old;
		must_be_as_before(b, "foreign gateway", 0, 0);
	}
}

/* a route of ours that took the place of another one is gone: nobody is to bring either back */
static void a_route_that_was_deleted_since_stays_deleted(void **state)
{
	struct bench *b = *state;

	for (int crashed = 0; crashed < 2; crashed++) {
		bench_renew(&b);
		assert_true(site_dies(b->site, run_configure, b, crashed ? 13 : 99) == crashed);
		struct route gone = *default_route(b);
		assert_int_equal(b->f->k.route_set(&b->f->k, CHANGE_DEL, &gone, NULL), 0);
		if (run_undo(b) < 0)
			fail_msg("%s", b->err.text);
		assert_int_equal(undo_count(&b->undo, UNDO_CONFLICT), 1);
		assert_int_equal(b->undo.back.n, 0);
		for vec_each(rt, &b->f->now.routes)
			assert_true(rt->table != 101 || rt->dst.len != 0);
	}
}

static void foreign_objects_beside_ours_are_kept(void **state)
{
	struct bench *b = *state;

	configure(b);
	fake_addr_add(b->f, "p0", "172.20.0.1/16");
	fake_rule_add(b->f, 700, "10.0.0.0/24", 700);
	struct route *rt = fake_route_add(b->f, "p0", "203.0.113.0/24", 700);
	assert_int_equal(run_undo(b), 0);
	assert_int_equal(undo_count(&b->undo, UNDO_CONFLICT), 0);
	assert_string_equal(fake_difference(b->f, &b->before),
			    "left over: address 172.20.0.1/16 on 10");
	assert_int_equal(b->f->now.rules.at[b->f->now.rules.n - 1].priority, 700);
	assert_int_equal(b->f->now.addrs.n, b->before.addrs.n + 1);
	assert_int_equal(b->f->now.rules.n, b->before.rules.n + 1);
	assert_int_equal(b->f->now.routes.n, b->before.routes.n + 2); /* a connected one, theirs */
	(void)rt;
}

static void routes_that_go_with_our_address_are_put_back(void **state)
{
	struct bench *b = *state;
	auto_arena a = { 0 };

	bare_ports(b);
	configure(b);
	assert_int_equal(run_undo(b), 0);
	must_be_as_before(b, "side effect", 0, 0);
	assert_int_equal(b->undo.back.n, 1);
	assert_string_equal(raw_text(b->undo.back.at, &a), "route 198.51.100.0/24 table 500");
	assert_int_equal(b->undo.missing.n, 0);
}

static int (*put_back)(struct kern *k, const struct raw *r, bool replace, struct err *e);

/* Somebody else has done it a moment before. */
static int put_back_late(struct kern *k, const struct raw *r, bool replace, struct err *e)
{
	int code = put_back(k, r, replace, e);

	return code < 0 ? code : err_set(e, -EEXIST, "too late");
}

static void what_a_manager_puts_back_meanwhile_is_not_missing(void **state)
{
	struct bench *b = *state;

	bare_ports(b);
	configure(b);
	put_back = b->f->k.put_back;
	b->f->k.put_back = put_back_late;
	assert_int_equal(run_undo(b), 0);
	must_be_as_before(b, "side effect", 0, 0);
	assert_int_equal(b->undo.missing.n, 0);
}

static int (*rule_really_set)(struct kern *k, enum change c, const struct rule *ru, struct err *e);

static int rule_set_late(struct kern *k, enum change c, const struct rule *ru, struct err *e)
{
	int code = rule_really_set(k, c, ru, e);

	return code < 0 ? code : err_set(e, -ENOENT, "too late");
}

static void what_a_manager_takes_away_meanwhile_is_gone(void **state)
{
	struct bench *b = *state;

	configure(b);
	rule_really_set = b->f->k.rule_set;
	b->f->k.rule_set = rule_set_late;
	assert_int_equal(run_undo(b), 0);
	must_be_as_before(b, "rules", 0, 0);
	assert_int_equal(undo_count(&b->undo, UNDO_NOTHING), 2);
}

static void the_mtu_of_a_vlan_comes_back_after_that_of_its_port(void **state)
{
	auto_site *s = site_new(1, 0, NULL);
	struct link *l = fake_link_add(&s->fake, 50, "p0.100");

	(void)state;
	*l = *fake_link(&s->fake, "p0");
	l->ifindex = 50;
	strcpy(l->name, "p0.100");
	strcpy(l->kind, "vlan");
	l->vlan_id = 100;
	l->lower = fake_link(&s->fake, "p0")->ifindex;
	site_number(site_entry(s, "p0", 3), SETTING_MTU, 1400);
	site_number(site_entry(s, "p0.100", 4), SETTING_MTU, 1300);
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(fake_link(&s->fake, "p0.100")->mtu, 1300);
	struct entry en = entry_of_plan(&s->plan, &s->arena);
	struct undo u = { 0 };
	en.state = ENTRY_APPLIED;
	en.did = en.ops.n;
	assert_int_equal(undo_run(&s->fake.k, &en, NULL, &s->arena, &u, &s->err), 0);
	assert_int_equal(fake_link(&s->fake, "p0.100")->mtu, 1500);
	assert_int_equal(fake_link(&s->fake, "p0")->mtu, 1500);
}

/* also those that came after the configure */
static void later_routes_that_go_with_our_address_are_put_back(void **state)
{
	struct bench *b = *state;

	bare_ports(b);
	configure(b);
	fake_route_add(b->f, "p0", "203.0.113.0/24", 700);
	assert_int_equal(run_undo(b), 0);
	assert_int_equal(b->undo.back.n, 2);
	assert_string_equal(fake_difference(b->f, &b->before),
			    "left over: route 203.0.113.0/24 table 700");
}

static void a_foreign_route_that_needs_our_address_is_told_as_missing(void **state)
{
	struct bench *b = *state;
	auto_arena a = { 0 };

	bare_ports(b);
	configure(b);
	fake_route_add(b->f, "p0", "203.0.113.0/24", 700)->gateway = ip_is("10.0.0.77");
	assert_int_equal(run_undo(b), -EIO);
	assert_int_equal(b->undo.missing.n, 1);
	assert_string_equal(raw_text(b->undo.missing.at, &a),
			    "route 203.0.113.0/24 via 10.0.0.77 table 700");
	must_be_as_before(b, "missing", 0, 0);
}

static void death_between_a_change_and_its_side_effect_is_taken_back(void **state)
{
	struct bench *b = *state;

	for (size_t n = 1;; n++) {
		bench_renew(&b);
		bare_ports(b);
		configure(b);
		if (!site_dies(b->site, run_undo, b, n))
			break;
		assert_int_equal(run_undo(b), 0);
		must_be_as_before(b, "death in undo", n, 0);
	}
}

static void a_port_that_is_gone_is_told_and_the_others_are_taken_back(void **state)
{
	struct bench *b = *state;

	for (int crashed = 0; crashed < 2; crashed++) {
		bench_renew(&b);
		assert_true(site_dies(b->site, run_configure, b, crashed ? 13 : 99) == crashed);
		fake_link(b->f, "p0")->ifindex = 99; /* unplugged and back: another device */
		for (struct route *rt = b->f->now.routes.at; rt < b->f->now.routes.at + b->f->now.routes.n;)
			if (rt->oif == 10)
				*rt = b->f->now.routes.at[--b->f->now.routes.n];
			else
				rt++;
		for (struct addr *ad = b->f->now.addrs.at; ad < b->f->now.addrs.at + b->f->now.addrs.n;)
			if (ad->ifindex == 10)
				*ad = b->f->now.addrs.at[--b->f->now.addrs.n];
			else
				ad++;
		if (run_undo(b) < 0)
			fail_msg("%s", b->err.text);
		assert_int_equal(undone_of(b, "p0", SETTING_MTU)->result, UNDO_GONE);
		assert_int_equal(undone_of(b, "p0", SETTING_ADDRESS)->result, UNDO_GONE);
		assert_int_equal(undone_of(b, "p1", SETTING_MTU)->result, UNDO_DONE);
		assert_int_equal(b->undo.missing.n, 0);
		assert_int_equal(fake_link(b->f, "p1")->mtu, 1500);
		assert_int_equal(fake_link(b->f, "p0")->mtu, 4200);
	}
}

/* ifindex, name and MAC address have to be the same */
static void another_device_in_the_place_of_the_port_is_left_alone(void **state)
{
	struct bench *b = *state;

	for (int i = 0; i < 2; i++) {
		bench_renew(&b);
		configure(b);
		struct link *l = fake_link(b->f, "p0");
		if (i)
			l->mac[5]++;
		else
			strcpy(l->name, "px");
		size_t addrs = b->f->now.addrs.n;
		if (run_undo(b) < 0)
			fail_msg("%s", b->err.text);
		assert_int_equal(undone_of(b, "p0", SETTING_MTU)->result, UNDO_GONE);
		assert_int_equal(l->mtu, 4200);
		assert_int_equal(b->f->now.addrs.n, addrs - 1); /* of p1 alone */
	}
}

/* Five settings that one message wrote, taken back to five different values. */
static void joined_settings_are_taken_back_one_by_one(void **state)
{
	struct bench *b = *state;
	struct link *l = fake_link(b->f, "p0");
	static const enum setting_id ids[] = { SETTING_ARP_IGNORE, SETTING_ARP_ANNOUNCE,
					       SETTING_ARP_FILTER, SETTING_ARP_ACCEPT,
					       SETTING_RP_FILTER };

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		l->conf[settings[ids[i]].conf] = 50 + (uint32_t)i;
		site_number(&b->site->in.defaults, ids[i], 1);
	}
	b->before = fake_snapshot(b->f);
	size_t writes = b->f->writes;
	configure(b);
	size_t ops = 0;
	for vec_each(op, &b->site->plan.ops)
		ops += op->setting->stage == STAGE_SYSCTL;
	assert_int_equal(ops, 10);
	assert_true(b->f->writes - writes <= b->site->plan.ops.n - 8);
	l->conf[settings[SETTING_ARP_FILTER].conf] = 77;
	assert_int_equal(run_undo(b), 0);
	assert_int_equal(undone_of(b, "p0", SETTING_ARP_FILTER)->result, UNDO_CONFLICT);
	assert_int_equal(l->conf[settings[SETTING_ARP_FILTER].conf], 77);
	l->conf[settings[SETTING_ARP_FILTER].conf] = 52;
	must_be_as_before(b, "joined", 0, 0);
}

static void an_entry_without_changes_writes_nothing(void **state)
{
	struct bench *b = *state;
	struct entry en;

	configure(b);
	assert_int_equal(journal_load(b->dir, 1, &b->site->arena, &en, NULL), 0);
	en.ops.n = 0; /* nothing to take back: nothing is written */
	size_t writes = b->f->writes;
	assert_int_equal(undo_run(&b->f->k, &en, NULL, &b->site->arena, &b->undo, &b->err), 0);
	assert_int_equal(b->f->writes, writes);
	assert_int_equal(b->undo.undone.n, 0);
}

/* Of the node, by whatever undoes. */
static size_t reads;
static int (*links_read)(struct kern *k, struct arena *a, struct links *ret, struct err *e);

static int links_counted(struct kern *k, struct arena *a, struct links *ret, struct err *e)
{
	reads++;
	return links_read(k, a, ret, e);
}

static void more_ports_are_not_more_reads(void **state)
{
	static const size_t ports[] = { 2, 20 };
	struct bench *b = *state;
	size_t seen[ARRAY_LEN(ports)];

	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		site_free(b->site);
		b->site = site_new(ports[i], 0, "10.0.0.1/24");
		b->f = &b->site->fake;
		b->site->options.dir = b->dir = site_tempdir(b->site);
		site_number(&b->site->in.defaults, SETTING_MTU, 4200);
		configure(b);
		reads = 0;
		links_read = b->f->k.links;
		b->f->k.links = links_counted;
		assert_int_equal(run_undo(b), 0);
		seen[i] = reads;
	}
	assert_int_equal(seen[0], seen[1]);
}

#define bench_test(f) cmocka_unit_test_setup_teardown(f, bench_open, site_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(a_finished_configure_is_taken_back),
		bench_test(each_failing_write_is_taken_back_and_noted),
		bench_test(death_at_each_write_is_taken_back),
		bench_test(death_while_taking_back_is_taken_back_too),
		bench_test(a_failing_way_back_can_be_gone_again),
		bench_test(foreign_values_are_kept_and_told),
		bench_test(what_somebody_else_took_back_already_is_nothing_to_do),
		bench_test(a_foreign_gateway_is_kept),
		bench_test(a_route_that_was_deleted_since_stays_deleted),
		bench_test(foreign_objects_beside_ours_are_kept),
		bench_test(routes_that_go_with_our_address_are_put_back),
		bench_test(what_a_manager_puts_back_meanwhile_is_not_missing),
		bench_test(what_a_manager_takes_away_meanwhile_is_gone),
		cmocka_unit_test(the_mtu_of_a_vlan_comes_back_after_that_of_its_port),
		bench_test(later_routes_that_go_with_our_address_are_put_back),
		bench_test(a_foreign_route_that_needs_our_address_is_told_as_missing),
		bench_test(death_between_a_change_and_its_side_effect_is_taken_back),
		bench_test(a_port_that_is_gone_is_told_and_the_others_are_taken_back),
		bench_test(another_device_in_the_place_of_the_port_is_left_alone),
		bench_test(joined_settings_are_taken_back_one_by_one),
		bench_test(an_entry_without_changes_writes_nothing),
		bench_test(more_ports_are_not_more_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
