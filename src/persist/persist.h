/* SPDX-License-Identifier: MIT */
/* The wishes as files that the node's network manager reads at boot: one backend for each manager.
 *
 * Text in, text out: what lies in the files now comes with struct persist_in, what shall lie there
 * goes into struct file_wishes, which the plan compares and the transaction writes. */
#ifndef DOROCE_PERSIST_PERSIST_H
#define DOROCE_PERSIST_PERSIST_H

#include "setting/setting.h"

/* All that a backend looks at. seen: the files of its `reads` that are there, whole.
 * version: of the manager's program, as it tells it ("1.2.1"); "" not known.
 * script_names: files whose name is free have that of nv-mlnxipcfg.py's, which are replaced. */
struct persist_in {
	struct arena *arena;
	const struct wishes *wishes;
	const struct node *node;
	const struct files *seen;
	const char *version;
	bool script_names;
};

/* Something that the operator must know: another file that says something else of a port, a manager
 * too old for a part. fatal: with it the backend can not give the plan back after a boot: nothing
 * is written. */
struct persist_note {
	const struct port *port; /* NULL: of the node */
	bool fatal;
	char *text; /* "/etc/netplan/50-cloud-init.yaml:12: also defines p0: ..." */
};

struct persist_notes VEC(struct persist_note);

/* One way to write the wishes down. */
struct backend {
	const char *name;	   /* of `persist:` and --persist=: "netplan" */
	const char *const *reads;  /* globs of the files it wants to see, NULL at the end */
	const char *const *reload; /* argument vector that makes the manager read its files again;
				      NULL: none */
	bool generator; /* reads its files before any unit runs at boot */
	bool edits; /* its files are others', with lines of ours: without wishes these go, and the file stays */
	const char *const
		*version; /* argument vector that tells the version; NULL: not asked for */
	/* Add the files that shall be there, and those of ours (by name and mark) that shall not be
	 * there any more (OPT_NONE). Pure. */
	void (*write)(const struct persist_in *in, struct file_wishes *ret,
		      struct persist_notes *notes);
};

/* One row for each backend, `none` not among them; NULL name at the end. */
extern const struct backend backends[];

const struct backend *backend_by_name(const char *name);

/* The part of what no manager can hold; written beside the backend's files in every case. */
extern const struct backend persist_sysctl;

/* The wishes as an intent, from which `doroce reapply` makes again what no manager keeps; written beside the
 * backend's files in every case. */
extern const struct backend persist_boot;

#define PERSIST_BOOT "/etc/doroce.boot.yaml"

/* The same of the program doRoCE: its values stand beside those of a configure, and come again after them. */
extern const struct backend persist_boot_script;

#define PERSIST_BOOT_SCRIPT "/etc/doroce.boot-doRoCE.yaml"

/* `doroce reapply` in the hook of OFED's openibd, where that is installed: it loads the drivers anew. */
extern const struct backend persist_openibd;

/* First line of every file of ours. What begins with it may be replaced and removed. */
#define PERSIST_MARK                                                                               \
	"# Written by doroce. Changes here are lost: change /etc/doroce.yaml and run doroce "      \
	"configure --persist."

/* True when the file begins with PERSIST_MARK. */
bool persist_is_ours(const struct file *f);

/* Wish for the file with this text, whose first line is PERSIST_MARK. why: name of the backend. */
void persist_put(const struct persist_in *in, struct file_wishes *ret, const char *path, const char *text,
		 mode_t mode, const char *why);

/* Wish that the file is not there any more, if it is among in->seen and ours; else nothing. */
void persist_drop(const struct persist_in *in, struct file_wishes *ret, const char *path, const char *why);

/* Backends, each in its own file. Names of the files: */
void netplan_write(const struct persist_in *in, struct file_wishes *ret,
		   struct persist_notes *notes);
void networkd_write(const struct persist_in *in, struct file_wishes *ret,
		    struct persist_notes *notes);
void networkmanager_write(const struct persist_in *in, struct file_wishes *ret,
			  struct persist_notes *notes);
void ifcfg_write(const struct persist_in *in, struct file_wishes *ret, struct persist_notes *notes);
void ifupdown_write(const struct persist_in *in, struct file_wishes *ret,
		    struct persist_notes *notes);
void wicked_write(const struct persist_in *in, struct file_wishes *ret,
		  struct persist_notes *notes);

/* What no manager can hold (ARP settings, rp_filter) goes to sysctl.d in every case:
 * /etc/sysctl.d/90-doroce.conf. */
void sysctl_write(const struct persist_in *in, struct file_wishes *ret,
		  struct persist_notes *notes);
void openibd_write(const struct persist_in *in, struct file_wishes *ret, struct persist_notes *notes);
void boot_write(const struct persist_in *in, struct file_wishes *ret, struct persist_notes *notes);
void boot_script_write(const struct persist_in *in, struct file_wishes *ret, struct persist_notes *notes);

#endif
