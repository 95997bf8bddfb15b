/* SPDX-License-Identifier: MIT */
/* A plan for people. */
#include "cmd/plan_print.h"

#include <stdio.h>

static void op_print(const struct op *op)
{
	char old[VALUE_TEXT], want[VALUE_TEXT];
	const char *name = op->setting->name;

	value_text(&op->old, old);
	value_text(&op->want, want);
	if (op->old.kind == VALUE_NONE)
		printf("  %-13s + %s\n", name, want);
	else if (op->want.kind == VALUE_NONE)
		printf("  %-13s - %s\n", name, old);
	else
		printf("  %-13s %s -> %s%s%s\n", name, old, want, op->setting->unit[0] ? " " : "",
		       op->setting->unit);
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
			op_print(op);
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
	if (plan_is_empty(pl))
		puts("nothing to do: the node is as wished");
	else
		printf("%zu change%s on %zu port%s%s\n", pl->ops.n, pl->ops.n == 1 ? "" : "s", ports,
		       ports == 1 ? "" : "s", done ? " made" : "");
	if (plan_blocked(pl))
		printf("%zu value%s can not be made right by changes of the ports\n", plan_blocked(pl),
		       plan_blocked(pl) == 1 ? "" : "s");
}
