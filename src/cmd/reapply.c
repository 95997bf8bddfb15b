/* SPDX-License-Identifier: MIT */
/* doroce reapply: makes again what a boot, a driver reload, a port that comes back have lost. */
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cmd/session.h"
#include "cmd/state.h"

enum {
	POLL_MS = 300,
	ROUNDS = 10,
	HOLD_MS = 3000, /* managers see a new port at the same time as we do, and may take away what they do not know */
};

static const struct timespec retry_after = { .tv_sec = 1 };

static int turn_file(int dir, const char *name, int how)
{
	auto_fd fd = openat(dir, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || flock(fd, how) < 0)
		return -1;
	return TAKE_FD(fd);
}

/* One runs and one waits: whoever comes when one waits already has nothing to do, since that one will look at the
 * node only afterwards. fd that holds the turn; -1: leave it to the other. */
static int turn_take(int dir)
{
	auto_fd next = turn_file(dir, "reapply.next", LOCK_EX | LOCK_NB);

	return next < 0 ? -1 : turn_file(dir, "reapply", LOCK_EX);
}

/* EXIT_OK: the node is as wished; EXIT_DIFFERS; else it could not be told, and why has been printed. */
static int look(const struct options *o)
{
	auto_arena a = { 0 };
	auto_session s = { 0 };
	int r = session_open(&s, o, &a, true);

	if (r != EXIT_OK)
		return r;
	return s.plan.ops.n || plan_blocked(&s.plan) ? EXIT_DIFFERS : EXIT_OK;
}

/* The same, looked at until the time is over or something differs. */
static int look_for(const struct options *o, unsigned int ms)
{
	const struct timespec poll = { .tv_nsec = POLL_MS * 1000000L };
	uint64_t end = clock_now_ms() + ms;
	int r = look(o);

	while (r == EXIT_OK && clock_now_ms() < end) {
		(void)nanosleep(&poll, NULL); /* cut short: looked at again */
		r = look(o);
	}
	return r;
}

/* Until all stays as wished. A manager that makes the same at the same moment lets a change fail, which is then no
 * longer needed. */
static int settle(const struct options *how, struct arena *a, char **operand)
{
	int r = look_for(how, 0), made = EXIT_OK;

	for (int round = 0; r == EXIT_DIFFERS && round < ROUNDS; round++) {
		struct options o = *how;

		made = cmd_configure(&o, a, operand);
		if (made != EXIT_OK)
			(void)nanosleep(&retry_after, NULL);
		r = look_for(how, made == EXIT_OK ? HOLD_MS : 0);
	}
	if (r != EXIT_DIFFERS)
		return r;
	return made != EXIT_OK ? made : complain(EXIT_FAILED, "somebody else changes it again and again (see: doroce "
						 "show --owners)");
}

/* doRoCE's values after those of a configure, as they have been made. The first status that is not EXIT_OK. */
static int settle_all(struct options *o, struct arena *a, char **operand)
{
	static const char *const files[] = { PERSIST_BOOT, PERSIST_BOOT_SCRIPT };
	int ret = EXIT_OK;

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const struct options how = { .config = files[i], .no_persist = true, .wait = true, .line = o->line };
		int r = access(files[i], F_OK) == 0 ? settle(&how, a, operand) : EXIT_OK;

		ret = ret == EXIT_OK ? r : ret;
	}
	return ret;
}

int cmd_reapply(struct options *o, struct arena *a, char **operand)
{
	struct err e = { 0 };

	if (access(PERSIST_BOOT, F_OK) < 0 && access(PERSIST_BOOT_SCRIPT, F_OK) < 0) {
		puts("nothing to make again: no configure --persist stands");
		return EXIT_OK;
	}
	auto_fd dir = journal_dir(JOURNAL_DIR, &e);
	if (dir < 0)
		return complain(EXIT_FAILED, "%s", e.text);
	auto_fd turn = turn_take(dir);
	return turn < 0 ? EXIT_OK : settle_all(o, a, operand);
}
