/* SPDX-License-Identifier: MIT */
/* Which ports somebody else's file means, and by what our own file may name a port. */
#include "persist/match.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "persist/upper.h"

static const char *netdev_of(const struct wish *const *w)
{
	return (*w)->port->link.name;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(netdev_of(a), netdev_of(b));
}

static int name_to_wish(const void *name, const void *w)
{
	return strcmp(name, netdev_of(w));
}

static int by_mac(const void *a, const void *b)
{
	const struct wish *const *x = a, *const *y = b;
	int r = memcmp((*x)->port->link.mac, (*y)->port->link.mac, MAC_LEN);

	return r ? r : by_name(a, b);
}

struct port_lookup port_lookup_make(const struct persist_in *in)
{
	size_t n = in->wishes->n, room = n ? n : 1;
	struct port_lookup lk = {
		.n = n,
		.by_name = arena_array(in->arena, const struct wish *, room),
		.by_mac = arena_array(in->arena, const struct wish *, room),
	};

	for (size_t i = 0; i < n; i++)
		lk.by_name[i] = lk.by_mac[i] = &in->wishes->at[i];
	qsort(lk.by_name, n, sizeof(*lk.by_name), by_name);
	qsort(lk.by_mac, n, sizeof(*lk.by_mac), by_mac);
	return lk;
}

const struct wish *port_lookup_name(const struct port_lookup *lk, const char *netdev)
{
	const struct wish **hit =
		bsearch(netdev, lk->by_name, lk->n, sizeof(*lk->by_name), name_to_wish);

	return hit ? *hit : NULL;
}

/* Place of the first port with this MAC address or a larger one. */
static size_t mac_place(const struct port_lookup *lk, const uint8_t mac[MAC_LEN])
{
	size_t low = 0, high = lk->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (memcmp(lk->by_mac[mid]->port->link.mac, mac, MAC_LEN) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool has_mac(const struct port_lookup *lk, size_t i, const uint8_t mac[MAC_LEN])
{
	return i < lk->n && memcmp(lk->by_mac[i]->port->link.mac, mac, MAC_LEN) == 0;
}

/* The next word of the list, NULL at its end. */
static char *word_next(struct arena *a, const char **at)
{
	const char *word = *at + strspn(*at, " \t");
	size_t len = strcspn(word, " \t");

	*at = word + len;
	return len ? arena_printf(a, "%.*s", (int)len, word) : NULL;
}

static bool list_fits(const char *list, const char *value, int flags, struct arena *a)
{
	bool inverted = list && *list == '!';
	const char *at = inverted ? list + 1 : list;
	char *word;

	if (!list)
		return true;
	while ((word = word_next(a, &at)))
		if (fnmatch(word, value, flags) == 0)
			return !inverted;
	return inverted;
}

/* A VLAN has neither slot nor driver nor permanent address of the port below, whose RDMA device it shares. */
static bool match_fits(const struct port_match *m, const struct port *p, struct arena *a)
{
	const char *pci = p->link.vlan_id ? "" : p->rdma.pci;
	char mac[MAC_TEXT], path[PCI_TEXT + 8];

	if (p->link.vlan_id && (m->driver || (m->mac && !m->mac_now)))
		return false;
	snprintf(path, sizeof(path), "%s%s", pci[0] ? "pci-" : "", pci);
	return list_fits(m->name, p->link.name, 0, a) && list_fits(m->kind, p->link.kind, 0, a) &&
	       list_fits(m->mac, mac_text(p->link.mac, mac), FNM_CASEFOLD, a) &&
	       list_fits(m->type, link_is_made(&p->link) ? p->link.kind : "ether", 0, a) && list_fits(m->path, path, 0, a) &&
	       /* soft-RoCE tells its own driver, not that of the netdev below it */
	       (!pci[0] || list_fits(m->driver, p->rdma.driver, 0, a));
}

static bool is_whole(const char *list)
{
	return list && !strpbrk(list, "!*?[");
}

bool port_match_is_exact(const struct port_match *m)
{
	return (is_whole(m->name) && !strpbrk(m->name, " \t")) ||
	       (is_whole(m->mac) && !strpbrk(m->mac, " \t"));
}

static void find_one(const struct port_match *m, const struct wish *w, struct arena *a,
		     struct wish_list *ret)
{
	if (w && match_fits(m, w->port, a))
		*vec_add(a, ret) = w;
}

static void find_by_mac(const struct port_match *m, const struct port_lookup *lk, struct arena *a,
			struct wish_list *ret)
{
	const char *at = m->mac, *word;
	uint8_t mac[MAC_LEN];

	while ((word = word_next(a, &at))) {
		if (sscanf(word, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[0], &mac[1], &mac[2],
			   &mac[3], &mac[4], &mac[5]) != MAC_LEN)
			continue;
		for (size_t i = mac_place(lk, mac); has_mac(lk, i, mac); i++)
			find_one(m, lk->by_mac[i], a, ret);
	}
}

void port_match_find(const struct port_match *m, const struct port_lookup *lk, struct arena *a,
		     struct wish_list *ret)
{
	const char *at = m->name, *word;

	if (is_whole(m->name)) {
		while ((word = word_next(a, &at)))
			find_one(m, port_lookup_name(lk, word), a, ret);
	} else if (is_whole(m->mac)) {
		find_by_mac(m, lk, a, ret);
	} else {
		for (size_t i = 0; i < lk->n; i++)
			find_one(m, lk->by_name[i], a, ret);
	}
}

/* Names that systemd-networkd and netplan take as they stand: printable ASCII, not a number alone,
 * nothing that is a glob, a quote or an escape. */
static bool name_is_held(const char *name)
{
	for (const char *c = name; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr(":/%*?[]!\"'\\", *c))
			return false;
	return name[strspn(name, "0123456789")] && strcmp(name, "all") != 0 &&
	       strcmp(name, "default") != 0;
}

static bool name_is_counted(const char *name)
{
	return strncmp(name, "eth", 3) == 0 && name[3] && !name[3 + strspn(name + 3, "0123456789")];
}

/* An address that its maker gave to this port alone: the permanent one, not one set later. */
static bool mac_is_own(const struct port_lookup *lk, const struct port *p)
{
	static const uint8_t none[MAC_LEN];
	const uint8_t *mac = p->link.mac;
	size_t i = mac_place(lk, mac);

	return p->rdma.pci[0] && !p->link.kind[0] && !(mac[0] & 3) &&
	       memcmp(mac, none, MAC_LEN) != 0 && !has_mac(lk, i + 1, mac);
}

bool port_identity(const struct port_lookup *lk, const struct wish *w, struct arena *a,
		   const char **ret_mac)
{
	const struct port *p = w->port;
	bool held = name_is_held(p->link.name);
	char mac[MAC_TEXT];

	*ret_mac = NULL;
	if ((!held || name_is_counted(p->link.name)) && mac_is_own(lk, p)) {
		*ret_mac = arena_strdup(a, mac_text(p->link.mac, mac));
		return true;
	}
	return held;
}
