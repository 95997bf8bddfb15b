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
	size_t len;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size > FILE_BYTES_MAX)
		return -EFBIG;
	return fd_text(fd, (size_t)st.st_size, a, ret, &len);
}

/* A name that is longer than its place would name another port. */
static bool name_read(const char *text, char *ret, size_t size)
{
	return text[0] && snprintf(ret, size, "%s", text) < (int)size;
}

static int port_read(json_t *j, struct entry_port *ret, struct err *e)
{
	const char *name, *netdev, *mac;

	*ret = (struct entry_port){ 0 };
	if (json_unpack(j, "{s:s, s:s, s:i, s:s}", "name", &name, "netdev", &netdev, "ifindex", &ret->ifindex, "mac",
			&mac) < 0 ||
	    !name_read(name, ret->name, sizeof(ret->name)) ||
	    !name_read(netdev, ret->netdev, sizeof(ret->netdev)) || mac_parse(mac, ret->mac) < 0)
		return err_set(e, -EBADMSG, "a port in it is malformed");
	return 0;
}

/* The port of a change of the node is null. */
static int op_port_read(json_t *j, const struct entry *en, int *ret, struct err *e)
{
	json_int_t at = json_is_null(j) ? ENTRY_NODE : json_integer_value(j);

	if (!json_is_null(j) && (!json_is_integer(j) || at < 0 || (size_t)at >= en->ports.n))
		return err_set(e, -EBADMSG, "a change in it is of no port");
	*ret = (int)at;
	return 0;
}

/* A list has a place for each of the setting's. */
static bool has_places(const struct setting *s, const struct value *v)
{
	return s->count ? v->kind == VALUE_LIST && v->list.n == s->count : v->kind != VALUE_LIST;
}

static int op_read(json_t *j, struct arena *a, struct entry *en, struct err *e)
{
	json_t *port, *old, *want;
	struct entry_op *op = vec_add(a, &en->ops);
	const char *name;

	if (json_unpack(j, "[o, s, o, o !]", &port, &name, &old, &want) < 0)
		return err_set(e, -EBADMSG, "a change in it is malformed");
	op->setting = setting_by_name(name);
	if (!op->setting)
		return err_set(e, -EBADMSG, "setting '%s' in it is not known", name);
	int r = op_port_read(port, en, &op->port, e);
	if (r == 0)
		r = decode_value(old, a, &op->old, e);
	if (r == 0)
		r = decode_value(want, a, &op->want, e);
	if (r == 0 && (!has_places(op->setting, &op->old) || !has_places(op->setting, &op->want)))
		r = err_set(e, -EBADMSG, "a value of %s in it is malformed", name);
	return r;
}

static int lists_read(json_t *ports, json_t *changes, struct arena *a, struct entry *en, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < json_array_size(ports) && r == 0; i++)
		r = port_read(json_array_get(ports, i), vec_add(a, &en->ports), e);
	for (size_t i = 0; i < json_array_size(changes) && r == 0; i++)
		r = op_read(json_array_get(changes, i), a, en, e);
	return r;
}

static int version_check(json_t *j, struct err *e)
{
	json_t *version = json_object_get(j, "version");

	if (!json_is_integer(version))
		return err_set(e, -EBADMSG, "it is no journal");
	if (json_integer_value(version) != JOURNAL_VERSION)
		return err_set(e, -EBADMSG, "it is of version %lld, this doroce reads %d",
			       (long long)json_integer_value(version), JOURNAL_VERSION);
	return 0;
}

