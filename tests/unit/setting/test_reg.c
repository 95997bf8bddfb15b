/* SPDX-License-Identifier: MIT */
/* Registers of ConnectX firmware: through stand-ins for mstreg and mstconfig, which are run as the real ones are. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake/must.h"
#include "fake/site.h"
#include "fake/tempdir.h"
#include "test.h"

#define PCI "0000:10:00.0"

/* One port, and the directory in which the stand-ins keep the registers. */
struct bench {
	struct site *site;
	int dir;
	char path[64];
};

static void put(const struct bench *b, const char *name, const char *text)
{
	file_put(b->dir, name, text);
}

static const char *get(struct bench *b, const char *name)
{
	return file_text(b->dir, name, &b->site->arena);
}

static int run_real(struct kern *k, const char *const *argv, char *out, size_t size, struct err *e)
{
	(void)k;
	return run_program(argv, out, size, e);
}

static void firmware_is(struct bench *b, const char *firmware)
{
	site_connectx(b->site, firmware);
	b->site->fake.k.run = run_real;
}

static int bench_open(void **state)
{
	static struct bench b;
	char tools[512];

	b = (struct bench){ .site = site_new(1, 0, NULL) };
	b.dir = site_tempdir(b.site);
	snprintf(b.path, sizeof(b.path), "/proc/%d/fd/%d", getpid(), b.dir);
	setenv("MSTREG_STATE", b.path, 1);
	must(getcwd(tools, sizeof(tools) - 128));
	strcat(tools, "/data/bin:/usr/bin:/bin");
	setenv("PATH", tools, 1);
	firmware_is(&b, "28.40.1000");
	put(&b, PCI ".ROCE_ACCL",
	    "roce_adp_retrans_field_select 0x00000001\nroce_tx_window_field_select 0x00000001\n"
	    "roce_slow_restart_field_select 0x00000000\nroce_slow_restart_idle_field_select 0x00000001\n"
	    "selective_repeat_forced_en_field_select 0x00000001\nroce_adp_retrans_en 0x00000001\n"
	    "roce_tx_window_en 0x00000000\nroce_slow_restart_en 0x00000001\nroce_slow_restart_idle_en 0x00000000\n"
	    "adaptive_routing_forced_en 0x00000001\nselective_repeat_forced_en 0x00000000\n");
	put(&b, PCI ".PPCC", "cmd_type 0x00000003\nvalue 0x00000001\n");
	*state = &b;
	return 0;
}

static void wish(struct bench *b, enum setting_id id, uint32_t v)
{
	b->site->more.number[id] = (struct opt_u32){ OPT_SET, v };
}

/* The device in the fake is the one of PCI, whatever its place in the list. */
static void plan(struct bench *b)
{
	for (size_t i = 0; i < b->site->fake.rdma.n; i++)
		if (b->site->fake.rdma.at[i].pci[0])
			strcpy(b->site->fake.rdma.at[i].pci, PCI);
	site_entry(b->site, "p0", 1);
	site_plan(b->site);
}

static const struct obstacle *obstacle(const struct bench *b, enum setting_id id)
{
	for vec_each(ob, &b->site->plan.obstacles)
		if (setting_id(ob->setting) == id)
			return ob;
	return NULL;
}

static void what_differs_is_written_and_read_back(void **state)
{
	struct bench *b = *state;

	wish(b, SETTING_ACCEL_RETRANSMISSION, 1);
	wish(b, SETTING_ACCEL_TX_WINDOW, 1);
	wish(b, SETTING_SELECTIVE_REPEAT, 1);
	plan(b);
	assert_null(site_op(b->site, "p0", SETTING_ACCEL_RETRANSMISSION));
	assert_int_equal(b->site->plan.ops.n, 2);
	assert_int_equal(site_configure(b->site), 0);
	must_contain(get(b, PCI ".ROCE_ACCL"), "roce_tx_window_en 0x00000001\n");
	must_contain(get(b, PCI ".ROCE_ACCL"), "selective_repeat_forced_en 0x00000001\n");
	must_contain(get(b, PCI ".ROCE_ACCL"), "adaptive_routing_forced_en 0x00000001\n"); /* nobody has asked */
	site_plan(b->site);
	assert_int_equal(b->site->plan.ops.n, 0);
}

static void what_the_device_can_not_is_named_and_the_rest_is_done(void **state)
{
	struct bench *b = *state;

	wish(b, SETTING_ACCEL_SLOW_RESTART, 0);
	wish(b, SETTING_ACCEL_TX_WINDOW, 1);
	site_number(&b->site->in.defaults, SETTING_MTU, 4200);
	plan(b);
	const struct obstacle *ob = obstacle(b, SETTING_ACCEL_SLOW_RESTART);
	assert_non_null(ob);
	assert_true(ob->advisory);
	assert_string_equal(ob->seen, "roce_slow_restart_en can not be set on this device");
	assert_string_equal(ob->wanted, "accel_slow_restart off");
	assert_int_equal(site_configure(b->site), 0);
	assert_int_equal(fake_link(&b->site->fake, "p0")->mtu, 4200);
	must_contain(get(b, PCI ".ROCE_ACCL"), "roce_tx_window_en 0x00000001\n");
}

