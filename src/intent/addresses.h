/* SPDX-License-Identifier: MIT */
/* The address plan of the whole node, worked out and checked before anything is written. */
#ifndef DOROCE_INTENT_ADDRESSES_H
#define DOROCE_INTENT_ADDRESSES_H

#include "intent/intent.h"
#include "intent/template.h"

/* Addresses and gateway of one matched port. wished: false for a port that is left alone; it keeps
 * its place in the sequence so that the others' addresses do not depend on it. */
struct address_plan {
	const struct port *port;
	const struct port_intent *entry;
	size_t place, turn; /* among all ports; among those of the sequence: see places.h */
	struct template_values values;
	bool wished, has_table; /* of its own, or by somebody else */
	struct placed_prefix *addr; /* out */
	size_t n;                   /* out */
	struct opt_ip gateway[2];   /* out: of IPv4, of IPv6 */
	struct place gateway_at[2]; /* out */
};

/* True when the port shall have no addresses but those wished. Where none are mentioned, all stay. */
bool flush_wanted(const struct intent *in, const struct address_plan *ap);

/* The gateway that ap has for addresses of the family. */
static inline const struct opt_ip *gateway_of(const struct address_plan *ap, uint8_t family)
{
	return &ap->gateway[family == AF_INET6];
}

/* Fill in addr, n and gateway. Errors: a template that has no value, out of the prefix, no address for a host,
 * network, broadcast or anycast address, equal to a gateway, used twice, already on another interface, gateway
 * outside of the port's subnets. A remark where ports seem to have moved up. 0, -EINVAL with d filled. Pure. */
int addresses_plan(const struct intent *in, struct address_plan *ap, size_t n,
		   const struct node *node, struct arena *a, struct remarks *remarks, struct diag *d);

#endif
