/* SPDX-License-Identifier: MIT */
/* Where a verification's reports go, and in which format. */
#ifndef DOROCE_CMD_REPORT_H
#define DOROCE_CMD_REPORT_H

#include "cmd/cmd.h"
#include "validate/report/report.h"

enum report_format { REPORT_TEXT, REPORT_JSON, REPORT_JUNIT, REPORT_PROMETHEUS, REPORT_FORMATS };

/* path: absolute; NULL: stdout. */
struct report_to {
	enum report_format format;
	const char *path;
};

/* The report, and JUnit XML beside it if --junit names a file. */
struct reports {
	struct report_to at[2];
	size_t n;
};

/* From --format, --json, --output, --junit. That files can be put there is looked at now, not after a long run.
 * EXIT_OK, EXIT_USAGE, EXIT_FAILED. */
int reports_options(const struct options *o, struct arena *a, struct reports *ret);

/* True when people read what is on stdout. */
bool reports_for_people(const struct reports *rs);

/* Print them, or replace their files in one step. changes: into the JSON, NULL: none. EXIT_OK, EXIT_FAILED. */
int reports_write(const struct reports *rs, const struct verify *v, const struct report_run *run, bool all,
		  json_t *changes);

#endif
