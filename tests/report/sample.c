/* SPDX-License-Identifier: MIT */
/* Prints the report of a made-up verification, for readers that are not ours. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "unit/validate/results.h"

static void none(struct verify *v, struct arena *a)
{
	results_make(v, a);
	v->results.n = 0;
}

static void stage_failed(struct verify *v, struct arena *a)
{
	results_make(v, a);
	v->stage_error[VERIFY_GID] = "no device file";
}

static const struct {
	const char *name;
	void (*make)(struct verify *v, struct arena *a);
} samples[] = {
	{ "verdicts", results_make },
	{ "hostile", results_make_hostile },
	{ "none", none },
	{ "stage-failed", stage_failed },
};

int main(int argc, char **argv)
{
	auto_arena a = { 0 };
	struct verify v;

	for (size_t i = 0; argc == 3 && i < ARRAY_LEN(samples); i++) {
		if (strcmp(argv[2], samples[i].name) != 0)
			continue;
		samples[i].make(&v, &a);
		if (strcmp(argv[1], "junit") == 0)
			return report_junit(&v, &run, stdout) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
		report_prometheus(&v, &run, stdout);
		return EXIT_SUCCESS;
	}
	fprintf(stderr, "report-sample junit|prometheus verdicts|hostile|none|stage-failed\n");
	return 2;
}
