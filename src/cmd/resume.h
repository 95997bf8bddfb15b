/* SPDX-License-Identifier: MIT */
/* doroce configure --resume: completes a configure that was begun and not finished. */
#ifndef DOROCE_CMD_RESUME_H
#define DOROCE_CMD_RESUME_H

#include "cmd/cmd.h"

/* The exit status; what came of it has been printed. */
int resume(const struct options *o, struct arena *a);

#endif
