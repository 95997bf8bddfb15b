/* SPDX-License-Identifier: MIT */
/* The supervisor of `configure --confirm`: takes a journal back unless it is confirmed in time. */
#include "cmd/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>

#include "base/cleanup.h"
#include "cmd/entries.h"
#include "cmd/session.h"

enum {
	START_MS = 10000, /* until it must have begun: systemd and a loaded node are slow */
	POLL_MS = 500,
	PATIENCE_MS = 5000, /* for a configure that is asked to end and take its changes back itself */
	ATTEMPTS = 5,
	NAME = 32,
};

static const char *file_name(unsigned int id, char *buf)
{
	snprintf(buf, NAME, "supervisor-%u", id);
	return buf;
}

uint64_t supervise_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void sleep_ms(unsigned int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	/* cut short by a signal: asked again anyway */
	(void)clock_nanosleep(CLOCK_BOOTTIME, 0, &t, NULL);
}

/* Bytes of the file, each locked by the process that it stands for. */
enum part { PART_SUPERVISOR, PART_WORKER };

static struct flock part_lock(enum part p)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = p, .l_len = 1 };
}

static bool part_take(int fd, enum part p)
{
	struct flock lock = part_lock(p);

	return fd >= 0 && fcntl(fd, F_SETLK, &lock) == 0;
}

