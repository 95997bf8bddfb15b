/* SPDX-License-Identifier: MIT */
/* A plan for people. */
#include "cmd/plan_print.h"

#include <stdio.h>

void change_print(const struct setting *s, const struct value *from, const struct value *to)
{
	char old[VALUE_TEXT], want[VALUE_TEXT];

	value_text(from, old);
	value_text(to, want);
	if (from->kind == VALUE_NONE)
		printf("  %-13s + %s\n", s->name, want);
	else if (to->kind == VALUE_NONE)
		printf("  %-13s - %s\n", s->name, old);
	else
		printf("  %-13s %s -> %s%s%s\n", s->name, old, want, s->unit[0] ? " " : "", s->unit);
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

void plan_print(const struct plan *pl, const struct node *n, const struct remarks *remarks, bool done)
{
	size_t ports = 0;

	for vec_each(p, &n->ports)
		ports += port_print(pl, remarks, p) > 0;
	for vec_each(op, &pl->ops)
		if (!op->port)
			change_print(op->setting, &op->old, &op->want);
	if (plan_is_empty(pl))
		puts("nothing to do: the node is as wished");
	else
		printf("%zu change%s on %zu port%s%s\n", pl->ops.n, pl->ops.n == 1 ? "" : "s", ports,
		       ports == 1 ? "" : "s", done ? " made" : "");
	if (plan_blocked(pl))
		printf("%zu value%s can not be made right by changes of the ports\n", plan_blocked(pl),
		       plan_blocked(pl) == 1 ? "" : "s");
}
