/* SPDX-License-Identifier: MIT */
/* Values of a plan as JSON and back: numbers as such, objects as the kernel's message in hexadecimal. */
#ifndef DOROCE_APPLY_ENCODE_H
#define DOROCE_APPLY_ENCODE_H

#include "base/json.h"
#include "setting/setting.h"

/* null: none. A number: itself; a list of numbers: an array, null where there is nothing. An address, a route, a rule: the message that makes it, in hexadecimal; a
 * route by several hops: {"multipath": MESSAGE}, of the first. A file: {"path", "mode", "uid", "gid", "text"},
 * or "hex" where the text is no JSON string. New reference, NULL: it can not be told. */
json_t *encode_value(const struct value *v);
int decode_value(json_t *j, struct arena *a, struct value *ret, struct err *e);

/* A list of messages as hexadecimal. */
json_t *encode_raws(const struct raws *rs);
int decode_raws(json_t *j, struct arena *a, struct raws *ret, struct err *e);

#endif
