/* SPDX-License-Identifier: MIT */
/* What a revert would do, told before; which changes of two journals are of the same place. */
#include <stdio.h>
#include <string.h>

#include "fake/site.h"
#include "test.h"

/* A configured site and its change as a journal would tell it. */
static struct site *configured(struct entry *ret)
{
	struct site *s = site_every_setting();

	assert_int_equal(site_configure(s), 0);
	*ret = entry_of_plan(&s->plan, &s->arena);
	return s;
}

static struct undo preview(struct site *s, const struct entry *en)
{
	struct undo u = { 0 };
	struct node n;

	assert_int_equal(entry_node_read(&s->fake.k, en, &s->arena, &n, &s->err), 0);
	undo_preview(&n, en, &s->arena, &u);
	return u;
}

static void must_come_true(struct site *s, const struct entry *en)
{
	size_t writes = s->fake.writes;
	struct undo told = preview(s, en), done = { 0 };

	assert_int_equal(s->fake.writes, writes);
	(void)undo_run(&s->fake.k, en, NULL, &s->arena, &done, &s->err);
	assert_int_equal(told.undone.n, en->ops.n);
	assert_int_equal(done.undone.n, en->ops.n);
	for (size_t i = 0; i < told.undone.n; i++) {
		assert_ptr_equal(told.undone.at[i].setting, done.undone.at[i].setting);
		assert_int_equal(told.undone.at[i].result, done.undone.at[i].result);
	}
}

static void a_whole_revert_is_foretold(void **state)
{
	struct entry en;
	auto_site *s = configured(&en);

	(void)state;
	assert_int_equal(undo_count(&(struct undo){ 0 }, UNDO_DONE), 0);
	struct undo u = preview(s, &en);
	assert_int_equal(undo_count(&u, UNDO_DONE), en.ops.n);
	must_come_true(s, &en);
	u = preview(s, &en);
	assert_int_equal(undo_count(&u, UNDO_NOTHING), en.ops.n);
}

static void conflicts_are_foretold_with_what_is_there(void **state)
{
	struct entry en;
	auto_site *s = configured(&en);

	(void)state;
	fake_link(&s->fake, "p0")->mtu = 3000;
	site_file_add(s, "/etc/new", "edited");
	struct undo u = preview(s, &en);
	assert_int_equal(undo_count(&u, UNDO_CONFLICT), 2);
	assert_int_equal(undo_count(&u, UNDO_DONE), en.ops.n - 2);
	for vec_each(un, &u.undone)
		if (un->result == UNDO_CONFLICT && un->setting == &settings[SETTING_MTU])
			assert_int_equal(un->seen.number, 3000);
		else if (un->result == UNDO_CONFLICT)
			assert_string_equal(un->seen.file.text, "edited");
	must_come_true(s, &en);
}

static void a_port_that_has_gone_is_foretold(void **state)
{
	struct entry en;
	auto_site *s = configured(&en);

	(void)state;
	fake_link(&s->fake, "p1")->ifindex = 99;
	struct undo u = preview(s, &en);
	for vec_each(un, &u.undone)
		if (un->port && strcmp(un->port->netdev, "p1") == 0 && un->setting != &settings[SETTING_RULE])
			assert_int_equal(un->result, UNDO_GONE);
	must_come_true(s, &en);
}

/* True when change i of en is of the same place as one of other. */
static bool is_in(const struct entry *en, size_t i, const struct entry *other)
{
	for vec_each(op, &other->ops)
		if (entry_op_same(en, &en->ops.at[i], other, op))
			return true;
	return false;
}

static void each_change_is_of_its_own_place(void **state)
{
	struct entry en;
	auto_site *s = configured(&en); /* lives as long as en is looked at */

	(void)state;
	(void)s;
	for (size_t i = 0; i < en.ops.n; i++)
		for (size_t j = 0; j < en.ops.n; j++)
			if (entry_op_same(&en, &en.ops.at[i], &en, &en.ops.at[j]) != (i == j))
				fail_msg("%s and %s", en.ops.at[i].setting->name, en.ops.at[j].setting->name);
}

static void other_values_of_a_number_a_route_a_file_are_of_the_same_place(void **state)
{
	struct entry en, later;
	auto_site *s = configured(&en);
	size_t same = 0;

	(void)state;
	site_number(&s->in.defaults, SETTING_MTU, 9000);
	site_gateway(&s->in.defaults, "10.0.0.253", 4);
	s->files.n = 0;
	site_file(s, "/etc/new", "ours again");
	assert_int_equal(site_configure(s), 0);
	later = entry_of_plan(&s->plan, &s->arena);
	assert_int_equal(later.ops.n, 2 + 2 + 1);
	for (size_t i = 0; i < en.ops.n; i++)
		same += is_in(&en, i, &later);
	assert_int_equal(same, later.ops.n);
}

static void another_port_address_or_rule_is_another_place(void **state)
{
	struct entry en, later;
	auto_site *s = configured(&en);

	(void)state;
	s->in.sequence.v = prefix_is("10.0.0.101/24");
	s->in.defaults.rule_priority = (struct opt_u32){ OPT_SET, 1000 };
	assert_int_equal(site_configure(s), 0);
	later = entry_of_plan(&s->plan, &s->arena);
	for (size_t i = 0; i < later.ops.n; i++)
		if (later.ops.at[i].setting != &settings[SETTING_ROUTE])
			assert_false(is_in(&later, i, &en));
	/* a netdev made anew has another ifindex */
	later = en;
	later.ports.at = arena_array(&s->arena, struct entry_port, en.ports.n);
	memcpy(later.ports.at, en.ports.at, en.ports.n * sizeof(*en.ports.at));
	for vec_each(port, &later.ports)
		port->ifindex += 90;
	for (size_t i = 0; i < later.ops.n; i++)
		assert_int_equal(is_in(&later, i, &en), later.ops.at[i].port < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_revert_is_foretold),
		cmocka_unit_test(conflicts_are_foretold_with_what_is_there),
		cmocka_unit_test(a_port_that_has_gone_is_foretold),
		cmocka_unit_test(each_change_is_of_its_own_place),
		cmocka_unit_test(other_values_of_a_number_a_route_a_file_are_of_the_same_place),
		cmocka_unit_test(another_port_address_or_rule_is_another_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
