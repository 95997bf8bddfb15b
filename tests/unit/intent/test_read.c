/* SPDX-License-Identifier: MIT */
/* From an intent file to struct intent: what is right, and what is said of what is wrong. */
#include "test.h"

#include <errno.h>

#include "intent/intent.h"
#include "persist/persist.h"

/* The intent that the text says; the test fails when there is anything wrong with it. */
static struct intent read_good(struct arena *a, const char *text)
{
	struct diag d = { .arena = a };
	struct intent in = { 0 };

	if (intent_read("f", text, a, &in, &d) != 0)
		fail_msg("%s", diag_text(&d));
	assert_int_equal(d.n, 0);
	return in;
}

static const char full[] = "version: 1\n"
			   "profile: none\n"
			   "sequence:\n"
			   "  from: 192.168.1.1/24\n"
			   "defaults:\n"
			   "  mtu: 4200\n"
			   "  gateway: none\n"
			   "  table: 101\n"
			   "  rule_priority: 32761\n"
			   "  arp: {ignore: 1, announce: 2, filter: 0, accept: 0, rp_filter: 2}\n"
			   "ports:\n"
			   "  - match: {rdma: 'mlx5_*', netdev: \"ens*\", pci: '0000:1a:*', "
			   "mac: '02:*', driver: mlx5_core}\n"
			   "    optional: true\n"
			   "    rail: 7\n"
			   "    addresses: [10.1.0.1/24, '10.2.0.1/16']\n"
			   "    gateway: 10.1.0.254\n"
			   "    table: none\n"
			   "    mtu: 9000\n"
			   "  - match: {netdev: 1}\n"
			   "    addresses: 10.3.0.1/31\n"
			   "persist: none\n"
			   "verify: {peers: [10.1.0.2, 10.1.0.3], timeout_ms: 5000, lldp_s: 35}\n";

/* The words are those of the list of backends, and two more. */
static void every_backend_is_a_word_of_persist(void **state)
{
	auto_arena a = { 0 };

	(void)state;
	for (const struct backend *b = backends; b->name; b++) {
		struct intent in = read_good(&a, arena_printf(&a, "version: 1\npersist: %s\n", b->name));

		assert_string_equal(in.persist.v, b->name);
		assert_int_equal(in.persist.at.line, 2);
	}
	assert_string_equal(read_good(&a, "version: 1\npersist: auto\n").persist.v, "auto");
	assert_string_equal(read_good(&a, "version: 1\npersist: none\n").persist.v, "none");
	assert_null(read_good(&a, "version: 1\n").persist.v);
}

static void must_be_number(const struct opt_u32 *o, uint32_t v)
{
	assert_int_equal(o->is, OPT_SET);
	assert_int_equal(o->v, v);
}

static void must_be_at(const struct place *p, unsigned int line, unsigned int column)
{
	assert_string_equal(p->file, "f");
	assert_int_equal(p->line, line);
	assert_int_equal(p->column, column);
}

static void defaults_are_read(void **state)
{
	auto_arena a = { 0 };
	struct intent in = read_good(&a, full);

	(void)state;
	must_be_number(&in.defaults.number[SETTING_MTU], 4200);
	must_be_number(&in.defaults.table, 101);
	must_be_number(&in.defaults.rule_priority, 32761);
	assert_int_equal(in.defaults.gateway.is, OPT_NONE);
	must_be_number(&in.defaults.number[SETTING_ARP_IGNORE], 1);
	must_be_number(&in.defaults.number[SETTING_ARP_ANNOUNCE], 2);
	must_be_number(&in.defaults.number[SETTING_ARP_FILTER], 0);
	must_be_number(&in.defaults.number[SETTING_ARP_ACCEPT], 0);
	must_be_number(&in.defaults.number[SETTING_RP_FILTER], 2);
	must_be_at(&in.defaults.at, 6, 3);
	must_be_at(&in.defaults.gateway_at, 7, 12);
	must_be_at(&in.defaults.table_at, 8, 10);
	must_be_at(&in.defaults.rule_priority_at, 9, 18);
}

