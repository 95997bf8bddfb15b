/* SPDX-License-Identifier: MIT */
/* What the tests of the backends have in common: the four plans, files that are there, many ports. */
#ifndef DOROCE_TESTS_UNIT_PERSIST_BACKEND_H
#define DOROCE_TESTS_UNIT_PERSIST_BACKEND_H

#include <time.h>

#include "golden.h"

struct outcome {
	struct file_wishes files;
	struct persist_notes notes;
};

static inline struct outcome outcome_of(const char *backend, const struct plans *pl)
{
	struct outcome o = { 0 };

	backend_by_name(backend)->write(&pl->in, &o.files, &o.notes);
	return o;
}

static inline size_t fatal_count(const struct outcome *o)
{
	size_t n = 0;

	for vec_each(note, &o->notes)
		n += note->fatal;
	return n;
}

static inline void assert_no_note(const struct outcome *o)
{
	for vec_each(note, &o->notes)
		fail_msg("%s", note->text);
}

/* The only fatal note, which is of the port and has the fragment. */
static inline void assert_fatal(const struct outcome *o, const char *netdev, const char *fragment)
{
	const struct persist_note *note = plans_note(&o->notes, fragment);

	if (!note)
		fail_msg("no note with '%s' among %zu", fragment, o->notes.n);
	assert_true(note->fatal);
	assert_int_equal(fatal_count(o), 1);
	if (netdev)
		assert_string_equal(note->port->link.name, netdev);
}

static inline void assert_told(const struct outcome *o, const char *netdev, const char *fragment)
{
	const struct persist_note *note = plans_note(&o->notes, fragment);

	if (!note)
		fail_msg("no note with '%s' among %zu", fragment, o->notes.n);
	assert_int_equal(fatal_count(o), 0);
	assert_string_equal(note->port->link.name, netdev);
}

/* seen: path and text that are there besides; NULL: none. folder: below each plan's. */
static inline void assert_four_plans(const char *backend, const char *folder, const char *version,
				      const char *path, const char *text, size_t files)
{
	static const struct {
		const char *name;
		struct plans *(*make)(struct arena *a);
	} plans[] = {
		{ "one-subnet", plans_one_subnet },
		{ "rail-gateway", plans_rail_gateway },
		{ "ipv6", plans_ipv6 },
		{ "vlans", plans_vlans },
	};

	for (size_t i = 0; i < ARRAY_LEN(plans); i++) {
		auto_arena a = { 0 };
		struct plans *pl = plans[i].make(&a);

		pl->in.version = version;
		if (path)
			plans_seen(pl, path, text);
		struct outcome o = outcome_of(backend, pl);
		assert_golden(&a, plans[i].name, folder, &o.files);
		assert_int_equal(fatal_count(&o), 0);
		if (files && i < 3)
			assert_int_equal(o.files.n, files);
	}
}

/* What was written lies there; a port goes from the wishes: its files go, the other's stay as they are. */
static inline void assert_port_goes(const char *backend, const char *netdev)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_rail_gateway(&a);
	struct outcome before = outcome_of(backend, pl);

	for vec_each(w, &before.files)
		plans_seen(pl, w->path, w->text);
	pl->wishes.n = 1;
	struct outcome after = outcome_of(backend, pl);
	assert_int_equal(after.files.n, before.files.n);
	for vec_each(w, &after.files)
		assert_int_equal(w->is, strstr(w->path, netdev) ? OPT_NONE : OPT_SET);
}

/* With no wish at all, all of ours goes, and nothing else. */
static inline void assert_all_goes(const char *backend, const char *foreign)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_rail_gateway(&a);
	struct outcome before = outcome_of(backend, pl);

	for vec_each(w, &before.files)
		plans_seen(pl, w->path, w->text);
	plans_seen(pl, foreign, "# of somebody else\n");
	pl->wishes.n = 0;
	struct outcome after = outcome_of(backend, pl);
	assert_int_equal(after.files.n, before.files.n);
	for vec_each(w, &after.files)
		assert_int_equal(w->is, OPT_NONE);
	assert_null(plans_file(&after.files, foreign));
	assert_no_note(&after);
}

/* A port of this name with an address; kind: of its netdev. */
static inline struct plans *one_port(struct arena *a, const char *netdev, const char *kind)
{
	struct plans *pl = plans_empty(a);
	struct wish *w = plans_port(pl, netdev);

	plans_address(pl, w, "10.0.0.1/24", NULL, 101);
	snprintf(plans_port_of(pl, w)->link.kind, sizeof(w->port->link.kind), "%s", kind);
	return pl;
}

static inline void assert_names(const char *backend, const char *const *held,
				const char *const *refused)
{
	auto_arena a = { 0 };

	for (; *held; held++) {
		struct outcome o = outcome_of(backend, one_port(&a, *held, ""));

		assert_null(plans_note(&o.notes, *held));
		assert_true(o.files.n > 0);
	}
	for (; *refused; refused++) {
		struct outcome o = outcome_of(backend, one_port(&a, *refused, ""));

		assert_fatal(&o, *refused, *refused);
		assert_int_equal(o.files.n, 0);
	}
}

/* Tests of every backend, whose name is their state. */
#define BACKEND_TESTS(backend)                                                                     \
	cmocka_unit_test_prestate(ports_without_addresses_get_no_profile, (void *)backend),        \
	cmocka_unit_test_prestate(many_ports_take_linear_time, (void *)backend)

/* A wish for an MTU alone writes no profile; a bond, a macvlan belong to the file that makes them. */
static inline void ports_without_addresses_get_no_profile(void **state)
{
	const char *backend = *state;
	auto_arena a = { 0 };
	struct plans *pl = plans_empty(&a);

	plans_port(pl, "p0")->number[SETTING_MTU] = (struct opt_u32){ OPT_SET, 9000 };
	struct outcome o = outcome_of(backend, pl);
	assert_int_equal(o.files.n, 0);
	assert_told(&o, "p0", "p0: its MTU 9000 is not written down");
	o = outcome_of(backend, one_port(&a, "mv0", "macvlan"));
	assert_non_null(plans_note(&o.notes, "mv0: is a macvlan"));
	assert_true(plans_note(&o.notes, "mv0: is a macvlan")->fatal);
	o = outcome_of(backend, one_port(&a, "bond0", "bond"));
	assert_told(&o, "bond0", "bond0: no file of");
}

static inline double ms_for(const char *backend, size_t ports)
{
	auto_arena a = { 0 };
	struct plans *pl = plans_many(&a, ports);
	struct outcome first = outcome_of(backend, pl);

	for vec_each(w, &first.files)
		plans_seen(pl, w->path, w->text);
	clock_t start = clock();
	struct outcome again = outcome_of(backend, pl);
	assert_int_equal(again.files.n, first.files.n);
	return (double)(clock() - start) * 1000 / CLOCKS_PER_SEC;
}

/* Ten times the ports in no more than thirty times the time, where squares would take a hundred; and
 * 512 ports in 100 ms, or in some more where sanitizers look on. */
static inline void many_ports_take_linear_time(void **state)
{
	const char *backend = *state;
	double few = ms_for(backend, 100), many = ms_for(backend, 1000), half = ms_for(backend, 512);

	if (many > 30 * few + 5)
		fail_msg("100 ports: %.1f ms, 1000 ports: %.1f ms", few, many);
	if (half > 300)
		fail_msg("512 ports: %.1f ms", half);
}

#endif
