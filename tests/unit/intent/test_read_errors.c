/* SPDX-License-Identifier: MIT */
/* What an intent file must not say: one table of texts, and hostile files. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "intent/intent.h"

#define V "version: 1\n"
#define PORT V "ports:\n- match: {rdma: x}\n  "

/* One error each, at this place, with this in it. */
static const struct bad {
	const char *text;
	unsigned int line, column;
	const char *fragment;
} table[] = {
	/* the file as a whole */
	{ "", 1, 1, "nothing in it" },
	{ "# only this\n", 1, 1, "nothing in it" },
	{ "---\n", 1, 1, "nothing in it" },
	{ "version", 1, 1, "a mapping (key: value) is wanted, not text" },
	{ "[version, 1]", 1, 1, "a mapping (key: value) is wanted, not a list" },
	{ V "---\nversion: 1\n", 2, 1, "a second document" },
	{ "defaults: {mtu: 1500}\n", 1, 1, "version is missing" },
	{ "{}", 1, 1, "version is missing" },
	{ "version: 2\n", 1, 10, "version: 2 is not known: this program reads version 1" },
	{ "version: '1'\n", 1, 10, "version: a number is wanted, not text" },
	{ "version:\n", 1, 9, "version: a number is wanted, not nothing" },
	{ "version: 1.0\n", 1, 10, "version: a number (decimal digits) is wanted, not '1.0'" },

	/* keys */
	{ V "colour: red\n", 2, 1,
	  "unknown key 'colour': allowed here: version, sequence, verify" },
	{ V "prots: []\n", 2, 1, "unknown key 'prots': did you mean 'ports'?" },
	{ PORT "arp: {ignroe: 1}\n", 4, 9, "unknown key 'ignroe': did you mean 'ignore'?" },
	{ PORT "arp: {x: 1}\n", 4, 9, "allowed here: ignore, announce, filter, accept, rp_filter" },
	{ PORT "arp.ignore: 1\n", 4, 3, "unknown key 'arp.ignore'" },
	{ V "defaults: {up: 1}\n", 2, 12, "unknown key 'up'" },
	{ PORT "mtu: 1500\n  mtu: 9000\n", 5, 3, "mtu: given twice, first in line 4" },
	{ V "version: 1\n", 2, 1, "version: given twice, first in line 1" },
	{ V "[a]: b\n", 2, 1, "a key must be a word, not a list" },
	{ V "~: b\n", 2, 1, "unknown key '~'" },
	{ V "<<: {version: 1}\n", 2, 1, "unknown key '<<'" },
	{ V "\"a\\eb\": 1\n", 2, 1, "control characters" },

	/* applications */
	{ V "apps: {nccl: always}\n", 2, 14, "apps.nccl: one of auto, none is wanted, not 'always'" },
	{ V "apps: {gid_index: -1}\n", 2, 19, "apps.gid_index: a number (decimal digits) is wanted, not '-1'" },

	/* QoS */
	{ V "qos: 3\n", 2, 6, "qos: a mapping (key: value) is wanted, not text" },
	{ V "qos: {tos: 256}\n", 2, 12, "qos.tos: 256 is out of range: 0 to 255" },
	{ V "qos: {pfc: [8]}\n", 2, 13, "qos.pfc: 8 is out of range: 0 to 7" },
	{ V "qos: {pfc: [3, 3]}\n", 2, 16, "qos.pfc: 3 is given twice" },
	{ V "qos: {pfc: []}\n", 2, 12, "qos.pfc: an empty list: none turns it off on all priorities" },
	{ V "qos: {pfc: 3}\n", 2, 12, "qos.pfc: priorities such as [3], {3: on, 4: off}, or none is wanted, not '3'" },
	{ V "qos: {pfc: {3: maybe}}\n", 2, 16, "qos.pfc: one of off, on is wanted, not 'maybe'" },
	{ V "qos: {dscp_prio: {64: 3}}\n", 2, 19, "qos.dscp_prio: 64 is out of range: 0 to 63" },
	{ V "qos: {dscp_prio: {26: 8}}\n", 2, 23, "qos.dscp_prio: 8 is out of range: 0 to 7" },
	{ V "qos: {dscp_prio: [26]}\n", 2, 18, "a mapping such as {26: 3}, or none, is wanted, not a list" },
	{ V "qos: {trust: both}\n", 2, 14, "qos.trust: one of pcp, dscp is wanted, not 'both'" },
	{ V "qos: {trust: [dscp]}\n", 2, 14, "qos.trust: one of pcp, dscp is wanted, not a list" },
	{ V "qos: {dcbx: firmware}\n", 2, 13, "qos.dcbx: host is wanted, not 'firmware'" },
	{ V "qos: {pause: yes}\n", 2, 14, "qos.pause: one of off, rx, tx, on is wanted, not 'yes'" },
	{ V "qos: {ets: {prio_tc: [0, 1]}}\n", 2, 22, "qos.ets.prio_tc: a list of 8 numbers is wanted, not of 2" },
	{ V "qos: {ets: {prio_tc: none}}\n", 2, 22, "qos.ets.prio_tc: a list of 8 numbers is wanted, not 'none'" },
	{ V "qos: {ets: {tsa: [ets, ets, ets, ets, ets, ets, ets, est]}}\n", 2, 54,
	  "qos.ets.tsa: one of strict, cbs, ets, vendor is wanted, not 'est'" },
	{ V "qos: {ets: {bandwidth: [0, 0, 0, 101, 0, 0, 0, 0]}}\n", 2, 34, "qos.ets.bandwidth: 101 is out of range: 0 to 100 %" },
	{ V "qos: {cnp: {dspc: 48}}\n", 2, 13, "unknown key 'dspc': did you mean 'dscp'?" },
	{ V "qos: {mtu: 4200}\n", 2, 7, "unknown key 'mtu'" },
	{ V "defaults: {qos: {tos: none}}\n", 2, 23, "qos.tos: a number (decimal digits) is wanted, not 'none'" },
	{ PORT "qos: {cnp: {prio: 8}}\n", 4, 21, "qos.cnp.prio: 8 is out of range: 0 to 7" },

	/* profiles */
	{ V "profile: lossles\n", 2, 10, "profile: there is no profile 'lossles': did you mean 'lossless'?" },
	{ V "profile: [lossless]\n", 2, 10, "profile: text is wanted, not a list" },
	{ V "profiles: []\n", 2, 11, "profiles: a mapping (name: {…}) is wanted, not a list" },
	{ V "profiles: {lossy: {}}\n", 2, 12, "profiles: lossy comes with doroce: another name is wanted" },
	{ V "profiles: {none: {}}\n", 2, 12, "profiles: none comes with doroce" },
	{ V "profiles: {a: {}, a: {}}\n", 2, 19, "profiles: a is there twice, first in line 2" },
	{ V "profiles: {a: {base: b}}\n", 2, 22, "profiles.base: there is no profile 'b'" },
	{ V "profiles: {a: {base: a}}\n", 2, 22, "profiles.base: leads back to itself" },
	{ V "profiles: {a: {qos: {tos: 256}}}\n", 2, 27, "qos.tos: 256 is out of range" },
	{ V "profiles: {a: {colour: 3}}\n", 2, 16, "unknown key 'colour': allowed here: base, summary, source, mtu, qos" },
	{ V "persist: netplam\n", 2, 10, "persist: one of auto, none, netplan, networkmanager, networkd, ifcfg, ifupdown, "
					 "wicked is wanted: did you mean 'netplan'?" },
	{ V "persist: [none]\n", 2, 10, "persist: one of auto, none, " },

	/* types */
	{ PORT "mtu: '4200'\n", 4, 8, "mtu: a number is wanted, not text" },
	{ PORT "mtu: [4200]\n", 4, 8, "mtu: a number is wanted, not a list" },
	{ PORT "mtu: none\n", 4, 8, "mtu: a number (decimal digits) is wanted, not 'none'" },
	{ PORT "mtu: -1\n", 4, 8, "mtu: a number (decimal digits) is wanted, not '-1'" },
	{ PORT "mtu: 04200\n", 4, 8, "mtu: a number (decimal digits) is wanted, not '04200'" },
	{ PORT "mtu: !!int 4200\n", 4, 8, "mtu: tags are not understood" },
	{ PORT "optional: yes\n", 4, 13, "optional: true or false is wanted, not 'yes'" },
	{ PORT "optional: 'true'\n", 4, 13, "optional: true or false is wanted, not text" },
	{ PORT "arp: 1\n", 4, 8, "arp: a mapping (key: value) is wanted, not text" },
	{ PORT "addresses: {a: b}\n", 4, 14, "addresses: a list is wanted, not a mapping" },
	{ PORT "addresses: [[]]\n", 4, 15,
	  "an address with its prefix length is wanted, not a list" },
	{ PORT "addresses: [~]\n", 4, 15,
	  "an address with its prefix length is wanted, not nothing" },
	{ PORT "gateway: {}\n", 4, 12, "gateway: an address, none or peer is wanted, not a mapping" },
	{ PORT "gateway: [none]\n", 4, 13, "gateway: an address such as 10.1.0.1 is wanted, not 'none'" },
	{ PORT "gateway: [10.0.0.1, 'fd01::1', 10.0.0.2]\n", 4, 34, "gateway: a second gateway of IPv4" },
	{ PORT "gateway: ['fd01::1', 'fd01::2']\n", 4, 24, "gateway: a second gateway of IPv6" },
	{ V "defaults: []\n", 2, 11, "defaults: a mapping (key: value) is wanted, not a list" },
	{ V "ports: {}\n", 2, 8, "ports: a list is wanted, not a mapping" },
	{ V "ports:\n", 2, 7, "ports: nothing there: leave the key out to mean every RoCE port" },
	{ V "ports: [x]\n", 2, 9, "ports: a mapping (key: value) is wanted, not text" },
	{ V "verify: {peers: {}}\n", 2, 17, "verify.peers: a list is wanted, not a mapping" },
	{ V "verify: {key_file: key}\n", 2, 20, "verify.key_file: the path of a file is wanted, from / on" },
	{ V "serve: {key_file: [/key]}\n", 2, 19, "serve.key_file: the path of a file is wanted, from / on" },
	{ V "serve: {allow: []}\n", 2, 16, "serve.allow: an empty list: nobody would be answered" },
	{ V "serve: {allow: ~}\n", 2, 16, "serve.allow: an address is wanted, not nothing" },
	{ V "serve: {allow: [10.0.0.0/33]}\n", 2, 17, "serve.allow: an address with its prefix length such as" },
	{ V "serve: {allow: [everybody]}\n", 2, 17, "serve.allow: an address such as" },
	{ V "serve: {alow: 10.0.0.0/8}\n", 2, 9, "unknown key 'alow': did you mean 'allow'?" },

	/* values */
	{ PORT "mtu: 100\n", 4, 8, "mtu: 100 is out of range: 1280 to 65535 B" },
	{ PORT "mtu: 99999999999999999999\n", 4, 8, "is out of range: 1280 to 65535 B" },
	{ PORT "arp: {ignore: 9}\n", 4, 17, "arp.ignore: 9 is out of range: 0 to 8" },
	{ PORT "rail: 256\n", 4, 9, "rail: 256 is out of range: 0 to 255" },
	{ PORT "table: 0\n", 4, 10, "table: 0 is reserved: unspec" },
	{ PORT "table: 253\n", 4, 10, "table: 253 is reserved: default" },
	{ PORT "table: 254\n", 4, 10, "table: 254 is reserved: main" },
	{ PORT "table: 255\n", 4, 10, "table: 255 is reserved: local" },
	{ PORT "table: 4294967296\n", 4, 10, "table: 4294967296 is out of range" },
	{ PORT "table: main\n", 4, 10, "table: a number (decimal digits) is wanted, not 'main'" },
	{ PORT "rule_priority: 0\n", 4, 18,
	  "rule_priority: 0 is out of range: 1 to 32765; the kernel" },
	{ PORT "rule_priority: 32766\n", 4, 18, "rule_priority: 32766 is out of range" },
	{ PORT "gateway: nothing\n", 4, 12,
	  "an address such as 10.1.0.1 is wanted, not 'nothing'" },
	{ PORT "addresses: 10.0.0.1\n", 4, 14, "the prefix length is missing: 10.0.0.1/24" },
	{ PORT "addresses: ['fd01::1']\n", 4, 15, "the prefix length is missing: fd01::1/64" },
	{ PORT "addresses: 10.0.0.1/33\n", 4, 14, "not '10.0.0.1/33'" },
	{ PORT "addresses: []\n", 4, 14, "addresses: an empty list" },
	{ V "sequence: {}\n", 2, 11, "sequence.from is missing" },
	{ V "sequence: {from: }\n", 2, 18, "sequence.from: an address with its prefix length" },
	{ V "verify: {timeout_ms: 0}\n", 2, 22,
	  "verify.timeout_ms: 0 is out of range: 1 to 3600000 ms" },

	/* match */
	{ V "ports: [{}]\n", 2, 9, "match is missing" },
	{ V "ports: [match: ]\n", 2, 16, "match: a mapping (key: value) is wanted, not nothing" },
	{ V "ports: [match: {}]\n", 2, 16, "one of rdma, netdev, pci, mac, driver is wanted" },
	{ V "ports: [match: {rdma: }]\n", 2, 16,
	  "one of rdma, netdev, pci, mac, driver is wanted" },
	{ V "ports: [match: {rdma: ''}]\n", 2, 23, "match.rdma: an empty name matches nothing" },
	{ V "ports: [match: {rmda: x}]\n", 2, 17, "did you mean 'rdma'?" },
	{ V "ports: [match: {rdma: [x]}]\n", 2, 23, "a name or pattern is wanted, not a list" },
	{ V "ports: [match: {rdma: \"a\\0b\"}]\n", 2, 23, "match.rdma: control characters" },
	{ V "ports: [match: {rdma: \"a\\x9bb\"}]\n", 2, 23, "match.rdma: control characters" },
	{ V "defaults: {match: {rdma: x}}\n", 2, 19, "match: belongs to an entry of ports" },
	{ V "defaults: {optional: }\n", 2, 22, "optional: belongs to an entry of ports" },
	{ V "defaults: {addresses: 1.2.3.4/8}\n", 2, 23,
	  "defaults.addresses: the same address for every port: {rail} is wanted in it" },
	{ V "defaults: {addresses: none}\n", 2, 23, "addresses: none belongs to an entry of ports" },

	/* templates, routes, host */
	{ PORT "addresses: ['10.{rack}.0.1/24']\n", 4, 15, "addresses: unknown placeholder '{rack}'" },
	{ PORT "addresses: '10.{rail}.1/24'\n", 4, 14, "not '10.1.1/24'" },
	{ PORT "addresses: '10.{rail.0.1/24'\n", 4, 14, "a brace without its other one" },
	{ PORT "gateway: '10.{rail}.{hots}.1'\n", 4, 12, "gateway: unknown placeholder '{hots}'" },
	{ PORT "gateway: '10.{rail}.1'\n", 4, 12, "an address such as 10.1.0.1 is wanted, not '10.1.1'" },
	{ PORT "flush: 1\n", 4, 10, "flush: true or false is wanted, not '1'" },
	{ PORT "routes: {to: 10.0.0.0/8}\n", 4, 11, "routes: a list is wanted, not a mapping" },
	{ PORT "routes: [{via: 10.0.0.1}]\n", 4, 12, "routes.to is missing" },
	{ PORT "routes: [{to: 10.0.0.0/8}]\n", 4, 12, "routes.via is missing" },
	{ PORT "routes: [{to: 10.0.0.1/8, via: 10.0.0.1}]\n", 4, 17, "routes.to: 10.0.0.1/8 has host bits: is 10.0.0.0/8 meant?" },
	{ PORT "routes: [{to: default, via: 10.0.0.1}]\n", 4, 17, "routes.to: an address with its prefix length" },
	{ PORT "routes: [{to: 10.0.0.0/8, via: [1]}]\n", 4, 34, "routes.via: an address or none is wanted, not a list" },
	{ PORT "routes: [{to: 10.0.0.0/8, via: x}]\n", 4, 34, "routes.via: an address such as 10.1.0.1 is wanted, not 'x'" },
	{ PORT "routes: [{to: 10.0.0.0/8, via: none, metric: -1}]\n", 4, 48, "routes.metric: a number" },
	{ V "host: 65536\n", 2, 7, "host: 65536 is out of range: 0 to 65535" },
	{ V "host: n17\n", 2, 7, "host: a number (decimal digits) is wanted" },
	{ V "host: {from: dns}\n", 2, 14, "host.from: name is wanted" },
	{ V "host: {file: host}\n", 2, 14, "host.file: the path of a file is wanted" },
	{ V "host: {}\n", 2, 7, "host: a number, {from: name} or {file: PATH} is wanted" },
	{ V "host: []\n", 2, 7, "host: a mapping (key: value) is wanted, not a list" },

	/* syntax */
	{ V "defaults:\n\tmtu: 1\n", 3, 1, "a tab: indent with spaces" },
	{ V "defaults: {mtu: 1500\n", 3, 1, "while parsing a flow mapping" },
	{ V "a: b: c\n", 2, 5, "mapping values are not allowed" },
	{ V "a: \"b\n", 3, 1, "while scanning a quoted scalar" },
	{ V "a: *b\n", 2, 4, "found undefined alias" },
	{ V "a: &b 1\nb: &b 2\n", 3, 4, "found duplicate anchor" },
	{ V "a: \xff\n", 2, 4, "invalid leading UTF-8 octet" },
	{ V "\xc3\xa9: \xc3(\n", 2, 5, "invalid trailing UTF-8 octet" },
	{ V "a: \x1b[31m\n", 2, 4, "control characters are not allowed" },
	{ "\xff\xfev\n", 1, 1, "invalid leading UTF-8 octet" },
};