static void rttcc_is_dcqcn_switched_off(void **state)
{
	struct bench *b = *state;

	wish(b, SETTING_RTTCC, 1);
	plan(b);
	assert_int_equal(site_configure(b->site), 0);
	must_contain(get(b, PCI ".PPCC"), "value 0x00000000\n");
	must_contain(get(b, "log"), PCI " PPCC set cmd_type=2\n");
	wish(b, SETTING_RTTCC, 0);
	assert_int_equal(site_configure(b->site), 0);
	must_contain(get(b, PCI ".PPCC"), "value 0x00000001\n");
}

/* Numbers, not columns: 08 is eight, and 100 is more than 37. */
static void firmware_is_compared_as_numbers(void **state)
{
	static const struct {
		const char *firmware, *repeat, *rttcc; /* NULL: it can */
	} rows[] = {
		{ "16.35.2000", "firmware 16.35.2000 is of an older device: ConnectX-6 Dx (22.x) or later has it",
		  "firmware 16.35.2000 is of an older device: ConnectX-6 Dx (22.x) or later has it" },
		{ "24.08.1000", NULL, "firmware 24.08.1000 is too old: release 37 or later has it" },
		{ "28.36.1010", NULL, "firmware 28.36.1010 is too old: release 37 or later has it" },
		{ "28.37.1014", NULL, NULL },
		{ "100.100.1", NULL, NULL },
		{ "beta", "firmware 'beta' is not understood", "firmware 'beta' is not understood" },
	};
	struct bench *b = *state;

	wish(b, SETTING_SELECTIVE_REPEAT, 1);
	wish(b, SETTING_RTTCC, 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		firmware_is(b, rows[i].firmware);
		plan(b);
		const struct obstacle *repeat = obstacle(b, SETTING_SELECTIVE_REPEAT), *rttcc = obstacle(b, SETTING_RTTCC);

		assert_string_equal(repeat ? repeat->seen : "", rows[i].repeat ? rows[i].repeat : "");
		assert_string_equal(rttcc ? rttcc->seen : "", rows[i].rttcc ? rows[i].rttcc : "");
	}
}

static void legacy_dcqcn_excludes_rttcc_on_connectx_6_dx(void **state)
{
	struct bench *b = *state;

	wish(b, SETTING_RTTCC, 1);
	firmware_is(b, "22.37.1014");
	plan(b);
	must_contain(obstacle(b, SETTING_RTTCC)->seen, "doesn't support"); /* no word of it: not risked */
	put(b, PCI ".config", "ROCE_CC_LEGACY_DCQCN True(1)\n");
	site_plan(b->site);
	must_contain(obstacle(b, SETTING_RTTCC)->seen, "ROCE_CC_LEGACY_DCQCN is not False");
	put(b, PCI ".config", "ROCE_CC_LEGACY_DCQCN False(0)\n");
	site_plan(b->site);
	assert_null(obstacle(b, SETTING_RTTCC));
	assert_int_equal(b->site->plan.ops.n, 1);
}

static void firmware_that_does_nothing_is_found_out(void **state)
{
	struct bench *b = *state;

	wish(b, SETTING_ACCEL_TX_WINDOW, 1);
	put(b, "deaf", "");
	plan(b);
	assert_int_equal(site_configure(b->site), -EIO);
	assert_string_equal(b->site->err.text,
			    "p0: accel_tx_window: the firmware took it without an error and did not do it");
}

static void without_the_tool_and_without_the_nic_it_says_so(void **state)
{
	struct bench *b = *state;

	wish(b, SETTING_ACCEL_TX_WINDOW, 1);
	setenv("PATH", "/nonexistent", 1);
	plan(b);
	assert_string_equal(obstacle(b, SETTING_ACCEL_TX_WINDOW)->seen,
			    "neither mstreg nor mlxreg is there: install mstflint");
	assert_false(reg_tool_is_there(&b->site->fake.k, site_port(b->site, "p0")));
	strcpy(fake_rdma(&b->site->fake, "rxe_0")->driver, "bnxt_en");
	site_plan(b->site);
	assert_string_equal(obstacle(b, SETTING_ACCEL_TX_WINDOW)->seen,
			    "rxe_0/1 has no such register: the driver is bnxt_en");
}

static void a_tool_that_fails_is_quoted(void **state)
{
	struct bench *b = *state;

	wish(b, SETTING_ACCEL_TX_WINDOW, 1);
	must(unlinkat(b->dir, PCI ".ROCE_ACCL", 0) == 0);
	plan(b);
	must_contain(obstacle(b, SETTING_ACCEL_TX_WINDOW)->seen,
		     "mstreg -d " PCI " --yes --reg_name ROCE_ACCL --get: failed: -E- Failed to send access register");
	assert_true(reg_tool_is_there(&b->site->fake.k, site_port(b->site, "p0")));
}

#define bench_test(f) cmocka_unit_test_setup_teardown(f, bench_open, site_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(what_differs_is_written_and_read_back),
		bench_test(what_the_device_can_not_is_named_and_the_rest_is_done),
		bench_test(rttcc_is_dcqcn_switched_off),
		bench_test(firmware_is_compared_as_numbers),
		bench_test(legacy_dcqcn_excludes_rttcc_on_connectx_6_dx),
		bench_test(firmware_that_does_nothing_is_found_out),
		bench_test(without_the_tool_and_without_the_nic_it_says_so),
		bench_test(a_tool_that_fails_is_quoted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
