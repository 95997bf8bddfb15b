/* SPDX-License-Identifier: MIT */
/* A verification for people: failures first, then a line for each stage, then the verdict. */
#include <string.h>

#include "validate/report/report.h"

static const char *colour_on(const struct report_options *o, enum verdict v)
{
	static const char *const code[] = { "\033[32m", "\033[33m", "\033[31m", "" };

	return o->colour ? code[v] : "";
}

static const char *colour_off(const struct report_options *o, enum verdict v)
{
	return o->colour && v != VERDICT_NA ? "\033[0m" : "";
}

static void head_print(const struct result *r, const struct report_options *o, FILE *to)
{
	fprintf(to, "%s%-4s%s %-16s", colour_on(o, r->verdict), verdict_text(r->verdict),
		colour_off(o, r->verdict), r->check->id);
	if (r->port)
		fprintf(to, " %s %s", r->port->name, r->port->link.name);
	if (r->subject)
		fprintf(to, "%s %s", r->port ? "," : "", r->subject);
}

static void finding_print(const struct result *r, const struct report_options *o, FILE *to)
{
	head_print(r, o, to);
	if (r->finding)
		fprintf(to, " (%s)", r->finding->id);
	fprintf(to, "\n       seen:   %s\n       wanted: %s\n", r->seen, r->wanted);
	if (r->follows)
		fprintf(to, "       follows from %s\n", r->follows);
	else
		fprintf(to, "       why:    %s\n       mend:   %s\n", r->why, r->mend);
}

static void line_print(const struct result *r, const struct report_options *o, FILE *to)
{
	head_print(r, o, to);
	fprintf(to, ": %s\n", r->seen);
}

static void verdict_print(const struct verify *v, enum verdict verdict, const struct report_options *o,
			  FILE *to)
{
	bool finding = verdict == VERDICT_FAIL || verdict == VERDICT_WARN;

	for vec_each(r, &v->results)
		if (r->verdict == verdict)
			(finding ? finding_print : line_print)(r, o, to);
}

static void stage_print(const struct verify *v, enum verify_stage s, FILE *to)
{
	size_t n[4] = { 0 };

	for vec_each(r, &v->results)
		if (r->check->stage == s)
			n[r->verdict]++;
	if (n[0] + n[1] + n[2] + n[3] == 0)
		return;
	fprintf(to, "%-10s %5zu pass %5zu warn %5zu fail %5zu n/a   %s\n", stage_rows[s].name,
		n[VERDICT_PASS], n[VERDICT_WARN], n[VERDICT_FAIL], n[VERDICT_NA], stage_rows[s].proves);
}

static void conclusion_print(const struct verify *v, const struct report_options *o, FILE *to)
{
	size_t failed = verify_count(v, VERDICT_FAIL), follow = 0;
	enum verify_stage unable = verify_unable(v);
	size_t passed = unable == VERIFY_STAGES ? verify_count(v, VERDICT_PASS) : 0;
	enum verdict all = failed || !passed ? VERDICT_FAIL : VERDICT_PASS;

	for vec_each(r, &v->results)
		follow += r->verdict == VERDICT_FAIL && r->follows;
	fprintf(to, "%s%s%s: ", colour_on(o, all),
		failed ? "FAILED" : passed ? "verified" : "NOT VERIFIED", colour_off(o, all));
	if (failed)
		fprintf(to, "%zu of %zu checks failed, %zu of them follow from others", failed, v->results.n,
			follow);
	else if (unable != VERIFY_STAGES)
		fprintf(to, "stage %s could not be run: %s", stage_rows[unable].name, v->stage_error[unable]);
	else
		fprintf(to, "%zu checks passed, %zu warnings, %zu could not be checked here",
			passed, verify_count(v, VERDICT_WARN), verify_count(v, VERDICT_NA));
	fputc('\n', to);
}

void report_text(const struct verify *v, const struct report_options *o, FILE *to)
{
	verdict_print(v, VERDICT_FAIL, o, to);
	verdict_print(v, VERDICT_WARN, o, to);
	verdict_print(v, VERDICT_NA, o, to);
	if (o->all)
		verdict_print(v, VERDICT_PASS, o, to);
	for (enum verify_stage s = 0; s < VERIFY_STAGES; s++)
		stage_print(v, s, to);
	conclusion_print(v, o, to);
}
