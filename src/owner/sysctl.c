/* SPDX-License-Identifier: MIT */
/* Lines of sysctl.d(5), sysctl.conf and tuned that set a value of a port, `all` and `default` included. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "owner/kinds.h"

/* One line. key: with slashes; value NULL: `-key` alone: globs leave it out. */
struct assignment {
	const char *key, *value, *file, *owner, *unit;
	unsigned int line;
};

struct assignments VEC(struct assignment);

/* systemd and procps: with a dot first, dots part and a slash stands for a dot; with a slash first as it is. */
static char *normal_key(const char *key, struct arena *a)
{
	char *ret = arena_strdup(a, key);
	size_t first = strcspn(ret, "./");

	if (ret[first] == '.')
		for (char *c = ret; *c; c++)
			*c = *c == '.' ? '/' : *c == '/' ? '.' : *c;
	return ret;
}

static void line_take(const struct spot *at, char *text, struct arena *a, struct assignments *ret)
{
	char *key = text_trim(text), *eq = strchr(key, '=');
	bool minus = key[0] == '-';

	if (key[0] == '#' || key[0] == ';' || !key[0] || (!eq && !minus))
		return;
	if (eq)
		*eq = '\0';
	*vec_add(a, ret) = (struct assignment){
		.key = normal_key(text_trim(key + minus), a),
		.value = eq ? arena_strdup(a, text_trim(eq + 1)) : NULL,
		.file = at->file, .line = at->line, .owner = at->owner, .unit = at->unit,
	};
}

static void file_take(const struct tree_file *f, const char *unit, struct arena *a, struct assignments *ret)
{
	struct spot at = { .owner = "sysctl.d", .file = f->path, .unit = unit };
	const char *text = f->text;
	char line[1024];

	while (text_line(&text, &at.line, line, sizeof(line)))
		line_take(&at, line, a, ret);
}

/* systemd-sysctl reads /etc/sysctl.conf only by a link in sysctl.d; procps' `sysctl --system` reads it last. */
static struct assignments lines_of_files(const struct tree *t, struct arena *a)
{
	static const char *const dirs[] = { "/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d",
					    "/usr/lib/sysctl.d", "/lib/sysctl.d", NULL };
	const struct tree_file *conf = tree_file(t, "/etc/sysctl.conf");
	bool systemd = tree_file(t, "/usr/lib/systemd/systemd-sysctl") || tree_file(t, "/lib/systemd/systemd-sysctl");
	struct tree_files files = drop_ins(t, dirs, "*.conf", a);
	struct assignments ret = { 0 };

	for vec_each(f, &files)
		file_take(*f, systemd ? "systemd-sysctl.service" : "sysctl --system", a, &ret);
	if (conf && !systemd)
		file_take(conf, "sysctl --system", a, &ret);
	return ret;
}

/* tuned.conf of the profile; the administrator's hides the distribution's. */
static const struct tree_file *profile_file(const struct tree *t, const char *name)
{
	static const char *const dirs[] = { "/etc/tuned", "/etc/tuned/profiles", "/usr/lib/tuned",
					    "/usr/lib/tuned/profiles" };
	char path[256];

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s/tuned.conf", dirs[i], name);
		const struct tree_file *f = tree_file(t, path);
		if (f)
			return f;
	}
	return NULL;
}

enum { INCLUDES_MAX = 8 };

/* What a profile includes comes first, so that its own lines win. */
static void profile_take(const struct tree *t, const char *name, unsigned int depth, struct arena *a,
			 struct assignments *ret)
{
	const struct tree_file *f = depth < INCLUDES_MAX ? profile_file(t, name) : NULL;
	struct ini it = { .text = f ? f->text : "" };

	while (f && ini_next(&it))
		if (strcmp(it.section, "main") == 0 && strcmp(it.key, "include") == 0)
			profile_take(t, it.value, depth + 1, a, ret);
	it = (struct ini){ .text = f ? f->text : "" };
	while (f && ini_next(&it))
		if (strcmp(it.section, "sysctl") == 0)
			*vec_add(a, ret) = (struct assignment){
				.key = normal_key(it.key, a), .value = arena_strdup(a, it.value + (it.value[0] == '>')),
				.file = f->path, .line = it.line, .owner = "tuned", .unit = "tuned.service",
			};
}

