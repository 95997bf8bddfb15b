/* SPDX-License-Identifier: MIT */
/* QoS values as people write them. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "setting/setting.h"

const char *const tsa_words[TSA_VENDOR + 1] = {
	[TSA_STRICT] = "strict", [TSA_CBS] = "cbs", [TSA_ETS] = "ets", [TSA_VENDOR] = "vendor",
};

/* Add to the text in buf, as much as fits. */
static void add(char *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void add(char *buf, const char *fmt, ...)
{
	size_t len = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf + len, VALUE_TEXT - len, fmt, ap);
	va_end(ap);
}

/* The priorities that are on: "3 4", "none". */
const char *prios_text(const struct value *v, char *buf)
{
	buf[0] = '\0';
	for (size_t i = 0; i < v->list.n; i++)
		if (v->list.at[i] == 1)
			add(buf, "%s%zu", *buf ? " " : "", i);
	if (!*buf)
		add(buf, "none");
	return buf;
}

/* "26:3 48:6", "none". */
const char *map_text(const struct value *v, char *buf)
{
	buf[0] = '\0';
	for (size_t i = 0; i < v->list.n; i++)
		if (v->list.at[i] != LIST_NONE)
			add(buf, "%s%zu:%u", *buf ? " " : "", i, v->list.at[i]);
	if (!*buf)
		add(buf, "none");
	return buf;
}

static bool is_default_map(const struct list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->at[i] == LIST_NONE)
			return false;
	return l->n == DSCPS;
}

/* A whole map by what differs from DSCP / 8: "DSCP/8", "DSCP/8 but 26:4"; else as any map. */
const char *dscp_prio_text(const struct value *v, char *buf)
{
	if (!is_default_map(&v->list))
		return map_text(v, buf);
	snprintf(buf, VALUE_TEXT, "DSCP/8");
	for (size_t i = 0; i < DSCPS; i++)
		if (v->list.at[i] != i / 8)
			add(buf, "%s%zu:%u", strstr(buf, "but") ? " " : " but ", i, v->list.at[i]);
	return buf;
}

static void numbers_add(char *buf, const char *name, const uint32_t *at)
{
	add(buf, "%s%s", *buf ? ", " : "", name);
	for (size_t i = 0; i < PRIORITIES; i++) {
		if (at[i] == LIST_NONE)
			add(buf, " -");
		else
			add(buf, " %u", at[i]);
	}
}

static const char *tsa_word(uint32_t tsa)
{
	return tsa <= TSA_VENDOR && tsa_words[tsa] ? tsa_words[tsa] : "-";
}

/* "tc 0 1 2 3 4 5 6 7, strict strict … , bandwidth 0 0 …". */
const char *ets_text(const struct value *v, char *buf)
{
	buf[0] = '\0';
	numbers_add(buf, "tc", v->list.at);
	add(buf, ",");
	for (size_t i = 0; i < PRIORITIES; i++)
		add(buf, " %s", tsa_word(v->list.at[PRIORITIES + i]));
	numbers_add(buf, "bandwidth", v->list.at + 2 * PRIORITIES);
	return buf;
}

/* "of priorities 0 0 0 1 0 0 0 0, bytes 65536 …". */
const char *buffer_text(const struct value *v, char *buf)
{
	buf[0] = '\0';
	numbers_add(buf, "of priorities", v->list.at);
	numbers_add(buf, "bytes", v->list.at + PRIORITIES);
	return buf;
}
