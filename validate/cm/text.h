/* SPDX-License-Identifier: MIT */
/* The outcome of a connect in words. */
#ifndef DOROCE_VALIDATE_CM_TEXT_H
#define DOROCE_VALIDATE_CM_TEXT_H

#include "validate/cm/cm.h"

/* What the text needs and struct cm_probe does not hold. why: of a call that failed, NULL none.
 * reason, version: of a reject by our own responder. */
struct text_more {
	unsigned int timeout_ms;
	const char *why;
	unsigned int reason, version;
};

/* Fill p->text from the outcome in p. */
void text_compose(struct cm_probe *p, const struct text_more *m);

#endif
