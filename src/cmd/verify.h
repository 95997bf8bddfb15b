/* SPDX-License-Identifier: MIT */
/* Verifying and reporting, as verify and configure --verify do it. */
#ifndef DOROCE_CMD_VERIFY_H
#define DOROCE_CMD_VERIFY_H

#include <jansson.h>

#include "cmd/session.h"
#include "validate/admit/key.h"
#include "validate/verify.h"

/* Verify the node of the session and print the report. changes: into the JSON report, NULL: none.
 * EXIT_OK, EXIT_DIFFERS when a check failed, EXIT_FAILED, EXIT_USAGE. */
int verify_and_report(struct session *s, const struct options *o, json_t *changes);

/* The key of --key-file, else of the file that the intent names (NULL: none); *ret NULL: there is none.
 * EXIT_OK, EXIT_USAGE (printed). */
int key_option(const struct options *o, const char *intent, struct arena *a, const struct admit_key **ret);

/* What is to be verified of the session's node, by the intent and the options. s outlives ret.
 * EXIT_OK, EXIT_USAGE (printed). */
int verify_of(struct session *s, const struct options *o, struct verify *ret);

/* Service port of the command line. EXIT_OK or EXIT_USAGE. */
int service_option(const struct options *o, uint16_t *ret);

#endif
