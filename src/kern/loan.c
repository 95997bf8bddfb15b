/* SPDX-License-Identifier: MIT */
/* accept_local, lent to a test: set while it runs, put back when it ends, also when it is killed. */
#include "kern/loan.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "kern/sysfs.h"

enum { POLL_MS = 20, BOOT_ID = 40, CONF_PATH = 64 };

static const char *conf_path(int ifindex, char *buf)
{
	char name[IF_NAMESIZE];

	if (!if_indextoname((unsigned int)ifindex, name))
		return NULL;
	snprintf(buf, CONF_PATH, "/proc/sys/net/ipv4/conf/%s/accept_local", name);
	return buf;
}

/* By the file, not by netlink: the kernel then forgets what it has cached for routes, too (devinet_conf_proc).
 * A device that is gone has nothing to be put back. */
static int conf_write(int ifindex, bool on, struct err *e)
{
	char path[CONF_PATH];

	if (!conf_path(ifindex, path))
		return on ? err_sys(e, "accept_local") : 0;
	auto_fd fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, on ? "1\n" : "0\n", 2) != 2)
		return err_sys(e, path);
	return 0;
}

static bool is_off(int ifindex)
{
	char path[CONF_PATH];
	uint64_t v = 0;

	return conf_path(ifindex, path) && sysfs_number(path, &v, NULL) == 0 && v == 0;
}

static void boot_read(char *buf)
{
	(void)sysfs_text("/proc/sys/kernel/random/boot_id", buf, BOOT_ID); /* "": of no boot */
}

/* The record: the boot, then a line for each port that had 0. Not synced: what it is about goes with the power, too. */
static int record_write(int record, const int *ifindex, size_t n, struct err *e)
{
	auto_file f = fdopen(dup(record), "w");
	char boot[BOOT_ID];

	if (!f)
		return err_sys(e, "accept_local");
	boot_read(boot);
	fprintf(f, "%s\n", boot);
	for (size_t i = 0; i < n; i++)
		if (is_off(ifindex[i]))
			fprintf(f, "%d\n", ifindex[i]);
	return fflush(f) != 0 ? err_sys(e, "accept_local") : 0;
}

/* Write 0 or 1 to each port of the record. 0, or the first -errno; *ret_n: ports written. */
static int record_apply(int record, bool on, size_t *ret_n, struct err *e)
{
	char boot[BOOT_ID], now[BOOT_ID];
	auto_file f = fdopen(dup(record), "r");
	int ifindex, r = 0;

	*ret_n = 0;
	boot_read(now);
	if (!f)
		return err_sys(e, "accept_local");
	rewind(f);
	if (fscanf(f, "%39s", boot) != 1 || strcmp(boot, now) != 0)
		return 0;
	while (fscanf(f, "%d", &ifindex) == 1 && (r == 0 || !on)) {
		int failed = conf_write(ifindex, on, e);

		r = r ? r : failed;
		*ret_n += !failed;
	}
	return r;
}

static int put_back(int record, const char *path, size_t *ret_n, struct err *e)
{
	int r = record_apply(record, false, ret_n, e);

	if (r == 0)
		(void)unlink(path); /* put back once more by the next one: no harm */
	return r;
}

static int path_make(const char *dir, char *buf, size_t size)
{
	struct stat ns;

	if (stat("/proc/self/ns/net", &ns) < 0)
		return -errno;
	return snprintf(buf, size, "%s/accept_local-%lu", dir, (unsigned long)ns.st_ino) < (int)size ? 0 : -ENAMETOOLONG;
}

/* True when fd is still what is found under the name: whoever ends a loan takes the name away. */
static bool is_named(int fd, const char *path)
{
	struct stat have, named;

	return fstat(fd, &have) == 0 && stat(path, &named) == 0 && have.st_ino == named.st_ino;
}