static void each_error_is_told_once_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const struct bad *b = &table[i];
		auto_arena a = { 0 };
		struct diag d = { .arena = &a, .source = b->text };
		struct intent in;

		assert_int_equal(intent_read("f", b->text, &a, &in, &d), -EINVAL);
		must_contain(diag_text(&d), b->fragment);
		must_contain(diag_text(&d), arena_printf(&a, "f:%u:%u: ", b->line, b->column));
		if (d.n != 1)
			fail_msg("%zu errors, not one:\n%s", d.n, diag_text(&d));
	}
}

/* Text of the errors of an intent whose text is unit, n times, between head and tail. */
static char *read_hostile(struct arena *a, const char *head, const char *unit, size_t n,
			  const char *tail)
{
	size_t len = strlen(unit), start = strlen(head);
	char *text = arena_alloc(a, start + n * len + strlen(tail) + 1);
	struct diag d = { .arena = a, .source = text };
	struct intent in;

	memcpy(text, head, start);
	for (size_t i = 0; i < n; i++)
		memcpy(text + start + i * len, unit, len);
	strcpy(text + start + n * len, tail);
	assert_int_equal(intent_read("f", text, a, &in, &d), -EINVAL);
	return diag_text(&d);
}

static void deep_nesting_ends_soon(void **state)
{
	static const char *const units[] = { "[", "{", "- ", "? ", "[a: ", "{a: " };
	auto_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		must_contain(read_hostile(&a, "", units[i], 200000, ""), "nested too deeply");
}

