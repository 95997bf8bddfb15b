/* SPDX-License-Identifier: MIT */
/* A plan for people. */
#include "cmd/plan_print.h"

#include <stdio.h>
#include <string.h>

#include "base/diff.h"

static const struct file *file_of(const struct value *v)
{
	static const struct file none = { .text = "" };

	return v->kind == VALUE_FILE ? &v->file : &none;
}

static void file_headline_print(const struct value *from, const struct value *to)
{
	const struct file *old = file_of(from), *want = file_of(to);

	if (!old->path)
		printf("  file          + %s\n", want->path ? want->path : "");
	else
		printf("  file          %c %s\n", want->path ? '~' : '-', old->path);
	if (old->path && want->path && old->mode != want->mode)
		printf("    mode %04o -> %04o\n", old->mode, want->mode);
}

static void file_change_print(const struct value *from, const struct value *to)
{
	auto_arena a = { 0 };
	char *text = diff_text(&a, file_of(from)->text, file_of(to)->text);

	file_headline_print(from, to);
	for (char *line = strtok_r(text, "\n", &text); line; line = strtok_r(NULL, "\n", &text))
		printf("    %s\n", line);
}

void change_print(const struct setting *s, const struct value *from, const struct value *to)
{
	char old[VALUE_TEXT], want[VALUE_TEXT];

	if (s->stage == STAGE_FILE) {
		file_change_print(from, to);
		return;
	}
	setting_text(s, from, old);
	setting_text(s, to, want);
	if (from->kind == VALUE_NONE)
		printf("  %-13s + %s\n", s->name, want);
	else if (to->kind == VALUE_NONE)
		printf("  %-13s - %s\n", s->name, old);
	else
		printf("  %-13s %s -> %s%s%s\n", s->name, old, want, s->unit[0] ? " " : "", s->unit);
	if (s->flaps)
		printf("    %s\n", s->flaps);
}

static void obstacle_print(const struct obstacle *ob)
{
	printf("  %-13s %s\n    seen:   %s\n    wanted: %s\n    why:    %s\n    mend:   %s\n",
	       ob->setting->name, ob->advisory ? "is not as wished" : "can not be made right here", ob->seen, ob->wanted, ob->why, ob->mend);
}

static size_t port_print(const struct plan *pl, const struct remarks *remarks, const struct port *p)
{
	size_t changes = 0, lines = 0;

	for vec_each(op, &pl->ops)
		changes += op->port == p;
	for vec_each(ob, &pl->obstacles)
		lines += ob->port == p;
	for vec_each(rm, remarks)
		lines += rm->port == p;
	if (changes + lines == 0)
		return 0;
	printf("%s %s%s%s\n", p->name, p->link.name, p->rdma.pci[0] ? " " : "", p->rdma.pci);
	for vec_each(rm, remarks)
		if (rm->port == p)
			printf("  %s\n", rm->text);
	for vec_each(op, &pl->ops)
		if (op->port == p)
			change_print(op->setting, &op->old, &op->want);
	for vec_each(ob, &pl->obstacles)
		if (ob->port == p)
			obstacle_print(ob);
	return changes;
}

/* What is of no port. Lines of files that have been written already say nothing new. */
static size_t node_print(const struct plan *pl, const struct remarks *remarks, bool done)
{
	size_t changes = 0;

	for vec_each(rm, remarks)
		if (!rm->port)
			printf("%s\n", rm->text);
	for vec_each(ob, &pl->obstacles)
		if (!ob->port)
			obstacle_print(ob);
	for vec_each(op, &pl->ops) {
		if (op->port)
			continue;
		if (changes++ == 0 || op[-1].setting->stage != op->setting->stage)
			puts(op->setting->stage == STAGE_FILE ? "files" : "node");
		if (done && op->setting->stage == STAGE_FILE)
			file_headline_print(&op->old, &op->want);
		else
			change_print(op->setting, &op->old, &op->want);
	}
	return changes;
}

static void count_print(size_t changes, size_t ports, size_t files, bool done)
{
	printf("%zu change%s", changes, changes == 1 ? "" : "s");
	if (ports || !files)
		printf(" on %zu port%s", ports, ports == 1 ? "" : "s");
	if (files)
		printf("%s %zu file%s", ports ? " and in" : " in", files, files == 1 ? "" : "s");
	puts(done ? " made" : "");
}

void plan_print(const struct plan *pl, const struct node *n, const struct remarks *remarks, bool done)
{
	size_t ports = 0;

	for vec_each(p, &n->ports)
		ports += port_print(pl, remarks, p) > 0;
	size_t files = node_print(pl, remarks, done);

	if (plan_is_empty(pl))
		puts("nothing to do: the node is as wished");
	else
		count_print(pl->ops.n, ports, files, done);
	if (plan_blocked(pl))
		printf("%zu value%s can not be made right by changes of the ports\n", plan_blocked(pl),
		       plan_blocked(pl) == 1 ? "" : "s");
}
