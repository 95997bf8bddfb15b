/* SPDX-License-Identifier: MIT */
/* A line of doroce watch: for people, or an object of JSON. In the journal each has its priority. */
#include "cmd/watch_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "validate/finding.h"
#include "validate/report/report.h"

enum { TIME_TEXT = sizeof("2026-11-22T19:00:01Z") };

static const int priorities[] = {
	[VERDICT_PASS] = LOG_NOTICE, [VERDICT_WARN] = LOG_WARNING, [VERDICT_FAIL] = LOG_ERR, [VERDICT_NA] = LOG_WARNING,
};

static const char *time_text(char buf[TIME_TEXT])
{
	time_t now = time(NULL);
	struct tm tm;

	strftime(buf, TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	return buf;
}

/* True when stdout is the journal's: systemd says which file that is. */
static bool goes_to_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 && fstat(STDOUT_FILENO, &st) == 0 &&
	       st.st_dev == dev && st.st_ino == ino;
}

static void head_print(enum verdict v)
{
	char now[TIME_TEXT];

	if (goes_to_journal())
		printf("<%d>", priorities[v]);
	fputs(time_text(now), stdout);
}

/* One object a line, with the time in front. Steals j. */
static void object_print(json_t *j)
{
	auto_json *own = j;
	char now[TIME_TEXT];

	json_object_set_new(own, "time", json_string(time_text(now)));
	json_dumpf(own, stdout, JSON_COMPACT);
	putchar('\n');
}

static const char *verdict_word(enum verdict v)
{
	static const char *const word[] = { "pass again", "warn", "FAIL", "n/a" };

	return word[v];
}

/* What was wished of settings says which of several it is. */
static void result_print(const struct result *r)
{
	auto_arena a = { 0 };

	if (r->port)
		printf(" %s", r->port->name);
	printf(" %s%s%s %s", r->check->id, r->subject ? " " : "", r->subject ? report_clean(&a, r->subject) : "",
	       verdict_word(r->verdict));
	if (r->seen)
		printf(": %s", report_clean(&a, r->seen));
	if (r->wanted && r->check->stage == VERIFY_SETTINGS)
		printf("%s %s", r->seen ? ", wanted" : ":", report_clean(&a, r->wanted));
	if (r->finding)
		printf(" [%s]", result_name(r));
	putchar('\n');
}

void watch_line(bool json, const struct watch_change *c)
{
	auto_arena a = { 0 };

	if (json) {
		json_t *j = report_result_json(&c->r, &a);

		json_object_set_new(j, "was", json_string(verdict_text(c->was)));
		object_print(j);
		return;
	}
	head_print(c->r.verdict);
	result_print(&c->r);
}

void watch_note(bool json, enum verdict v, const char *text)
{
	if (json) {
		object_print(json_pack("{s:s, s:s}", "verdict", verdict_text(v), "note", text));
		return;
	}
	head_print(v);
	printf(" watch%s: %s\n", v == VERDICT_FAIL ? " FAIL" : "", text);
}