static void too_many_values_end_soon(void **state)
{
	auto_arena a = { 0 };

	(void)state;
	must_contain(read_hostile(&a, V "ports: [", "{},", 300000, "]"), "too many values");
	must_contain(read_hostile(&a, V, "a: b\n", 200000, ""), "too many values");
}

static void many_anchors_end_soon(void **state)
{
	auto_arena a = { 0 };
	char *text = arena_strdup(&a, "");

	(void)state;
	for (int i = 0; i < 1200; i++)
		text = arena_printf(&a, "%s- &a%d x\n", text, i);
	must_contain(read_hostile(&a, "", text, 1, ""), "too many anchors");
}

/* 5000 addresses, taken 5000 times */
static void an_alias_bomb_is_found_out(void **state)
{
	enum { TIMES = 5000 };
	static const char address[] = "10.0.0.1/8,";
	auto_arena a = { 0 };
	char *list = arena_alloc(&a, TIMES * strlen(address) + 1);

	(void)state;
	for (size_t i = 0; i < TIMES; i++)
		memcpy(list + i * strlen(address), address, strlen(address));
	list = arena_printf(&a, V "ports:\n- &p {match: {rdma: x}, addresses: [%s]}\n", list);
	const char *errors = read_hostile(&a, list, "- *p\n", TIMES, "colour: red\n");
	must_contain(errors, "too many values, with aliases repeated");
	assert_null(strstr(errors, "colour")); /* reading has ended before */
}

