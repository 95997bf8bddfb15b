# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031 # LAB_WORK of a worker is meant to be its own
# What the crash scenarios have in common: hosts with foreign state, doroce ended at its cut points, two hosts at a time.
# shellcheck source=tests/lab/snapshot.sh
. "$(dirname "${BASH_SOURCE[0]}")/snapshot.sh"

cut_library=$LAB_WORK/bin/libcut.so
declare -A crash_before=() crash_worker=()	# host -> snapshot; host -> process id

# cut HOST WORD=VALUE... -- ARGUMENT...: doroce with the library cut/cut.c told so.
cut() {
	local host=$1 words=()
	shift
	while [[ $1 != -- ]]; do
		words+=("$1")
		shift
	done
	on "$host" env "LD_PRELOAD=$cut_library" "${words[@]}" doroce "${@:2}"
}

# is_stopped PROCESS
is_stopped() {
	[[ $(<"/proc/$1/stat") == *') T '* ]]
}

# What is there before doroce comes, and none of its business: it must be there afterwards.
# Routes on a port that is down are gone: p0 has those, p1 is down. Nobody looks for duplicates of IPv6 addresses here:
# that is a second for each configure.
crash_foreign() {
	local host=$1 net=$2
	on "$host" sysctl -q net.ipv4.conf.{p0,p1}.{arp_filter,arp_accept,rp_filter}=1 net.ipv6.conf.{p0,p1}.dad_transmits=0
	on "$host" ip -batch - <<-EOT
		link set p0 mtu 2000
		link set p1 mtu 1600
		address add 10.77.0.$net/24 dev p0
		route add 10.78.0.0/16 via 10.77.0.200 dev p0 metric 50 mtu lock 1400 table 555
		route add 10.79.0.0/16 via 10.77.0.200 dev p0
		route add default dev p0 table 101 mtu 1500 advmss 1300 initcwnd 20 proto static
		rule add from 10.77.0.0/24 lookup 555 priority 1000
		address add fd77::$net/64 dev p0 nodad
		address add 10.76.0.$net/24 dev p1
		route add fd78::/64 via fd77::200 dev p0 metric 77
		link set p1 down
	EOT
}

# Files of an earlier run: one that is to be changed, and keeps its mode, and one that is to go; two more are to come.
crash_files() {
	local mark='# Written by doroce. Changes here are lost: change /etc/doroce.yaml and run doroce configure --persist.'
	on "$1" tee /etc/sysctl.d/90-doroce.conf < <(printf '%s\n' "$mark" 'net/ipv4/conf/p0/arp_ignore = 0') >/dev/null
	on "$1" tee /etc/systemd/network/70-doroce-old.network < <(printf '%s\n' "$mark" '[Match]' 'Name=old') >/dev/null
	on "$1" chmod 0640 /etc/sysctl.d/90-doroce.conf
}

# crash_host HOST N [LINE...]: foreign state, an intent of both families that differs from it in every setting (LINE: more
# of it), and what there is before. Addresses end in N and N + 1.
crash_host() {
	local host=$1 n=$2
	crash_foreign "$host" "$n"
	crash_files "$host"
	intent "$host" 'defaults: {mtu: 4000, gateway: [10.9.0.254, 'fd01::fe'], ipv6: {accept_ra: 0, keep_addr_on_down: 1}}' 'ports:' \
		"  - {match: {netdev: p0}, addresses: [10.9.0.$n/24, 'fd01::$n/64']}" \
		"  - {match: {netdev: p1}, addresses: [10.9.0.$((n + 1))/24, 'fd01::$((n + 1))/64']}" "${@:3}"
	crash_before[$host]=$(snapshot_settled "$host")
}

# Names of the rows of src/setting/table.c; that each row is understood here is checked, too.
settings_of_table() {
	local table=$LAB_CHECKOUT/src/setting/table.c rows names
	rows=$(grep -c '^	\[SETTING_' "$table")
	names=$(sed -n 's/.*\.name = "\([a-z0-9_]*\)".*/\1/p; s/.*_ROW("\([a-z0-9_]*\)".*/\1/p' "$table" | sort -u)
	[[ $rows == "$(wc -l <<<"$names")" ]] || fail "$rows rows of the table, names: ${names//$'\n'/ }"
	echo "$names"
}

