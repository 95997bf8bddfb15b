/* SPDX-License-Identifier: MIT */
/* `apps:` of the intent as files of the libraries above RDMA. */
#ifndef DOROCE_CMD_APPS_H
#define DOROCE_CMD_APPS_H

#include "cmd/session.h"

/* Read the files and add to s->wishes.files what shall be in them, to s->remarks what there is to say. EXIT_OK, or
 * EXIT_FAILED (printed): one of them can not be put back as it was. */
int apps_wish_files(struct session *s);

#endif
