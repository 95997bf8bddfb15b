/* SPDX-License-Identifier: MIT */
/* The journal, written: the plan before the first change, a record a change, the end. */
#include "apply/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "apply/encode.h"
#include "base/cleanup.h"
#include "kern/sysfs.h"

struct ports_seen VEC(const struct port *);

int journal_dir(const char *path, struct err *e)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return err_sys(e, path);
	auto_fd fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, path);
	return TAKE_FD(fd);
}

static int lock_refused(int fd, struct err *e)
{
	char holder[128];
	ssize_t n = pread(fd, holder, sizeof(holder) - 1, 0);

	holder[n > 0 ? n : 0] = '\0';
	return err_set(e, -EBUSY, "another doroce is changing this node: %s", holder);
}

int journal_lock(int dir, const char *command, struct err *e)
{
	auto_fd fd = openat(dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char text[128];

	if (fd < 0)
		return err_sys(e, "lock");
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return lock_refused(fd, e);
	snprintf(text, sizeof(text), "%.100s, process %d", command, getpid());
	/* the text is for people: the lock holds without it */
	(void)(ftruncate(fd, 0) == 0 && pwrite(fd, text, strlen(text), 0));
	return TAKE_FD(fd);
}

/* *ret_done: bytes of it that are written, also when it fails. */
static int text_write(int fd, const char *text, size_t *ret_done, struct err *e)
{
	size_t len = strlen(text);

	for (*ret_done = 0; *ret_done < len;) {
		ssize_t n = write(fd, text + *ret_done, len - *ret_done);

		if (n < 0)
			return err_sys(e, "journal: write");
		*ret_done += (size_t)n;
	}
	return 0;
}

/* A file whole or not at all: written beside, synced, renamed, the name synced. */
static int whole_write(int dir, const char *name, const char *text, struct err *e)
{
	char tmp[40];

	snprintf(tmp, sizeof(tmp), "%s.tmp", name);
	auto_fd fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, "journal: create");
	size_t done;
	int r = text_write(fd, text, &done, e);
	if (r == 0 && (fsync(fd) < 0 || renameat(dir, tmp, dir, name) < 0 || fsync(dir) < 0))
		r = err_sys(e, "journal: sync");
	if (r < 0) { /* nothing was changed yet: only left-overs */
		(void)unlinkat(dir, tmp, 0);
		(void)unlinkat(dir, name, 0);
	}
	return r;
}

/* Index of the port among those of the entry, added where it is new. seen: the same ports; at: of the change
 * before: within a stage they come in their order. */
static int port_index(struct entry *en, struct arena *a, struct ports_seen *seen, const struct port *p, size_t at)
{
	for (size_t i = 0; i < seen->n; i++)
		if (seen->at[(at + i) % seen->n] == p)
			return (int)((at + i) % seen->n);
	struct entry_port *ep = vec_add(a, &en->ports);

	*vec_add(a, seen) = p;
	snprintf(ep->name, sizeof(ep->name), "%s", p->name);
	snprintf(ep->netdev, sizeof(ep->netdev), "%s", p->link.name);
	memcpy(ep->mac, p->link.mac, MAC_LEN);
	ep->ifindex = p->link.ifindex;
	return (int)seen->n - 1;
}

struct entry entry_of_plan(const struct plan *pl, struct arena *a)
{
	struct ports_seen seen = { 0 };
	struct entry en = { .manager = pl->manager, .reload = pl->reload };
	int at = 0;

	en.ops.at = arena_array(a, struct entry_op, pl->ops.n + 1);
	for vec_each(op, &pl->ops) {
		at = op->port ? port_index(&en, a, &seen, op->port, (size_t)at) : at;
		en.ops.at[en.ops.n++] = (struct entry_op){
			.port = op->port ? at : ENTRY_NODE, .setting = op->setting, .old = op->old, .want = op->want,
		};
	}
	en.ops.room = en.ops.n;
	return en;
}

static json_t *port_json(const struct entry_port *p)
{
	char mac[MAC_TEXT];

	return json_pack("{s:s, s:s, s:i, s:s}", "name", p->name, "netdev", p->netdev, "ifindex", p->ifindex,
			 "mac", mac_text(p->mac, mac));
}

static json_t *op_json(const struct entry_op *op)
{
	return json_pack("[o, s, o, o]", op->port < 0 ? json_null() : json_integer(op->port), op->setting->name,
			 encode_value(&op->old), encode_value(&op->want));
}