static int plan_read(const char *text, struct arena *a, struct entry *en, struct err *e)
{
	auto_json *j = json_loads(text, 0, NULL);
	json_t *ports, *changes, *before;
	const char *boot, *time, *command;
	json_int_t confirm_s;
	char now[48];
	const char *manager = json_string_value(json_object_get(j, "manager"));
	int r = version_check(j, e);

	if (r < 0)
		return r;
	if (json_unpack(j, "{s:s, s:s, s:s, s:I, s:o, s:o, s:o}", "time", &time, "boot", &boot, "command", &command,
			"confirm", &confirm_s, "ports", &ports, "changes", &changes, "before", &before) < 0 ||
	    confirm_s < 0 || confirm_s > UINT32_MAX || !json_is_array(ports) || !json_is_array(changes) ||
	    !json_is_array(before))
		return err_set(e, -EBADMSG, "it is no journal");
	en->time = arena_strdup(a, time);
	en->command = arena_strdup(a, command);
	en->confirm_s = (uint32_t)confirm_s;
	if (manager)
		en->manager = arena_strdup(a, manager);
	en->reload = json_is_true(json_object_get(j, "reload"));
	(void)sysfs_text("/proc/sys/kernel/random/boot_id", now, sizeof(now)); /* "": of no boot */
	if (strcmp(boot, now) != 0)
		en->state = ENTRY_GONE;
	r = lists_read(ports, changes, a, en, e);
	return r == 0 ? decode_raws(before, a, &en->before, e) : r;
}

static void end_apply(json_t *j, const char *end, struct arena *a, struct entry *en)
{
	bool is_reverted = strcmp(end, "reverted") == 0;

	if (strcmp(end, "applied") == 0) {
		en->applied = true;
		en->lost = (struct raws){ 0 };
		(void)decode_raws(json_object_get(j, "lost"), a, &en->lost, NULL);
	}
	if (is_reverted)
		en->applied = false;
	if (is_reverted || en->state != ENTRY_GONE)
		en->state = is_reverted ? ENTRY_REVERTED : en->applied ? ENTRY_APPLIED : ENTRY_UNFINISHED;
}

static void record_apply(json_t *j, struct arena *a, struct entry *en)
{
	const char *end = json_string_value(json_object_get(j, "end"));
	json_t *did = json_object_get(j, "did"), *undid = json_object_get(j, "undid");
	json_t *undoing = json_object_get(j, "undoing");

	if (did)
		en->did = (size_t)json_integer_value(did);
	if (undid)
		en->did = (size_t)json_integer_value(undid);
	if (json_is_true(json_object_get(j, "confirmed")))
		en->confirmed = true;
	/* what is malformed here was lost for good already: the rest still can be put back */
	(void)decode_raws(undoing, a, &en->lost, NULL);
	if (undoing && en->state != ENTRY_GONE)
		en->state = ENTRY_UNDOING;
	en->half_undone = !end && (undoing || en->half_undone);
	if (end)
		end_apply(j, end, a, en);
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
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return (x > y) - (x < y);
}

/* Of every journal, oldest first. */
static struct journal_ids ids_read(int dir, struct arena *a)
{
	auto_dir d = dir < 0 ? NULL : fdopendir(dup(dir));
	struct journal_ids ids = { 0 };
	unsigned int id;
	int end;

	if (d)
		rewinddir(d);
	for (struct dirent *de = d ? readdir(d) : NULL; de; de = readdir(d)) {
		end = 0;
		if (sscanf(de->d_name, "%u.json%n", &id, &end) == 1 && end && !de->d_name[end])
			*vec_add(a, &ids) = id;
	}
	if (ids.n)
		qsort(ids.at, ids.n, sizeof(*ids.at), by_id);
	return ids;
}

static int load_or_name(int dir, unsigned int id, struct arena *a, struct entry *en)
{
	struct err e = { 0 };
	int r = journal_load(dir, id, a, en, &e);

	if (r < 0 && r != -ENOENT)
		*en = (struct entry){
			.id = id, .time = "", .command = "", .why = arena_strdup(a, e.text), .state = ENTRY_UNREADABLE,
		};
	return r;
}

void journal_list(int dir, struct arena *a, struct entries *ret)
{
	struct journal_ids ids = ids_read(dir, a);

	for vec_each(id, &ids)
		if (load_or_name(dir, *id, a, vec_add(a, ret)) == -ENOENT)
			ret->n--; /* taken away meanwhile */
}