static void an_entry_of_ports_is_read(void **state)
{
	auto_arena a = { 0 };
	struct intent in = read_good(&a, full);
	const struct port_intent *p = &in.ports.at[0];

	(void)state;
	assert_true(in.has_ports);
	assert_int_equal(in.ports.n, 2);
	must_be_at(&p->at, 12, 5);
	assert_string_equal(p->match.rdma, "mlx5_*");
	assert_string_equal(p->match.netdev, "ens*");
	assert_string_equal(p->match.pci, "0000:1a:*");
	assert_string_equal(p->match.mac, "02:*");
	assert_string_equal(p->match.driver, "mlx5_core");
	assert_null(p->match.any);
	assert_true(p->optional);
	must_be_number(&p->rail, 7);
	must_be_number(&p->number[SETTING_MTU], 9000);
	assert_int_equal(p->table.is, OPT_NONE);
}

static void addresses_are_read_with_their_places(void **state)
{
	auto_arena a = { 0 };
	struct intent in = read_good(&a, full);
	const struct port_intent *p = in.ports.at;
	char text[PREFIX_TEXT];

	(void)state;
	assert_int_equal(p[0].addresses.n, 2);
	assert_string_equal(prefix_text(&p[0].addresses.at[1].v, text), "10.2.0.1/16");
	must_be_at(&p[0].addresses.at[1].at, 15, 30);
	assert_string_equal(ip_text(&p[0].gateway.v, text), "10.1.0.254");
	must_be_at(&p[0].gateway_at, 16, 14);
	assert_int_equal(p[1].addresses.n, 1);
	assert_string_equal(prefix_text(&p[1].addresses.at[0].v, text), "10.3.0.1/31");
	assert_string_equal(prefix_text(&in.sequence.v, text), "192.168.1.1/24");
	must_be_at(&in.sequence.at, 4, 9);
}

static void templates_routes_and_the_host_are_read(void **state)
{
	auto_arena a = { 0 };
	struct intent in = read_good(&a, "version: 1\n"
					 "host: {file: /etc/rack}\n"
					 "defaults:\n"
					 "  addresses: ['10.{rail}.{host}.1/24']\n"
					 "  gateway: ['10.{rail}.{host}.254', 'fd01::{host}']\n"
					 "  routes: [{to: 10.0.0.0/8, via: '10.{rail}.0.1', metric: 7}]\n"
					 "  flush: true\n"
					 "ports:\n"
					 "- {match: {rdma: x}, addresses: none, gateway: peer, routes: null}\n");
	const struct port_intent *p = in.ports.at, *d = &in.defaults;

	(void)state;
	assert_int_equal(in.host.from, HOST_OF_FILE);
	assert_string_equal(in.host.path, "/etc/rack");
	must_be_at(&in.host.at, 2, 7);
	assert_string_equal(d->addresses.at[0].text, "10.{rail}.{host}.1/24");
	assert_string_equal(d->gateway_text[1], "fd01::{host}");
	assert_string_equal(d->routes.at[0].via, "10.{rail}.0.1");
	must_be_number(&d->routes.at[0].metric, 7);
	must_be_at(&d->routes_at, 6, 11);
	must_be_number(&d->flush, 1);
	assert_true(p->no_addresses);
	assert_string_equal(p->gateway_text[0], "peer");
	assert_true(p->routes_not_ours);
	in = read_good(&a, "version: 1\nhost: 12\n");
	must_be_number(&in.host.number, 12);
	assert_int_equal(read_good(&a, "version: 1\nhost: {from: name}\n").host.from, HOST_OF_NAME);
}

