/* SPDX-License-Identifier: MIT */
/* Opening RDMA devices by libibverbs. */
#ifndef DOROCE_KERN_VERBS_H
#define DOROCE_KERN_VERBS_H

#include <infiniband/verbs.h>

#include "base/err.h"

static inline void context_drop(struct ibv_context **c)
{
	if (*c)
		ibv_close_device(*c);
}

#define auto_context __attribute__((cleanup(context_drop))) struct ibv_context

/* The device by its name. NULL: e says why (-ENODEV, -EACCES). */
struct ibv_context *verbs_open(const char *name, struct err *e);

#endif
