/* SPDX-License-Identifier: MIT */
/* Reports of a verification: fed with results, printed elsewhere. */
#ifndef DOROCE_VALIDATE_REPORT_REPORT_H
#define DOROCE_VALIDATE_REPORT_REPORT_H

#include <jansson.h>
#include <stdio.h>
#include <time.h>

#include "validate/verify.h"

struct report_options {
	bool all;    /* every result, not only fail, warn and the reasons of n/a */
	bool colour;
};

/* The run that is reported. */
struct report_run {
	const char *host; /* name of this node */
	time_t begun;
	uint64_t took_ms;
};

/* Of all: fail, pass, or n/a when nothing failed and what was wanted did not run, or there was nothing. Never warn. */
enum verdict report_verdict(const struct verify *v);

/* Failures first, then warnings and what could not be checked, then a line for each stage and the
 * verdict. */
void report_text(const struct verify *v, const struct report_options *o, FILE *to);

/* {"version", "verdict", "counts", "results": […]}, as share/schema/verify.schema.json has it. New reference. */
json_t *report_json(const struct verify *v);

/* One of its results. Memory for the time of the call in a. */
json_t *report_result_json(const struct result *r, struct arena *a);

/* JUnit XML: a testsuite for each stage that has results, a testcase for each of them. fail is a failure, n/a skipped,
 * or an error where its stage could not be run at all; warn passes and is told in system-out.
 * Where nothing failed and nothing passed there is a suite more, "verdict", with an error.
 * Returns 0, -ENOMEM. */
int report_junit(const struct verify *v, const struct report_run *run, FILE *to);

/* Prometheus text format 0.0.4. Results with the same labels are one series, the worst of them: a scraper refuses a
 * file that has a series twice. */
void report_prometheus(const struct verify *v, const struct report_run *run, FILE *to);

/* s as XML, JSON and Prometheus can carry it: what is no UTF-8 and no character of XML is a question mark. Names
 * and texts of peers are bytes from outside. NULL stays NULL. */
const char *report_clean(struct arena *a, const char *s);

#endif