static struct assignments lines_of_tuned(const struct tree *t, struct arena *a)
{
	const struct tree_file *active = tree_file(t, "/etc/tuned/active_profile");
	struct assignments ret = { 0 };
	char name[128];
	int used;

	if (!active || !unit_is_used(t, "tuned.service"))
		return ret;
	for (const char *at = active->text; sscanf(at, " %127s%n", name, &used) == 1; at += used)
		profile_take(t, name, 0, a, &ret);
	return ret;
}

/* The line that counts for the key: the last with this very key, else the last glob that fits. */
static const struct assignment *winner(const struct assignments *as, const char *key)
{
	const struct assignment *glob = NULL;

	for (size_t i = as->n; i-- > 0;) {
		const struct assignment *as_i = &as->at[i];

		if (strcmp(as_i->key, key) == 0)
			return as_i->value ? as_i : NULL;
		if (!glob && strpbrk(as_i->key, "*?[") && as_i->value && fnmatch(as_i->key, key, FNM_PATHNAME) == 0)
			glob = as_i;
	}
	return glob;
}

/* All lines there are. tuned writes the files' values again after its own (reapply_sysctl). */
struct lines {
	struct assignments files, tuned;
};

static const struct assignment *line_for(const struct lines *l, const struct setting *set, const char *device,
					 struct arena *a)
{
	char *group = normal_key(conf_group(set->conf), a);
	const char *key = arena_printf(a, "%s/%s/%s", group, device, conf_name(set->conf));
	const struct assignment *as = winner(&l->files, key);

	return as ? as : winner(&l->tuned, key);
}

static void line_add(const struct search *s, const struct setting *set, const struct assignment *as, const char *of,
		     uint32_t effective, const char *wrong)
{
	struct arena *a = s->in->arena;

	*vec_add(a, s->ret) = (struct owner){
		.port = s->port, .name = set->name, .owner = as->owner, .file = as->file, .line = as->line,
		.unit = as->unit, .says = as->value, .contradicts = wrong != NULL,
		.text = arena_printf(a, "%sat boot, effective %u%s%s", of, effective, wrong ? ": " : "",
				     wrong ? wrong : ""),
	};
}

const char *conf_wrong(const struct search *s, const struct setting *set, uint32_t effective)
{
	const struct opt_u32 *wish = s->wish ? &s->wish->number[setting_id(set)] : NULL;
	bool wished = wish && wish->is == OPT_SET;
	uint32_t now = conf_effective(set->conf, s->in->node->conf_all[set->conf], set->get(set, s->port));
	uint32_t want = wished ? wish->v : now;
	bool serves = set->serves ? set->serves(want, effective) : want == effective;

	return serves ? NULL : wrong_text(wished);
}

static uint32_t number(const struct assignment *as)
{
	return as ? (uint32_t)strtoul(as->value, NULL, 0) : 0;
}

static void setting_find(const struct search *s, const struct setting *set, const struct lines *l)
{
	struct arena *a = s->in->arena;
	const struct assignment *own = line_for(l, set, s->port->link.name, a);
	const struct assignment *def = own ? NULL : line_for(l, set, "default", a);
	const struct assignment *all = line_for(l, set, "all", a);
	uint32_t at_boot = conf_effective(set->conf, number(all), number(own ? own : def));
	const char *wrong = conf_wrong(s, set, at_boot);

	if (own)
		line_add(s, set, own, "", at_boot, wrong);
	if (def)
		line_add(s, set, def, "for all new ports (default), ", at_boot, wrong);
	if (all)
		line_add(s, set, all, "for all ports, ", at_boot, wrong);
}

void sysctl_owners(const struct search *s)
{
	const struct tree *t = s->in->tree;
	struct lines l = { lines_of_files(t, s->in->arena), lines_of_tuned(t, s->in->arena) };

	for (const struct setting *set = settings; set < settings + SETTING_N; set++)
		if (set->conf && set->get)
			setting_find(s, set, &l);
}