static void who_may_ask_is_read(void **state)
{
	auto_arena a = { 0 };
	const struct intent in = read_good(&a, "version: 1\n"
					       "verify: {key_file: /etc/a.key}\n"
					       "serve: {allow: [10.0.0.0/8, 10.9.0.5, 'fd01::/16'], key_file: /etc/b.key}\n");
	const struct intent silent = read_good(&a, "version: 1\nserve: {key_file: ~}\n");
	char text[PREFIX_TEXT];

	(void)state;
	assert_string_equal(in.key_file, "/etc/a.key");
	assert_string_equal(in.serve.key_file, "/etc/b.key");
	assert_true(in.serve.says_allow);
	assert_int_equal(in.serve.allow.n, 3);
	assert_string_equal(prefix_text(&in.serve.allow.at[0], text), "10.0.0.0/8");
	assert_string_equal(prefix_text(&in.serve.allow.at[1], text), "10.9.0.5/32");
	assert_string_equal(prefix_text(&in.serve.allow.at[2], text), "fd01::/16");
	assert_int_equal(read_good(&a, "version: 1\nserve: {allow: 10.9.0.5}\n").serve.allow.n, 1);
	assert_false(silent.serve.says_allow);
	assert_null(silent.serve.key_file);
}

static void verify_is_read(void **state)
{
	auto_arena a = { 0 };
	struct intent in = read_good(&a, full);
	char text[IP_TEXT];

	(void)state;
	assert_int_equal(in.peers.n, 2);
	assert_string_equal(ip_text(&in.peers.at[1].v, text), "10.1.0.3");
	must_be_at(&in.peers.at[1].at, 22, 28);
	assert_int_equal(in.timeout_ms, 5000);
	assert_int_equal(in.lldp_s, 35);
	assert_int_equal(read_good(&a, "version: 1\nverify: {peers: 10.0.0.1}").peers.n, 1);
}

static void what_is_not_mentioned_is_unset(void **state)
{
	auto_arena a = { 0 };
	struct intent in = read_good(&a, "version: 1\nports: [match: {rdma: x}]\n");
	const struct port_intent *p = &in.ports.at[0];

	(void)state;
	for (size_t i = 0; i < SETTING_N; i++) {
		assert_int_equal(p->number[i].is, OPT_UNSET);
		assert_false(p->not_ours[i]);
	}
	assert_int_equal(p->gateway.is, OPT_UNSET);
	assert_int_equal(p->table.is, OPT_UNSET);
	assert_false(p->table_not_ours);
	assert_false(p->optional);
	assert_int_equal(in.sequence.v.addr.family, 0);
	assert_int_equal(in.timeout_ms, 0);
	assert_int_equal(in.lldp_s, 0);
}

static void null_is_not_ours(void **state)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };
	auto_arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(nulls); i++) {
		const char *text = arena_printf(&a, "version: 1\ndefaults: {mtu: %s, table: %s}\n",
						nulls[i], nulls[i]);
		struct intent in = read_good(&a, text);

		assert_int_equal(in.defaults.number[SETTING_MTU].is, OPT_UNSET);
		assert_true(in.defaults.not_ours[SETTING_MTU]);
		assert_false(in.defaults.not_ours[SETTING_ARP_IGNORE]);
		assert_int_equal(in.defaults.table.is, OPT_UNSET);
		assert_true(in.defaults.table_not_ours);
	}
}

static void null_objects_are_not_ours_either(void **state)
{
	auto_arena a = { 0 };
	struct intent in = read_good(&a, "version: 1\nports:\n- match: {rdma: x}\n"
					 "  addresses:\n  gateway:\n  rule_priority:\n  rail:\n");
	const struct port_intent *p = &in.ports.at[0];

	(void)state;
	assert_true(p->not_ours[SETTING_ADDRESS]);
	assert_true(p->not_ours[SETTING_ROUTE]);
	assert_true(p->not_ours[SETTING_RULE]);
	assert_false(p->not_ours[SETTING_MTU]);
	assert_int_equal(p->gateway.is, OPT_UNSET);
	assert_int_equal(p->addresses.n, 0);
}

