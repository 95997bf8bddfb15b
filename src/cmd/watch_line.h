/* SPDX-License-Identifier: MIT */
/* A line of doroce watch: for people, or an object of JSON. In the journal each has its priority. */
#ifndef DOROCE_CMD_WATCH_LINE_H
#define DOROCE_CMD_WATCH_LINE_H

#include "validate/watch.h"

/* "2026-11-22T19:00:01Z rxe_a0/1 link.active FAIL: …", "… pass again". On stdout, not flushed. */
void watch_line(bool json, const struct watch_change *c);

/* "2026-11-22T19:00:01Z watch FAIL: text": of the watching itself; fail or pass. */
void watch_note(bool json, enum verdict v, const char *text);

#endif
