/* SPDX-License-Identifier: MIT */
/* Which journals stand, in this boot and after it, and which of them covers which. */
#include "cmd/entries.h"
#include "fake/site.h"
#include "fake/tempdir.h"
#include "test.h"

/* Journals of a node: numbers of one port, a file, or both. */
struct shelf {
	struct arena arena;
	struct entries es;
};

static struct entry *add(struct shelf *s, enum entry_state state, const char *file)
{
	struct entry *en = vec_add(&s->arena, &s->es);

	*en = (struct entry){ .id = (unsigned int)s->es.n, .state = state, .time = "", .command = "", .applied = true };
	*vec_add(&s->arena, &en->ports) = (struct entry_port){ .netdev = "p0", .ifindex = 10 };
	*vec_add(&s->arena, &en->ops) = (struct entry_op){
		.setting = &settings[SETTING_MTU], .old = { .kind = VALUE_NUMBER, .number = 1500 },
		.want = { .kind = VALUE_NUMBER, .number = 4200 },
	};
	if (file)
		*vec_add(&s->arena, &en->ops) = (struct entry_op){
			.port = ENTRY_NODE, .setting = &settings[SETTING_FILE],
			.want = { .kind = VALUE_FILE, .file = { .path = file, .text = "" } },
		};
	return en;
}

static void an_entry_of_an_earlier_boot_stands_by_its_files(void **state)
{
	struct shelf s = { 0 };

	(void)state;
	assert_true(entry_stands(add(&s, ENTRY_APPLIED, NULL)));
	assert_true(entry_stands(add(&s, ENTRY_UNFINISHED, "/etc/x")));
	assert_true(entry_stands(add(&s, ENTRY_GONE, "/etc/x")));
	assert_false(entry_stands(add(&s, ENTRY_GONE, NULL)));
	assert_false(entry_stands(add(&s, ENTRY_REVERTED, "/etc/x")));
	assert_string_equal(entry_state_text(&s.es.at[2]), "gone with the reboot, its files stand");
	assert_string_equal(entry_state_text(&s.es.at[3]), "gone with the reboot");
	arena_done(&s.arena);
}

/* The power went in the middle: some files are new, others old. The boot unit takes them back. */
static void files_cut_short_by_a_reboot_count_as_unconfirmed(void **state)
{
	struct shelf s = { 0 };
	struct entry *whole, *half, *kernel;

	(void)state;
	whole = add(&s, ENTRY_GONE, "/etc/x");
	assert_false(entry_unconfirmed(whole));
	half = add(&s, ENTRY_GONE, "/etc/x");
	half->applied = false;
	assert_true(entry_unconfirmed(half));
	must_contain(entry_state_text(half), "not finished");
	kernel = add(&s, ENTRY_GONE, NULL);
	kernel->applied = false;
	assert_false(entry_unconfirmed(kernel));
	kernel->confirm_s = 60;
	assert_true(entry_unconfirmed(kernel));
	arena_done(&s.arena);
}

static void across_boots_only_files_cover_each_other(void **state)
{
	struct shelf s = { 0 };
	size_t n = 0;

	(void)state;
	add(&s, ENTRY_GONE, "/etc/x");
	add(&s, ENTRY_APPLIED, "/etc/y"); /* the same port by its number, another file */
	assert_null(entry_covered(&s.es, &s.es.at[0], &n));
	add(&s, ENTRY_GONE, "/etc/x");
	assert_ptr_equal(entry_covered(&s.es, &s.es.at[0], &n), &s.es.at[2]);
	assert_int_equal(n, 1);
	assert_null(entry_covered(&s.es, &s.es.at[1], &n));
	add(&s, ENTRY_APPLIED, NULL);
	assert_ptr_equal(entry_covered(&s.es, &s.es.at[1], &n), &s.es.at[3]);
	arena_done(&s.arena);
}

/* A bench for taking back: one file, and a manager that has read it. */
static void take_back(enum entry_state was, bool reload, bool boot, const char *manager, size_t runs)
{
	auto_tempdir dir = tempdir_new();
	auto_site *s = site_new(1, 0, "10.0.0.1/24");
	struct taking t = { .kern = &s->fake.k, .dir = dir, .arena = &s->arena, .boot = boot };
	struct undo u = { 0 };
	struct err e = { 0 };
	struct entry en;

	s->options.dir = dir;
	site_file(s, "/etc/x", "new\n");
	assert_int_equal(site_configure(s), 0);
	assert_int_equal(journal_load(dir, s->id, &s->arena, &en, &e), 0);
	en.state = was;
	en.manager = manager;
	en.reload = reload;
	if (entry_take_back(&t, &en, &u, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(s->fake.now.files.n, 0);
	assert_int_equal(s->fake.runs, runs);
	assert_int_equal(en.state, ENTRY_REVERTED);
}

static void a_manager_reads_the_old_files_where_it_has_read_ours(void **state)
{
	(void)state;
	take_back(ENTRY_APPLIED, true, false, "networkd", 1);
	take_back(ENTRY_APPLIED, false, false, "networkd", 0);
	take_back(ENTRY_GONE, true, false, "networkd", 0);
	take_back(ENTRY_GONE, false, true, "networkd", 0);
	take_back(ENTRY_GONE, false, true, "netplan", 1); /* its generator ran before any unit */
	take_back(ENTRY_APPLIED, true, false, "no-such", 0);
	take_back(ENTRY_APPLIED, true, false, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_of_an_earlier_boot_stands_by_its_files),
		cmocka_unit_test(files_cut_short_by_a_reboot_count_as_unconfirmed),
		cmocka_unit_test(across_boots_only_files_cover_each_other),
		cmocka_unit_test(a_manager_reads_the_old_files_where_it_has_read_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
