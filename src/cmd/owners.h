/* SPDX-License-Identifier: MIT */
/* doroce show --owners: who else sets what doroce sets. */
#ifndef DOROCE_CMD_OWNERS_H
#define DOROCE_CMD_OWNERS_H

#include "cmd/cmd.h"

/* Against the intent where there is one, else against what is there now. Exit status. */
int owners_show(const struct options *o, struct arena *a);

#endif
