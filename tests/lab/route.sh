# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What the scenarios of stage route have in common: refusals foretold, and refusals seen.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# expect_refusals HOST OWN CAUSE PATTERN PEER...: route.back of HOST fails for exactly these peers of the address OWN.
expect_refusals() {
	local host=$1 own=$2 cause=$3 pattern=$4 peer
	local failed='.results[] | select(.check == "route.back" and .verdict == "fail")'
	shift 4
	expect 3 on "$host" doroce verify --json --stage route
	for peer; do expect_finding route.back " $peer to $own seen will refuse connects from $peer: $pattern"; done
	expect_json "[$failed | .finding] | length == $# and all(. == \"$cause\")"
}

# expect_refused HOST OWN: half of the connects of HOST, those to OWN, end with reject 28; the others pass.
expect_refused() {
	local connects='.results[] | select(.check == "peer.connect"'
	expect 3 on "$1" doroce verify --json --stage peer --timeout 4000
	expect_json "[$connects and (.subject | contains(\"to $2 \"))) | .finding] | length == 2 and all(. == \"refused-by-route\")"
	expect_json "[$connects and (.subject | contains(\"to $2 \") | not)) | .verdict] | length == 2 and all(. == \"pass\")"
}
