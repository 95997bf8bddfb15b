/* SPDX-License-Identifier: MIT */
/* jansson's values with scope cleanup. */
#ifndef DOROCE_BASE_JSON_H
#define DOROCE_BASE_JSON_H

#include <jansson.h>

static inline void json_drop(json_t **j)
{
	json_decref(*j);
}

#define auto_json __attribute__((cleanup(json_drop))) json_t

#endif
