/* SPDX-License-Identifier: MIT */
/* Addresses and prefixes: text, order, arithmetic. */
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>

#include "base/ip.h"

static struct ip ip(const char *text)
{
	struct ip ip;

	assert_int_equal(ip_parse(text, &ip), 0);
	return ip;
}

static struct prefix prefix(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(text, &p), 0);
	return p;
}

static void must_be(const struct ip *got, const char *want)
{
	char text[IP_TEXT];

	assert_string_equal(ip_text(got, text), want);
}

static void addresses_survive_text(void **state)
{
	static const char *const texts[] = {
		"0.0.0.0", "10.0.0.1", "255.255.255.255", "::", "fd01::1",
		"1111:2222:3333:4444:5555:6666:7777:8888",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct ip a = ip(texts[i]);

		must_be(&a, texts[i]);
		assert_int_equal(a.family, strchr(texts[i], ':') ? AF_INET6 : AF_INET);
	}
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const texts[] = {
		"", " ", "none", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4/24", "1.2.3.4 ",
		"1.2.3.04", "0x7f.0.0.1", "-1.2.3.4", ":", ":::", "fe80::1%eth0", "12345::",
		"fd01::1/64",
	};
	struct ip a = { .family = 99 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (ip_parse(texts[i], &a) != -EINVAL)
			fail_msg("'%s' is taken", texts[i]);
	assert_int_equal(a.family, 99);
}

static void prefixes_survive_text(void **state)
{
	static const char *const texts[] = {
		"0.0.0.0/0", "10.0.0.1/24", "10.0.0.1/31", "10.0.0.1/32", "::/0", "fd01::1/64",
		"fd01::1/127", "1111:2222:3333:4444:5555:6666:7777:8888/128",
	};
	char text[PREFIX_TEXT];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct prefix p = prefix(texts[i]);

		assert_string_equal(prefix_text(&p, text), texts[i]);
	}
}

static void what_is_no_prefix_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "/", "/24", "1.2.3.4", "1.2.3.4/", "1.2.3.4/33", "1.2.3/8", "1.2.3.4/08",
		"1.2.3.4/00", "1.2.3.4/ 8", "1.2.3.4/8 ", "1.2.3.4/-1", "1.2.3.4/+8", "1.2.3.4/8/8",
		"1.2.3.4/255.0.0.0", "1.2.3.4/99999999999999999999999", "1.2.3.4/4294967304",
		"1.2.3.4/0x8", "fd01::/129",
		"::ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/64",
	};
	struct prefix p = { .len = 99 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (prefix_parse(texts[i], &p) != -EINVAL)
			fail_msg("'%s' is taken", texts[i]);
	assert_int_equal(p.len, 99);
}

