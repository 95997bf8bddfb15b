/* SPDX-License-Identifier: MIT */
/* Settings in small files of the kernel: sysfs, debugfs, procfs, and rdma_cm's in configfs. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "setting/setting.h"

enum { ATTR_TEXT = 128 };

/* The place with what it has in braces: {netdev}, {rdma}, {port}, {pci}, {i} (the place in a list). */
static void place_fill(const char *place, const struct port *p, size_t i, char *path, size_t size)
{
	size_t len = 0;

	for (const char *c = place; *c && len + 1 < size;) {
		const char *end = *c == '{' ? strchr(c, '}') : NULL;

		if (!end) {
			path[len++] = *c++;
			continue;
		}
		if (c[1] == 'i')
			len += (size_t)snprintf(path + len, size - len, "%zu", i);
		else if (c[1] == 'n')
			len += (size_t)snprintf(path + len, size - len, "%s", p->link.name);
		else if (c[1] == 'r')
			len += (size_t)snprintf(path + len, size - len, "%s", p->rdma.device);
		else if (strncmp(c, "{pc", 3) == 0)
			len += (size_t)snprintf(path + len, size - len, "%s", p->rdma.pci);
		else
			len += (size_t)snprintf(path + len, size - len, "%u", p->rdma.port);
		c = end + 1;
	}
	path[len < size ? len : size - 1] = '\0';
}

/* The last number of a line: "106", "Global tclass=106". */
static int last_number(const char *text, uint32_t *ret)
{
	size_t end = strlen(text), start;
	bool negative;

	while (end && (text[end - 1] < '0' || text[end - 1] > '9'))
		end--;
	for (start = end; start && text[start - 1] >= '0' && text[start - 1] <= '9';)
		start--;
	negative = start && text[start - 1] == '-';
	if (start == end)
		return -EBADMSG;
	*ret = negative ? LIST_NONE : (uint32_t)strtoul(text + start, NULL, 10);
	return 0;
}

/* OFED's traffic_class tells nothing while it is not set, or what is set for some destinations alone. */
static bool is_unset(const char *text)
{
	return !*text || (strstr(text, "tclass=") && strncmp(text, "Global ", 7) != 0);
}

/* A line as the number that it means: one of the words, or a number. */
static int number_of(const struct setting *s, const char *text, uint32_t *ret)
{
	if (is_unset(text)) {
		*ret = LIST_NONE;
		return 0;
	}
	for (uint32_t i = 0; s->kernel_words && s->kernel_words[i]; i++)
		if (strcmp(s->kernel_words[i], text) == 0) {
			*ret = i;
			return 0;
		}
	return s->kernel_words ? -EBADMSG : last_number(text, ret);
}

/* The file that says whether the number counts; "" where nothing does. */
static const char *unset_path(const struct setting *s, const char *place, const struct port *p, char *path, size_t size)
{
	path[0] = '\0';
	if (s->unset && place == s->elsewhere)
		place_fill(s->unset, p, 0, path, size);
	return path;
}

/* mlx5: CNPs have the priority of what they are about instead. */
static bool counts_for_nothing(struct kern *k, const char *unset)
{
	char text[ATTR_TEXT];
	uint32_t v;

	return *unset && k->attr_read(k, unset, text, sizeof(text), NULL) == 0 && last_number(text, &v) == 0 && v;
}

static int one_read(struct kern *k, const struct setting *s, const char *place, const struct port *p, size_t i,
		    uint32_t *ret, struct err *e)
{
	char path[PATH_MAX], unset[PATH_MAX], text[ATTR_TEXT];
	int r;

	if (s->of_cm) {
		r = k->cm_read(k, p->rdma.device, p->rdma.port, place, text, sizeof(text), e);
	} else {
		place_fill(place, p, i, path, sizeof(path));
		r = k->attr_read(k, path, text, sizeof(text), e);
	}
	if (r == 0 && number_of(s, text, ret) < 0)
		r = err_set(e, -EBADMSG, "%s: not understood: '%s'", s->name, text);
	if (r == 0 && counts_for_nothing(k, unset_path(s, place, p, unset, sizeof(unset))))
		*ret = LIST_NONE;
	return r;
}

static int one_write(struct kern *k, const struct setting *s, const char *place, const struct port *p, size_t i,
		     uint32_t v, struct err *e)
{
	char path[PATH_MAX], unset[PATH_MAX], text[ATTR_TEXT];

	snprintf(text, sizeof(text), "%u", v);
	if (s->kernel_words)
		snprintf(text, sizeof(text), "%s", s->kernel_words[v]);
	else if (v == LIST_NONE)
		snprintf(text, sizeof(text), "-1");
	if (s->of_cm)
		return k->cm_write(k, p->rdma.device, p->rdma.port, place, text, e);
	if (*unset_path(s, place, p, unset, sizeof(unset))) {
		int r = k->attr_write(k, unset, v == LIST_NONE ? "1" : "0", e);
		if (r < 0 || v == LIST_NONE)
			return r;
	}
	place_fill(place, p, i, path, sizeof(path));
	return k->attr_write(k, path, text, e);
}

static int all_read(struct kern *k, const struct setting *s, const char *place, const struct port *p, uint32_t *at,
		    struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < setting_places(s) && r == 0; i++)
		r = one_read(k, s, place, p, i, &at[i], e);
	return r;
}

/* The place that this driver has; *at: what is there. NULL: neither, e says why. */
static const char *place_find(struct kern *k, const struct setting *s, const struct port *p, uint32_t *at,
			      struct err *e)
{
	if (all_read(k, s, s->place, p, at, e) == 0)
		return s->place;
	return s->elsewhere && all_read(k, s, s->elsewhere, p, at, NULL) == 0 ? s->elsewhere : NULL;
}

void kernfile_read(struct kern *k, struct arena *a, const struct setting *s, const struct port *p, struct setting_seen *seen)
{
	uint32_t *at = arena_array(a, uint32_t, setting_places(s));
	struct setting_seen *one = &seen[setting_id(s)];
	struct err e = { 0 };

	if (!place_find(k, s, p, at, &e))
		one->why = arena_printf(a, "%s%s", e.text, e.code == -ENOENT ? s->absent : "");
	else
		one->value = setting_value(s, at);
}

/* Only the places that differ are written; then all are read again. */
int kernfile_apply(struct kern *k, const struct op *op, const struct value *from, const struct value *to, struct err *e)
{
	const struct setting *s = op->setting;
	const uint32_t *want = s->count ? to->list.at : &to->number;
	uint32_t now[PRIORITIES];
	struct err absent = { 0 };
	const char *place = place_find(k, s, op->port, now, &absent);
	int r = place ? 0 : err_set(e, absent.code, "%s", absent.text);

	for (size_t i = 0; i < setting_places(s) && r == 0; i++)
		if (setting_writes(s, from, to, i))
			r = one_write(k, s, place, op->port, i, want[i], e);
	if (r == 0)
		r = all_read(k, s, place, op->port, now, e);
	if (r < 0)
		return err_prefix(e, s->name);
	const struct value is = setting_value(s, now);
	if (!setting_is_made(s, from, to, &is))
		return err_set(e, -EIO, "%s: written without an error, but another value is there", s->name);
	return 0;
}
