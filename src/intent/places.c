/* SPDX-License-Identifier: MIT */
/* Which place a port has among all: the sequence counts by it, and a rail that nothing is said of. */
#include "intent/places.h"

#include <string.h>

static bool is_exact(const char *pattern)
{
	return pattern && !strpbrk(pattern, "*?[\\");
}

/* Names may change with the ports that are there; these two do not. */
static bool names_one_port(const struct match *m)
{
	return is_exact(m->pci) || is_exact(m->mac);
}

/* A device of two ports has one PCI address. */
static bool has_twins(const struct address_plan *ap, size_t n, const struct port_intent *first, bool *seen)
{
	for (size_t i = 0; i < n; i++) {
		bool *s = &seen[ap[i].entry - first];

		if (*s)
			return true;
		*s = true;
	}
	return false;
}

static bool counts_by_list(const struct intent *in, const struct address_plan *ap, size_t n)
{
	auto_arena a = { 0 };

	for vec_each(pi, &in->ports)
		if (!names_one_port(&pi->match))
			return false;
	return in->has_ports && in->ports.n &&
	       !has_twins(ap, n, in->ports.at, arena_array(&a, bool, in->ports.n));
}

bool draws_from_sequence(const struct intent *in, const struct port_intent *pi)
{
	return in->sequence.v.addr.family && !pi->addresses.n && !pi->no_addresses &&
	       !pi->not_ours[SETTING_ADDRESS];
}

/* Place and turn of every entry, in the order of the list. */
static void list_count(const struct intent *in, struct address_plan *ap, size_t n)
{
	auto_arena a = { 0 };
	size_t *turn = arena_array(&a, size_t, in->ports.n), drawn = 0;

	for (size_t i = 0; i < in->ports.n; i++) {
		turn[i] = drawn;
		drawn += draws_from_sequence(in, &in->ports.at[i]);
	}
	for (size_t i = 0; i < n; i++) {
		ap[i].place = (size_t)(ap[i].entry - in->ports.at);
		ap[i].turn = turn[ap[i].place];
	}
}

void places_count(const struct intent *in, struct address_plan *ap, size_t n)
{
	size_t drawn = 0;

	if (counts_by_list(in, ap, n)) {
		list_count(in, ap, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		ap[i].place = i;
		ap[i].turn = drawn;
		drawn += draws_from_sequence(in, ap[i].entry);
	}
}