/* NULL: a name or a value is no JSON; left out it could not be taken back. */
static char *entry_text(const struct entry *en)
{
	char boot[48], when[32];
	time_t now = time(NULL);
	struct tm tm;
	auto_json *ports = json_array(), *changes = json_array();
	int r = 0;

	for vec_each(p, &en->ports)
		r |= json_array_append_new(ports, port_json(p));
	for vec_each(op, &en->ops)
		r |= json_array_append_new(changes, op_json(op));
	strftime(when, sizeof(when), "%FT%TZ", gmtime_r(&now, &tm));
	(void)sysfs_text("/proc/sys/kernel/random/boot_id", boot, sizeof(boot)); /* "": never of now */
	auto_json *j = json_pack("{s:i, s:s, s:s, s:s, s:I, s:O, s:O, s:o}", "version", JOURNAL_VERSION, "time",
				 when, "boot", boot, "command", en->command, "confirm", (json_int_t)en->confirm_s,
				 "ports", ports, "changes", changes, "before", encode_raws(&en->before));
	if (j && en->manager)
		json_object_set_new(j, "manager", json_string(en->manager));
	if (j && en->reload)
		json_object_set_new(j, "reload", json_true());
	return j && r == 0 ? json_dumps(j, JSON_COMPACT) : NULL;
}

unsigned int journal_next_id(int dir)
{
	char name[32];
	auto_dir d = fdopendir(dup(dir));
	unsigned int next = 1, id;

	if (d)
		rewinddir(d);
	for (struct dirent *de = d ? readdir(d) : NULL; de; de = readdir(d)) {
		if (sscanf(de->d_name, "%u.%31s", &id, name) == 2 && id >= next)
			next = id + 1;
	}
	return next;
}

/* The last one may have died in the middle of a line, which must not swallow the next. */
static void line_begin(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);
	char last = '\n';

	/* a failure leaves one record unread, and the revert that it stands for can be repeated */
	(void)(end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n' && write(fd, "\n", 1));
}

int journal_open(int dir, unsigned int id, struct journal *ret, struct err *e)
{
	char name[32];

	snprintf(name, sizeof(name), "%06u.log", id);
	int fd = openat(dir, name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, "journal: open");
	line_begin(fd);
	*ret = (struct journal){ .dir = dir, .log = fd, .id = id };
	return 0;
}

int journal_begin(int dir, const struct entry *en, struct journal *ret, struct err *e)
{
	auto_free char *text = entry_text(en);
	unsigned int id = journal_next_id(dir);
	char name[32];

	if (!text)
		return err_set(e, -EILSEQ, "journal: no memory, or a name that is not UTF-8");
	snprintf(name, sizeof(name), "%06u.json", id);
	int r = whole_write(dir, name, text, e);
	if (r < 0)
		return r;
	r = journal_open(dir, id, ret, e);
	if (r < 0)
		(void)unlinkat(dir, name, 0); /* nothing was changed: it would only count as unfinished */
	return r;
}

/* A record is one write: a line that is torn by death or a full disk counts as not written. */
static int record(const struct journal *j, const char *line, bool sync, struct err *e)
{
	size_t done;
	int r = text_write(j->log, line, &done, e);
	off_t end = r < 0 ? lseek(j->log, 0, SEEK_END) : 0;

	if (r < 0 && end >= (off_t)done)
		(void)!ftruncate(j->log, end - (off_t)done); /* part of a line would only be passed over */
	if (r == 0 && sync && fsync(j->log) < 0)
		r = err_sys(e, "journal: sync");
	return r;
}

int journal_did(const struct journal *j, size_t n, struct err *e)
{
	char line[40];

	snprintf(line, sizeof(line), "{\"did\":%zu}\n", n);
	return record(j, line, false, e);
}

int journal_undid(const struct journal *j, size_t n, struct err *e)
{
	char line[40];

	snprintf(line, sizeof(line), "{\"undid\":%zu}\n", n);
	return record(j, line, false, e);
}

int journal_confirmed(const struct journal *j, struct err *e)
{
	return record(j, "{\"confirmed\":true}\n", true, e);
}

static int json_record(const struct journal *j, json_t *what, struct err *e)
{
	auto_free char *text = what ? json_dumps(what, JSON_COMPACT) : NULL;
	auto_free char *line = NULL;

	if (!text || asprintf(&line, "%s\n", text) < 0)
		return err_set(e, -ENOMEM, "journal: no memory");
	return record(j, line, true, e);
}

int journal_undoing(const struct journal *j, const struct raws *there, struct err *e)
{
	auto_json *what = json_pack("{s:o}", "undoing", encode_raws(there));

	return json_record(j, what, e);
}

int journal_end(const struct journal *j, const char *state, const struct raws *lost, struct err *e)
{
	auto_json *end = json_pack("{s:s, s:o}", "end", state, "lost", encode_raws(lost));

	return json_record(j, end, e);
}

void journal_close(struct journal *j)
{
	if (j->log >= 0)
		close(j->log);
	j->log = -1;
}

bool entry_has_files(const struct entry *en)
{
	for vec_each(op, &en->ops)
		if (op->setting->stage == STAGE_FILE)
			return true;
	return false;
}
