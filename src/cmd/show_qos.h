/* SPDX-License-Identifier: MIT */
/* doroce show: the QoS of a port. */
#ifndef DOROCE_CMD_SHOW_QOS_H
#define DOROCE_CMD_SHOW_QOS_H

#include "base/json.h"
#include "cmd/session.h"

/* Ask the kernel for it, into the node. */
void qos_show_read(struct session *s, const struct port *p);

/* A line for each setting that the port has; why there is no DCB, where there is none. */
void qos_print(const struct node *n, const struct port *p);

/* The same: {"pfc": {"value": [0, 0, 0, 1, …], "text": "3"}, …, "note": why there is no DCB}. */
json_t *qos_json(const struct node *n, const struct port *p);

#endif
