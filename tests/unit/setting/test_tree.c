/* SPDX-License-Identifier: MIT */
/* Settings in small files, in trees as OFED's and the kernel's own drivers make them: below --root. */
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake/must.h"
#include "fake/site.h"
#include "test.h"

/* Two ports: rxe_0 on p0 as OFED has it, rxe_1 on p1 as Linux has it. root: of the tree. */
static struct bench {
	struct site *site;
	char root[64];
} b;

static void put(const char *path, const char *text)
{
	char whole[PATH_MAX];

	snprintf(whole, sizeof(whole), "%s%s", b.root, path);
	for (char *at = whole + strlen(b.root) + 1; (at = strchr(at, '/')); *at++ = '/') {
		*at = '\0';
		must(mkdir(whole, 0755) == 0 || errno == EEXIST);
	}
	FILE *f = fopen(whole, "we");
	must(f && fputs(text, f) >= 0);
	fclose(f);
}

static const char *get(const char *path)
{
	static char text[256];
	char whole[PATH_MAX];

	snprintf(whole, sizeof(whole), "%s%s", b.root, path);
	FILE *f = fopen(whole, "re");
	must(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

#define ECN "/sys/class/net/p0/ecn/"
#define CC "/sys/kernel/debug/mlx5/0000:11:00.0/cc_params/"
#define CM "/sys/kernel/config/rdma_cm/"

static void tree_make(void)
{
	char path[PATH_MAX];

	for (int i = 0; i < 2 * PRIORITIES; i++) {
		snprintf(path, sizeof(path), ECN "roce_%s/enable/%d", i % 2 ? "np" : "rp", i / 2);
		put(path, "1\n");
	}
	put(ECN "roce_np/cnp_dscp", "0\n");
	put(ECN "roce_np/cnp_802p_prio", "6\n");
	put("/sys/class/infiniband/rxe_0/tc/1/traffic_class", "");
	put(CC "np_cnp_dscp", "48\n");
	put(CC "np_cnp_prio", "6\n");
	put(CC "np_cnp_prio_mode", "1\n");
	put(CM "rxe_0/ports/1/default_roce_tos", "0\n");
	put(CM "rxe_0/ports/1/default_roce_mode", "IB/RoCE v1\n");
	put(CM "rxe_1/ports/1/default_roce_tos", "106\n");
	put(CM "rxe_1/ports/1/default_roce_mode", "RoCE v2\n");
	put("/proc/sys/net/ipv4/tcp_ecn", "2\n");
}

static int read_attr(struct kern *k, const char *path, char *buf, size_t size, struct err *e)
{
	(void)k;
	return attr_read_text(b.root, path, buf, size, e);
}

static int write_attr(struct kern *k, const char *path, const char *text, struct err *e)
{
	(void)k;
	return attr_write_text(b.root, path, text, e);
}

static int read_cm(struct kern *k, const char *device, uint32_t port, const char *name, char *buf, size_t size,
		   struct err *e)
{
	(void)k;
	return cm_attr_read(b.root, device, port, name, buf, size, e);
}

static int write_cm(struct kern *k, const char *device, uint32_t port, const char *name, const char *text,
		    struct err *e)
{
	(void)k;
	return cm_attr_write(b.root, device, port, name, text, e);
}

static int open_bench(void **state)
{
	(void)state;
	snprintf(b.root, sizeof(b.root), "/tmp/doroce-tree-XXXXXX");
	must(mkdtemp(b.root));
	b.site = site_new(2, FAKE_PCI, NULL);
	struct kern *k = &b.site->fake.k;
	k->attr_read = read_attr;
	k->attr_write = write_attr;
	k->cm_read = read_cm;
	k->cm_write = write_cm;
	fake_rdma(&b.site->fake, "rxe_0")->port = fake_rdma(&b.site->fake, "rxe_1")->port = 1;
	site_entry(b.site, "p*", 1);
	tree_make();
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st;
	(void)flag;
	(void)at;
	return remove(path);
}

static int close_bench(void **state)
{
	(void)state;
	site_free(b.site);
	return nftw(b.root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void wish(enum setting_id id, uint32_t v)
{
	b.site->more.number[id] = (struct opt_u32){ OPT_SET, v };
}

static const char *obstacle(const char *netdev, enum setting_id id)
{
	for vec_each(ob, &b.site->plan.obstacles)
		if (setting_id(ob->setting) == id && strcmp(ob->port->link.name, netdev) == 0)
			return ob->seen;
	return NULL;
}

/* Configure, find nothing to do, take it back: the tree is as it was but for what is told here. */
static void must_configure_and_revert(void)
{
	struct entry en;
	struct undo u = { 0 };
	struct err e = { 0 };

	assert_int_equal(site_configure(b.site), 0);
	en = entry_of_plan(&b.site->plan, &b.site->arena);
	site_plan(b.site);
	assert_int_equal(b.site->plan.ops.n, 0);
	assert_int_equal(undo_run(&b.site->fake.k, &en, NULL, &b.site->arena, &u, &e), 0);
	assert_int_equal(undo_count(&u, UNDO_DONE), u.undone.n);
}

static void traffic_class_of_ofed_is_set_and_unset(void **state)
{
	(void)state;
	wish(SETTING_TRAFFIC_CLASS, 106);
	site_plan(b.site);
	assert_int_equal(site_op(b.site, "p0", SETTING_TRAFFIC_CLASS)->old.number, LIST_NONE);
	assert_string_equal(obstacle("p1", SETTING_TRAFFIC_CLASS),
			    "/sys/class/infiniband/rxe_1/tc/1/traffic_class: No such file or directory (the OFED driver "
			    "alone has it: elsewhere the application sets it, NCCL_IB_TC)");
	must_configure_and_revert();
	assert_string_equal(get("/sys/class/infiniband/rxe_0/tc/1/traffic_class"), "-1");
	put("/sys/class/infiniband/rxe_0/tc/1/traffic_class", "Global tclass=106\ntclass=10 dst_ip=10.0.0.1\n");
	site_plan(b.site);
	assert_null(site_op(b.site, "p0", SETTING_TRAFFIC_CLASS));
	put("/sys/class/infiniband/rxe_0/tc/1/traffic_class", "tclass=106 dst_ip=10.0.0.1\n");
	site_plan(b.site);
	assert_non_null(site_op(b.site, "p0", SETTING_TRAFFIC_CLASS));
}

static void ecn_of_ofed_is_switched_for_the_wished_priorities_alone(void **state)
{
	(void)state;
	site_list(b.site, SETTING_ECN_NP, 4, 0, -1);
	assert_int_equal(site_configure(b.site), 0);
	assert_string_equal(get(ECN "roce_np/enable/4"), "0");
	assert_string_equal(get(ECN "roce_np/enable/3"), "1\n");
	assert_string_equal(get(ECN "roce_rp/enable/4"), "1\n");
	assert_non_null(obstacle("p1", SETTING_ECN_NP));
}

static void cnp_is_found_in_either_place(void **state)
{
	(void)state;
	wish(SETTING_CNP_DSCP, 46);
	wish(SETTING_CNP_PRIO, 7);
	site_plan(b.site);
	assert_int_equal(site_op(b.site, "p0", SETTING_CNP_DSCP)->old.number, 0);
	assert_int_equal(site_op(b.site, "p1", SETTING_CNP_DSCP)->old.number, 48);
	assert_int_equal(site_configure(b.site), 0);
	assert_string_equal(get(ECN "roce_np/cnp_dscp"), "46");
	assert_string_equal(get(ECN "roce_np/cnp_802p_prio"), "7");
	assert_string_equal(get(CC "np_cnp_dscp"), "46");
	assert_string_equal(get(CC "np_cnp_prio"), "7");
}

/* The number that is there does not count while CNPs follow the priority of what they are about. */
static void a_priority_of_cnps_that_does_not_count_is_none(void **state)
{
	(void)state;
	wish(SETTING_CNP_PRIO, 6);
	site_plan(b.site);
	assert_null(site_op(b.site, "p0", SETTING_CNP_PRIO));
	assert_int_equal(site_op(b.site, "p1", SETTING_CNP_PRIO)->old.number, LIST_NONE);
	assert_int_equal(site_configure(b.site), 0);
	assert_string_equal(get(CC "np_cnp_prio_mode"), "0");
	must_configure_and_revert();
}

static void what_new_connects_get_is_in_configfs(void **state)
{
	(void)state;
	wish(SETTING_CM_TOS, 106);
	wish(SETTING_CM_MODE, 1);
	site_plan(b.site);
	assert_int_equal(b.site->plan.ops.n, 2);
	must_configure_and_revert();
	assert_string_equal(get(CM "rxe_0/ports/1/default_roce_mode"), "IB/RoCE v1");
	assert_string_equal(get(CM "rxe_0/ports/1/default_roce_tos"), "0");
}

static void ecn_of_tcp_is_of_the_node(void **state)
{
	(void)state;
	wish(SETTING_TCP_ECN, 1);
	must_configure_and_revert();
	assert_string_equal(get("/proc/sys/net/ipv4/tcp_ecn"), "2");
}

static void of_a_copy_nothing_but_files_is_wished(void **state)
{
	(void)state;
	wish(SETTING_CM_TOS, 106);
	wish(SETTING_TCP_ECN, 1);
	site_number(&b.site->in.defaults, SETTING_MTU, 9000);
	site_list(b.site, SETTING_PFC, 3, 1, -1);
	site_resolve(b.site);
	struct wishes in_files = wishes_in_files(&b.site->wishes, &b.site->arena);
	struct plan pl = plan_make(&in_files, &b.site->node, &b.site->arena);

	assert_int_equal(pl.ops.n, 2);
	assert_int_equal(setting_id(pl.ops.at[0].setting), SETTING_TCP_ECN);
	assert_int_equal(setting_id(pl.ops.at[1].setting), SETTING_CM_TOS);
	assert_int_equal(pl.obstacles.n, 0);
}

static void a_driver_that_is_loaded_again_is_told(void **state)
{
	(void)state;
	wish(SETTING_CM_TOS, 106);
	strcpy(fake_rdma(&b.site->fake, "rxe_0")->device, "rxe_9");
	site_plan(b.site);
	must_contain(obstacle("p0", SETTING_CM_TOS), CM "rxe_9: No such file or directory");
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, open_bench, close_bench)

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(traffic_class_of_ofed_is_set_and_unset),
		tree_test(ecn_of_ofed_is_switched_for_the_wished_priorities_alone),
		tree_test(cnp_is_found_in_either_place),
		tree_test(a_priority_of_cnps_that_does_not_count_is_none),
		tree_test(what_new_connects_get_is_in_configfs),
		tree_test(ecn_of_tcp_is_of_the_node),
		tree_test(of_a_copy_nothing_but_files_is_wished),
		tree_test(a_driver_that_is_loaded_again_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