static void a_null_group_means_each_of_its_settings(void **state)
{
	auto_arena a = { 0 };
	struct intent in = read_good(&a, "version: 1\ndefaults: {arp: }\n");

	(void)state;
	for (size_t i = 0; i < SETTING_N; i++) {
		bool arp = settings[i].key && strncmp(settings[i].key, "arp.", 4) == 0;

		assert_int_equal(in.defaults.not_ours[i], arp);
	}
	assert_false(in.defaults.table_not_ours);
}

static void an_empty_mapping_says_nothing(void **state)
{
	auto_arena a = { 0 };
	struct intent in = read_good(&a, "version: 1\nsequence:\ndefaults:\nverify:\npersist:\n");

	(void)state;
	for (size_t i = 0; i < SETTING_N; i++)
		assert_false(in.defaults.not_ours[i]);
	assert_false(in.defaults.table_not_ours);
	assert_false(in.has_ports);
}

/* `ports: []` means none of them, no `ports:` means all */
static void an_empty_list_of_ports_is_not_its_absence(void **state)
{
	auto_arena a = { 0 };

	(void)state;
	assert_true(read_good(&a, "version: 1\nports: []\n").has_ports);
	assert_false(read_good(&a, "version: 1\n").has_ports);
}

/* "qos.cnp.dscp" with a value: "qos: {cnp: {dscp: 63}}" */
static const char *nested(struct arena *a, const char *key, const char *value)
{
	const char *dot = strrchr(key, '.');
	const char *text = arena_printf(a, "%s: %s", dot ? dot + 1 : key, value);

	while (dot) {
		size_t len = (size_t)(dot - key);

		key = arena_printf(a, "%.*s", (int)len, key);
		dot = strrchr(key, '.');
		text = arena_printf(a, "%s: {%s}", dot ? dot + 1 : key, text);
	}
	return text;
}

static const char *highest(struct arena *a, const struct setting *s)
{
	return s->words ? s->words[s->max] : arena_printf(a, "%u", s->max);
}

static void every_setting_with_a_key_can_be_set(void **state)
{
	auto_arena a = { 0 };

	(void)state;
	for (const struct setting *s = settings; s < settings + SETTING_N; s++) {
		if (!s->key || s->count)
			continue;
		const char *text = arena_printf(&a, "version: 1\ndefaults: {%s}\n", nested(&a, s->key, highest(&a, s)));
		const struct intent in = read_good(&a, text);

		must_be_number(&in.defaults.number[setting_id(s)], s->max);
		assert_int_equal(in.defaults.said_at[setting_id(s)].line, 2);
	}
}

static void every_setting_with_a_key_can_be_left_alone(void **state)
{
	auto_arena a = { 0 };

	(void)state;
	for (const struct setting *s = settings; s < settings + SETTING_N; s++) {
		if (!s->key || s->count)
			continue;
		const struct intent in = read_good(&a, arena_printf(&a, "version: 1\ndefaults: {%s}\n", nested(&a, s->key, "null")));

		assert_true(in.defaults.not_ours[setting_id(s)]);
		assert_int_equal(in.defaults.number[setting_id(s)].is, OPT_UNSET);
	}
}

static void the_ends_of_the_ranges_are_allowed(void **state)
{
	auto_arena a = { 0 };
	struct intent in = read_good(&a, "version: 1\nports:\n"
					 "- {match: {rdma: a}, table: 4294967295, rail: 0, "
					 "rule_priority: 1, mtu: 1280}\n"
					 "- {match: {rdma: b}, table: 256, rule_priority: 32765, "
					 "rail: 255, mtu: 65535}\n"
					 "verify: {timeout_ms: 3600000}\n");

	(void)state;
	must_be_number(&in.ports.at[0].table, UINT32_MAX);
	must_be_number(&in.ports.at[1].table, 256);
	must_be_number(&in.ports.at[1].rule_priority, 32765);
	must_be_number(&in.ports.at[1].rail, 255);
	assert_int_equal(in.timeout_ms, 3600000);
}

