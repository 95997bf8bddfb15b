/* SPDX-License-Identifier: MIT */
/* Configuration files of the libraries above RDMA: what they must be told of the ports. Text in, text out. */
#include "apps/apps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lines.h"

#define MARK_BEGIN "# doroce: begin. Lines up to its end are written by doroce configure\n"
#define MARK_END "# doroce: end\n"

static const char *const nccl_finds[] = {
	"/etc/nccl.conf", "/usr/lib/*/libnccl.so.2*", "/usr/lib64/libnccl.so.2*", "/usr/local/lib/libnccl.so.2*",
	"/usr/local/cuda/lib64/libnccl.so.2*", NULL,
};
static const char *const rccl_finds[] = { "/etc/rccl.conf", "/opt/rocm/lib/librccl.so*", NULL };
static const char *const ucx_finds[] = { "/etc/ucx/ucx.conf", "/usr/lib/*/libucp.so*", "/usr/lib64/libucp.so*", NULL };

/* The variables are those of the libraries' environment: NCCL's env.rst, RCCL's env-variables, `ucx_info -cf`. */
const struct app apps[APP_N] = {
	[APP_NCCL] = {
		.name = "nccl", .path = "/etc/nccl.conf", .finds = nccl_finds, .tc = "NCCL_IB_TC",
		.gid_index = "NCCL_IB_GID_INDEX", .devices = "NCCL_IB_HCA", .devices_prefix = "=",
	},
	[APP_RCCL] = {
		.name = "rccl", .path = "/etc/rccl.conf", .finds = rccl_finds, .tc = "NCCL_IB_TC",
		.gid_index = "NCCL_IB_GID_INDEX", .devices = "NCCL_IB_HCA", .devices_prefix = "=",
	},
	[APP_UCX] = {
		.name = "ucx", .path = "/etc/ucx/ucx.conf", .finds = ucx_finds, .tc = "UCX_IB_TRAFFIC_CLASS",
		.devices = "UCX_NET_DEVICES", .devices_prefix = "",
	},
};

