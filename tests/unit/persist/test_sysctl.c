/* SPDX-License-Identifier: MIT */
/* The settings of the ports for systemd-sysctl. */
#include "golden.h"

static struct file_wishes written(struct plans *pl)
{
	struct persist_notes notes = { 0 };
	struct file_wishes ws = { 0 };

	persist_sysctl.write(&pl->in, &ws, &notes);
	assert_int_equal(notes.n, 0);
	return ws;
}

static void each_plan_is_written_as_it_is_kept(void **state)
{
	auto_arena a = { 0 };
	struct plans *(*const plans[])(struct arena *) = { plans_one_subnet, plans_rail_gateway, plans_ipv6 };
	const char *const names[] = { "one-subnet", "rail-gateway", "ipv6" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(plans); i++) {
		struct file_wishes ws = written(plans[i](&a));

		assert_int_equal(ws.n, 1);
		assert_string_equal(ws.at[0].path, "/etc/sysctl.d/90-doroce.conf");
		assert_int_equal(ws.at[0].mode, 0644);
		assert_true(persist_is_ours(&(struct file){ .text = ws.at[0].text }));
		assert_golden(&a, names[i], "sysctl", &ws);
	}
}

/* With dots the name of a VLAN would be read as another key. */
static void only_what_is_wished_is_written_by_its_port(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_empty(&a);
	struct wish *w = plans_port(pl, "p0.100");

	(void)state;
	memset(w->number, 0, sizeof(w->number));
	w->number[SETTING_ARP_IGNORE] = (struct opt_u32){ OPT_SET, 1 };
	w->number[SETTING_RP_FILTER] = (struct opt_u32){ OPT_NONE, 0 };
	w->number[SETTING_MTU] = (struct opt_u32){ OPT_SET, 4200 };
	struct file_wishes ws = written(pl);
	assert_int_equal(ws.n, 1);
	assert_string_equal(ws.at[0].text, PERSIST_MARK "\nnet/ipv4/conf/p0.100/arp_ignore = 1\n");
}

static void ecn_of_tcp_is_written_with_them(void **state)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_empty(&a);

	(void)state;
	pl->wishes.node.number[SETTING_TCP_ECN] = (struct opt_u32){ OPT_SET, 1 };
	struct file_wishes ws = written(pl);
	assert_int_equal(ws.n, 1);
	assert_string_equal(ws.at[0].text, PERSIST_MARK "\nnet/ipv4/tcp_ecn = 1\n");
}

static void ours_goes_when_nothing_is_wished(void **state)
{
	static const char path[] = "/etc/sysctl.d/90-doroce.conf";
	auto_arena a = { 0 };
	struct plans *none = plans_empty(&a), *ours = plans_empty(&a), *theirs = plans_empty(&a);

	(void)state;
	plans_seen(ours, path, PERSIST_MARK "\nnet/ipv4/conf/p0/arp_ignore = 1\n");
	plans_seen(theirs, path, "net/ipv4/conf/p0/arp_ignore = 1\n");
	assert_int_equal(written(none).n, 0);
	assert_int_equal(written(theirs).n, 0);
	struct file_wishes ws = written(ours);
	assert_int_equal(ws.n, 1);
	assert_int_equal(ws.at[0].is, OPT_NONE);
}

static void every_backend_has_what_the_step_needs(void **state)
{
	(void)state;
	for (const struct backend *b = backends; b->name; b++) {
		assert_ptr_equal(backend_by_name(b->name), b);
		assert_non_null(b->reads);
		assert_non_null(b->write);
	}
	assert_null(backend_by_name("none"));
	assert_null(backend_by_name("auto"));
	assert_null(backend_by_name(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_plan_is_written_as_it_is_kept),
		cmocka_unit_test(only_what_is_wished_is_written_by_its_port),
		cmocka_unit_test(ecn_of_tcp_is_written_with_them),
		cmocka_unit_test(ours_goes_when_nothing_is_wished),
		cmocka_unit_test(every_backend_has_what_the_step_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
