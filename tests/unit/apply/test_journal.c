/* SPDX-License-Identifier: MIT */
/* The journal on disk: what was written is read, what is torn, foreign or too much is not. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/encode.h"
#include "apply/journal.h"
#include "fake/site.h"
#include "fake/tempdir.h"
#include "test.h"

/* A plan of two ports with every kind of value, old and new, and what is there before. */
static struct site *planned(struct raws *before)
{
	struct site *s = site_new(2, 0, "10.0.0.1/24");

	fake_addr_add(&s->fake, "p0", "172.16.0.1/16");
	fake_route_add(&s->fake, "p0", "0.0.0.0/0", 101)->gateway = ip_is("172.16.0.254");
	site_number(&s->in.defaults, SETTING_MTU, 4200);
	site_gateway(&s->in.defaults, "10.0.0.254", 4);
	site_plan(s);
	assert_int_equal(s->fake.k.objects(&s->fake.k, &s->arena, before, NULL), 0);
	return s;
}

/* Its journal. */
static int begin_of(struct site *s, const struct raws *before, int dir, struct journal *j, struct err *e)
{
	struct entry en = entry_of_plan(&s->plan, &s->arena);

	en.command = "configure -v";
	en.confirm_s = 90;
	en.before = *before;
	return journal_begin(dir, &en, j, e);
}

static void begin(int dir, struct journal *j)
{
	struct raws before = { 0 };
	auto_site *s = planned(&before);
	struct err e = { 0 };

	if (begin_of(s, &before, dir, j, &e) < 0)
		fail_msg("%s", e.text);
}

static struct entry load(int dir, unsigned int id, struct arena *a)
{
	struct entry en;
	struct err e = { 0 };

	if (journal_load(dir, id, a, &en, &e) < 0)
		fail_msg("%s", e.text);
	return en;
}

static bool same_value(const struct value *x, const struct value *y)
{
	auto_json *a = encode_value(x), *b = encode_value(y);

	return json_equal(a, b);
}

static void a_plan_is_read_as_it_was_written(void **state)
{
	struct raws before = { 0 };
	auto_tempdir dir = tempdir_new();
	auto_site *s = planned(&before);
	auto_arena a = { 0 };
	struct entries es = { 0 };
	struct journal j;

	(void)state;
	assert_int_equal(begin_of(s, &before, dir, &j, NULL), 0);
	journal_close(&j);
	journal_list(dir, &a, &es);
	assert_int_equal(es.n, 1);
	struct entry *en = es.at;
	assert_int_equal(en->id, 1);
	assert_string_equal(en->command, "configure -v");
	assert_int_equal(strlen(en->time), strlen("2024-01-01T00:00:00Z"));
	assert_int_equal(en->confirm_s, 90);
	assert_int_equal(en->state, ENTRY_UNFINISHED);
	assert_int_equal(en->ops.n, s->plan.ops.n);
	for (size_t i = 0; i < en->ops.n; i++) {
		const struct op *op = &s->plan.ops.at[i];

		assert_ptr_equal(en->ops.at[i].setting, op->setting);
		assert_true(same_value(&en->ops.at[i].old, &op->old));
		assert_true(same_value(&en->ops.at[i].want, &op->want));
		assert_string_equal(entry_port(en, &en->ops.at[i])->name, op->port->name);
	}
	assert_int_equal(en->before.n, before.n);
	for (size_t i = 0; i < before.n; i++)
		assert_true(raw_identical(&en->before.at[i], &before.at[i]));
}

static void a_port_is_read_with_all_that_names_it(void **state)
{
	auto_tempdir dir = tempdir_new();
	auto_arena a = { 0 };
	struct journal j;

	(void)state;
	begin(dir, &j);
	journal_close(&j);
	struct entry en = load(dir, 1, &a);
	assert_int_equal(en.ports.n, 2); /* each once, though it has changes of several stages */
	assert_string_equal(en.ports.at[1].name, "rxe_1/1");
	assert_string_equal(en.ports.at[1].netdev, "p1");
	assert_int_equal(en.ports.at[1].ifindex, 11);
	assert_memory_equal(en.ports.at[1].mac, "\x02\0\0\0\0\x0b", MAC_LEN);
}

