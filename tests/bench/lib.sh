# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Measuring in the lab: wall clock of whole commands, taken in turn, medians and ratios of them.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lab/lib.sh"

declare -A bench_us=()	# name -> microseconds of each run

# timed NAME COMMAND...: runs it and notes how long it took.
timed() {
	local name=$1 start status=0
	shift
	start=${EPOCHREALTIME/./}
	"$@" >"$LAB_WORK/timed" 2>&1 || status=$?
	bench_us[$name]+=" $((${EPOCHREALTIME/./} - start))"
	if ((status != 0)); then
		cat "$LAB_WORK/timed"
		fail "exit status $status: $*"
	fi
}

median_us() {
	local sorted
	mapfile -t sorted < <(tr ' ' '\n' <<<"${bench_us[$1]}" | grep . | sort -n)
	echo "${sorted[${#sorted[@]} / 2]}"
}

# ratio TEXT A B GOAL: median of A against median of B.
ratio() {
	awk -v what="$1" -v a="$(median_us "$2")" -v b="$(median_us "$3")" -v goal="$4" 'BEGIN {
		printf "%-58s %7.1f ms against %7.1f ms: %6.2f x  (goal %s)\n", what, a / 1000, b / 1000, a / b, goal }'
}

# cmtime_timed NAME SOURCE ADDRESS CONNECTS: of h1 to the first port of h2; that many with queue pairs, and without.
cmtime_timed() {
	local port=$((20000 + cmtime_runs++))
	on_bg h2 "cmtime-$port" cmtime -b "$3" -p "$port" -c "$4"
	wait_for 30 cm_listens "$port" rxe_h2_0/1
	timed "$1" on h1 cmtime -s "$3" -b "$2" -p "$port" -c "$4"
	stop_bg "cmtime-$port" || true
}
cmtime_runs=0
