/* SPDX-License-Identifier: MIT */
/* Reports of a verification: fed with results, printed elsewhere. */
#ifndef DOROCE_VALIDATE_REPORT_REPORT_H
#define DOROCE_VALIDATE_REPORT_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "validate/verify.h"

struct report_options {
	bool all;    /* every result, not only fail, warn and the reasons of n/a */
	bool colour;
};

/* Failures first, then warnings and what could not be checked, then a line for each stage and the
 * verdict. */
void report_text(const struct verify *v, const struct report_options *o, FILE *to);

/* {"version", "verdict", "counts", "results": […]}. New reference. */
json_t *report_json(const struct verify *v);

#endif
