/* SPDX-License-Identifier: MIT */
/* The directory of journals, as commands use it: lock, unfinished business, signals. */
#include "cmd/state.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>

#include "base/cleanup.h"
#include "cmd/session.h"
#include "kern/caller.h"

void state_done(struct state *s)
{
	fd_drop(&s->lock);
	fd_drop(&s->work);
	fd_drop(&s->dir);
}

int state_lock(struct state *s, const char *command)
{
	struct err e = { 0 };

	if (!caller_is_net_admin())
		return complain(EXIT_FAILED, "changing network settings needs root (CAP_NET_ADMIN)");
	s->dir = journal_dir(JOURNAL_DIR, &e);
	s->lock = s->dir < 0 ? -1 : journal_lock(s->dir, command, &e);
	return s->lock < 0 ? complain(EXIT_FAILED, "%s", e.text) : EXIT_OK;
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

void signals_hold(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

bool signal_came(void *unused)
{
	sigset_t set;

	(void)unused;
	return sigpending(&set) == 0 &&
	       (sigismember(&set, SIGINT) || sigismember(&set, SIGTERM) || sigismember(&set, SIGHUP));
}

static void undone_print(const struct undone *u, FILE *to)
{
	static const char *const word[] = {
		[UNDO_DONE] = "put back", [UNDO_NOTHING] = "was so already",
		[UNDO_CONFLICT] = "kept, somebody else has changed it since", [UNDO_GONE] = "the port is gone",
		[UNDO_FAILED] = "could not be put back",
	};
	char old[VALUE_TEXT], want[VALUE_TEXT], seen[VALUE_TEXT];

	fprintf(to, "  %s %-13s %s -> %s: %s", u->port ? u->port->netdev : "node", u->setting->name, value_text(&u->want, want),
		value_text(&u->old, old), word[u->result]);
	if (u->result == UNDO_CONFLICT)
		fprintf(to, " (now %s)", value_text(&u->seen, seen));
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
