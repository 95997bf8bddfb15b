/* SPDX-License-Identifier: MIT */
/* The journal, read: plans and records of earlier runs, and where each of them stands. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "apply/encode.h"
#include "apply/journal.h"
#include "base/cleanup.h"
#include "kern/sysfs.h"

enum { FILE_BYTES_MAX = 64 * 1024 * 1024 };

/* What one file holds, NUL-terminated. 0; -errno; a file that is not there: -ENOENT. */
static int whole_read(int dir, const char *name, struct arena *a, char **ret)
{
	auto_fd fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	size_t done = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size > FILE_BYTES_MAX)
		return -EFBIG;
	char *text = arena_alloc(a, (size_t)st.st_size + 1);
	for (ssize_t n = 1; n > 0 && done < (size_t)st.st_size; done += n > 0 ? (size_t)n : 0)
		n = read(fd, text + done, (size_t)st.st_size - done);
	*ret = text;
	return 0;
}

static bool mac_read(const char *text, uint8_t mac[MAC_LEN])
{
	return text && sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[0], &mac[1], &mac[2], &mac[3],
			      &mac[4], &mac[5]) == MAC_LEN;
}

static int port_read(json_t *j, struct entry_port *ret, struct err *e)
{
	const char *name = json_string_value(json_object_get(j, "name"));
	const char *netdev = json_string_value(json_object_get(j, "netdev"));

	*ret = (struct entry_port){ .ifindex = (int)json_integer_value(json_object_get(j, "ifindex")) };
	if (!name || !netdev || !mac_read(json_string_value(json_object_get(j, "mac")), ret->mac))
		return err_set(e, -EBADMSG, "a port in it is malformed");
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	snprintf(ret->netdev, sizeof(ret->netdev), "%s", netdev);
	return 0;
}

static int port_index(struct entry *en, const struct entry_port *p, struct arena *a)
{
	for (size_t i = 0; i < en->ports.n; i++)
		if (en->ports.at[i].ifindex == p->ifindex && strcmp(en->ports.at[i].name, p->name) == 0)
			return (int)i;
	*vec_add(a, &en->ports) = *p;
	return (int)en->ports.n - 1;
}

static int op_read(json_t *j, struct arena *a, struct entry *en, struct err *e)
{
	const char *name = json_string_value(json_object_get(j, "setting"));
	struct entry_op *op = vec_add(a, &en->ops);
	struct entry_port p;
	bool of_node = json_is_null(json_object_get(j, "port"));
	int r = of_node ? 0 : port_read(json_object_get(j, "port"), &p, e);

	op->setting = name ? setting_by_name(name) : NULL;
	if (r == 0 && !op->setting)
		r = err_set(e, -EBADMSG, "setting '%s' in it is not known", name ? name : "");
	if (r == 0)
		r = decode_value(json_object_get(j, "old"), a, &op->old, e);
	if (r == 0)
		r = decode_value(json_object_get(j, "new"), a, &op->want, e);
	if (r == 0)
		op->port = of_node ? ENTRY_NODE : port_index(en, &p, a);
	return r;
}

static int plan_read(const char *text, struct arena *a, struct entry *en, struct err *e)
{
	auto_json *j = json_loads(text, 0, NULL);
	json_t *ops = json_object_get(j, "changes");
	const char *boot = json_string_value(json_object_get(j, "boot"));
	const char *time = json_string_value(json_object_get(j, "time"));
	const char *command = json_string_value(json_object_get(j, "command"));
	json_int_t version = json_integer_value(json_object_get(j, "version"));
	char now[48];

	if (!j || !time || !command)
		return err_set(e, -EBADMSG, "it is no journal");
	if (version != JOURNAL_VERSION)
		return err_set(e, -EBADMSG, "it is of version %lld, this doroce reads %d", (long long)version,
			       JOURNAL_VERSION);
	en->time = arena_strdup(a, time);
	en->command = arena_strdup(a, command);
	en->confirm_s = (uint32_t)json_integer_value(json_object_get(j, "confirm"));
	(void)sysfs_text("/proc/sys/kernel/random/boot_id", now, sizeof(now)); /* "": of no boot */
	if (!boot || strcmp(boot, now) != 0)
		en->state = ENTRY_GONE;
	for (size_t i = 0; i < json_array_size(ops); i++) {
		int r = op_read(json_array_get(ops, i), a, en, e);

		if (r < 0)
			return r;
	}
	return decode_raws(json_object_get(j, "before"), a, &en->before, e);
}

