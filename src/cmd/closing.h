/* SPDX-License-Identifier: MIT */
/* The end of a transaction: the ways to the node are looked up again, and the network manager reads its files. */
#ifndef DOROCE_CMD_CLOSING_H
#define DOROCE_CMD_CLOSING_H

#include "apply/reach.h"
#include "cmd/session.h"

/* reload: the manager of the session's backend is to read its files. begun: it was made to. */
struct closing {
	struct reach reach;
	struct session *s;
	bool reload, begun;
};

/* For struct txn_options. check: 0 when every way is as it was and, after a reload, the manager leaves
 * ways and settings as they are wished. -errno: e says what it has made of them, or why it could not. */
int closing_check(void *closing, struct err *e);

/* The old files are back: a manager that has read ours reads these. What fails is printed. */
void closing_files_back(void *closing);

#endif