/* The record, locked. -EBUSY: another process has it. */
static int record_lock(const char *path, int flags)
{
	auto_fd fd = open(path, O_RDWR | O_CLOEXEC | flags, 0600);

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0 || !is_named(fd, path))
		return -EBUSY;
	return TAKE_FD(fd);
}

static int record_wait(const char *path, unsigned int wait_ms)
{
	const struct timespec poll = { .tv_nsec = POLL_MS * 1000000L };
	uint64_t end = clock_now_ms() + wait_ms;
	int fd = record_lock(path, O_CREAT);

	while (fd == -EBUSY && clock_now_ms() < end) {
		(void)nanosleep(&poll, NULL); /* cut short: asked again */
		fd = record_lock(path, O_CREAT);
	}
	return fd;
}

/* The child: nothing but the end of its parent, or of the loan, ends its wait. It has the lock, too, and gives it up last. */
__attribute__((noreturn)) static void keep(const struct loan *l, int held)
{
	static const int deaf_to[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
	size_t n;
	char c;

	close(l->hold);
	for (size_t i = 0; i < ARRAY_LEN(deaf_to); i++)
		signal(deaf_to[i], SIG_IGN);
	(void)setsid(); /* the parent's group may be killed as a whole */
	while (read(held, &c, 1) < 0 && errno == EINTR)
		continue;
	_exit(put_back(l->record, l->path, &n, NULL) < 0);
}

static int keeper_start(struct loan *l, struct err *e)
{
	int way[2];

	if (pipe2(way, O_CLOEXEC) < 0)
		return err_sys(e, "accept_local");
	auto_fd held = way[0];
	l->hold = way[1];
	l->keeper = fork();
	if (l->keeper == 0)
		keep(l, held);
	return l->keeper < 0 ? err_sys(e, "accept_local") : 0;
}

/* With the lock: what an earlier one has left goes first, so that it is not taken for the ports' own value. */
static int lend(struct loan *l, const int *ifindex, size_t n, struct err *e)
{
	size_t done;
	int r = record_apply(l->record, false, &done, e);

	if (r == 0 && ftruncate(l->record, 0) < 0)
		r = err_sys(e, l->path);
	if (r == 0 && lseek(l->record, 0, SEEK_SET) == 0)
		r = record_write(l->record, ifindex, n, e);
	if (r == 0)
		r = keeper_start(l, e);
	return r < 0 ? r : record_apply(l->record, true, &done, e);
}

int loan_take(struct loan *l, const char *dir, const int *ifindex, size_t n, unsigned int wait_ms, struct err *e)
{
	int r = path_make(dir, l->path, sizeof(l->path));

	if (r == 0 && mkdir(dir, 0700) < 0 && errno != EEXIST)
		return err_sys(e, dir);
	r = r ? r : record_wait(l->path, wait_ms);
	if (r == -EBUSY)
		return err_set(e, r, "accept_local: another doroce has it set for its own test");
	if (r < 0)
		return err_set(e, r, "%s: %s", l->path, strerror(-r));
	l->record = r;
	r = lend(l, ifindex, n, e);
	if (r < 0)
		(void)loan_end(l, NULL); /* the first cause is told */
	return r;
}

int loan_end(struct loan *l, struct err *e)
{
	int status = -1, r = 0;
	size_t n;

	if (l->record < 0)
		return 0;
	fd_drop(&l->hold);
	while (l->keeper > 0 && waitpid(l->keeper, &status, 0) < 0 && errno == EINTR)
		continue;
	if (status != 0) /* it was killed, or could not; told here why */
		r = put_back(l->record, l->path, &n, e);
	fd_drop(&l->record);
	*l = (struct loan)LOAN_NONE;
	return r;
}

size_t loan_settle(const char *dir)
{
	char path[sizeof(((struct loan *)0)->path)];
	size_t n = 0;

	if (path_make(dir, path, sizeof(path)) < 0)
		return 0;
	auto_fd record = record_lock(path, 0);
	if (record >= 0)
		(void)put_back(record, path, &n, NULL); /* tried again by the next command */
	return n;
}
