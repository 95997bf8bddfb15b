/* SPDX-License-Identifier: MIT */
/* Capabilities, user, groups, limits: what is left of a process that was started as root. */
#include "kern/drop.h"

#include <errno.h>
#include <glob.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { GROUPS_MAX = 8, FOR_GROUP = S_IRGRP | S_IWGRP, FOR_ALL = S_IROTH | S_IWOTH };

/* n: that is known; root_only: a device file is for root alone. */
struct groups {
	gid_t at[GROUPS_MAX];
	size_t n;
	bool root_only;
};

static void group_add(struct groups *g, gid_t gid)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->at[i] == gid)
			return;
	if (g->n < GROUPS_MAX)
		g->at[g->n++] = gid;
}

/* Who may open the device files: everybody, unless a rule of udev says otherwise. */
static struct groups device_groups(void)
{
	struct groups ret = { 0 };
	glob_t found = { 0 };
	struct stat st;

	(void)glob("/dev/infiniband/rdma_cm", 0, NULL, &found);
	(void)glob("/dev/infiniband/uverbs*", GLOB_APPEND, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		if (stat(found.gl_pathv[i], &st) < 0 || (st.st_mode & FOR_ALL) == FOR_ALL)
			continue;
		if ((st.st_mode & FOR_GROUP) == FOR_GROUP && st.st_gid != 0)
			group_add(&ret, st.st_gid);
		else
			ret.root_only = true;
	}
	globfree(&found);
	return ret;
}

static void memory_limit(uint64_t bytes)
{
	struct rlimit lock = { 0 };

	if (getrlimit(RLIMIT_MEMLOCK, &lock) < 0 || lock.rlim_cur >= bytes)
		return;
	lock.rlim_cur = bytes;
	if (lock.rlim_max < bytes)
		lock.rlim_max = bytes;
	(void)setrlimit(RLIMIT_MEMLOCK, &lock); /* not root: what there is has to do, and connects say when it does not */
}

/* Without CAP_SETPCAP it stays, which changes nothing: without root and with no_new_privs none of them can be had. */
static void bounding_set_empty(void)
{
	for (unsigned long cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
		;
}

static int user_change(const struct groups *g)
{
	if (setgroups(g->n, g->at) < 0 || setresgid(DROP_USER, DROP_USER, DROP_USER) < 0 ||
	    setresuid(DROP_USER, DROP_USER, DROP_USER) < 0)
		return -errno;
	return 0;
}

static int capabilities_keep(bool low_port)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2] = { 0 };
	const uint32_t bind = 1u << CAP_NET_BIND_SERVICE;

	if (syscall(SYS_capget, &h, d) < 0)
		return -errno;
	bool has = low_port && d[0].permitted & bind;
	memset(d, 0, sizeof(d));
	d[0].effective = d[0].permitted = has ? bind : 0;
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); /* before Linux 4.3 there are none */
	return syscall(SYS_capset, &h, d) < 0 ? -errno : 0;
}

int drop_rights(const struct drop *d, struct err *e)
{
	const struct groups g = device_groups();
	const struct rlimit none = { 0 };
	int r = 0;

	memory_limit(d->locked_bytes);
	bounding_set_empty();
	if (geteuid() == 0 && !g.root_only && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0)
		r = user_change(&g);
	if (r == 0)
		r = capabilities_keep(d->low_port);
	if (r < 0)
		return err_set(e, r, "drop privileges: %s", strerror(-r));
	/* last: a change of the user sets it anew */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
	    setrlimit(RLIMIT_CORE, &none) < 0)
		return err_sys(e, "drop privileges");
	return 0;
}
