/* SPDX-License-Identifier: MIT */
/* Where a verification's reports go, and in which format. */
#include "cmd/report.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/word.h"
#include "cmd/json.h"
#include "cmd/session.h"
#include "kern/file.h"

static const char *const format_names[REPORT_FORMATS + 1] = { "text", "json", "junit", "prometheus", NULL };

static int format_option(const struct options *o, enum report_format *ret)
{
	enum report_format f = o->json ? REPORT_JSON : REPORT_TEXT;

	if (o->format) {
		const char *near = word_nearest(o->format, format_names);

		for (f = 0; f < REPORT_FORMATS && strcmp(format_names[f], o->format) != 0;)
			f++;
		if (f == REPORT_FORMATS)
			return complain(EXIT_USAGE, "--format: '%s' is none of text, json, junit, prometheus%s%s%s",
					o->format, near ? ": did you mean '" : "", near ? near : "",
					near ? "'?" : "");
		if (o->json && f != REPORT_JSON)
			return complain(EXIT_USAGE, "--json and --format %s exclude each other", o->format);
	}
	*ret = f;
	return EXIT_OK;
}

/* Absolute path of the file, NULL for "-" and when none is named. What is no plain file (a device, a symbolic link)
 * would be replaced by one. */
static int path_option(const char *option, const char *file, struct arena *a, const char **ret)
{
	char here[PATH_MAX] = "";
	struct err e = { 0 };
	struct stat st;

	if (!file || strcmp(file, "-") == 0)
		return EXIT_OK;
	if (file[0] != '/' && !getcwd(here, sizeof(here)))
		return complain(EXIT_FAILED, "--%s: this directory: %s", option, strerror(errno));
	const char *path = file[0] == '/' ? file : arena_printf(a, "%s/%s", here, file);
	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return complain(EXIT_FAILED, "--%s: %s: is no plain file, and is left alone", option, file);
	if (file_check("", path, &e) < 0)
		return complain(EXIT_FAILED, "--%s: %s", option, e.text);
	*ret = path;
	return EXIT_OK;
}

/* `--junit -` is the report itself, unless that has been given another format. */
static int junit_option(const struct options *o, struct arena *a, struct reports *rs)
{
	struct report_to to = { .format = REPORT_JUNIT };
	int r = path_option("junit", o->junit, a, &to.path);

	if (r != EXIT_OK || !o->junit)
		return r;
	bool replaces = !to.path && !rs->at[0].path;
	if (replaces && (o->json || (o->format && rs->at[0].format != REPORT_JUNIT)))
		return complain(EXIT_USAGE, "--junit -: two reports on stdout: name a file for one of them");
	if (to.path && rs->at[0].path && strcmp(to.path, rs->at[0].path) == 0)
		return complain(EXIT_USAGE, "--junit and --output name the same file");
	rs->at[replaces ? 0 : rs->n++] = to;
	return EXIT_OK;
}

int reports_options(const struct options *o, struct arena *a, struct reports *ret)
{
	*ret = (struct reports){ .n = 1 };
	int r = format_option(o, &ret->at[0].format);

	if (r == EXIT_OK)
		r = path_option("output", o->output, a, &ret->at[0].path);
	return r == EXIT_OK ? junit_option(o, a, ret) : r;
}

bool reports_for_people(const struct reports *rs)
{
	for (size_t i = 0; i < rs->n; i++)
		if (!rs->at[i].path)
			return rs->at[i].format == REPORT_TEXT;
	return true;
}

static int json_write(const struct verify *v, json_t *changes, FILE *to)
{
	auto_json *j = report_json(v);

	if (changes)
		json_object_set(j, "plan", changes);
	if (json_dumpf(j, to, JSON_INDENT(2) | JSON_PRESERVE_ORDER) < 0)
		return -EINVAL;
	fputc('\n', to);
	return 0;
}

static int report_write(enum report_format f, const struct verify *v, const struct report_run *run,
			const struct report_options *o, json_t *changes, FILE *to)
{
	switch (f) {
	case REPORT_JSON:
		return json_write(v, changes, to);
	case REPORT_JUNIT:
		return report_junit(v, run, to);
	case REPORT_PROMETHEUS:
		report_prometheus(v, run, to);
		return 0;
	default:
		report_text(v, o, to);
		return 0;
	}
}

/* Whoever reads the directory finds the old file or the new one, whole. */
static int file_put(const char *path, const char *text, size_t len)
{
	const struct file f = { .path = path, .text = text, .len = len, .mode = 0644, .uid = geteuid(),
				.gid = getegid() };
	struct err e = { 0 };

	return files_put("", &f, 1, &e) < 0 ? complain(EXIT_FAILED, "report: %s", e.text) : EXIT_OK;
}

static int report_put(const struct report_to *to, const struct verify *v, const struct report_run *run,
		      const struct report_options *o, json_t *changes)
{
	auto_free char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int r = f ? report_write(to->format, v, run, o, changes, f) : -ENOMEM;

	if (f && fclose(f) < 0 && r == 0)
		r = -ENOMEM;
	if (r < 0)
		return complain(EXIT_FAILED, "report: %s", strerror(-r));
	if (to->path)
		return file_put(to->path, text, len);
	return fwrite(text, 1, len, stdout) == len ? EXIT_OK : EXIT_FAILED;
}

int reports_write(const struct reports *rs, const struct verify *v, const struct report_run *run, bool all,
		  json_t *changes)
{
	int r = EXIT_OK;

	for (size_t i = 0; i < rs->n; i++) {
		bool terminal = !rs->at[i].path && isatty(STDOUT_FILENO);
		struct report_options o = { .all = all, .colour = terminal && !getenv("NO_COLOR") };
		int put = report_put(&rs->at[i], v, run, &o, changes);

		r = r == EXIT_OK ? put : r;
	}
	return r;
}
