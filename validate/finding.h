/* SPDX-License-Identifier: MIT */
/* The names of what checks find: a finding is one row in finding.c. */
#ifndef DOROCE_VALIDATE_FINDING_H
#define DOROCE_VALIDATE_FINDING_H

#include <stdbool.h>

/* In the order of the stages. FINDING_NONE: the check fails in one way alone, and its name says it. */
enum finding_id {
	FINDING_NONE,
	/* switch */
	FINDING_LLDP_SILENT,
	FINDING_LLDP_MALFORMED,
	FINDING_SWITCH_MTU_SMALL,
	FINDING_SWITCH_PFC_DIFFERS,
	FINDING_SWITCH_ETS_DIFFERS,
	FINDING_SWITCH_APP_DIFFERS,
	/* route */
	FINDING_ROUTE_SHADOWED,
	FINDING_ROUTE_FELL_TO_MAIN,
	FINDING_ROUTE_RULE_MISSING,
	FINDING_RULE_IIF,
	FINDING_ROUTE_VRF,
	FINDING_ROUTE_REFUSED,
	FINDING_ROUTE_MISSING,
	FINDING_ROUTE_OTHER_PORT,
	FINDING_GATEWAY_OWN,
	FINDING_GATEWAY_OTHER_PORT,
	FINDING_GATEWAY_WRONG,
	FINDING_RULE_TWICE,
	FINDING_ROUTE_TWICE,
	/* neighbour */
	FINDING_NO_LINK_LOCAL,
	FINDING_ADDRESS_TENTATIVE,
	FINDING_ADDRESS_DUPLICATE,
	FINDING_GATEWAY_SILENT,
	FINDING_PEER_SILENT,
	FINDING_CABLES_SWAPPED,
	FINDING_PEER_ADDRESS_ELSEWHERE,
	FINDING_ARP_FLUX,
	FINDING_ADDRESS_TWICE,
	FINDING_STRANGER_ANSWERS,
	FINDING_PROXY_ANSWERS,
	FINDING_NEIGHBOUR_BY_HAND,
	FINDING_OTHER_PORT_ANSWERS,
	/* loop and peer: how a connect ends */
	FINDING_OTHER_DEVICE,
	FINDING_SOURCE_NOT_HERE,
	FINDING_SOURCE_WITHOUT_GID,
	FINDING_NETWORK_UNREACHABLE,
	FINDING_CALL_REFUSED,
	FINDING_NEXT_HOP_SILENT,
	FINDING_NO_PATH,
	FINDING_REQUEST_UNANSWERED,
	FINDING_NO_LISTENER,
	FINDING_NO_WAY_BACK,
	FINDING_REFUSED_BY_ROUTE,
	FINDING_REFUSED,
	FINDING_PAYLOAD_LOST,
	FINDING_PAYLOAD_FAILED,
	FINDING_CONNECT_STUCK,
	FINDING_PAYLOAD_CHANGED,
	FINDING_OTHER_PROTOCOL,
	FINDING_PEER_LEFT,
	/* who may ask a responder */
	FINDING_NOT_ANSWERED,
	FINDING_PEER_WANTS_KEY,
	FINDING_PEER_WITHOUT_KEY,
	FINDING_OTHER_KEY,
	FINDING_RESPONDER_BUSY,
	FINDING_PORTS_APART,
	FINDINGS
};

/* What doroce explain says of it, and where a result has no better text of its own, what the result says.
 * check: the one that finds it. */
struct finding {
	const char *id; /* "arp-flux" */
	const char *check;
	const char *what; /* in one line */
	const char *why;
	const char *mend;
};

extern const struct finding findings[FINDINGS]; /* the row of FINDING_NONE is empty */

struct result;

/* The result found it: its why and mend are the row's. */
void result_found(struct result *r, enum finding_id id);

/* What a warning or a failure is called: as the finding, else as its check. */
const char *result_name(const struct result *r);

#endif
