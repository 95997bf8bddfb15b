/* SPDX-License-Identifier: MIT */
/* Processor time of persisting 512 ports, each backend in turn: from the files that are there to those written, and
 * again with nothing to do. The kernel is the fake one, the files are real. The goal is 100 ms of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "fake/must.h"
#include "fake/site.h"
#include "kern/tree.h"
#include "persist/persist.h"

static char root[] = "/tmp/doroce-bench-XXXXXX";

static int read_real(struct kern *k, const char *path, struct arena *a, struct file *ret, struct err *e)
{
	(void)k;
	return file_read(root, path, a, ret, e);
}

static int put_real(struct kern *k, const struct file *f, size_t n, struct err *e)
{
	(void)k;
	return files_put(root, f, n, e);
}

/* user: of the program itself; system: of the file system, with a sync of each file. */
struct cpu {
	double user_ms, system_ms;
};

static double ms_of(const struct timeval *tv)
{
	return (double)tv->tv_sec * 1e3 + (double)tv->tv_usec / 1e3;
}

static struct cpu cpu_since(struct cpu begin)
{
	struct rusage ru;

	must(getrusage(RUSAGE_SELF, &ru) == 0);
	return (struct cpu){ ms_of(&ru.ru_utime) - begin.user_ms, ms_of(&ru.ru_stime) - begin.system_ms };
}

/* As `configure --persist` does it, the settings of the ports aside. */
static struct cpu persist(struct site *s, const struct backend *b)
{
	struct kern *k = &s->fake.k;
	struct persist_notes notes = { 0 };
	struct files seen = { 0 };
	struct tree t = { 0 };
	struct persist_in in = { .arena = &s->arena, .wishes = &s->wishes, .node = &s->node, .seen = &seen, .version = "" };
	struct cpu begin = cpu_since((struct cpu){ 0 });

	tree_read(root, b->reads, &s->arena, &t);
	for vec_each(tf, &t)
		(void)node_read_file(k, &s->arena, &s->node, tf->path, NULL);
	seen = s->node.files;
	b->write(&in, &s->wishes.files, &notes);
	persist_sysctl.write(&in, &s->wishes.files, &notes);
	persist_boot.write(&in, &s->wishes.files, &notes);
	for vec_each(w, &s->wishes.files)
		must(node_read_file(k, &s->arena, &s->node, w->path, NULL) == 0);
	struct wishes files = { .files = s->wishes.files };
	s->plan = plan_make(&files, &s->node, &s->arena);
	if (s->plan.ops.n)
		must(txn_run(k, &s->plan, &s->options, &s->arena, &s->txn, &s->id, &s->err) == 0);
	return cpu_since(begin);
}

static void directories_make(void)
{
	auto_arena a = { 0 };
	const char *words = "etc/netplan etc/systemd/network etc/NetworkManager/system-connections etc/network/interfaces.d "
			    "etc/sysconfig/network-scripts etc/sysconfig/network etc/sysctl.d";

	must(mkdtemp(root));
	must(system(arena_printf(&a, "cd %s && mkdir -p %s", root, words)) == 0);
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 512;
	auto_arena a = { 0 };

	directories_make();
	for (const struct backend *b = backends; b->name; b++) {
		auto_site *s = site_new(n, 0, "10.0.0.1/16");

		s->fake.k.file_read = read_real;
		s->fake.k.files_put = put_real;
		for (enum setting_id id = SETTING_ARP_IGNORE; id <= SETTING_RP_FILTER; id++)
			site_number(&s->in.defaults, id, 1);
		must(site_resolve(s) == 0);
		struct cpu first = persist(s, b);
		must(site_resolve(s) == 0);
		struct cpu again = persist(s, b);
		printf("%-16s %zu ports, %4zu files: %6.1f ms and %6.1f ms of the system; again %6.1f and %6.1f ms\n", b->name, n,
		       s->wishes.files.n, first.user_ms, first.system_ms, again.user_ms, again.system_ms);
		must(s->plan.ops.n == 0);
	}
	return system(arena_printf(&a, "rm -r %s", root)) == 0 ? 0 : 1;
}
