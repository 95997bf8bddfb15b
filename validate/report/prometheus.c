/* SPDX-License-Identifier: MIT */
/* A verification for node_exporter's textfile collector: text format 0.0.4. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "validate/report/report.h"

/* Later ones are worse. */
static const enum verdict severity[] = { VERDICT_PASS, VERDICT_NA, VERDICT_WARN, VERDICT_FAIL };

static int rank(enum verdict v)
{
	int i = 0;

	while (severity[i] != v)
		i++;
	return i;
}

static const char *label_text(const char *s)
{
	return s ? s : "";
}

static const char *port_text(const struct result *r)
{
	return r->port ? r->port->name : "";
}

static int series_compare(const struct result *x, const struct result *y)
{
	int r = x->check < y->check ? -1 : x->check > y->check;

	if (r == 0)
		r = strcmp(port_text(x), port_text(y));
	return r ? r : strcmp(label_text(x->subject), label_text(y->subject));
}

/* Of one series the worst comes first. */
static int result_compare(const void *a, const void *b)
{
	const struct result *x = a, *y = b;
	int r = series_compare(x, y);

	return r ? r : rank(y->verdict) - rank(x->verdict);
}

static void label_print(const char *name, const char *value, FILE *to)
{
	fprintf(to, "%s=\"", name);
	for (const char *s = value; *s; s++)
		if (*s == '\n')
			fputs("\\n", to);
		else
			fprintf(to, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
	fputc('"', to);
}

static void head_print(const char *name, const char *help, FILE *to)
{
	fprintf(to, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void state_print(const struct result *r, enum verdict state, struct arena *a, FILE *to)
{
	const char *const label[][2] = {
		{ "check", r->check->id }, { "stage", stage_rows[r->check->stage].name },
		{ "port", port_text(r) }, { "netdev", r->port ? r->port->link.name : "" },
		{ "subject", label_text(r->subject) }, { "state", verdict_text(state) },
	};

	fputs("doroce_check_result", to);
	for (size_t i = 0; i < ARRAY_LEN(label); i++) {
		fputc(i ? ',' : '{', to);
		label_print(label[i][0], report_clean(a, label[i][1]), to);
	}
	fprintf(to, "} %d\n", r->verdict == state);
}

/* What the labels tell apart is what is cleaned: two subjects may become the same. */
static struct result *series_of(const struct verify *v, struct arena *a)
{
	struct result *all = arena_array(a, struct result, v->results.n + 1);

	for (size_t i = 0; i < v->results.n; i++) {
		all[i] = v->results.at[i];
		all[i].subject = report_clean(a, all[i].subject);
	}
	qsort(all, v->results.n, sizeof(*all), result_compare);
	return all;
}

static void results_print(const struct verify *v, FILE *to)
{
	auto_arena a = { 0 };
	const struct result *all = series_of(v, &a);

	head_print("doroce_check_result", "Outcome of a check: 1 for the state it is in, 0 for the others.", to);
	for (size_t i = 0; i < v->results.n; i++)
		for (size_t s = 0; s < ARRAY_LEN(severity); s++)
			if (i == 0 || series_compare(&all[i - 1], &all[i]) != 0)
				state_print(&all[i], severity[s], &a, to);
}

void report_prometheus(const struct verify *v, const struct report_run *run, FILE *to)
{
	static const enum verdict all[] = { VERDICT_PASS, VERDICT_FAIL, VERDICT_NA };

	if (v->results.n)
		results_print(v, to);
	head_print("doroce_verify_verdict", "Verdict of the last verification: 1 for it, 0 for the others.", to);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		fprintf(to, "doroce_verify_verdict{state=\"%s\"} %d\n", verdict_text(all[i]),
			report_verdict(v) == all[i]);
	head_print("doroce_verify_timestamp_seconds", "When the last verification began, since 1970.", to);
	fprintf(to, "doroce_verify_timestamp_seconds %" PRIdMAX "\n", (intmax_t)run->begun);
	head_print("doroce_verify_duration_seconds", "How long the last verification took.", to);
	fprintf(to, "doroce_verify_duration_seconds %" PRIu64 ".%03u\n", run->took_ms / 1000,
		(unsigned int)(run->took_ms % 1000));
}