static void values_that_hold_themselves_are_no_trap(void **state)
{
	static const char *const texts[] = {
		V "ports: &a [*a]\n",
		V "defaults: &a {arp: *a}\n",
		"&a {version: 1, ports: [*a], defaults: *a, verify: *a}\n",
		"&a [*a]\n",
		V "? &a {*a : *a}\n: x\n",
	};
	auto_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_true(*read_hostile(&a, texts[i], "", 0, ""));
}

static void long_words_are_quoted_short(void **state)
{
	auto_arena a = { 0 };

	(void)state;
	assert_true(strlen(read_hostile(&a, V, "k", 900, ": 1\n")) < 700);
	assert_true(strlen(read_hostile(&a, V "defaults: {mtu: ", "x", 500000, "}")) < 700);
	assert_true(strlen(read_hostile(&a, V "defaults: {mtu: ", "9", 500000, "}")) < 700);
}

static void more_than_a_mebibyte_is_refused(void **state)
{
	auto_arena a = { 0 };

	(void)state;
	must_contain(read_hostile(&a, V, "#234567\n", 2 * 1024 * 1024 / 8, ""),
		     "f: larger than 1048576 bytes");
}

/* What intent_read_file says of a file with these bytes, read from a temporary one. */
static char *read_bytes(struct arena *a, const void *bytes, size_t n)
{
	char path[] = "/tmp/doroce-test-XXXXXX";
	auto_fd fd = mkstemp(path);
	struct diag d = { .arena = a };
	struct err e = { 0 };
	struct intent in;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	int r = intent_read_file(path, a, &in, &d, &e);
	unlink(path);
	assert_int_equal(e.code, 0);
	assert_int_equal(r, d.n ? -EINVAL : 0);
	return diag_text(&d);
}

