/* SPDX-License-Identifier: MIT */
/* The document that a peer tells its ports with: read whole, or refused, whatever is in it. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "fake/site.h"
#include "test.h"
#include "validate/peer/inventory.h"

#define PORT_HEAD "{\"name\":\"rxe_0/1\",\"netdev\":\"p0\",\"mac\":\"02:00:00:00:00:0a\","
#define PORT                                                                                       \
	PORT_HEAD "\"mtu\":4200,\"active_mtu\":4096,\"addresses\":[\"10.0.0.1/24\",\"10.0.1.1/"    \
		  "24\"]}"
#define DOCUMENT(ports)                                                                            \
	"{\"doroce\":\"0.1.0\",\"protocol\":1,\"host\":\"node1\",\"ports\":[" ports "]}"

static int read_text(const char *text, size_t size, struct arena *a, struct peer *p, struct err *e)
{
	/* an exact copy, so that a read beyond it is seen */
	auto_free char *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	memcpy(copy, text, size);
	*p = (struct peer){ 0 };
	*e = (struct err){ 0 };
	return inventory_read(copy, size, a, p, e);
}

static void must_be_printable(const char *text)
{
	for (; *text; text++)
		if (!isprint((unsigned char)*text))
			fail_msg("byte 0x%02x", (unsigned char)*text);
}

static void a_good_document_is_read_whole(void **state)
{
	auto_arena a = { 0 };
	struct peer p;
	struct err e;
	const struct prefix second = prefix_is("10.0.1.1/24");

	(void)state;
	assert_int_equal(read_text(DOCUMENT(PORT), strlen(DOCUMENT(PORT)), &a, &p, &e), 0);
	assert_string_equal(p.host, "node1");
	assert_int_equal(p.port_n, 1);
	assert_string_equal(p.port[0].name, "rxe_0/1");
	assert_string_equal(p.port[0].netdev, "p0");
	assert_memory_equal(p.port[0].mac, "\x02\0\0\0\0\x0a", MAC_LEN);
	assert_int_equal(p.port[0].mtu, 4200);
	assert_int_equal(p.port[0].active_mtu, 4096);
	assert_int_equal(p.port[0].addr_n, 2);
	assert_true(prefix_equal(&p.port[0].addr[1], &second));
}

static void what_a_node_writes_is_read_back(void **state)
{
	auto_site *s = site_new(3, FAKE_PCI, "10.0.0.1/24");
	struct peer p;

	(void)state;
	assert_int_equal(site_configure(s), 0);
	fake_rdma_add(&s->fake, "soft_0", 10); /* a second device on p0: not told */
	*fake_nic_add(&s->fake, "p1") = (struct fake_nic){ .netdev = "p1", .counts = true, .bytes.rx = { [3] = 1ull << 40 } };
	struct node now;
	assert_int_equal(node_read(&s->fake.k, &s->arena, &now, NULL), 0);
	auto_free char *text = inventory_write(&s->fake.k, &now);
	assert_non_null(text);
	assert_int_equal(read_text(text, strlen(text), &s->arena, &p, &s->err), 0);
	assert_int_equal(p.port_n, 3);
	assert_false(p.port[0].counts_prio); /* as an older doroce */
	assert_true(p.port[1].counts_prio);
	assert_int_equal(p.port[1].rx_prio_bytes[3], 1ull << 40);
	for (size_t i = 0; i < 3; i++) {
		const struct port *own = &s->node.ports.at[i];

		assert_string_equal(p.port[i].name, own->name);
		assert_string_equal(p.port[i].netdev, own->link.name);
		assert_memory_equal(p.port[i].mac, own->link.mac, MAC_LEN);
		assert_int_equal(p.port[i].active_mtu, 1024);
		assert_int_equal(p.port[i].addr_n, 1);
	}
}

static void a_node_without_ports_is_no_error(void **state)
{
	auto_arena a = { 0 };
	struct peer p;
	struct err e;

	(void)state;
	assert_int_equal(read_text(DOCUMENT(""), strlen(DOCUMENT("")), &a, &p, &e), 0);
	assert_int_equal(p.port_n, 0);
}

