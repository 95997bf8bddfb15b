/* SPDX-License-Identifier: MIT */
/* The directory of journals, as commands use it: lock, unfinished business, signals. */
#include "cmd/state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cmd/session.h"
#include "kern/caller.h"
#include "kern/loan.h"

enum {
	WAIT_MS = 120000, /* a configure with --verify takes its time */
	POLL_MS = 100,
};

void state_done(struct state *s)
{
	fd_drop(&s->lock);
	fd_drop(&s->work);
	fd_drop(&s->dir);
}

/* Its name; of a copy of a node it may have to be made whole. */
static const char *dir_path(const struct state *s, bool make, char *buf)
{
	size_t root = s->root ? strlen(s->root) : 0;

	snprintf(buf, PATH_MAX, "%s%s", s->root ? s->root : "", JOURNAL_DIR);
	for (char *slash = strchr(buf + root + 1, '/'); slash && make && root; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(buf, 0755); /* what fails here is told by what follows */
		*slash = '/';
	}
	return buf;
}

int state_open(const struct state *s)
{
	char path[PATH_MAX];

	return open(dir_path(s, false, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The fd, or -errno; one that is held is asked for again until limit_ms are over. */
static int lock_take(int dir, const char *command, unsigned int limit_ms, struct err *e)
{
	const struct timespec poll = { .tv_nsec = POLL_MS * 1000000L };
	uint64_t end = clock_now_ms() + limit_ms;
	int fd = journal_lock(dir, command, e);

	while (fd == -EBUSY && clock_now_ms() < end) {
		*e = (struct err){ 0 };
		(void)nanosleep(&poll, NULL); /* cut short: asked again */
		fd = journal_lock(dir, command, e);
	}
	return fd;
}

static int lock(struct state *s, const char *command, unsigned int limit_ms)
{
	char path[PATH_MAX];
	struct err e = { 0 };

	if (!s->root && !caller_is_net_admin())
		return complain(EXIT_FAILED, "changing network settings needs root (CAP_NET_ADMIN)");
	s->dir = journal_dir(dir_path(s, true, path), &e);
	s->lock = s->dir < 0 ? -1 : lock_take(s->dir, command, limit_ms, &e);
	return s->lock < 0 ? complain(EXIT_FAILED, "%s", e.text) : EXIT_OK;
}

int state_lock(struct state *s, const char *command)
{
	return lock(s, command, 0);
}

int state_wait(struct state *s, const char *command)
{
	return lock(s, command, WAIT_MS);
}

static bool is_locked(int dir)
{
	auto_fd fd = openat(dir, "lock", O_RDONLY | O_CLOEXEC);

	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0;
}

void state_warn(void)
{
	auto_arena a = { 0 };
	auto_fd dir = open(JOURNAL_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct entry en = { 0 };

	if (dir < 0 || is_locked(dir) || !journal_pending(dir, &a, &en))
		return;
	if (en.state == ENTRY_UNREADABLE)
		fprintf(stderr, "doroce: note: %s; it may not be finished (see: doroce revert %u)\n", en.why, en.id);
	else if (en.state == ENTRY_UNDOING)
		fprintf(stderr, "doroce: note: '%s' of %s (journal %u) was being taken back and that did not end: "
			"`doroce revert %u` completes it\n", en.command, en.time, en.id, en.id);
	else
		fprintf(stderr,
			"doroce: note: '%s' of %s (journal %u) was begun and not finished: `doroce revert` takes it back,\n"
			"doroce: note: `doroce configure --resume` completes it\n",
			en.command, en.time, en.id);
}

void state_settle(void)
{
	size_t n = caller_is_net_admin() ? loan_settle(JOURNAL_DIR) : 0;

	if (n)
		fprintf(stderr, "doroce: note: a verify was killed half way: accept_local of %zu ports is put back\n", n);
}

/* Block those that end a process, and tell which they are. */
static void ending_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigprocmask(SIG_BLOCK, set, NULL);
}

void signals_hold(void)
{
	sigset_t set;

	ending_signals(&set);
}

int signals_fd(void)
{
	sigset_t set;

	ending_signals(&set);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

bool signal_came(void *unused)
{
	sigset_t set;

	(void)unused;
	return sigpending(&set) == 0 &&
	       (sigismember(&set, SIGINT) || sigismember(&set, SIGTERM) || sigismember(&set, SIGHUP));
}

static const char *const undo_word[] = {
	[UNDO_DONE] = "put back", [UNDO_NOTHING] = "was so already",
	[UNDO_CONFLICT] = "kept, somebody else has changed it since", [UNDO_GONE] = "the port is gone",
	[UNDO_REBOOT] = "went with the reboot", [UNDO_FAILED] = "could not be put back",
};

static void undone_file_print(const struct undone *u, FILE *to)
{
	bool gone = u->old.kind == VALUE_NONE;

	fprintf(to, "  file %s: %s", (gone ? &u->want : &u->old)->file.path,
		gone && u->result == UNDO_DONE ? "removed again" : undo_word[u->result]);
	if (u->result == UNDO_CONFLICT && !u->err.code && u->seen.kind == VALUE_NONE)
		fputs(" (it is gone)", to);
	if (u->err.code)
		fprintf(to, " (%s)", u->err.text);
	fputc('\n', to);
}

static void undone_print(const struct undone *u, FILE *to)
{
	char old[VALUE_TEXT], want[VALUE_TEXT], seen[VALUE_TEXT];

	if (u->setting->stage == STAGE_FILE) {
		undone_file_print(u, to);
		return;
	}
	fprintf(to, "  %s %-13s %s -> %s: %s", u->port ? u->port->netdev : "node", u->setting->name, setting_text(u->setting, &u->want, want),
		setting_text(u->setting, &u->old, old), undo_word[u->result]);
	if (u->result == UNDO_CONFLICT)
		fprintf(to, " (now %s)", setting_text(u->setting, &u->seen, seen));
	if (u->result == UNDO_FAILED)
		fprintf(to, ": %s", u->err.text);
	fputc('\n', to);
}

void undo_print(const struct undo *u, FILE *to)
{
	auto_arena a = { 0 };

	for vec_each(un, &u->undone)
		undone_print(un, to);
	for vec_each(r, &u->back)
		fprintf(to, "  %s had gone along with it: put back\n", raw_text(r, &a));
	for vec_each(r, &u->missing)
		fprintf(to, "  %s had gone along with it: could not be put back\n", raw_text(r, &a));
}
