/* SPDX-License-Identifier: MIT */
/* LD_PRELOAD: ends a program at one of its cut points, or lets that call fail.
 *
 * Cut points, counted from 1 through all threads and children made by fork: each change sent to rtnetlink
 * (sendmsg of a message that is no get), and by ethtool netlink to global pause, each fsync, fdatasync, rename,
 * renameat and unlinkat, each write to a file below /var/lib/doroce, /etc, /proc/sys or configfs.
 *
 *   CUT=N           SIGKILL right after the N-th: what it does is done
 *   CUT_BEFORE=1    right before it instead
 *   CUT_TORN=1      a write puts half of its bytes first
 *   CUT_STOP=1      SIGSTOP instead of SIGKILL: the program goes on when told to
 *   FAIL=N ERRNO=E  the N-th fails with the number E and does nothing
 *   FAIL_ON=1       and each write and sync of files behind it: the disk stays full
 *   CUT_COUNT=FILE  how many there were so far, as one line
 *   CUT_CLOCK=S     the wall clock goes wrong by so many seconds, CUT_CLOCK_AT=S after the program's start
 *   CUT_LATE=FILE   as soon as the file is there CLOCK_BOOTTIME is a day ahead: what waits by it waits no longer
 *   CUT_ONLY=WORD   all this in a program with the word in its command line alone: others hand it on to
 *                   those that they start */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char journal[] = "/var/lib/doroce/", files[] = "/etc/", settings[] = "/proc/sys/";
static const char configfs[] = "/sys/kernel/config/";

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* What a call at a cut point is to do. */
enum fate { GO_ON, DIE_AFTER, DIE_TORN, FAIL };

/* Shared with children that are no other program. */
static int *counter;

/* meant: see CUT_ONLY. */
static bool meant;
static struct timespec start;

static long number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtol(text, NULL, 10) : 0;
}

static bool is_meant(void)
{
	const char *word = getenv("CUT_ONLY");
	char line[4096];
	int fd = word ? open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC) : -1;
	ssize_t n = fd < 0 ? 0 : read(fd, line, sizeof(line));

	if (fd >= 0)
		close(fd);
	return !word || (n > 0 && memmem(line, (size_t)n, word, strlen(word)));
}

__attribute__((constructor)) static void counter_make(void)
{
	meant = is_meant();
	REAL(clock_gettime)(CLOCK_MONOTONIC, &start);
	counter = mmap(NULL, sizeof(*counter), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counter == MAP_FAILED)
		abort();
	/* programs that it starts are not meant */
	if (meant)
		unsetenv("LD_PRELOAD");
}

static void count_tell(int n)
{
	const char *path = getenv("CUT_COUNT");
	char text[16];
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;

	if (fd < 0)
		return;
	int len = snprintf(text, sizeof(text), "%d\n", n);
	if (REAL(write)(fd, text, (size_t)len) < 0)
		abort();
	close(fd);
}

static void die(void)
{
	kill(getpid(), getenv("CUT_STOP") ? SIGSTOP : SIGKILL);
}

static enum fate fate_next(bool to_disk)
{
	if (!meant)
		return GO_ON;
	int n = __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
	long fail = number("FAIL");

	count_tell(n);
	if (fail && (n == fail || (n > fail && to_disk && getenv("FAIL_ON")))) {
		errno = (int)number("ERRNO");
		return FAIL;
	}
	if (n != number("CUT"))
		return GO_ON;
	if (getenv("CUT_BEFORE")) {
		die();
		return GO_ON;
	}
	return getenv("CUT_TORN") ? DIE_TORN : DIE_AFTER;
}

/* r as it is, but for a program whose end this is. */
static int done(enum fate f, int r)
{
	int error = errno;

	if (f != GO_ON)
		die();
	errno = error;
	return r;
}

/* Families have numbers of their own from GENL_MIN_ID on; the one that doroce speaks to beside the list of them is
 * ethtool's. */
static bool is_ethtool_change(const struct nlmsghdr *h)
{
	const struct genlmsghdr *g = NLMSG_DATA(h);

	return h->nlmsg_type > GENL_ID_CTRL && h->nlmsg_len >= NLMSG_LENGTH(sizeof(*g)) && g->cmd == ETHTOOL_MSG_PAUSE_SET;
}

static bool is_change(int fd, const struct msghdr *msg)
{
	const struct nlmsghdr *h = msg->msg_iovlen ? msg->msg_iov[0].iov_base : NULL;
	int family = 0, protocol = -1;
	socklen_t size = sizeof(int);

	if (!h || msg->msg_iov[0].iov_len < sizeof(*h) ||
	    getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) < 0 || family != AF_NETLINK)
		return false;
	size = sizeof(int);
	if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) < 0)
		return false;
	if (protocol != NETLINK_ROUTE)
		return protocol == NETLINK_GENERIC && is_ethtool_change(h);
	/* new, del, get, set: in this order for each object; below are acks and ends */
	return h->nlmsg_type >= RTM_BASE && (h->nlmsg_type - RTM_BASE) % 4 != 2;
}

static bool is_below(int fd, const char *dir)
{
	char link[40], path[256];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	return strncmp(path, dir, strlen(dir)) == 0;
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	enum fate f = is_change(fd, msg) ? fate_next(false) : GO_ON;

	return f == FAIL ? -1 : done(f, (int)REAL(sendmsg)(fd, msg, flags));
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	enum fate f = is_below(fd, journal) || is_below(fd, files) ? fate_next(true) :
		      is_below(fd, settings) || is_below(fd, configfs)  ? fate_next(false) :
								     GO_ON;

	return f == FAIL ? -1 : done(f, (int)REAL(write)(fd, bytes, f == DIE_TORN ? size / 2 : size));
}

int fsync(int fd)
{
	enum fate f = fate_next(true);

	return f == FAIL ? -1 : done(f, REAL(fsync)(fd));
}

int fdatasync(int fd)
{
	enum fate f = fate_next(true);

	return f == FAIL ? -1 : done(f, REAL(fdatasync)(fd));
}

int rename(const char *from, const char *to)
{
	enum fate f = fate_next(false);

	return f == FAIL ? -1 : done(f, REAL(rename)(from, to));
}

int unlinkat(int dir, const char *name, int flags)
{
	enum fate f = fate_next(false);

	return f == FAIL ? -1 : done(f, REAL(unlinkat)(dir, name, flags));
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	enum fate f = fate_next(false);

	return f == FAIL ? -1 : done(f, REAL(renameat)(from_dir, from, to_dir, to));
}

static long clock_fault(void)
{
	struct timespec now;

	REAL(clock_gettime)(CLOCK_MONOTONIC, &now);
	return meant && now.tv_sec - start.tv_sec >= number("CUT_CLOCK_AT") ? number("CUT_CLOCK") : 0;
}

time_t time(time_t *ret)
{
	time_t now = REAL(time)(NULL) + clock_fault();

	if (ret)
		*ret = now;
	return now;
}

int clock_gettime(clockid_t clock, struct timespec *ret)
{
	int r = REAL(clock_gettime)(clock, ret);

	if (clock == CLOCK_REALTIME)
		ret->tv_sec += clock_fault();
	if (clock == CLOCK_BOOTTIME && meant && getenv("CUT_LATE") && access(getenv("CUT_LATE"), F_OK) == 0)
		ret->tv_sec += 24 * 3600;
	return r;
}