static const char *const malformed[] = {
	"", "{", "null", "[]", "{}", "42", "\"text\"", "SSH-2.0-OpenSSH_9.6\r\n",
	"{\"protocol\":1}", "{\"protocol\":4294967297,\"ports\":[]}",
	"{\"protocol\":2,\"ports\":[]}", "{\"protocol\":\"1\",\"ports\":[]}",
	"{\"protocol\":1,\"ports\":{}}", "{\"protocol\":1,\"ports\":7}",
	DOCUMENT("7"), DOCUMENT("null"), DOCUMENT("[]"), DOCUMENT("{}"),
	DOCUMENT("{\"name\":\"a\",\"mac\":\"02:00:00:00:00:0a\",\"mtu\":1,\"active_mtu\":1}"),
	DOCUMENT(PORT_HEAD "\"mtu\":-1,\"active_mtu\":1,\"addresses\":[]}"),
	DOCUMENT(PORT_HEAD "\"mtu\":1,\"active_mtu\":-4096,\"addresses\":[]}"),
	DOCUMENT(PORT_HEAD "\"mtu\":1048577,\"active_mtu\":1,\"addresses\":[]}"),
	DOCUMENT(PORT_HEAD "\"mtu\":1e3,\"mtu\":2,\"active_mtu\":1,\"addresses\":[]}"),
	DOCUMENT(PORT_HEAD "\"mtu\":1,\"active_mtu\":1,\"addresses\":[7]}"),
	DOCUMENT(PORT_HEAD "\"mtu\":1,\"active_mtu\":1,\"addresses\":[\"10.0.0.1\"]}"),
	DOCUMENT(PORT_HEAD "\"mtu\":1,\"active_mtu\":1,\"addresses\":[\"10.0.0.1/33\"]}"),
	DOCUMENT(PORT_HEAD "\"mtu\":1,\"active_mtu\":1,\"addresses\":\"10.0.0.1/24\"}"),
	DOCUMENT("{\"mac\":\"02:00:00:00:00\",\"mtu\":1,\"active_mtu\":1,\"addresses\":[]}"),
	DOCUMENT("{\"mac\":\"02:00:00:00:00:0a:0b\",\"mtu\":1,\"active_mtu\":1,\"addresses\":[]}"),
	DOCUMENT(PORT_HEAD "\"mtu\":1,\"active_mtu\":1,\"addresses\":[],\"rx_prio_bytes\":[0,0,0,0,0,0,0]}"),
	DOCUMENT(PORT_HEAD "\"mtu\":1,\"active_mtu\":1,\"addresses\":[],\"rx_prio_bytes\":[0,0,0,0,0,0,0,-1]}"),
	DOCUMENT(PORT_HEAD "\"mtu\":1,\"active_mtu\":1,\"addresses\":[],\"rx_prio_bytes\":[0,0,0,0,0,0,0,\"0\"]}"),
	DOCUMENT(PORT_HEAD "\"mtu\":1,\"active_mtu\":1,\"addresses\":[],\"rx_prio_bytes\":7}"),
	DOCUMENT("{\"mac\":7,\"mtu\":1,\"active_mtu\":1,\"addresses\":[]}"),
	DOCUMENT(PORT) "x", "\xff\xfe", "{\"host\":\"\xff\"}",
};

static void what_is_malformed_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(malformed); i++) {
		auto_arena a = { 0 };
		struct peer p;
		struct err e;

		if (read_text(malformed[i], strlen(malformed[i]), &a, &p, &e) != -EBADMSG)
			fail_msg("accepted: %s", malformed[i]);
		assert_int_equal(e.code, -EBADMSG);
		must_be_printable(e.text);
	}
}

static void a_port_that_is_malformed_is_named_by_its_place(void **state)
{
	static const char text[] = DOCUMENT(PORT "," PORT ",{}");
	auto_arena a = { 0 };
	struct peer p;
	struct err e;

	(void)state;
	assert_int_equal(read_text(text, strlen(text), &a, &p, &e), -EBADMSG);
	assert_string_equal(e.text, "port 2 of the peer's answer is malformed");
}

static void duplicate_keys_are_refused(void **state)
{
	static const char text[] = "{\"protocol\":1,\"protocol\":1,\"ports\":[]}";
	auto_arena a = { 0 };
	struct peer p;
	struct err e;

	(void)state;
	assert_int_equal(read_text(text, strlen(text), &a, &p, &e), -EBADMSG);
}

static void zero_bytes_are_refused(void **state)
{
	static const char raw[] = "{\"protocol\":1,\"host\":\"a\0b\",\"ports\":[]}";
	static const char escaped[] = "{\"protocol\":1,\"host\":\"a\\u0000b\",\"ports\":[]}";
	auto_arena a = { 0 };
	struct peer p;
	struct err e;

	(void)state;
	assert_int_equal(read_text(raw, sizeof(raw) - 1, &a, &p, &e), -EBADMSG);
	assert_int_equal(read_text(raw, sizeof(raw), &a, &p, &e), -EBADMSG);
	assert_int_equal(read_text(escaped, sizeof(escaped) - 1, &a, &p, &e), -EBADMSG);
}

