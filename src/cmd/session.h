/* SPDX-License-Identifier: MIT */
/* What plan, configure and verify have in common: intent, node, wishes, plan. */
#ifndef DOROCE_CMD_SESSION_H
#define DOROCE_CMD_SESSION_H

#include "cmd/cmd.h"
#include "persist/persist.h"
#include "plan/plan.h"

/* Files of the network manager. wanted false: they are left alone. backend NULL then: there shall be none of
 * ours; with detect: that of the manager which runs the ports. fatal: a note says that the files would not do.
 * script_names: they have the names of nv-mlnxipcfg.py's. boot_alone: no manager's files, but what `doroce reapply`
 * makes doRoCE's values again from; gone: there shall be none of it. */
struct persisting {
	bool wanted, detect, fatal, script_names, boot_alone, gone;
	const struct backend *backend;
};

/* One run. has_intent false: neither file nor options; wishes and plan are empty then.
 * root: files are meant to be below this directory, and the plan is of files alone, those of sysfs, debugfs, procfs
 * and configfs that hold settings among them; NULL: of this node.
 * add_files: what a command adds to the wishes of files, behind all others; add_ports: to the ports of the node when it
 * is read again; NULL: nothing. */
struct session {
	struct arena *arena;
	struct kern *kern;
	const char *root;
	bool has_intent;
	struct intent intent;
	struct persisting persist;
	struct node node;
	struct wishes wishes;
	struct remarks remarks;
	struct plan plan;
	int (*add_files)(struct session *s);
	void (*add_ports)(struct session *s);
};

void session_done(struct session *s);

#define auto_session __attribute__((cleanup(session_done))) struct session

/* Read intent and node, resolve, plan. intent_needed: its absence is an error.
 * EXIT_OK, or the exit status; what is wrong has been printed. */
int session_open(struct session *s, const struct options *o, struct arena *a, bool intent_needed);

/* Read the intent alone, without asking what it means for the node; s->kern is opened if it is not. EXIT_OK, or the exit
 * status; what is wrong has been printed. */
int session_intent(struct session *s, const struct options *o, struct arena *a);

/* Read the node again and plan again. EXIT_OK, EXIT_FAILED. */
int session_reread(struct session *s);

/* The same, of which nothing is printed but what is wrong with files. 0; -errno, with what is wrong with the intent in
 * d or with the node in e; -EINTR, the node changes faster than it can be read. */
int session_look(struct session *s, struct diag *d, struct err *e);

/* The directory of --root by a path that holds wherever this process goes; NULL: not given, or "/".
 * EXIT_OK, EXIT_USAGE (printed). */
int root_path(const struct options *o, struct arena *a, const char **ret);

/* "doroce: text" on stderr. Returns status. */
int complain(int status, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* --parallel; 1 where it is not given. EXIT_OK or EXIT_USAGE (printed). */
int option_parallel(const struct options *o, uint32_t *ret);

/* A number of the command line, of the option named. EXIT_OK or EXIT_USAGE (printed). */
int option_number(const char *option, const char *text, uint32_t min, uint32_t max, uint32_t *ret);

#endif
