/* SPDX-License-Identifier: MIT */
/* Configuration files of the libraries above RDMA: what they must be told of the ports. Text in, text out.
 *
 * Our lines stand between two marks, all others are the administrator's and stay. */
#ifndef DOROCE_APPS_APPS_H
#define DOROCE_APPS_APPS_H

#include "intent/intent.h"

/* The RoCE v2 GID of a port's own address; -1: not known yet. */
struct app_port {
	const struct port *port;
	uint32_t tos;
	bool has_tos;
	int gid_index;
};

/* ports: those of the intent. infiniband: the node has such ports, too, which a list of devices would shut out.
 * needs_gid_index: a library is installed that takes index 0 unless told (NCCL before 2.21). gid_index: wanted by
 * the intent in every case, -1: not. no_devices: see struct apps_wish. */
struct apps_in {
	struct arena *arena;
	struct VEC(struct app_port) ports;
	bool infiniband, needs_gid_index, no_devices;
	int gid_index;
};

struct app {
	const char *name; /* key below `apps:` */
	const char *path;
	const char *const *finds; /* APP_AUTO: written where one of these is there; NULL at the end */
	const char *tc, *gid_index, *devices; /* its names; gid_index NULL: it finds the GID by itself */
	const char *devices_prefix;
};

extern const struct app apps[APP_N];

/* Texts for the operator; each names the file. */
struct app_notes VEC(char *);

/* The text of the file with our lines as they shall be; lines NULL: without them. old NULL: there is no file. NULL:
 * the file shall not be there (it had nothing but our lines). */
char *app_file(struct arena *a, const char *old, const char *lines);

/* Our lines for the library, NULL: nothing is to be said. */
char *app_lines(const struct app *app, const struct apps_in *in, struct app_notes *notes);

/* The text without the lines that doRoCE.sh has put there: its mark, and NCCL_IB_TC and NCCL_IB_GID_INDEX behind it. */
char *app_without_script(struct arena *a, const char *text);

/* Tell of each line of the administrator that says something else than ours: the first one counts. */
void app_contradictions(const struct app *app, const struct apps_in *in, const char *old, const char *lines,
			struct app_notes *notes);

/* True when the library's version in the name ("libnccl.so.2.18.3") is before 2.21. */
bool nccl_is_old(const char *file_name);

#endif
