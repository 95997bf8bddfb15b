/* SPDX-License-Identifier: MIT */
/* --lldp: how long it is listened for, and what show prints of the switch. */
#ifndef DOROCE_CMD_LLDP_H
#define DOROCE_CMD_LLDP_H

#include "base/json.h"
#include "cmd/session.h"
#include "port/lldp/heard.h"

/* Seconds of --lldp[=SECONDS]; not given: *ret stays. EXIT_OK or EXIT_USAGE (printed). */
int lldp_option(const struct options *o, uint32_t *ret);

/* Listen at all RoCE ports of the node, as --lldp says; not given: there are none. EXIT_OK, EXIT_USAGE, EXIT_FAILED
 * (printed). */
int lldp_show_listen(const struct options *o, struct session *s, struct lldp_heards *ret);

void lldp_print(const struct lldp_heard *h, struct arena *a);

/* {"system", "chassis", "port", …, "pfc": […], "apps": […], "same_as": "mlx5_1/1"}; {"error"} where it says nothing,
 * or what is malformed. New reference. */
json_t *lldp_json(const struct lldp_heard *h);

#endif
