/* SPDX-License-Identifier: MIT */
/* `apps:` of an intent: which files it comes to, and what is in them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apps/apps.h"
#include "cmd/apps.h"
#include "fake/site.h"
#include "test.h"

/* A fake node with two ports that have addresses and ToS 106. root: the libraries are looked for below it. */
struct host {
	struct site *site;
	struct session s;
	char root[64];
};

static void library_add(struct host *h, const char *path)
{
	char *full = arena_printf(&h->site->arena, "%s%s", h->root, path);

	for (char *slash = strchr(full + strlen(h->root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(full, 0700);
		*slash = '/';
	}
	int fd = open(full, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static int setup(void **state)
{
	static struct host h;

	h = (struct host){ .root = "/tmp/doroce-apps-XXXXXX" };
	assert_non_null(mkdtemp(h.root));
	h.site = site_new(2, 0, "10.9.0.1/24");
	h.site->in.defaults.number[SETTING_CM_TOS] = (struct opt_u32){ OPT_SET, 106 };
	assert_int_equal(site_resolve(h.site), 0);
	h.s = (struct session){
		.arena = &h.site->arena, .kern = &h.site->fake.k, .root = h.root, .node = h.site->node,
		.wishes = h.site->wishes, .intent = { .apps.how[APP_NCCL] = APP_AUTO },
	};
	h.s.wishes.files.n = 0;
	for vec_each(p, &h.s.node.ports)
		if (p->rdma.layer == LAYER_INFINIBAND)
			p->rdma.layer = LAYER_UNKNOWN;
	*state = &h;
	return 0;
}

static int teardown(void **state)
{
	struct host *h = *state;
	char *command = arena_printf(&h->site->arena, "rm -r %s", h->root);

	assert_int_equal(system(command), 0);
	site_free(h->site);
	return 0;
}

static void a_library_that_is_not_there_gets_no_file(void **state)
{
	struct host *h = *state;

	assert_int_equal(apps_wish_files(&h->s), EXIT_OK);
	assert_int_equal(h->s.wishes.files.n, 0);
}

static void one_that_is_there_is_told_of_the_ports_beside_the_lines_of_others(void **state)
{
	struct host *h = *state;

	library_add(h, "/usr/lib/x86_64-linux-gnu/libnccl.so.2.27.5");
	site_file_add(h->site, "/etc/nccl.conf", "NCCL_DEBUG=WARN\n");
	assert_int_equal(apps_wish_files(&h->s), EXIT_OK);
	assert_int_equal(h->s.wishes.files.n, 1);
	assert_string_equal(h->s.wishes.files.at[0].path, "/etc/nccl.conf");
	assert_non_null(strstr(h->s.wishes.files.at[0].text, "NCCL_DEBUG=WARN\n# doroce: begin"));
	assert_non_null(strstr(h->s.wishes.files.at[0].text, "\nNCCL_IB_TC=106\nNCCL_IB_HCA==rxe_0:1,rxe_1:1\n"));
	assert_null(strstr(h->s.wishes.files.at[0].text, "GID_INDEX"));
}

/* the fake has the address behind a link-local one */
static void an_old_nccl_is_told_the_index_once_the_ports_have_their_gids(void **state)
{
	struct host *h = *state;

	library_add(h, "/usr/lib64/libnccl.so.2.18.3");
	assert_int_equal(apps_wish_files(&h->s), EXIT_OK);
	assert_null(strstr(h->s.wishes.files.at[0].text, "GID_INDEX"));
	assert_non_null(strstr(h->s.remarks.at[0].text, "has no RoCE v2 GID of its address yet"));
	fake_addr_add(&h->site->fake, "p0", "10.9.0.1/24");
	fake_addr_add(&h->site->fake, "p1", "10.9.0.2/24");
	h->s.wishes.files.n = 0;
	assert_int_equal(apps_wish_files(&h->s), EXIT_OK);
	assert_non_null(strstr(h->s.wishes.files.at[0].text, "\nNCCL_IB_GID_INDEX=1\n"));
}

static void the_index_of_the_intent_counts_in_every_case(void **state)
{
	struct host *h = *state;

	library_add(h, "/usr/lib64/libnccl.so.2.27.5");
	h->s.intent.apps.gid_index = (struct opt_u32){ OPT_SET, 5 };
	assert_int_equal(apps_wish_files(&h->s), EXIT_OK);
	assert_non_null(strstr(h->s.wishes.files.at[0].text, "\nNCCL_IB_GID_INDEX=5\n"));
}

static void none_takes_our_lines_out_and_leaves_the_others(void **state)
{
	struct host *h = *state;
	const char *ours = app_file(&h->site->arena, "NCCL_DEBUG=WARN\n", "NCCL_IB_TC=106\n");

	site_file_add(h->site, "/etc/nccl.conf", ours);
	h->s.intent.apps.how[APP_NCCL] = APP_NONE;
	assert_int_equal(apps_wish_files(&h->s), EXIT_OK);
	assert_int_equal(h->s.wishes.files.at[0].is, OPT_SET);
	assert_string_equal(h->s.wishes.files.at[0].text, "NCCL_DEBUG=WARN\n");
}

static void a_file_of_nothing_but_our_lines_goes_with_them(void **state)
{
	struct host *h = *state;

	site_file_add(h->site, "/etc/nccl.conf", app_file(&h->site->arena, NULL, "NCCL_IB_TC=106\n"));
	h->s.intent.apps.how[APP_NCCL] = APP_NONE;
	assert_int_equal(apps_wish_files(&h->s), EXIT_OK);
	assert_int_equal(h->s.wishes.files.at[0].is, OPT_NONE);
}

static void a_link_is_refused_unless_it_is_only_looked_at(void **state)
{
	struct host *h = *state;

	library_add(h, "/usr/lib64/libnccl.so.2.27.5");
	h->site->fake.link_path = "/etc/nccl.conf";
	assert_int_equal(apps_wish_files(&h->s), EXIT_FAILED);
	assert_int_equal(h->s.wishes.files.n, 0);
	h->s.intent.only_look = true;
	assert_int_equal(apps_wish_files(&h->s), EXIT_OK);
	assert_non_null(strstr(h->s.remarks.at[0].text, "/etc/nccl.conf"));
}

static int no_directory(struct kern *k, const char *path, struct err *e)
{
	(void)k;
	return err_set(e, -ENOENT, "%s: no such directory", path);
}

/* a library that was built to look elsewhere is no reason to refuse all the rest */
static void without_its_directory_a_file_is_told_of_and_not_written(void **state)
{
	struct host *h = *state;

	library_add(h, "/usr/lib64/libnccl.so.2.27.5");
	h->site->fake.k.file_check = no_directory;
	assert_int_equal(apps_wish_files(&h->s), EXIT_OK);
	assert_int_equal(h->s.wishes.files.n, 0);
	assert_non_null(strstr(h->s.remarks.at[0].text, "its directory is not there"));
}

static void lines_of_others_that_say_something_else_are_named(void **state)
{
	struct host *h = *state;

	library_add(h, "/usr/lib64/libnccl.so.2.27.5");
	site_file_add(h->site, "/etc/nccl.conf", "NCCL_IB_TC=41\n");
	assert_int_equal(apps_wish_files(&h->s), EXIT_OK);
	assert_int_equal(h->s.remarks.n, 1);
	assert_non_null(strstr(h->s.remarks.at[0].text, "NCCL_IB_TC=41"));
}

static void lines_of_the_script_are_taken_over_where_that_is_meant(void **state)
{
	struct host *h = *state;
	const char *theirs = "NCCL_IB_TC=1\n# Added by doRoCE scirpt:\nNCCL_IB_TC=106\nNCCL_IB_GID_INDEX=3\nNCCL_DEBUG=INFO\n";

	assert_string_equal(app_without_script(&h->site->arena, theirs), "NCCL_IB_TC=1\nNCCL_DEBUG=INFO\n");
	site_file_add(h->site, "/etc/nccl.conf", theirs + strlen("NCCL_IB_TC=1\n"));
	h->s.intent.apps = (struct apps_wish){ .how[APP_NCCL] = APP_ALWAYS, .take_over = true, .no_devices = true };
	assert_int_equal(apps_wish_files(&h->s), EXIT_OK);
	const char *text = h->s.wishes.files.at[0].text;
	assert_non_null(strstr(text, "NCCL_DEBUG=INFO\n# doroce: begin"));
	assert_non_null(strstr(text, "configure\nNCCL_IB_TC=106\n# doroce: end\n"));
	assert_int_equal(h->s.remarks.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_library_that_is_not_there_gets_no_file, setup, teardown),
		cmocka_unit_test_setup_teardown(one_that_is_there_is_told_of_the_ports_beside_the_lines_of_others, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_old_nccl_is_told_the_index_once_the_ports_have_their_gids, setup, teardown),
		cmocka_unit_test_setup_teardown(the_index_of_the_intent_counts_in_every_case, setup, teardown),
		cmocka_unit_test_setup_teardown(none_takes_our_lines_out_and_leaves_the_others, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_of_nothing_but_our_lines_goes_with_them, setup, teardown),
		cmocka_unit_test_setup_teardown(a_link_is_refused_unless_it_is_only_looked_at, setup, teardown),
		cmocka_unit_test_setup_teardown(without_its_directory_a_file_is_told_of_and_not_written, setup, teardown),
		cmocka_unit_test_setup_teardown(lines_of_others_that_say_something_else_are_named, setup, teardown),
		cmocka_unit_test_setup_teardown(lines_of_the_script_are_taken_over_where_that_is_meant, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