static void a_file_is_read_and_its_lines_are_shown(void **state)
{
	static const char good[] = V, bad[] = V "x: y\n";
	auto_arena a = { 0 };

	(void)state;
	assert_string_equal(read_bytes(&a, good, strlen(good)), "");
	must_contain(read_bytes(&a, bad, strlen(bad)), ":2:1: unknown key 'x'");
	must_contain(read_bytes(&a, bad, strlen(bad)), "\n    x: y\n    ^\n");
}

static void a_file_with_a_nul_byte_is_refused(void **state)
{
	static const char bytes[] = "version: 1\nab\0: 2\n";
	auto_arena a = { 0 };

	(void)state;
	must_contain(read_bytes(&a, bytes, sizeof(bytes) - 1), ":2:3: a byte of value 0");
	must_contain(read_bytes(&a, "v\0e\0r\0", 6), ":1:2: a byte of value 0");
}

static void the_largest_file_is_a_mebibyte(void **state)
{
	auto_arena a = { 0 };
	char *bytes = arena_alloc(&a, 2 << 20);

	(void)state;
	memset(bytes, ' ', 2 << 20);
	memcpy(bytes, V, strlen(V));
	assert_string_equal(read_bytes(&a, bytes, 1 << 20), "");
	must_contain(read_bytes(&a, bytes, (1 << 20) + 1), "larger than 1048576 bytes");
	must_contain(read_bytes(&a, bytes, 2 << 20), "larger than 1048576 bytes");
}

