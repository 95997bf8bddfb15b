/* SPDX-License-Identifier: MIT */
/* Lines for NCCL, RCCL, UCX: what is said of the ports, beside what the administrator says. */
#include <string.h>

#include "apps/apps.h"
#include "test.h"

struct box {
	struct arena arena;
	struct port port[2];
	struct apps_in in;
	struct app_notes notes;
};

static int setup(void **state)
{
	static struct box b;

	b = (struct box){ .in.gid_index = -1 };
	b.in.arena = &b.arena;
	for (uint32_t i = 0; i < 2; i++) {
		strcpy(b.port[i].rdma.device, i ? "mlx5_1" : "mlx5_0");
		strcpy(b.port[i].name, i ? "mlx5_1/1" : "mlx5_0/1");
		b.port[i].rdma.port = 1;
		*vec_add(&b.arena, &b.in.ports) = (struct app_port){
			.port = &b.port[i], .tos = 106, .has_tos = true, .gid_index = 3,
		};
	}
	*state = &b;
	return 0;
}

static int teardown(void **state)
{
	arena_done(&((struct box *)*state)->arena);
	return 0;
}

static void nccl_is_told_traffic_class_and_devices(void **state)
{
	struct box *b = *state;

	assert_string_equal(app_lines(&apps[APP_NCCL], &b->in, &b->notes),
			    "NCCL_IB_TC=106\nNCCL_IB_HCA==mlx5_0:1,mlx5_1:1\n");
	assert_int_equal(b->notes.n, 0);
}

static void ucx_has_names_of_its_own(void **state)
{
	struct box *b = *state;

	assert_string_equal(app_lines(&apps[APP_UCX], &b->in, &b->notes),
			    "UCX_IB_TRAFFIC_CLASS=106\nUCX_NET_DEVICES=mlx5_0:1,mlx5_1:1\n");
}

static void an_old_nccl_is_told_the_index_that_all_ports_have(void **state)
{
	struct box *b = *state;

	b->in.needs_gid_index = true;
	assert_non_null(strstr(app_lines(&apps[APP_NCCL], &b->in, &b->notes), "NCCL_IB_GID_INDEX=3\n"));
	b->in.ports.at[1].gid_index = 5;
	assert_null(strstr(app_lines(&apps[APP_NCCL], &b->in, &b->notes), "GID_INDEX"));
	assert_int_equal(b->notes.n, 1);
	assert_string_equal(b->notes.at[0], "/etc/nccl.conf: no NCCL_IB_GID_INDEX: it is 3 on mlx5_0/1 and 5 on "
			    "mlx5_1/1, and the library takes one for all");
}

static void a_port_without_its_gid_is_named(void **state)
{
	struct box *b = *state;

	b->in.needs_gid_index = true;
	b->in.ports.at[1].gid_index = -1;
	assert_null(strstr(app_lines(&apps[APP_NCCL], &b->in, &b->notes), "GID_INDEX"));
	assert_non_null(strstr(b->notes.at[0], "mlx5_1/1 has no RoCE v2 GID"));
}

static void unequal_tos_is_told_and_not_written(void **state)
{
	struct box *b = *state;

	b->in.ports.at[1].tos = 41;
	assert_string_equal(app_lines(&apps[APP_NCCL], &b->in, &b->notes), "NCCL_IB_HCA==mlx5_0:1,mlx5_1:1\n");
	assert_int_equal(b->notes.n, 1);
}

static void infiniband_ports_are_not_shut_out(void **state)
{
	struct box *b = *state;

	b->in.infiniband = true;
	assert_string_equal(app_lines(&apps[APP_NCCL], &b->in, &b->notes), "NCCL_IB_TC=106\n");
}

static void lines_of_the_administrator_stay(void **state)
{
	struct box *b = *state;
	char *first = app_file(&b->arena, "NCCL_DEBUG=WARN", "NCCL_IB_TC=106\n");

	assert_non_null(strstr(first, "NCCL_DEBUG=WARN\n# doroce: begin"));
	char *more = arena_printf(&b->arena, "%sNCCL_IB_HCA=x\n", first);
	char *second = app_file(&b->arena, more, "NCCL_IB_TC=41\n");
	assert_null(strstr(second, "106"));
	assert_non_null(strstr(second, "NCCL_DEBUG=WARN\nNCCL_IB_HCA=x\n# doroce: begin"));
	assert_string_equal(app_file(&b->arena, second, NULL), "NCCL_DEBUG=WARN\nNCCL_IB_HCA=x\n");
	assert_string_equal(app_file(&b->arena, second, "NCCL_IB_TC=41\n"), second);
}

static void a_file_of_our_lines_alone_goes_with_them(void **state)
{
	struct box *b = *state;

	assert_null(app_file(&b->arena, app_file(&b->arena, NULL, "NCCL_IB_TC=106\n"), NULL));
}

static void a_begin_without_end_takes_nothing_along(void **state)
{
	struct box *b = *state;
	char *torn = arena_printf(&b->arena, "%.*s", 70, app_file(&b->arena, NULL, "NCCL_IB_TC=106\n"));

	assert_non_null(strstr(app_file(&b->arena, torn, NULL), "# doroce: begin"));
}

static void a_contradiction_is_named(void **state)
{
	struct box *b = *state;
	const char *lines = "NCCL_IB_TC=106\n";

	app_contradictions(&apps[APP_NCCL], &b->in, "NCCL_IB_TC=41\n", lines, &b->notes);
	assert_int_equal(b->notes.n, 1);
	assert_non_null(strstr(b->notes.at[0], "'NCCL_IB_TC=41' is not doroce's"));
	app_contradictions(&apps[APP_NCCL], &b->in, "NCCL_IB_TC=106\n", lines, &b->notes);
	app_contradictions(&apps[APP_NCCL], &b->in, app_file(&b->arena, NULL, "NCCL_IB_TC=41\n"), lines, &b->notes);
	assert_int_equal(b->notes.n, 1);
}

static void versions_before_2_21_are_old(void **state)
{
	(void)state;
	assert_true(nccl_is_old("/usr/lib/x86_64-linux-gnu/libnccl.so.2.18.3"));
	assert_false(nccl_is_old("libnccl.so.2.21.5"));
	assert_false(nccl_is_old("libnccl.so.2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nccl_is_told_traffic_class_and_devices, setup, teardown),
		cmocka_unit_test_setup_teardown(ucx_has_names_of_its_own, setup, teardown),
		cmocka_unit_test_setup_teardown(an_old_nccl_is_told_the_index_that_all_ports_have, setup, teardown),
		cmocka_unit_test_setup_teardown(a_port_without_its_gid_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(unequal_tos_is_told_and_not_written, setup, teardown),
		cmocka_unit_test_setup_teardown(infiniband_ports_are_not_shut_out, setup, teardown),
		cmocka_unit_test_setup_teardown(lines_of_the_administrator_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_of_our_lines_alone_goes_with_them, setup, teardown),
		cmocka_unit_test_setup_teardown(a_begin_without_end_takes_nothing_along, setup, teardown),
		cmocka_unit_test_setup_teardown(a_contradiction_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(versions_before_2_21_are_old, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
