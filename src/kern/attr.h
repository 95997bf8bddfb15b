/* SPDX-License-Identifier: MIT */
/* Settings that stand in a small file of sysfs, debugfs, procfs or configfs. */
#ifndef DOROCE_KERN_ATTR_H
#define DOROCE_KERN_ATTR_H

#include "base/err.h"

/* First line of the file below root ("" or a directory). 0; -ENOENT; -EACCES; others of the kernel. */
int attr_read_text(const char *root, const char *path, char *buf, size_t size, struct err *e);

/* Write the text in one piece. 0; -errno: what the driver says. */
int attr_write_text(const char *root, const char *path, const char *text, struct err *e);

/* What rdma_cm gives new connects of one port of an RDMA device, a file of configfs: "default_roce_tos",
 * "default_roce_mode". The directory of the device is there only while somebody wants it: one that is not there is
 * made and taken away again, which keeps the value. Source: drivers/infiniband/core/cma_configfs.c.
 * 0; -ENOENT: configfs is not mounted or rdma_cm not loaded; -ENODEV: no such device; -EINVAL. */
int cm_attr_read(const char *root, const char *device, uint32_t port, const char *name, char *buf, size_t size,
		 struct err *e);
int cm_attr_write(const char *root, const char *device, uint32_t port, const char *name, const char *text,
		  struct err *e);

#endif