static void first_and_last_are_the_ends_of_the_prefix(void **state)
{
	static const struct {
		const char *prefix, *first, *last;
	} cases[] = {
		{ "10.1.2.3/0", "0.0.0.0", "255.255.255.255" },
		{ "10.1.2.3/7", "10.0.0.0", "11.255.255.255" },
		{ "10.1.2.3/24", "10.1.2.0", "10.1.2.255" },
		{ "10.1.2.3/31", "10.1.2.2", "10.1.2.3" },
		{ "10.1.2.3/32", "10.1.2.3", "10.1.2.3" },
		{ "fd01::5/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
		{ "fd01::5/126", "fd01::4", "fd01::7" },
		{ "fd01::5/128", "fd01::5", "fd01::5" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct prefix p = prefix(cases[i].prefix), n = prefix_network(&p);
		struct ip first = prefix_first(&p), last = prefix_last(&p);

		must_be(&first, cases[i].first);
		must_be(&last, cases[i].last);
		assert_true(ip_equal(&n.addr, &first));
		assert_int_equal(n.len, p.len);
	}
}

static void an_address_is_in_its_prefix_only(void **state)
{
	static const struct {
		const char *ip, *prefix;
		bool in;
	} cases[] = {
		{ "10.0.0.255", "10.0.0.5/24", true }, { "10.0.1.0", "10.0.0.5/24", false },
		{ "1.2.3.4", "0.0.0.0/0", true },      { "10.0.0.5", "10.0.0.5/32", true },
		{ "10.0.0.4", "10.0.0.5/32", false },  { "10.0.0.4", "10.0.0.5/31", true },
		{ "fd01::9", "fd01::/64", true },      { "fd02::9", "fd01::/64", false },
		{ "::", "0.0.0.0/0", false },	       { "0.0.0.0", "::/0", false },
		{ "10.0.0.1", "fd01::/64", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ip a = ip(cases[i].ip);
		struct prefix p = prefix(cases[i].prefix);

		if (ip_in_prefix(&a, &p) != cases[i].in)
			fail_msg("%s in %s", cases[i].ip, cases[i].prefix);
	}
}

static void sums_carry_over_the_bytes(void **state)
{
	static const struct {
		const char *ip;
		uint64_t n;
		const char *sum;
	} cases[] = {
		{ "10.0.0.1", 0, "10.0.0.1" },
		{ "10.0.0.255", 1, "10.0.1.0" },
		{ "10.255.255.255", 1, "11.0.0.0" },
		{ "0.0.0.0", UINT32_MAX, "255.255.255.255" },
		{ "255.255.255.254", 1, "255.255.255.255" },
		{ "fd01::ffff:ffff:ffff:ffff", 1, "fd01:0:0:1::" },
		{ "fd01::ff", UINT64_MAX, "fd01:0:0:1::fe" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ip a = ip(cases[i].ip), sum;

		assert_true(ip_add(&a, cases[i].n, &sum));
		must_be(&sum, cases[i].sum);
	}
}

static void no_sum_passes_the_end_of_its_family(void **state)
{
	static const struct {
		const char *ip;
		uint64_t n;
	} cases[] = {
		{ "255.255.255.255", 1 },
		{ "0.0.0.1", UINT32_MAX },
		{ "0.0.0.0", 1ULL << 32 },
		{ "1.2.3.255", UINT64_MAX },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1 },
		{ "ffff:ffff:ffff:ffff::1", UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ip a = ip(cases[i].ip), sum = { .family = 99 };

		assert_false(ip_add(&a, cases[i].n, &sum));
		assert_int_equal(sum.family, 99);
	}
}

static void equal_means_same_family_and_bytes(void **state)
{
	struct ip a = ip("10.0.0.1"), b = ip("10.0.0.1"), c = ip("10.0.0.2"), d = ip("a00:1::");
	struct prefix p = prefix("10.0.0.1/24"), q = prefix("10.0.0.1/25");

	(void)state;
	b.bytes[4] = 0xff; /* does not count */
	assert_true(ip_equal(&a, &b));
	assert_false(ip_equal(&a, &c));
	assert_false(ip_equal(&a, &d));
	assert_true(prefix_equal(&p, &p));
	assert_false(prefix_equal(&p, &q));
}

static void u32_is_in_host_order(void **state)
{
	struct ip a = ip_of_u32(0x0a000001);

	(void)state;
	must_be(&a, "10.0.0.1");
	assert_int_equal(ip_u32(&a), 0x0a000001);
}

static void sockaddr_gives_the_address_back(void **state)
{
	static const char *const texts[] = { "10.0.0.1", "fd01::1" };
	struct sockaddr_storage sa;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct ip a = ip(texts[i]);
		socklen_t size = ip_sockaddr(&a, 4791, &sa);
		struct ip b = ip_of_sockaddr((struct sockaddr *)&sa);

		assert_true(ip_equal(&a, &b));
		assert_int_equal(size,
				 i ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
		assert_int_equal(((struct sockaddr_in *)&sa)->sin_port, htons(4791));
	}
}

static void what_is_no_address_has_a_dash(void **state)
{
	struct sockaddr sa = { .sa_family = AF_UNIX };
	struct ip none = ip_of_sockaddr(&sa);
	char text[MAC_TEXT > IP_TEXT ? MAC_TEXT : IP_TEXT];

	(void)state;
	assert_int_equal(none.family, 0);
	assert_string_equal(ip_text(&none, text), "-");
	assert_string_equal(mac_text((const uint8_t[]){ 2, 0, 0xab, 0, 0, 0xff }, text),
			    "02:00:ab:00:00:ff");
}

static void a_mac_is_six_pairs_of_digits(void **state)
{
	static const char *const bad[] = {
		"", "02:00:ab:00:00", "02:00:ab:00:00:ff:", "02:00:ab:00:00:ff:01", "2:00:ab:00:00:ff", "02:00:ab:00:00:f",
		"02-00-ab-00-00-ff", "02:00:ab:00:00:fg", "0x:00:ab:00:00:ff", "+2:00:ab:00:00:ff", " 2:00:ab:00:00:ff",
		"02:00:ab:00:00ff:", "0200:ab:00:00:ff:", "02:00:ab:00:00:ff ",
	};
	uint8_t mac[MAC_LEN] = { 1, 2, 3, 4, 5, 6 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (mac_parse(bad[i], mac) != -EINVAL)
			fail_msg("'%s' is taken for a MAC address", bad[i]);
	assert_memory_equal(mac, "\1\2\3\4\5\6", MAC_LEN);
	assert_int_equal(mac_parse("02:00:aB:7f:80:fF", mac), 0);
	assert_memory_equal(mac, "\x02\x00\xab\x7f\x80\xff", MAC_LEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_survive_text),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(prefixes_survive_text),
		cmocka_unit_test(what_is_no_prefix_is_refused),
		cmocka_unit_test(first_and_last_are_the_ends_of_the_prefix),
		cmocka_unit_test(an_address_is_in_its_prefix_only),
		cmocka_unit_test(sums_carry_over_the_bytes),
		cmocka_unit_test(no_sum_passes_the_end_of_its_family),
		cmocka_unit_test(equal_means_same_family_and_bytes),
		cmocka_unit_test(u32_is_in_host_order),
		cmocka_unit_test(sockaddr_gives_the_address_back),
		cmocka_unit_test(what_is_no_address_has_a_dash),
		cmocka_unit_test(a_mac_is_six_pairs_of_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