static void record_apply(json_t *j, struct arena *a, struct entry *en)
{
	const char *end = json_string_value(json_object_get(j, "end"));
	json_t *did = json_object_get(j, "did"), *undid = json_object_get(j, "undid");

	if (did)
		en->did = (size_t)json_integer_value(did);
	if (undid)
		en->did = (size_t)json_integer_value(undid);
	if (json_is_true(json_object_get(j, "confirmed")))
		en->confirmed = true;
	/* what is malformed here was lost for good already: the rest still can be put back */
	(void)decode_raws(json_object_get(j, "undoing"), a, &en->lost, NULL);
	if (!end || (en->state == ENTRY_GONE && strcmp(end, "applied") == 0))
		return;
	en->state = strcmp(end, "applied") == 0 ? ENTRY_APPLIED : ENTRY_REVERTED;
	en->lost = (struct raws){ 0 };
	(void)decode_raws(json_object_get(j, "lost"), a, &en->lost, NULL);
}

static void log_read(char *text, struct arena *a, struct entry *en)
{
	for (char *end = strchr(text, '\n'); end; text = end + 1, end = strchr(text, '\n')) {
		*end = '\0';
		auto_json *j = json_loads(text, 0, NULL);

		if (j)
			record_apply(j, a, en);
	}
}

int journal_load(int dir, unsigned int id, struct arena *a, struct entry *en, struct err *e)
{
	char name[32], *text;

	*en = (struct entry){ .id = id };
	snprintf(name, sizeof(name), "%06u.json", id);
	int r = whole_read(dir, name, a, &text);
	if (r < 0)
		return err_set(e, r, "journal %u: %s", id, strerror(-r));
	r = plan_read(text, a, en, e);
	if (r < 0) {
		snprintf(name, sizeof(name), "journal %u", id);
		return e ? err_prefix(e, name) : r;
	}
	snprintf(name, sizeof(name), "%06u.log", id);
	if (whole_read(dir, name, a, &text) == 0)
		log_read(text, a, en);
	return 0;
}

static int by_id(const void *a, const void *b)
{
	unsigned int x = ((const struct entry *)a)->id, y = ((const struct entry *)b)->id;

	return (x > y) - (x < y);
}

int journal_list(int dir, struct arena *a, struct entries *ret, struct err *e)
{
	auto_dir d = dir < 0 ? NULL : fdopendir(dup(dir));
	unsigned int id;
	int end;

	if (d)
		rewinddir(d);
	for (struct dirent *de = d ? readdir(d) : NULL; de; de = readdir(d)) {
		end = 0;
		if (sscanf(de->d_name, "%u.json%n", &id, &end) != 1 || !end || de->d_name[end])
			continue;
		int r = journal_load(dir, id, a, vec_add(a, ret), e);
		if (r < 0)
			return r;
	}
	if (ret->n)
		qsort(ret->at, ret->n, sizeof(*ret->at), by_id);
	return 0;
}

/* True when the records hold an end, whole: looked for without reading the JSON. */
static bool has_end(const char *text)
{
	const char *end = strstr(text, "{\"end\"");

	return end && strchr(end, '\n');
}

bool journal_pending(int dir, struct arena *a, struct entry *ret)
{
	unsigned int id = journal_next_id(dir) - 1;
	char name[32], *text = NULL;

	snprintf(name, sizeof(name), "%06u.log", id);
	if (id == 0 || (whole_read(dir, name, a, &text) == 0 && has_end(text)))
		return false;
	return journal_load(dir, id, a, ret, NULL) == 0 && ret->state == ENTRY_UNFINISHED;
}
