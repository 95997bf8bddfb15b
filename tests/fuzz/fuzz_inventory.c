/* SPDX-License-Identifier: MIT */
/* The document that a peer tells its ports by. */
#include <string.h>

#include "fake/must.h"
#include "fuzz/fuzz.h"
#include "validate/peer/inventory.h"

/* Ended, and harmless on a terminal. */
static void text_check(const char *text, size_t room)
{
	must(strnlen(text, room) < room);
	for (; *text; text++)
		must(*text > ' ' && *text < 0x7f);
}

static void port_check(const struct peer_port *p)
{
	text_check(p->name, sizeof(p->name));
	text_check(p->netdev, sizeof(p->netdev));
	for (size_t i = 0; i < p->addr_n; i++) {
		size_t bits = 8 * ip_size(p->addr[i].addr.family);

		must(bits && p->addr[i].len <= bits);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_arena a = { 0 };
	struct peer p = { 0 };
	struct err e = { 0 };

	if (inventory_read((const char *)data, size, &a, &p, &e) < 0) {
		must(e.text[0]);
		return 0;
	}
	text_check(p.host, sizeof(p.host));
	for (size_t i = 0; i < p.port_n; i++)
		port_check(&p.port[i]);
	return 0;
}