static bool begins_with(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* The end of a file as text, from a whole line on where it is that long. Its length, or -errno. */
static ssize_t tail_read(int dir, const char *name, char *buf, size_t size)
{
	auto_fd fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	off_t end = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	ssize_t n = end < 0 ? -1 : pread(fd, buf, size - 1, end < (off_t)size ? 0 : end - (off_t)size + 1);

	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return n;
}

/* True unless the last whole record is an end with nothing to be done after it. One that is longer than what
 * is looked at counts: whether it is an end is seen when all is read. */
static bool may_be_open(int dir, unsigned int id)
{
	char name[32], text[256], *line;

	snprintf(name, sizeof(name), "%06u.log", id);
	if (tail_read(dir, name, text, sizeof(text)) <= 0)
		return true;
	char *end = strrchr(text, '\n');
	if (!end)
		return true;
	*end = '\0';
	line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	return !begins_with(line, "{\"end\":\"applied\"") && !begins_with(line, "{\"end\":\"reverted\"") &&
	       !begins_with(line, "{\"confirmed\"");
}

bool journal_pending(int dir, struct arena *a, struct entry *ret)
{
	struct journal_ids ids = ids_read(dir, a);

	for (size_t i = ids.n; i-- > 0;) {
		if (!may_be_open(dir, ids.at[i]) || load_or_name(dir, ids.at[i], a, ret) == -ENOENT)
			continue;
		bool newest = i + 1 == ids.n;
		bool open = ret->state == ENTRY_UNFINISHED || ret->state == ENTRY_UNREADABLE;
		if (ret->state == ENTRY_UNDOING || (newest && open))
			return true;
	}
	return false;
}

/* The first bytes of a file as text. False: they can not be read. */
static bool head_read(int dir, const char *name, char *buf, size_t size)
{
	auto_fd fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread(fd, buf, size - 1, 0);

	buf[n > 0 ? n : 0] = '\0';
	return n >= 0;
}

/* True when the first and the last bytes are as entry_text() in journal.c writes them. */
static bool looks_readable(int dir, unsigned int id)
{
	char name[32], head[32], text[32], last[2];

	snprintf(name, sizeof(name), "%06u.json", id);
	snprintf(head, sizeof(head), "{\"version\":%d,", JOURNAL_VERSION);
	return head_read(dir, name, text, sizeof(text)) && begins_with(text, head) &&
	       tail_read(dir, name, last, sizeof(last)) == 1 && last[0] == '}';
}

struct journal_ids journal_foreign(int dir, struct arena *a)
{
	struct journal_ids ids = ids_read(dir, a), foreign = { 0 };

	for vec_each(id, &ids)
		if (!looks_readable(dir, *id))
			*vec_add(a, &foreign) = *id;
	return foreign;
}

/* False when first and last bytes say that it is of this boot and not reverted. */
static bool may_be_past(int dir, unsigned int id, const char *boot)
{
	char name[32], text[160];

	snprintf(name, sizeof(name), "%06u.log", id);
	if (tail_read(dir, name, text, sizeof(text)) > 0 && strstr(text, "{\"end\":\"reverted\""))
		return true;
	snprintf(name, sizeof(name), "%06u.json", id);
	return head_read(dir, name, text, sizeof(text)) && !strstr(text, boot);
}

/* One of an earlier boot stands by its files. */
static bool is_past(const struct entry *en)
{
	return en->state == ENTRY_REVERTED || (en->state == ENTRY_GONE && !entry_has_files(en));
}

static void journal_remove(int dir, unsigned int id)
{
	char name[32];

	/* a journal that stays is only one too many */
	snprintf(name, sizeof(name), "%06u.log", id);
	(void)unlinkat(dir, name, 0);
	snprintf(name, sizeof(name), "%06u.json", id);
	(void)unlinkat(dir, name, 0);
}

void journal_prune(int dir, struct arena *a)
{
	struct journal_ids ids = ids_read(dir, a);
	char boot[48];

	if (sysfs_text("/proc/sys/kernel/random/boot_id", boot, sizeof(boot)) < 0)
		return;
	for (size_t i = 0; i + JOURNAL_KEPT < ids.n; i++) {
		struct entry en;

		if (may_be_past(dir, ids.at[i], boot) && load_or_name(dir, ids.at[i], a, &en) == 0 && is_past(&en))
			journal_remove(dir, ids.at[i]);
	}
}
