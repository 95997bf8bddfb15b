/* SPDX-License-Identifier: MIT */
/* Addresses of names, and the servers that resolv.conf names. */
#include "kern/resolver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"

static void an_address_is_its_own_name(void **state)
{
	auto_arena a = { 0 };
	struct hosts hosts = { 0 };
	char text[IP_TEXT];

	(void)state;
	assert_int_equal(resolver_ask("10.0.0.9", &a, &hosts, NULL), 0);
	assert_int_equal(resolver_ask("fd00::9", &a, &hosts, NULL), 0);
	assert_int_equal(resolver_ask("fe80::9%lo", &a, &hosts, NULL), 0);
	assert_int_equal(hosts.n, 3);
	assert_string_equal(ip_text(&hosts.at[0].ip, text), "10.0.0.9");
	assert_string_equal(ip_text(&hosts.at[1].ip, text), "fd00::9");
	assert_int_equal(hosts.at[1].scope, 0);
	assert_int_not_equal(hosts.at[2].scope, 0);
}

static void what_is_no_name_is_told(void **state)
{
	auto_arena a = { 0 };
	struct hosts hosts = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(resolver_ask("no name", &a, &hosts, &e), -EINVAL);
	must_contain(e.text, "'no name': ");
	assert_int_equal(hosts.n, 0);
}

static void numeric_servers_are_read_and_all_else_passed_over(void **state)
{
	static const char text[] = "# nameserver 10.0.0.1\nsearch example.com\nnameserver 10.0.0.53\n"
				   "nameserver\tfd00::53 \nnameserver ns.example.com\nnameserver\n"
				   "options ndots:1\nnameserver 10.0.0.54";
	char path[] = "/tmp/doroce-resolv-XXXXXX";
	auto_arena a = { 0 };
	struct hosts hosts = { 0 };
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	resolver_read(path, &a, &hosts);
	unlink(path);
	assert_int_equal(hosts.n, 3);
	assert_int_equal(hosts.at[1].ip.family, AF_INET6);
	assert_int_equal(hosts.at[2].ip.bytes[3], 54);
	resolver_read("/nonexistent/resolv.conf", &a, &hosts);
	assert_int_equal(hosts.n, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_its_own_name),
		cmocka_unit_test(what_is_no_name_is_told),
		cmocka_unit_test(numeric_servers_are_read_and_all_else_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
