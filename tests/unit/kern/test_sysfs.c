/* SPDX-License-Identifier: MIT */
/* Readers of small files, and what `all` and a device's own value make together. */
#include <errno.h>
#include <fcntl.h>
#include <linux/ip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kern/link.h"
#include "kern/sysctl.h"
#include "kern/sysfs.h"
#include "test.h"

static char path[] = "/tmp/doroce-sysfs-XXXXXX";

static int file_make(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int file_remove(void **state)
{
	(void)state;
	return unlink(path);
}

static void file_put(const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void the_first_line_is_read_without_its_newline(void **state)
{
	static const struct {
		const char *text, *line;
	} cases[] = { { "Ethernet\n", "Ethernet" },
		      { "Ethernet", "Ethernet" },
		      { "", "" },
		      { "\n", "" },
		      { "one\ntwo\n", "one" },
		      { "0123456789abcdef\n", "0123456789abcde" } };
	char buf[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		file_put(cases[i].text);
		assert_int_equal(sysfs_text(path, buf, sizeof(buf)), 0);
		assert_string_equal(buf, cases[i].line);
	}
}

static void a_missing_file_reads_as_nothing(void **state)
{
	char buf[8] = "old";

	(void)state;
	assert_int_equal(sysfs_text("/nonexistent/file", buf, sizeof(buf)), -ENOENT);
	assert_string_equal(buf, "");
	assert_int_equal(sysfs_text("/", buf, sizeof(buf)), -EISDIR);
}

static void numbers_are_read_whole_or_not_at_all(void **state)
{
	static const struct {
		const char *text;
		int r;
		uint64_t v;
	} cases[] = {
		{ "42\n", 0, 42 },		{ "0", 0, 0 },
		{ "0x10\n", 0, 16 },		{ "18446744073709551615\n", 0, UINT64_MAX },
		{ "-1\n", 0, UINT64_MAX },	{ "", -EBADMSG, 0 },
		{ "\n", -EBADMSG, 0 },		{ "12 MB\n", -EBADMSG, 0 },
		{ "N/A\n", -EBADMSG, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint64_t v = 7;

		file_put(cases[i].text);
		if (sysfs_number(path, &v, NULL) != cases[i].r)
			fail_msg("'%s'", cases[i].text);
		assert_true(v == (cases[i].r ? 7 : cases[i].v));
	}
}

static void a_failed_number_names_file_and_text(void **state)
{
	struct err e = { 0 }, none = { 0 };
	uint64_t v;

	(void)state;
	file_put("N/A\n");
	assert_int_equal(sysfs_number(path, &v, &e), -EBADMSG);
	must_contain(e.text, path);
	must_contain(e.text, "'N/A'");
	assert_int_equal(sysfs_number("/nonexistent/file", &v, &none), -ENOENT);
	assert_string_equal(none.text, "/nonexistent/file: No such file or directory");
}

static void a_link_is_known_by_its_last_part(void **state)
{
	static const char *const cases[][2] = { { "../../0000:1a:00.0", "0000:1a:00.0" },
						{ "mlx5_core", "mlx5_core" }, { "/a/b", "b" } };
	char link[sizeof(path) + 2], buf[16];

	(void)state;
	snprintf(link, sizeof(link), "%s.l", path);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(symlink(cases[i][0], link), 0);
		assert_int_equal(sysfs_link_name(link, buf, sizeof(buf)), 0);
		assert_string_equal(buf, cases[i][1]);
		assert_int_equal(unlink(link), 0);
	}
	assert_int_equal(sysfs_link_name(link, buf, sizeof(buf)), -ENOENT);
	assert_string_equal(buf, "");
}

/* IN_DEV_MAXCONF and IN_DEV_ORCONF of include/linux/inetdevice.h */
static void all_and_own_value_make_the_effective_one(void **state)
{
	static const struct {
		unsigned int id;
		const char *name;
		bool either;
	} rows[] = {
		{ IPV4_DEVCONF_RP_FILTER, "rp_filter", false },
		{ IPV4_DEVCONF_ARPFILTER, "arp_filter", true },
		{ IPV4_DEVCONF_ARP_ANNOUNCE, "arp_announce", false },
		{ IPV4_DEVCONF_ARP_IGNORE, "arp_ignore", false },
		{ IPV4_DEVCONF_ARP_ACCEPT, "arp_accept", false },
		{ IPV4_DEVCONF_ACCEPT_LOCAL, "accept_local", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_string_equal(conf_name(rows[i].id), rows[i].name);
		for (uint32_t all = 0; all < 4; all++)
			for (uint32_t own = 0; own < 4; own++)
				assert_int_equal(conf_effective(rows[i].id, all, own),
						 rows[i].either ? (all || own) :
						 all > own	? all :
								  own);
	}
	assert_null(conf_name(IPV4_DEVCONF_FORWARDING));
}

static void all_of_ipv6_counts_first_or_not_at_all(void **state)
{
	static const struct {
		uint32_t all, own, keep, accept;
	} cases[] = {
		{ 0, 0, 0, 0 },
		{ 0, 1, 1, 1 },
		{ 1, 0, 1, 0 },
		{ 1, UINT32_MAX, 1, UINT32_MAX },
		{ UINT32_MAX, 1, UINT32_MAX, 1 },
		{ 0, UINT32_MAX, UINT32_MAX, UINT32_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(conf_effective(CONF6_KEEP_ADDR_ON_DOWN, cases[i].all, cases[i].own), cases[i].keep);
		assert_int_equal(conf_effective(CONF6_ACCEPT_RA, cases[i].all, cases[i].own), cases[i].accept);
	}
	assert_string_equal(conf_name(CONF6_ACCEPT_RA), "accept_ra");
	assert_string_equal(conf_group(CONF6_ACCEPT_RA), "net.ipv6.conf");
	assert_string_equal(conf_group(IPV4_DEVCONF_RP_FILTER), "net.ipv4.conf");
}

static void all_is_read_by_id(void **state)
{
	uint32_t v[CONF_N] = { [IPV4_DEVCONF_FORWARDING] = 77 };
	struct err e = { 0 };
	uint64_t file;

	(void)state;
	assert_int_equal(conf_all_read(v, &e), 0);
	assert_int_equal(sysfs_number("/proc/sys/net/ipv4/conf/all/rp_filter", &file, &e), 0);
	assert_int_equal(v[IPV4_DEVCONF_RP_FILTER], file);
	assert_int_equal(v[IPV4_DEVCONF_FORWARDING], 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_line_is_read_without_its_newline),
		cmocka_unit_test(a_missing_file_reads_as_nothing),
		cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
		cmocka_unit_test(a_failed_number_names_file_and_text),
		cmocka_unit_test(a_link_is_known_by_its_last_part),
		cmocka_unit_test(all_and_own_value_make_the_effective_one),
		cmocka_unit_test(all_of_ipv6_counts_first_or_not_at_all),
		cmocka_unit_test(all_is_read_by_id),
	};

	return cmocka_run_group_tests(tests, file_make, file_remove);
}