/* True when another process has it. *ret_pid: 0 where that can not be seen from here. */
static bool part_is_held(int fd, enum part p, pid_t *ret_pid)
{
	struct flock lock = part_lock(p);

	if (fd < 0 || fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return false;
	*ret_pid = lock.l_pid;
	return true;
}

bool supervise_lives(int dir, unsigned int id)
{
	char name[NAME];
	auto_fd fd = openat(dir, file_name(id, name), O_RDWR | O_CLOEXEC);
	pid_t pid;

	return part_is_held(fd, PART_SUPERVISOR, &pid);
}

void supervise_end(int dir, unsigned int id)
{
	char name[NAME];

	(void)unlinkat(dir, file_name(id, name), 0); /* there may be none */
}

static bool has_begun(int fd)
{
	pid_t pid;

	for (uint64_t end = supervise_now_ms() + START_MS; supervise_now_ms() < end; sleep_ms(10))
		if (part_is_held(fd, PART_SUPERVISOR, &pid))
			return true;
	return false;
}

static bool is_same_namespace(const char *ns)
{
	char path[40];
	struct stat own, first;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", ns);
	if (stat(path, &own) < 0)
		return false;
	snprintf(path, sizeof(path), "/proc/1/ns/%s", ns);
	return stat(path, &first) == 0 && own.st_ino == first.st_ino && own.st_dev == first.st_dev;
}

/* A unit is in the network of systemd and sees its files: from `ip netns exec` it would be in the wrong one. */
static bool systemd_serves(void)
{
	return access("/run/systemd/system", F_OK) == 0 && is_same_namespace("net") &&
	       is_same_namespace("mnt");
}

/* In the child: nothing of the caller's is kept open, so that its terminal or pipe can end. */
static void fds_close(void)
{
	auto_dir d = opendir("/proc/self/fd");

	for (struct dirent *de = d ? readdir(d) : NULL; de; de = readdir(d)) {
		int fd = atoi(de->d_name);

		if (fd > STDERR_FILENO && fd != dirfd(d))
			close(fd);
	}
}

/* In the child: signals as a program expects them. */
static void signals_free(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void stdio_null(void)
{
	int fd = open("/dev/null", O_RDWR);

	if (fd < 0)
		return;
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* Run and wait. True: it ended with 0. */
static bool run(const char *const *argv)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		signals_free();
		stdio_null();
		fds_close();
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool start_unit(const char *exe, const char *id, const char *seconds)
{
	char unit[64];

	/* the number alone is not enough: a unit of an earlier try may still be there */
	snprintf(unit, sizeof(unit), "--unit=doroce-confirm-%s-%d", id, getpid());
	const char *argv[] = { "systemd-run", "--quiet", "--collect", unit,
			 "--description=takes back what doroce configured unless it is confirmed",
			 "--property=IgnoreOnIsolate=yes", exe, "revert", "--unless-confirmed", id, "--after",
			 seconds, NULL };

	return run(argv);
}

/* Own session, own parent, nothing of the caller's: it survives terminal, shell and connection. */
static bool start_child(const char *exe, const char *id, const char *seconds)
{
	const char *argv[] = { exe, "revert", "--unless-confirmed", id, "--after", seconds, NULL };
	pid_t pid = fork();

	if (pid == 0) {
		setsid();
		if (fork() != 0)
			_exit(0);
		signal(SIGHUP, SIG_IGN);
		signals_free();
		stdio_null();
		fds_close();
		if (chdir("/") == 0)
			execv(exe, (char *const *)argv);
		/* the program's file has been replaced meanwhile */
		execv("/proc/self/exe", (char *const *)argv);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return pid > 0;
}

static bool start(int fd, unsigned int id, uint32_t seconds)
{
	char number[16], after[16], exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	exe[n > 0 ? n : 0] = '\0';
	snprintf(number, sizeof(number), "%u", id);
	snprintf(after, sizeof(after), "%u", seconds);
	if (systemd_serves() && start_unit(exe, number, after) && has_begun(fd))
		return true;
	return start_child(exe, number, after) && has_begun(fd);
}

/* Open the file and lock our part of it. */
static int work_begin(struct state *st, unsigned int id, int flags)
{
	char name[NAME];

	fd_drop(&st->work);
	st->work = openat(st->dir, file_name(id, name), O_RDWR | O_CLOEXEC | flags, 0600);
	if (part_take(st->work, PART_WORKER))
		return EXIT_OK;
	return complain(EXIT_FAILED, "--confirm: %s/%s: %s: nothing was changed", JOURNAL_DIR, name,
			strerror(errno));
}

/* One that an earlier run of the same number has left behind must end; of those that have died the files go. */
static void left_overs_end(int dir, unsigned int id)
{
	auto_dir d = fdopendir(dup(dir));
	unsigned int other;

	if (d)
		rewinddir(d);
	for (struct dirent *de = d ? readdir(d) : NULL; de; de = readdir(d))
		if (sscanf(de->d_name, "supervisor-%u", &other) == 1 &&
		    (other == id || !supervise_lives(dir, other)))
			supervise_end(dir, other);
}

int supervise_start(struct state *st, unsigned int id, uint32_t seconds)
{
	left_overs_end(st->dir, id);
	if (work_begin(st, id, O_CREAT | O_EXCL) != EXIT_OK)
		return EXIT_FAILED;
	if (start(st->work, id, seconds))
		return EXIT_OK;
	supervise_end(st->dir, id);
	return complain(EXIT_FAILED, "--confirm: the process that takes the changes back could not be started: "
			"nothing was changed");
}

int supervise_join(struct state *st, unsigned int id)
{
	return work_begin(st, id, 0);
}

/* The file that says that this one lives. fd, or -1: not wanted any more, or there is another one. */
static int watch_open(int dir, unsigned int id)
{
	char name[NAME];
	auto_fd fd = openat(dir, file_name(id, name), O_RDWR | O_CLOEXEC);

	return part_take(fd, PART_SUPERVISOR) ? TAKE_FD(fd) : -1;
}

static bool is_wanted(int watch)
{
	struct stat st;

	return fstat(watch, &st) == 0 && st.st_nlink > 0;
}

/* Time is over and the configure is still at work, or hangs: asked to end, then made to. Its lock tells which
 * process it is: the kernel takes the lock away with it, so that no other can be meant. */
static void worker_end(int watch, uint64_t waited_ms)
{
	pid_t pid;

	if (part_is_held(watch, PART_WORKER, &pid) && pid > 0)
		(void)kill(pid, waited_ms < PATIENCE_MS ? SIGTERM : SIGKILL);
}

/* The lock, as soon as no other doroce has it. -1: not wanted any more. */
static int lock_wait(int dir, int watch, unsigned int id)
{
	uint64_t begin = supervise_now_ms();
	char text[80];
	int fd = -1;

	snprintf(text, sizeof(text), "taking back journal %u, which was not confirmed in time", id);
	while (is_wanted(watch) && (fd = journal_lock(dir, text, NULL)) < 0) {
		worker_end(watch, supervise_now_ms() - begin);
		sleep_ms(POLL_MS);
	}
	if (fd >= 0 && is_wanted(watch))
		return fd;
	fd_drop(&fd);
	return -1;
}

/* One attempt. 0 when there is nothing left to do, -errno when another one may help. */
static int attempt(int dir, unsigned int id, uint32_t seconds)
{
	auto_arena a = { 0 };
	struct err e = { 0 };
	auto_kern *k = kern_linux_open(&e);
	struct taking t = { .kern = k, .dir = dir, .arena = &a };
	struct undo u = { 0 };
	struct entry en;

	int r = k ? journal_load(dir, id, &a, &en, &e) : -EIO;
	if (r == -ENOENT)
		return 0; /* the configure died before its first change */
	if (r == 0 && (!entry_stands(&en) || !entry_unconfirmed(&en)))
		return 0;
	journal_list(dir, &a, &t.es);
	if (r == 0)
		r = entry_take_back(&t, &en, &u, &e);
	if (t.reload_err.code)
		syslog(LOG_ERR, "journal %u: its files are taken back, but the network manager has not read them: %s",
		       id, t.reload_err.text);
	if (r < 0)
		syslog(LOG_ERR, "journal %u was not confirmed and could not be taken back: %s", id, e.text);
	else
		syslog(LOG_WARNING, "journal %u (%s) was not confirmed within %u s and has been taken back: "
		       "%zu values put back, %zu kept since somebody else has changed them", id, en.command,
		       seconds, undo_count(&u, UNDO_DONE), undo_count(&u, UNDO_CONFLICT));
	return r;
}

int supervise_run(unsigned int id, uint32_t seconds)
{
	uint64_t end = supervise_now_ms() + (uint64_t)seconds * 1000;
	auto_fd dir = open(JOURNAL_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	auto_fd watch = watch_open(dir, id);
	int r = -1;

	openlog("doroce", LOG_PID, LOG_DAEMON);
	if (watch < 0)
		return EXIT_FAILED;
	for (uint64_t now; is_wanted(watch) && (now = supervise_now_ms()) < end;)
		sleep_ms((unsigned int)(end - now < POLL_MS ? end - now : POLL_MS));
	auto_fd lock = lock_wait(dir, watch, id);
	if (lock < 0)
		return EXIT_OK;
	signals_hold();
	for (int i = 0; i < ATTEMPTS && (r = attempt(dir, id, seconds)) < 0; i++)
		sleep_ms(2 * 1000);
	supervise_end(dir, id);
	return r < 0 ? EXIT_FAILED : EXIT_OK;
}
