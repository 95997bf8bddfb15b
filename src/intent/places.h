/* SPDX-License-Identifier: MIT */
/* Which place a port has among all: the sequence counts by it, and a rail that nothing is said of. */
#ifndef DOROCE_INTENT_PLACES_H
#define DOROCE_INTENT_PLACES_H

#include "intent/addresses.h"

/* True when the port of the entry takes its address from the sequence. */
bool draws_from_sequence(const struct intent *in, const struct port_intent *pi);

/* Fill in place and turn of every port. Where each entry of `ports:` names one port, by its PCI or MAC address,
 * the order of the list counts, and a port that is absent keeps its place; else the order of the ports. */
void places_count(const struct intent *in, struct address_plan *ap, size_t n);

#endif