static void strings_outlive_the_text(void **state)
{
	auto_arena a = { 0 };
	char text[] = "version: 1\nports: [match: {rdma: mlx5_0}]\n", file[] = "name.yaml";
	struct diag d = { .arena = &a };
	struct intent in = { 0 };

	(void)state;
	assert_int_equal(intent_read(file, text, &a, &in, &d), 0);
	memset(text, 'x', sizeof(text));
	memset(file, 'x', sizeof(file));
	assert_string_equal(in.file, "name.yaml");
	assert_string_equal(in.ports.at[0].match.rdma, "mlx5_0");
	assert_string_equal(in.ports.at[0].at.file, "name.yaml");
}

static void aliases_repeat_values(void **state)
{
	auto_arena a = { 0 };
	struct intent in = read_good(&a, "version: 1\ndefaults: {arp: &x {ignore: 2}}\n"
					 "ports: [{match: {rdma: a}, arp: *x}]\n");

	(void)state;
	must_be_number(&in.defaults.number[SETTING_ARP_IGNORE], 2);
	must_be_number(&in.ports.at[0].number[SETTING_ARP_IGNORE], 2);
}

static void nothing_is_returned_when_anything_is_wrong(void **state)
{
	auto_arena a = { 0 };
	struct diag d = { .arena = &a };
	struct intent in = { .timeout_ms = 99 };

	(void)state;
	assert_int_equal(intent_read("f", "version: 1\nverify: {timeout_ms: 7}\nx: y", &a, &in, &d),
			 -EINVAL);
	assert_int_equal(in.timeout_ms, 99);
	assert_null(in.file);
}

static void all_errors_are_told_in_order(void **state)
{
	static const char text[] = "version: 1\n"
				   "defaults: {mut: 1, table: 254}\n"
				   "ports:\n"
				   "- {match: {rdma: x}, rail: 256}\n"
				   "- optional: maybe\n";
	auto_arena a = { 0 };
	struct diag d = { .arena = &a };
	struct intent in;

	(void)state;
	assert_int_equal(intent_read("f", text, &a, &in, &d), -EINVAL);
	assert_string_equal(diag_text(&d),
			    "f:2:12: unknown key 'mut': did you mean 'mtu'?\n"
			    "f:2:27: table: 254 is reserved: main\n"
			    "f:4:28: rail: 256 is out of range: 0 to 255\n"
			    "f:5:3: match is missing\n"
			    "f:5:13: optional: true or false is wanted, not 'maybe'\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_read),
		cmocka_unit_test(every_backend_is_a_word_of_persist),
		cmocka_unit_test(an_entry_of_ports_is_read),
		cmocka_unit_test(addresses_are_read_with_their_places),
		cmocka_unit_test(templates_routes_and_the_host_are_read),
		cmocka_unit_test(who_may_ask_is_read),
		cmocka_unit_test(verify_is_read),
		cmocka_unit_test(what_is_not_mentioned_is_unset),
		cmocka_unit_test(null_is_not_ours),
		cmocka_unit_test(null_objects_are_not_ours_either),
		cmocka_unit_test(a_null_group_means_each_of_its_settings),
		cmocka_unit_test(an_empty_mapping_says_nothing),
		cmocka_unit_test(an_empty_list_of_ports_is_not_its_absence),
		cmocka_unit_test(every_setting_with_a_key_can_be_set),
		cmocka_unit_test(every_setting_with_a_key_can_be_left_alone),
		cmocka_unit_test(the_ends_of_the_ranges_are_allowed),
		cmocka_unit_test(strings_outlive_the_text),
		cmocka_unit_test(aliases_repeat_values),
		cmocka_unit_test(nothing_is_returned_when_anything_is_wrong),
		cmocka_unit_test(all_errors_are_told_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
