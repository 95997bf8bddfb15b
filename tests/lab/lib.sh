# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What the scenarios of doroce have in common: hosts configured by it, responders, findings by name.
# shellcheck source=netns-lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../netns-lab/lib.sh"
# shellcheck source=tests/lab/intent.sh
. "$(dirname "${BASH_SOURCE[0]}")/intent.sh"

is_serving() {
	grep -q '^serving' "$LAB_DIR/serve-$1.log"
}

# serve HOST...: doroce serve in each, ready when this returns.
serve() {
	local host
	for host; do on_bg "$host" "serve-$host" doroce serve; done
	for host; do wait_for 20 is_serving "$host"; done
}

# Two hosts, two ports each, one subnet: configured by doroce, responders running.
two_hosts_serving() {
	topo two-hosts
	intent a 'sequence: {from: 10.9.0.1/24}' 'defaults: {mtu: 4200}' 'verify: {peers: [10.9.0.11]}'
	intent b 'sequence: {from: 10.9.0.11/24}' 'defaults: {mtu: 4200}' 'verify: {peers: [10.9.0.1]}'
	expect 0 on a doroce configure
	expect 0 on b doroce configure
	serve a b
}

# The same, verified.
two_hosts_configured() {
	two_hosts_serving
	expect_healthy a
	expect_healthy b
}

# expect_healthy HOST: verify finds nothing at all, and nothing was left out but QoS, which veth does not have, and ports of
# the host that IPv6 leads to each other by a gateway.
expect_healthy() {
	expect 0 on "$1" doroce verify --json
	expect_json '.verdict == "pass" and .counts.fail == 0 and .counts.warn == 0'
	expect_json '[.results[] | select(.verdict == "n/a" and .stage != "qos")
		| select(.check != "peer.inhost" or (.seen | startswith("IPv6") | not))] == []'
	expect_json '[.results[] | select(.check == "peer.connect")] | length > 0'
}

# expect_findings CHECK...: after a verify --json: exactly these checks failed of themselves (a setting as settings/NAME).
expect_findings() {
	local found wanted
	found=$(jq -r '.results[] | select(.verdict == "fail" and .follows == null)
		| if .check == "settings" then "settings/" + .subject else .check end' <<<"$OUT_STDOUT" | sort -u | xargs)
	wanted=$(printf '%s\n' "$@" | sort -u | xargs)
	[[ $found == "$wanted" ]] || fail_with_output "findings: '$found', expected '$wanted'"
}

# expect_finding CHECK PATTERN: a failed result of the check says so (seen, wanted, why, mend in one line).
expect_finding() {
	jq -r --arg check "$1" '.results[] | select(.verdict == "fail" and .check == $check)
		| "\(.port) \(.subject) seen \(.seen) wanted \(.wanted) why \(.why) mend \(.mend)"' <<<"$OUT_STDOUT" |
		grep -qE -e "$2" || fail_with_output "no finding of $1 matches '$2'"
}

# Two hosts behind one router: a subnet and a gateway for each port, responders running, verified.
routed_configured() {
	topo routed
	intent a 'ports:' '  - {match: {netdev: p0}, addresses: [10.10.0.1/24], gateway: 10.10.0.254}' \
		'  - {match: {netdev: p1}, addresses: [10.11.0.1/24], gateway: 10.11.0.254}' 'verify: {peers: [10.12.0.1]}'
	intent b 'ports:' '  - {match: {netdev: p0}, addresses: [10.12.0.1/24], gateway: 10.12.0.254}' \
		'  - {match: {netdev: p1}, addresses: [10.13.0.1/24], gateway: 10.13.0.254}' 'verify: {peers: [10.10.0.1]}'
	expect 0 on a doroce configure
	expect 0 on b doroce configure
	serve a b
	expect_healthy a
	expect_healthy b
}