static void a_file_that_cannot_be_read_is_told(void **state)
{
	static const struct {
		const char *path;
		int code;
		const char *text;
	} cases[] = {
		{ "/nowhere/doroce.yaml", -ENOENT,
		  "/nowhere/doroce.yaml: No such file or directory" },
		{ "/", -EISDIR, "/: Is a directory" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_arena a = { 0 };
		struct diag d = { .arena = &a };
		struct err e = { 0 };
		struct intent in;

		assert_int_equal(intent_read_file(cases[i].path, &a, &in, &d, &e), cases[i].code);
		assert_string_equal(e.text, cases[i].text);
		assert_int_equal(d.n, 0);
	}
}

static void an_endless_file_ends(void **state)
{
	auto_arena a = { 0 };
	struct diag d = { .arena = &a };
	struct err e = { 0 };
	struct intent in;

	(void)state;
	assert_int_equal(intent_read_file("/dev/zero", &a, &in, &d, &e), -EINVAL);
	must_contain(diag_text(&d), "/dev/zero: larger than 1048576 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_error_is_told_once_with_its_place),
		cmocka_unit_test(deep_nesting_ends_soon),
		cmocka_unit_test(too_many_values_end_soon),
		cmocka_unit_test(many_anchors_end_soon),
		cmocka_unit_test(an_alias_bomb_is_found_out),
		cmocka_unit_test(values_that_hold_themselves_are_no_trap),
		cmocka_unit_test(long_words_are_quoted_short),
		cmocka_unit_test(more_than_a_mebibyte_is_refused),
		cmocka_unit_test(a_file_is_read_and_its_lines_are_shown),
		cmocka_unit_test(a_file_with_a_nul_byte_is_refused),
		cmocka_unit_test(the_largest_file_is_a_mebibyte),
		cmocka_unit_test(a_file_that_cannot_be_read_is_told),
		cmocka_unit_test(an_endless_file_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
