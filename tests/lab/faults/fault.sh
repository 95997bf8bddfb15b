# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# One fault of the matrix: what a file of it says (README), and how it is tried.
# shellcheck source=tests/lab/faults/ways.sh
. "$(dirname "${BASH_SOURCE[0]}")/ways.sh"

fault_topology=() fault_what='' fault_hosts=() fault_says=() fault_options=(--timeout 2500)
declare -A fault_named=()	# host -> what verify must name there

# in_topology TOPOLOGY 4|6: that of the group.
in_topology() {
	fault_topology=("$@")
}

fault_topology_up() {
	configured "${fault_topology[@]}"
}

what() {
	fault_what=$*
}

# names HOST [NAME]...: verify on HOST names exactly these as what stands for itself, and is healthy when all is mended.
names() {
	fault_hosts+=("$1")
	fault_named[$1]=$(printf '%s\n' "${@:2}" | sort -u | xargs)
}

# says HOST PATTERN: one of the results there that are no pass, in one line, matches.
says() {
	fault_says+=("$1 $2")
}

# asks OPTION...: further options of the verify that names it.
asks() {
	fault_options+=("$@")
}

# What is wrong by itself, of the last verify --json: the finding's name, settings/NAME of a setting.
fault_roots() {
	jq -r '.results[] | select((.verdict == "fail" or .verdict == "warn") and .follows == null)
		| if .finding != .check then .finding elif .check == "settings" then "settings/" + .subject else .check end' \
		<<<"$OUT_STDOUT" | sort -u | xargs
}

# "NAME PORT SUBJECT seen … wanted … why … mend … follows …" of each result that is no pass. Left out: veth has no
# QoS, and with IPv6 not all ports of one host can meet.
fault_lines() {
	jq -r '.results[] | select(.verdict != "pass" and (.verdict == "n/a" and
			(.stage == "qos" or (.check == "peer.inhost" and (.seen | startswith("IPv6")))) | not))
		| "\(.finding // .check) \(.port) \(.subject) seen \(.seen) wanted \(.wanted) why \(.why) mend \(.mend) follows \(.follows)"' \
		<<<"$OUT_STDOUT"
}

# A name that a result follows from is that of another one which is wrong.
fault_causes_are_there() {
	jq -e '[.results[] | select(.verdict == "fail" or .verdict == "warn") | .check, .finding] as $wrong
		| [.results[] | .follows | values] - $wrong == []' <<<"$OUT_STDOUT" >/dev/null
}

# fault_verify HOST [OPTION]...
fault_verify() {
	local status=0
	lab_last="doroce verify on $1"
	on "$1" doroce verify --json "${@:2}" >"$LAB_WORK/stdout" 2>"$LAB_WORK/stderr" || status=$?
	OUT_STDOUT=$(<"$LAB_WORK/stdout") OUT=$(fault_lines)$(<"$LAB_WORK/stderr")
	((status == 0 || status == 3)) || fail_with_output "exit status $status"
}

# rdma_cm sends a request that was lost again after 4 s: what a busy machine has lost is asked for once more, with patience.
# The table counts how often.
fault_look() {
	fault_verify "$@"
	if "$fault_as_wanted" "$1"; then return; fi
	{ echo "$1:" && fault_roots; } >>"$LAB_DIR/again"
	fault_verify "$@" --timeout 8000
}

fault_is_named() {
	[[ $(fault_roots) == "${fault_named[$1]}" ]]
}

fault_judge() {
	local host=$1 say fault_as_wanted=fault_is_named
	fault_look "$host" "${fault_options[@]}"
	fault_roots >"$LAB_DIR/named-$host"
	fault_is_named "$host" ||
		fail_with_output "$host names '$(fault_roots)', expected '${fault_named[$host]}'"
	fault_causes_are_there || fail_with_output "$host: a result follows from nothing"
	for say in "${fault_says[@]}"; do
		[[ ${say%% *} != "$host" ]] || grep -qE -e "${say#* }" <<<"$OUT" ||
			fail_with_output "$host: nothing matches '${say#* }'"
	done
}

fault_is_gone() {
	[[ ! $OUT ]]
}

# As expect_healthy, with the few lines that are wrong as output.
fault_is_mended() {
	local fault_as_wanted=fault_is_gone
	fault_look "$1"
	[[ ! $OUT ]] || fail_with_output "$1 is not healthy when all is mended"
	expect_json '.verdict == "pass" and ([.results[] | select(.check == "peer.connect")] | length > 0)'
}

# fault_try FILE: in a shell of its own, which ends at the first thing that is not as it should be.
fault_try() {
	local host
	# shellcheck source=/dev/null
	. "$1"
	echo "$fault_what" >"$LAB_DIR/what"
	breaks
	for host in "${fault_hosts[@]}"; do fault_judge "$host"; done
	if ! declare -F mends >/dev/null; then return; fi
	mends
	for host in "${fault_hosts[@]}"; do fault_is_mended "$host"; done
}
