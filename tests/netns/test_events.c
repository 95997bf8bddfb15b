/* SPDX-License-Identifier: MIT */
/* The kernel's events as they come: those that concern nobody wake nobody up, lost ones count. */
#include <net/if.h>
#include <poll.h>

#include "base/cleanup.h"
#include "fake/must.h"
#include "fake/netns.h"
#include "fake/tempdir.h"
#include "kern/events.h"
#include "test.h"

static bool came(const struct events *ev)
{
	struct pollfd fd = { .fd = events_fd(ev), .events = POLLIN };

	return poll(&fd, 1, 5000) == 1;
}

static void only_what_concerns_counts(void **state)
{
	auto_arena a = { 0 };
	struct concern c = { 0 };
	struct err e = { 0 };
	auto_kern *k = netns_ports(2, 0, &e);

	(void)state;
	*vec_add(&a, &c.links) = (int)if_nametoindex("p0");
	auto_events *ev = k ? events_open(&e) : NULL;
	must(ev);
	ip_run("address add 10.1.0.1/24 dev p1");
	assert_true(came(ev));
	assert_false(events_take(ev, &c));
	ip_run("address add 10.0.0.1/24 dev p0");
	assert_true(came(ev));
	assert_true(events_take(ev, &c));
	assert_false(events_take(ev, &c));
}

/* More than any queue holds, none of which concerns. */
static void lost_events_count(void **state)
{
	auto_arena a = { 0 };
	auto_tempdir dir = tempdir_new();
	const char *path = arena_printf(&a, "/proc/%d/fd/%d/batch", getpid(), dir);
	const struct concern nothing = { 0 };
	struct err e = { 0 };
	auto_kern *k = netns_ports(1, 0, &e);
	auto_events *ev = k ? events_open(&e) : NULL;

	(void)state;
	must(ev);
	FILE *f = fopen(path, "we");
	must(f);
	for (int i = 0; i < 20000; i++)
		fprintf(f, "route %s 10.9.0.1/32 dev q0\n", i % 2 ? "del" : "add");
	must(fclose(f) == 0);
	ip_run("-batch %s", path);
	assert_true(events_take(ev, &nothing));
	ip_run("route add 10.9.0.2/32 dev q0");
	assert_true(came(ev));
	assert_false(events_take(ev, &nothing));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_concerns_counts),
		cmocka_unit_test(lost_events_count),
	};

	return cmocka_run_group_tests(tests, netns_group, NULL);
}
