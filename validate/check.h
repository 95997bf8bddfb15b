/* SPDX-License-Identifier: MIT */
/* Checks and their results: a check is one function and one row in table.c. */
#ifndef DOROCE_VALIDATE_CHECK_H
#define DOROCE_VALIDATE_CHECK_H

#include "plan/plan.h"
#include "validate/finding.h"

/* Stages in the order in which they run: each stands on those before it. */
enum verify_stage {
	VERIFY_SETTINGS,
	VERIFY_LINK,
	VERIFY_SWITCH, /* only where it is asked for: it takes as long as the switch does between two frames */
	VERIFY_GID,
	VERIFY_ROUTE,
	VERIFY_NEIGHBOUR,
	VERIFY_LOOP,
	VERIFY_PEER,
	VERIFY_WIRE,
	VERIFY_QOS,
	VERIFY_STAGES
};

enum verdict { VERDICT_PASS, VERDICT_WARN, VERDICT_FAIL, VERDICT_NA };

struct verify;

/* One check; explain and the manual page have it from here, too. run adds its results to v: one for each thing it
 * looked at. */
struct check {
	const char *id; /* "gid.present": the stage's name before the dot */
	enum verify_stage stage;
	const char *what; /* what passes, in one line */
	const char *why;  /* why it matters */
	const char *mend; /* how to mend it, as far as that is the same in all cases */
	const char *source; /* where the answer is from: kernel interface, program */
	void (*run)(struct verify *v, const struct check *c);
};

/* One stage. gather asks the kernel or the wire once for all checks of the stage; NULL: nothing to ask.
 * It returns 0, or -errno when the stage can not be run at all: e then becomes the reason of n/a. */
struct stage_row {
	const char *name;
	const char *proves;
	int (*gather)(struct verify *v, struct err *e);
};

/* One finding. port NULL: the node. subject: the setting, address or peer it is about, NULL none.
 * seen, wanted, why, mend: always given with warn and fail; seen is the reason with n/a.
 * finding: what it is called, NULL: as its check (result_found() sets it).
 * follows: id of the check whose failure explains this one, NULL: it stands for itself. */
struct result {
	const struct check *check;
	enum verdict verdict;
	const struct port *port;
	const char *subject;
	const char *seen, *wanted, *why, *mend;
	const struct finding *finding;
	const char *follows;
};

struct results VEC(struct result);

extern const struct stage_row stage_rows[VERIFY_STAGES];
extern const struct check checks[];
extern const size_t checks_n;

const struct check *check_by_id(const char *id);
const char *verdict_text(enum verdict v);

#endif
