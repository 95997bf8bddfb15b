/* SPDX-License-Identifier: MIT */
/* LLDP: who and where the neighbour is. IEEE 802.1AB-2016 clauses 8.5.2, 8.5.3, 8.5.5, 8.5.6. */
#include <stdio.h>
#include <string.h>

#include "base/ip.h"
#include "port/lldp/tlv.h"

/* What an ID is made of, by its subtype, which differ between chassis and port. */
enum id_kind { ID_RESERVED, ID_TEXT, ID_MAC, ID_NETWORK };

static const enum id_kind chassis_kinds[] = { ID_RESERVED, ID_TEXT, ID_TEXT, ID_TEXT, ID_MAC, ID_NETWORK, ID_TEXT, ID_TEXT };
static const enum id_kind port_kinds[] = { ID_RESERVED, ID_TEXT, ID_TEXT, ID_MAC, ID_NETWORK, ID_TEXT, ID_TEXT, ID_TEXT };

/* IANA address family numbers */
enum { FAMILY_IPV4 = 1, FAMILY_IPV6 = 2 };

/* It is printed on the operator's terminal: only what is harmless there. */
static void text_copy(const uint8_t *from, size_t len, char ret[LLDP_TEXT])
{
	size_t n = min_size(len, LLDP_TEXT - 1);

	for (size_t i = 0; i < n; i++)
		ret[i] = from[i] >= ' ' && from[i] < 0x7f ? (char)from[i] : '?';
	ret[n] = '\0';
}

/* at[0]: the family. An address of another one, or of none, is told by its bytes. */
static int network_read(const struct tlv *t, const uint8_t *at, size_t len, char ret[LLDP_TEXT], struct err *e)
{
	uint8_t family = at[0] == FAMILY_IPV4 ? AF_INET : at[0] == FAMILY_IPV6 ? AF_INET6 : 0;
	struct ip ip;

	if (family && len != 1 + ip_size(family))
		return tlv_bad(t, 1, e, "an address of family %u has %zu B, not %zu", at[0], ip_size(family), len - 1);
	if (!family) {
		text_copy(at + 1, len - 1, ret);
		return 0;
	}
	ip = ip_of(family, at + 1);
	ip_text(&ip, ret);
	return 0;
}

/* The first byte is the subtype, one more at least follows. */
static int id_read(const struct tlv *t, const enum id_kind *kinds, size_t n, char ret[LLDP_TEXT], struct err *e)
{
	enum id_kind kind = t->at[0] < n ? kinds[t->at[0]] : ID_RESERVED;
	const uint8_t *at = t->at + 1;
	size_t len = t->len - 1;

	if (kind == ID_RESERVED)
		return tlv_bad(t, 0, e, "subtype %u is reserved", t->at[0]);
	if (kind == ID_MAC && len != MAC_LEN)
		return tlv_bad(t, 1, e, "a MAC address has %d B, not %zu", MAC_LEN, len);
	if (kind == ID_NETWORK)
		return network_read(t, at, len, ret, e);
	if (kind == ID_MAC)
		mac_text(at, ret);
	else
		text_copy(at, len, ret);
	return 0;
}

int tlv_chassis(const struct tlv *t, struct lldp *l, struct err *e)
{
	return id_read(t, chassis_kinds, ARRAY_LEN(chassis_kinds), l->chassis, e);
}

int tlv_port(const struct tlv *t, struct lldp *l, struct err *e)
{
	return id_read(t, port_kinds, ARRAY_LEN(port_kinds), l->port, e);
}

int tlv_port_description(const struct tlv *t, struct lldp *l, struct err *e)
{
	(void)e;
	text_copy(t->at, t->len, l->port_description);
	return 0;
}

int tlv_system_name(const struct tlv *t, struct lldp *l, struct err *e)
{
	(void)e;
	text_copy(t->at, t->len, l->system_name);
	return 0;
}