static bool starts(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

/* state: the end of our lines, NULL: not among them. An end without its begin, or a begin without an end, stays with
 * what follows it. */
static bool is_ours(const char *line, size_t len, void *state)
{
	const char **end = state;

	if (!*end && starts(line, MARK_BEGIN))
		*end = strstr(line, "\n" MARK_END);
	if (!*end)
		return false;
	if (line == *end + 1)
		*end = NULL;
	(void)len;
	return true;
}

static char *without_ours(struct arena *a, const char *old)
{
	const char *end = NULL;

	return lines_without(a, old, is_ours, &end);
}

/* The script's mark, as it spells it. */
static bool is_script_mark(const char *line)
{
	return starts(line, "# Added by doRoCE");
}

static bool is_script_value(const char *line)
{
	return starts(line, "NCCL_IB_TC=") || starts(line, "NCCL_IB_GID_INDEX=");
}

/* state: whether the line before was one of the script's. */
static bool is_scripts(const char *line, size_t len, void *state)
{
	bool *below = state;

	(void)len;
	return *below = is_script_mark(line) || (*below && is_script_value(line));
}

char *app_without_script(struct arena *a, const char *old)
{
	bool below = false;

	return lines_without(a, old, is_scripts, &below);
}

char *app_file(struct arena *a, const char *old, const char *lines)
{
	char *rest = without_ours(a, old ? old : "");
	size_t len = strlen(rest);

	if (!lines)
		return *rest ? rest : NULL;
	return arena_printf(a, "%s%s" MARK_BEGIN "%s" MARK_END, rest, len && rest[len - 1] != '\n' ? "\n" : "", lines);
}

static void note(const struct apps_in *in, struct app_notes *notes, char *text)
{
	*vec_add(in->arena, notes) = text;
}

/* True when all ports have one ToS; it goes into *ret. */
static bool tos_of_all(const struct apps_in *in, uint32_t *ret)
{
	for vec_each(p, &in->ports)
		if (!p->has_tos || p->tos != in->ports.at[0].tos)
			return false;
	if (in->ports.n)
		*ret = in->ports.at[0].tos;
	return in->ports.n;
}

static bool any_tos(const struct apps_in *in)
{
	for vec_each(p, &in->ports)
		if (p->has_tos)
			return true;
	return false;
}

static const char *tc_line(const struct app *app, const struct apps_in *in, struct app_notes *notes)
{
	uint32_t tos;

	if (tos_of_all(in, &tos))
		return arena_printf(in->arena, "%s=%u\n", app->tc, tos);
	if (any_tos(in))
		note(in, notes, arena_printf(in->arena, "%s: no %s: the ports have not all the same tos, and the "
					     "library takes one for all", app->path, app->tc));
	return "";
}

/* The one index that serves every port; -1: there is none, a note says why. */
static int index_of_all(const struct app *app, const struct apps_in *in, struct app_notes *notes)
{
	int index = in->ports.n ? in->ports.at[0].gid_index : -1;

	if (in->gid_index >= 0)
		return in->gid_index;
	for vec_each(p, &in->ports) {
		if (p->gid_index >= 0 && p->gid_index == index)
			continue;
		note(in, notes, p->gid_index < 0 ?
			arena_printf(in->arena, "%s: no %s: %s has no RoCE v2 GID of its address yet; configure again "
				     "when it has", app->path, app->gid_index, p->port->name) :
			arena_printf(in->arena, "%s: no %s: it is %d on %s and %d on %s, and the library takes one for "
				     "all", app->path, app->gid_index, index, in->ports.at[0].port->name,
				     p->gid_index, p->port->name));
		return -1;
	}
	return index;
}

static const char *index_line(const struct app *app, const struct apps_in *in, struct app_notes *notes)
{
	int index = app->gid_index && (in->needs_gid_index || in->gid_index >= 0) ? index_of_all(app, in, notes) : -1;

	return index < 0 ? "" : arena_printf(in->arena, "%s=%d\n", app->gid_index, index);
}

static const char *devices_line(const struct app *app, const struct apps_in *in, struct app_notes *notes)
{
	const char *list = "";

	if (in->no_devices)
		return "";
	if (in->infiniband) {
		note(in, notes, arena_printf(in->arena, "%s: no %s: this node has InfiniBand ports, too, which a list "
					     "of the RoCE ports would shut out", app->path, app->devices));
		return "";
	}
	for vec_each(p, &in->ports)
		list = arena_printf(in->arena, "%s%s%s:%u", list, *list ? "," : "", p->port->rdma.device,
				    p->port->rdma.port);
	return *list ? arena_printf(in->arena, "%s=%s%s\n", app->devices, app->devices_prefix, list) : "";
}

char *app_lines(const struct app *app, const struct apps_in *in, struct app_notes *notes)
{
	const char *tc = tc_line(app, in, notes), *index = index_line(app, in, notes);
	char *lines = arena_printf(in->arena, "%s%s%s", tc, index, devices_line(app, in, notes));

	return *lines ? lines : NULL;
}

/* The line of text with the name of the line `with`, of another value; NULL: none. */
static const char *other_value(const char *text, const char *with)
{
	size_t name = strcspn(with, "=") + 1;

	for (const char *line = text; *line; line = line_end(line))
		if (strncmp(line, with, name) == 0 &&
		    (line_end(line) - line != line_end(with) - with || strncmp(line, with, (size_t)(line_end(line) - line)) != 0))
			return line;
	return NULL;
}

void app_contradictions(const struct app *app, const struct apps_in *in, const char *old, const char *lines,
			struct app_notes *notes)
{
	const char *theirs = without_ours(in->arena, old ? old : "");

	for (const char *line = lines; line && *line; line = line_end(line)) {
		const char *other = other_value(theirs, line);

		if (other)
			note(in, notes, arena_printf(in->arena, "%s: '%.*s' is not doroce's and says something else than "
						     "'%.*s': the first line counts", app->path,
						     (int)strcspn(other, "\n"), other, (int)strcspn(line, "\n"), line));
	}
}

bool nccl_is_old(const char *file_name)
{
	const char *version = strstr(file_name, ".so.2.");

	return version && strtoul(version + strlen(".so.2."), NULL, 10) < 21;
}