static void control_characters_in_names_do_not_come_through(void **state)
{
	static const char text[] = "{\"protocol\":1,\"host\":\"a\\u001b[2Jb\\u0007\\u009b\","
				   "\"ports\":["
				   "{\"name\":\"\\u001b]0;x\\u0007\",\"netdev\":\"p\\n0\\u202e\","
				   "\"mac\":\"02:00:00:00:00:0a\","
				   "\"mtu\":1,\"active_mtu\":1,\"addresses\":[]}]}";
	auto_arena a = { 0 };
	struct peer p;
	struct err e;

	(void)state;
	assert_int_equal(read_text(text, strlen(text), &a, &p, &e), 0);
	must_be_printable(p.host);
	must_be_printable(p.port[0].name);
	must_be_printable(p.port[0].netdev);
	assert_string_equal(p.host, "a?[2Jb???");
}

static void control_characters_do_not_come_through_a_refusal(void **state)
{
	static const char *const cases[] = { "\x1b[2J",		 "{\"a\x1b\":1}", "{\x1b[31m",
					     "{\"\\u001b\":1,}", "[\x07]",	  "t\x1b",
					     "{\"a\":\x1b}",	 "\x7f" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_arena a = { 0 };
		struct peer p;
		struct err e;

		assert_int_equal(read_text(cases[i], strlen(cases[i]), &a, &p, &e), -EBADMSG);
		must_be_printable(e.text);
	}
}

static void long_names_are_cut(void **state)
{
	char text[2048], name[1001] = "";
	auto_arena a = { 0 };
	struct peer p;
	struct err e;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	snprintf(text, sizeof(text), "{\"protocol\":1,\"host\":\"%s\",\"ports\":[]}", name);
	assert_int_equal(read_text(text, strlen(text), &a, &p, &e), 0);
	assert_int_equal(strlen(p.host), sizeof(p.host) - 1);
}

/* A document with `ports` ports of `addresses` addresses each. Caller frees. */
static char *document_of(size_t ports, size_t addresses)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	fputs("{\"protocol\":1,\"host\":\"h\",\"ports\":[", f);
	for (size_t i = 0; i < ports; i++) {
		fprintf(f, "%s" PORT_HEAD "\"mtu\":1,\"active_mtu\":1,\"addresses\":[",
			i ? "," : "");
		for (size_t j = 0; j < addresses; j++)
			fprintf(f, "%s\"10.0.0.1/24\"", j ? "," : "");
		fputs("]}", f);
	}
	fputs("]}", f);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void too_many_ports_or_addresses_are_refused(void **state)
{
	static const struct {
		size_t ports, addresses;
		int r;
	} cases[] = { { 64, 2, 0 }, { 1024, 1, 0 }, { 1025, 1, -EBADMSG }, { 1, 64, 0 },
		      { 1, 65, -EBADMSG } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_free char *text = document_of(cases[i].ports, cases[i].addresses);
		auto_arena a = { 0 };
		struct peer p;
		struct err e;

		assert_int_equal(read_text(text, strlen(text), &a, &p, &e), cases[i].r);
		assert_true(cases[i].r || p.port_n == cases[i].ports);
	}
}

static void two_mebibytes_of_anything_do_no_harm(void **state)
{
	static const char fill[] = { '[', ' ', '{', '"', '0', 'a' };
	enum { SIZE = 2 * 1024 * 1024 };

	(void)state;
	for (size_t i = 0; i < sizeof(fill); i++) {
		auto_free char *text = malloc(SIZE);
		auto_arena a = { 0 };
		struct peer p;
		struct err e;

		assert_non_null(text);
		memset(text, fill[i], SIZE);
		assert_int_equal(read_text(text, SIZE, &a, &p, &e), -EBADMSG);
	}
}

/* Each prefix of a good document, and each with one byte changed, is read or refused, no more. */
static void cut_and_changed_documents_do_no_harm(void **state)
{
	char text[] = DOCUMENT(PORT);
	struct peer p;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		auto_arena a = { 0 };
		char was = text[i];

		assert_int_equal(read_text(text, i, &a, &p, &e), -EBADMSG);
		for (int c = 1; c < 256; c += 7) {
			text[i] = (char)c;
			if (read_text(text, sizeof(text) - 1, &a, &p, &e) == 0)
				must_be_printable(p.host);
			else
				must_be_printable(e.text);
		}
		text[i] = was;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_document_is_read_whole),
		cmocka_unit_test(what_a_node_writes_is_read_back),
		cmocka_unit_test(a_node_without_ports_is_no_error),
		cmocka_unit_test(what_is_malformed_is_refused),
		cmocka_unit_test(a_port_that_is_malformed_is_named_by_its_place),
		cmocka_unit_test(duplicate_keys_are_refused),
		cmocka_unit_test(zero_bytes_are_refused),
		cmocka_unit_test(control_characters_in_names_do_not_come_through),
		cmocka_unit_test(control_characters_do_not_come_through_a_refusal),
		cmocka_unit_test(long_names_are_cut),
		cmocka_unit_test(too_many_ports_or_addresses_are_refused),
		cmocka_unit_test(two_mebibytes_of_anything_do_no_harm),
		cmocka_unit_test(cut_and_changed_documents_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