static void the_files_are_for_root_alone(void **state)
{
	auto_tempdir dir = tempdir_new();
	struct journal j;
	struct stat st;

	(void)state;
	umask(0);
	begin(dir, &j);
	journal_close(&j);
	assert_int_equal(file_count(dir), 2); /* nothing half-written is left */
	assert_int_equal(fstatat(dir, "000001.json", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(fstatat(dir, "000001.log", &st, 0), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void the_records_say_where_a_journal_stands(void **state)
{
	static const struct {
		const char *log;
		enum entry_state is;
		size_t did;
		bool confirmed;
	} rows[] = {
		{ "", ENTRY_UNFINISHED, 0, false },
		{ "{\"did\":1}\n{\"did\":3}\n", ENTRY_UNFINISHED, 3, false },
		{ "{\"did\":3}\n{\"undid\":2}\n", ENTRY_UNFINISHED, 2, false },
		{ "{\"did\":1}\n{\"end\":\"applied\",\"lost\":[]}\n", ENTRY_APPLIED, 1, false },
		{ "{\"end\":\"applied\",\"lost\":[]}\n{\"confirmed\":true}\n", ENTRY_APPLIED, 0, true },
		{ "{\"end\":\"applied\"}\n{\"undid\":0}\n{\"end\":\"reverted\"}\n", ENTRY_REVERTED, 0,
		  false },
		{ "{\"end\":\"reverted\"", ENTRY_UNFINISHED, 0, false },
		{ "{\"did\":1}\n{\"did\":2", ENTRY_UNFINISHED, 1, false },
		{ "{\"did\":2}", ENTRY_UNFINISHED, 0, false },
		{ "{\"did\":2}\n{\"di\n{\"end\":\"applied\"}\n", ENTRY_APPLIED, 2, false },
		{ "nonsense\n\n[]\n5\n{}\n{\"did\":1}\n", ENTRY_UNFINISHED, 1, false },
		{ "{\"did\":1}\n{\"undoing\":[]}\n", ENTRY_UNDOING, 1, false },
		{ "{\"did\":1}\n{\"undoing\":[", ENTRY_UNFINISHED, 1, false },
		{ "{\"end\":\"applied\",\"lost\":[]}\n{\"undoing\":[]}\n{\"undid\":7}\n", ENTRY_UNDOING, 7, false },
		{ "{\"end\":\"applied\"}\n{\"undoing\":[]}\n{\"end\":\"stands\"}\n", ENTRY_APPLIED, 0, false },
		{ "{\"undoing\":[]}\n{\"end\":\"stands\"}\n", ENTRY_UNFINISHED, 0, false },
		{ "{\"undoing\":[]}\n{\"undid\":0}\n{\"end\":\"reverted\"}\n", ENTRY_REVERTED, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_tempdir dir = tempdir_new();
		auto_arena a = { 0 };
		struct entry pending;
		struct journal j;

		begin(dir, &j);
		journal_close(&j);
		file_put(dir, "000001.log", rows[i].log);
		struct entry en = load(dir, 1, &a);
		if (en.state != rows[i].is || en.did != rows[i].did || en.confirmed != rows[i].confirmed)
			fail_msg("%s: state %d, did %zu", rows[i].log, en.state, en.did);
		bool open = en.state == ENTRY_UNFINISHED || en.state == ENTRY_UNDOING;
		if (journal_pending(dir, &a, &pending) != open)
			fail_msg("%s: pending is not state", rows[i].log);
	}
}

static void the_writers_records_are_read(void **state)
{
	auto_tempdir dir = tempdir_new();
	auto_site *s = site_new(1, 0, NULL);
	auto_arena a = { 0 };
	struct raws lost = { 0 };
	struct journal j;

	(void)state;
	begin(dir, &j);
	s->fake.k.objects(&s->fake.k, &a, &lost, NULL);
	assert_int_equal(journal_did(&j, 2, NULL), 0);
	assert_int_equal(load(dir, 1, &a).did, 2);
	assert_int_equal(journal_undid(&j, 1, NULL), 0);
	assert_int_equal(load(dir, 1, &a).did, 1);
	assert_int_equal(journal_confirmed(&j, NULL), 0);
	assert_true(load(dir, 1, &a).confirmed);
	assert_int_equal(journal_end(&j, "applied", &lost, NULL), 0);
	journal_close(&j);
	struct entry en = load(dir, 1, &a);
	assert_int_equal(en.state, ENTRY_APPLIED);
	assert_true(lost.n > 0);
	assert_int_equal(en.lost.n, lost.n);
	assert_true(raw_identical(&en.lost.at[0], &lost.at[0]));
}

/* a line that was torn must not swallow the next one */
static void a_journal_that_goes_on_is_read_behind_the_torn_line(void **state)
{
	auto_tempdir dir = tempdir_new();
	auto_arena a = { 0 };
	struct journal j;

	(void)state;
	begin(dir, &j);
	journal_did(&j, 1, NULL);
	journal_did(&j, 2, NULL);
	journal_close(&j);
	file_cut(dir, "000001.log", 3);
	assert_int_equal(load(dir, 1, &a).did, 1);
	assert_int_equal(journal_open(dir, 1, &j, NULL), 0);
	assert_int_equal(journal_end(&j, "reverted", NULL, NULL), 0);
	journal_close(&j);
	assert_int_equal(load(dir, 1, &a).state, ENTRY_REVERTED);
}

static void a_journal_without_its_log_is_unfinished(void **state)
{
	auto_tempdir dir = tempdir_new();
	auto_arena a = { 0 };
	struct entry en;
	struct journal j;

	(void)state;
	begin(dir, &j);
	journal_close(&j);
	assert_int_equal(unlinkat(dir, "000001.log", 0), 0);
	assert_true(journal_pending(dir, &a, &en));
	assert_int_equal(en.id, 1);
	assert_true(en.ops.n > 0);
}

static size_t ended(int dir, size_t n, const char *end, struct entries *es, struct arena *a)
{
	struct journal j;

	for (size_t i = 0; i < n; i++) {
		begin(dir, &j);
		if (end)
			assert_int_equal(journal_end(&j, end, NULL, NULL), 0);
		journal_close(&j);
	}
	*es = (struct entries){ 0 };
	journal_list(dir, a, es);
	return es->n;
}

/* The text of the journal with `from` exchanged for `to`. */
static void exchange(int dir, const char *from, const char *to)
{
	auto_arena a = { 0 };
	char *text = file_text(dir, "000001.json", &a), *at = strstr(text, from);

	assert_non_null(at);
	*at = '\0';
	file_put(dir, "000001.json", arena_printf(&a, "%s%s%s", text, to, at + strlen(from)));
}

static void what_can_not_be_read_is_named(void **state)
{
	static const struct {
		const char *from, *to, *text;
	} rows[] = {
		{ "\"version\":2", "\"version\":1", "it is of version 1, this doroce reads 2" },
		{ "\"version\":2", "\"version\":99", "it is of version 99, this doroce reads 2" },
		{ "\"version\":2", "\"version\":\"2\"", "it is no journal" },
		{ "{", "", "it is no journal" },
		{ "\"time\":\"", "\"when\":\"", "it is no journal" },
		{ "\"command\":\"", "\"command\":5,\"c\":\"", "it is no journal" },
		{ "\"boot\":\"", "\"boat\":\"", "it is no journal" },
		{ "\"confirm\":90", "\"confirm\":-1", "it is no journal" },
		{ "\"confirm\":90", "\"confirm\":4294967296", "it is no journal" },
		{ "\"ports\":[", "\"ports\":3,\"p\":[", "it is no journal" },
		{ "\"changes\":[", "\"c\":[", "it is no journal" },
		{ "\"before\":[", "\"before\":{},\"b\":[", "it is no journal" },
		{ "\"mac\":\"02:", "\"mac\":\"xx:", "a port in it is malformed" },
		{ "\"mac\":\"02:", "\"mac\":\"2:", "a port in it is malformed" },
		{ "\"netdev\"", "\"net\"", "a port in it is malformed" },
		{ "\"netdev\":\"", "\"netdev\":\"a-name-of-16-byte", "a port in it is malformed" },
		{ "\"name\":\"rxe_0/1\"", "\"name\":\"\"", "a port in it is malformed" },
		{ "\"ifindex\":10", "\"ifindex\":\"10\"", "a port in it is malformed" },
		{ "[0,\"mtu\"", "[2,\"mtu\"", "a change in it is of no port" },
		{ "[0,\"mtu\"", "[-1,\"mtu\"", "a change in it is of no port" },
		{ "[0,\"mtu\"", "[\"0\",\"mtu\"", "a change in it is of no port" },
		{ "[0,\"mtu\"", "[0,\"mut\"", "setting 'mut' in it is not known" },
		{ "[0,\"mtu\"", "[0,5", "a change in it is malformed" },
		{ "[0,\"mtu\"", "[0,\"mtu\",0", "a change in it is malformed" },
		{ "1500,4200]", "1500]", "a change in it is malformed" },
		{ "1500,4200]", "1500,-1]", "a number in it is out of range" },
		{ "1500,4200]", "true,4200]", "a message in it is malformed" },
		{ "\"address\",null,\"", "\"address\",null,\"0", "a message in it is malformed" },
		{ "\"before\":[", "\"before\":[\"00\",", "a message in it is malformed" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_tempdir dir = tempdir_new();
		auto_arena a = { 0 };
		struct err e = { 0 };
		struct entry en;
		struct journal j;

		begin(dir, &j);
		journal_close(&j);
		exchange(dir, rows[i].from, rows[i].to);
		assert_int_equal(journal_load(dir, 1, &a, &en, &e), -EBADMSG);
		assert_string_equal(e.text, arena_printf(&a, "journal 1: %s", rows[i].text));
		assert_int_equal(journal_load(dir, 1, &a, &en, NULL), -EBADMSG);
	}
}

/* Three journals, the last one not ended; in the one with the id `from` is exchanged for `to`. */
static void three(int dir, unsigned int id, const char *from, const char *to)
{
	auto_arena a = { 0 };
	struct entries es;
	char name[32];

	ended(dir, 2, "applied", &es, &a);
	ended(dir, 1, NULL, &es, &a);
	snprintf(name, sizeof(name), "%06u.json", id);
	char *text = file_text(dir, name, &a), *at = strstr(text, from);
	assert_non_null(at);
	*at = '\0';
	file_put(dir, name, arena_printf(&a, "%s%s%s", text, to, at + strlen(from)));
}

static void one_that_can_not_be_read_does_not_hide_the_others(void **state)
{
	auto_tempdir dir = tempdir_new();
	auto_arena a = { 0 };
	struct entries es = { 0 };
	struct entry en;

	(void)state;
	three(dir, 2, "\"version\":2", "\"version\":7");
	journal_list(dir, &a, &es);
	assert_int_equal(es.n, 3);
	assert_int_equal(es.at[0].state, ENTRY_APPLIED);
	assert_int_equal(es.at[1].state, ENTRY_UNREADABLE);
	assert_int_equal(es.at[1].id, 2);
	assert_string_equal(es.at[1].why, "journal 2: it is of version 7, this doroce reads 2");
	assert_int_equal(es.at[2].state, ENTRY_UNFINISHED);
	assert_true(journal_pending(dir, &a, &en));
	assert_int_equal(en.id, 3);
}

static void a_newest_one_that_can_not_be_read_is_pending_unless_it_is_ended(void **state)
{
	auto_tempdir dir = tempdir_new();
	auto_arena a = { 0 };
	struct entry en;

	(void)state;
	three(dir, 3, "{", "");
	assert_true(journal_pending(dir, &a, &en));
	assert_int_equal(en.id, 3);
	assert_int_equal(en.state, ENTRY_UNREADABLE);
	assert_string_equal(en.why, "journal 3: it is no journal");
	file_append(dir, "000003.log", "{\"end\":\"applied\",\"lost\":[]}\n");
	assert_false(journal_pending(dir, &a, &en));
}

static void foreign_ones_are_known_by_their_first_and_last_bytes(void **state)
{
	static const struct {
		const char *from, *to;
		size_t n;
	} rows[] = { { "\"time\"", "\"time\"", 0 }, { "\"version\":2,", "\"version\":20,", 1 }, { "{", "", 1 },
		     { "\"before\":[", "", 0 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_tempdir dir = tempdir_new();
		auto_arena a = { 0 };

		three(dir, 2, rows[i].from, rows[i].to);
		struct journal_ids ids = journal_foreign(dir, &a);
		assert_int_equal(ids.n, rows[i].n);
		assert_int_equal(ids.n ? ids.at[0] : 2, 2);
		file_cut(dir, "000002.json", 1);
		assert_int_equal(journal_foreign(dir, &a).n, 1);
	}
}

/* a revert of an older one that died, under newer ones that stand */
static void a_half_taken_back_one_is_pending_wherever_it_is(void **state)
{
	auto_tempdir dir = tempdir_new();
	auto_arena a = { 0 };
	struct entries es;
	struct entry en;
	struct journal j;

	(void)state;
	ended(dir, 3, "applied", &es, &a);
	assert_int_equal(journal_open(dir, 2, &j, NULL), 0);
	assert_int_equal(journal_undoing(&j, &es.at[0].before, NULL), 0);
	for (size_t i = 0; i < 2; i++) { /* the long record itself, and the short one after it */
		assert_true(journal_pending(dir, &a, &en));
		assert_int_equal(en.id, 2);
		assert_int_equal(en.state, ENTRY_UNDOING);
		assert_true(en.applied);
		assert_int_equal(en.lost.n, es.at[0].before.n);
		assert_int_equal(journal_undid(&j, 3, NULL), 0);
	}
	assert_int_equal(journal_end(&j, "stands", NULL, NULL), 0);
	assert_false(journal_pending(dir, &a, &en));
	assert_int_equal(load(dir, 2, &a).state, ENTRY_APPLIED);
	journal_close(&j);
}

static void an_id_that_is_not_there_is_told(void **state)
{
	auto_tempdir dir = tempdir_new();
	auto_arena a = { 0 };
	struct err e = { 0 };
	struct entry en;

	(void)state;
	assert_int_equal(journal_load(dir, 5, &a, &en, &e), -ENOENT);
	assert_string_equal(e.text, "journal 5: No such file or directory");
	assert_false(journal_pending(dir, &a, &en));
}

static void what_an_earlier_boot_did_went_with_it(void **state)
{
	auto_tempdir dir = tempdir_new();
	auto_arena a = { 0 };
	struct entry en;
	struct journal j;

	(void)state;
	begin(dir, &j);
	exchange(dir, "\"boot\":\"", "\"boot\":\"0");
	assert_int_equal(load(dir, 1, &a).state, ENTRY_GONE);
	assert_false(journal_pending(dir, &a, &en));
	assert_int_equal(journal_end(&j, "applied", NULL, NULL), 0);
	journal_close(&j);
	assert_int_equal(load(dir, 1, &a).state, ENTRY_GONE);
}

static void the_lock_is_refused_to_a_second_and_names_the_first(void **state)
{
	auto_tempdir dir = tempdir_new();
	struct err e = { 0 };
	char holder[64];

	(void)state;
	int lock = journal_lock(dir, "configure --mtu 4200", &e);
	assert_true(lock >= 0);
	assert_int_equal(journal_lock(dir, "revert", &e), -EBUSY);
	must_contain(e.text, "another doroce is changing this node: configure --mtu 4200");
	snprintf(holder, sizeof(holder), "process %d", getpid());
	must_contain(e.text, holder);
	close(lock);
	lock = journal_lock(dir, "revert", NULL);
	assert_true(lock >= 0);
	close(lock);
}

/* the text is cut, the lock holds; nothing of the stack is written */
static void the_lock_takes_a_command_of_any_length(void **state)
{
	auto_tempdir dir = tempdir_new();
	auto_arena a = { 0 };
	char command[1000];

	(void)state;
	memset(command, 'x', sizeof(command) - 1);
	command[sizeof(command) - 1] = '\0';
	int lock = journal_lock(dir, command, NULL);
	assert_true(lock >= 0);
	assert_true(strlen(file_text(dir, "lock", &a)) < 128);
	close(lock);
}

static void each_journal_gets_the_next_id(void **state)
{
	auto_tempdir dir = tempdir_new();
	auto_arena a = { 0 };
	struct entries es = { 0 };
	struct journal j;

	(void)state;
	assert_int_equal(journal_next_id(dir), 1);
	file_put(dir, "lock", "");
	for (unsigned int i = 1; i <= 3; i++) {
		begin(dir, &j);
		assert_int_equal(j.id, i);
		journal_close(&j);
	}
	assert_int_equal(unlinkat(dir, "000002.json", 0), 0);
	assert_int_equal(unlinkat(dir, "000002.log", 0), 0);
	assert_int_equal(journal_next_id(dir), 4);
	file_put(dir, "000041.json.tmp", ""); /* of one who died while writing it */
	assert_int_equal(journal_next_id(dir), 42);
	journal_list(dir, &a, &es);
	assert_int_equal(es.n, 2);
	assert_int_equal(es.at[0].id, 1);
	assert_int_equal(es.at[1].id, 3);
}

static void a_directory_that_is_not_there_has_no_journals(void **state)
{
	auto_arena a = { 0 };
	struct entries es = { 0 };
	struct entry en;

	(void)state;
	journal_list(-1, &a, &es);
	assert_int_equal(es.n, 0);
	assert_false(journal_pending(-1, &a, &en));
}

static void the_directory_is_made_for_root_alone(void **state)
{
	auto_tempdir dir = tempdir_new();
	auto_arena a = { 0 };
	struct err e = { 0 };
	struct stat st;
	const char *path = arena_printf(&a, "/proc/self/fd/%d/state", dir);

	(void)state;
	for (int i = 0; i < 2; i++) { /* the second time it is there */
		int fd = journal_dir(path, &e);

		assert_true(fd >= 0);
		assert_int_equal(fstat(fd, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0700);
		close(fd);
	}
	assert_int_equal(unlinkat(dir, "state", AT_REMOVEDIR), 0);
	assert_int_equal(journal_dir("/proc/none/doroce", &e), -ENOENT);
	must_contain(e.text, "/proc/none/doroce");
}

static void only_the_newest_of_the_done_ones_are_kept(void **state)
{
	auto_tempdir dir = tempdir_new();
	auto_arena a = { 0 };
	struct entries es;

	(void)state;
	ended(dir, 2, "applied", &es, &a);
	ended(dir, JOURNAL_KEPT + 3, "reverted", &es, &a);
	assert_int_equal(ended(dir, 1, NULL, &es, &a), JOURNAL_KEPT + 6);
	file_put(dir, "000004.json", "what nobody can read is nobody's to take away");
	journal_prune(dir, &a);
	es = (struct entries){ 0 };
	journal_list(dir, &a, &es);
	assert_int_equal(es.n, JOURNAL_KEPT + 3);
	assert_int_equal(es.at[0].id, 1); /* what stands is never taken away */
	assert_int_equal(es.at[1].id, 2);
	assert_int_equal(es.at[2].id, 4);
	assert_int_equal(es.at[3].id, 7);
	assert_int_equal(file_count(dir), 2 * (JOURNAL_KEPT + 3));
}

static void only_an_unfinished_newest_one_is_pending(void **state)
{
	auto_tempdir dir = tempdir_new();
	auto_arena a = { 0 };
	struct entries es;
	struct entry en;

	(void)state;
	assert_false(journal_pending(dir, &a, &en));
	ended(dir, 1, "applied", &es, &a);
	assert_false(journal_pending(dir, &a, &en));
	ended(dir, 1, NULL, &es, &a);
	assert_true(journal_pending(dir, &a, &en));
	assert_int_equal(en.id, 2);
	ended(dir, 1, "reverted", &es, &a);
	assert_false(journal_pending(dir, &a, &en));
}

/* a change that the journal does not hold could not be taken back after a crash */
static void what_can_not_be_written_down_is_not_begun(void **state)
{
	struct raws before = { 0 };
	auto_tempdir dir = tempdir_new();
	auto_site *s = planned(&before);
	struct port odd = *s->plan.ops.at[0].port;
	struct err e = { 0 };
	struct journal j;

	(void)state;
	strcpy(odd.link.name, "p\xff"); /* the kernel allows it, JSON does not */
	s->plan.ops.at[0].port = &odd;
	assert_true(begin_of(s, &before, dir, &j, &e) < 0);
	must_contain(e.text, "journal: ");
	assert_int_equal(file_count(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plan_is_read_as_it_was_written),
		cmocka_unit_test(a_port_is_read_with_all_that_names_it),
		cmocka_unit_test(the_files_are_for_root_alone),
		cmocka_unit_test(the_records_say_where_a_journal_stands),
		cmocka_unit_test(the_writers_records_are_read),
		cmocka_unit_test(a_journal_that_goes_on_is_read_behind_the_torn_line),
		cmocka_unit_test(a_journal_without_its_log_is_unfinished),
		cmocka_unit_test(what_can_not_be_read_is_named),
		cmocka_unit_test(one_that_can_not_be_read_does_not_hide_the_others),
		cmocka_unit_test(a_newest_one_that_can_not_be_read_is_pending_unless_it_is_ended),
		cmocka_unit_test(foreign_ones_are_known_by_their_first_and_last_bytes),
		cmocka_unit_test(a_half_taken_back_one_is_pending_wherever_it_is),
		cmocka_unit_test(an_id_that_is_not_there_is_told),
		cmocka_unit_test(what_an_earlier_boot_did_went_with_it),
		cmocka_unit_test(the_lock_is_refused_to_a_second_and_names_the_first),
		cmocka_unit_test(the_lock_takes_a_command_of_any_length),
		cmocka_unit_test(each_journal_gets_the_next_id),
		cmocka_unit_test(a_directory_that_is_not_there_has_no_journals),
		cmocka_unit_test(the_directory_is_made_for_root_alone),
		cmocka_unit_test(only_the_newest_of_the_done_ones_are_kept),
		cmocka_unit_test(only_an_unfinished_newest_one_is_pending),
		cmocka_unit_test(what_can_not_be_written_down_is_not_begun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