# Rows of the table that a plan of veth ports can not have: those of crash-qos, on labnic; and those that only hardware
# has (files, registers, RoCE v1), which fail one by one on a kernel in memory (tests/unit/apply/test_txn.c).
settings_of_labnic='dcbx pause buffer cable_length ets maxrate dscp_prio trust pfc vlan_egress tos tcp_ecn'
settings_of_hardware='roce_mode traffic_class ecn_np ecn_rp cnp_dscp cnp_prio accel_retransmission accel_tx_window
	accel_slow_restart selective_repeat rttcc'

words() {
	tr -s ' \t' '\n' <<<"$*" | sort -u
}

# expect_every_setting HOST: a row of the table that is in no plan of these scenarios has no place in the matrix: it
# needs one.
expect_every_setting() {
	local planned missing
	expect 3 on "$1" doroce plan --json
	planned=$(jq -r '.changes[].setting' <<<"$OUT_STDOUT" | sort -u)
	missing=$(comm -23 <(settings_of_table) <(words "$planned" "$settings_of_labnic" "$settings_of_hardware"))
	[[ ! $missing ]] || fail "not in the plan of the crash matrix: ${missing//$'\n'/ }"
}

# worker NAME COMMAND...: in the background, with output of `expect` for itself.
worker() {
	local name=$1
	shift
	mkdir -p "$LAB_WORK/worker-$name"
	(
		trap - EXIT
		LAB_WORK=$LAB_WORK/worker-$name
		"$@"
	) &
	crash_worker[$name]=$!
}

workers_wait() {
	local name status=0
	for name in "${!crash_worker[@]}"; do
		wait "${crash_worker[$name]}" || status=1
		unset "crash_worker[$name]"
	done
	((status == 0)) || fail "see above"
}

# cut_configure HOST N WORD...: configure dies at the N-th cut point, revert makes all as it was.
# Returns 1 when there is no N-th.
cut_configure() {
	local host=$1 n=$2
	shift 2
	cut_or_end "$host" "$n" "$@" -- configure --no-probe || return 1
	expect 0 on "$host" doroce revert
	expect_snapshot "$host" "${crash_before[$host]}" "configure killed at cut point $n (${*:-after it})"
}

# expect_half_back HOST: a revert that has died between its first and its last record is named by any command, and
# nothing is built upon it. Counts in crash_half.
expect_half_back() {
	expect 0 on "$1" doroce history --json
	if [[ $(jq -r '.journals[0].state' <<<"$OUT_STDOUT") != undoing ]]; then return; fi
	expect 0 on "$1" doroce show
	expect_text 'was being taken back and that did not end: .doroce revert'
	expect 1 on "$1" doroce configure --no-probe
	expect_text 'was being taken back .*nothing was changed'
	((++crash_half))
}
crash_half=0

# cut_revert HOST N WORD...: the same of a revert of what has been configured.
cut_revert() {
	local host=$1 n=$2
	shift 2
	expect 0 on "$host" doroce configure --no-probe
	if ! cut_or_end "$host" "$n" "$@" -- revert; then
		expect_snapshot "$host" "${crash_before[$host]}" "a whole revert"
		return 1
	fi
	if ((n % 8 == 3 || n % 8 == 4)); then expect_half_back "$host"; fi
	expect 0 on "$host" doroce revert
	expect_snapshot "$host" "${crash_before[$host]}" "revert killed at cut point $n (${*:-after it})"
}

# cut_or_end HOST N WORD... -- ARGUMENT...: true when it was killed, false when it came to its end before.
cut_or_end() {
	local host=$1 n=$2 status=0
	shift 2
	cut "$host" "CUT=$n" "$@" >"$LAB_WORK/cut" 2>&1 || status=$?
	if ((status == 0)); then return 1; fi
	((status == 137)) || fail "cut point $n: exit status $status: $(<"$LAB_WORK/cut")"
}

# matrix HOST FIRST WORD...: every second cut point of configure, then of revert, from the first named on: two hosts
# share all of them.
matrix() {
	local host=$1 first=$2 n start=$SECONDS m
	shift 2
	for ((n = first; ; n += 2)); do cut_configure "$host" "$n" "$@" || break; done
	((n > 30)) || fail "only $((n - 1)) cut points in configure: the library does not see them"
	expect 0 on "$host" doroce revert
	expect_snapshot "$host" "${crash_before[$host]}" "configured and reverted"
	for ((m = first; ; m += 2)); do cut_revert "$host" "$m" "$@" || break; done
	((m > 30)) || fail "only $((m - 1)) cut points in revert: the library does not see them"
	((crash_half > 2)) || fail "only $crash_half reverts were seen half way"
	echo "# $host: every second of $((n - 1)) cut points of configure, $((m - 1)) of revert, ${*:-after each}, $((SECONDS - start)) s"
}
