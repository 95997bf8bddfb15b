/* SPDX-License-Identifier: MIT */
/* JSON of what several commands print. Every function returns a new reference. */
#ifndef DOROCE_CMD_JSON_H
#define DOROCE_CMD_JSON_H

#include "base/json.h"
#include "plan/plan.h"

/* {"port": "mlx5_0/1", "netdev": …, "pci": …} */
json_t *json_of_port_name(const struct port *p);

/* A number, or the text of an object, or {"path", "mode", "uid", "gid", "text"} of a file, or null. */
json_t *json_of_value(const struct setting *s, const struct value *v);

/* {"changes": […], "obstacles": […], "remarks": […]} */
json_t *json_of_plan(const struct plan *pl, const struct remarks *remarks);

/* On stdout, with a newline. */
void json_print(const json_t *j);

#endif
