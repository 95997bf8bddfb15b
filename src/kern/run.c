/* SPDX-License-Identifier: MIT */
/* Other programs of the node, by their argument vector: never through a shell. */
#include "kern/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/clock.h"

static void words_join(const char *const *argv, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (; *argv && n < size; argv++)
		n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? " " : "", *argv);
}

/* Our own process holds signals back while it changes something: the program shall not inherit that. */
static int spawn(const char *const *argv, int out, pid_t *ret)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDERR_FILENO);
	int r = posix_spawnp(ret, argv[0], &files, &attr, (char *const *)argv, environ);

	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return -r;
}

/* Read until the program has closed its output. A daemon that it starts may keep it open: its end counts. */
static int output_read(int fd, pid_t pid, char *out, size_t size)
{
	uint64_t end = clock_now_ms() + RUN_LIMIT_MS;
	char rest[256];
	size_t have = 0;

	out[0] = '\0';
	for (ssize_t n = 1; n > 0;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		siginfo_t si = { 0 };

		if (clock_now_ms() > end)
			return -ETIME;
		if (poll(&p, 1, 100) == 0) {
			if (waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG | WNOWAIT) == 0 && si.si_pid)
				return 0;
			continue;
		}
		bool room = have + 1 < size;
		n = read(fd, room ? out + have : rest, room ? size - 1 - have : sizeof(rest));
		have += n > 0 && room ? (size_t)n : 0;
		out[have] = '\0';
	}
	return 0;
}

/* Its end; ended when it is late. */
static int program_wait(pid_t pid, bool late)
{
	int status = 0;

	if (late)
		(void)kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (late)
		return -ETIME;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

static int failed(const char *const *argv, int r, const char *out, struct err *e)
{
	char line[160];

	words_join(argv, line, sizeof(line));
	if (r == -EIO)
		return err_set(e, r, "%s: failed%s%.*s", line, out[0] ? ": " : "", (int)strcspn(out, "\n"), out);
	if (r == -ETIME)
		return err_set(e, r, "%s: had not ended after %d s", line, RUN_LIMIT_MS / 1000);
	return err_set(e, r, "%s: %s", line, strerror(-r));
}

int run_program(const char *const *argv, char *out, size_t size, struct err *e)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return failed(argv, -errno, "", e);
	auto_fd from = ends[0];
	int r = spawn(argv, ends[1], &pid);
	close(ends[1]);
	if (r < 0)
		return failed(argv, r, "", e);
	r = output_read(from, pid, out, size);
	r = program_wait(pid, r < 0);
	return r < 0 ? failed(argv, r, out, e) : 0;
}
