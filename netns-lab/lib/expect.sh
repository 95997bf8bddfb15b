# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Expectations: what a scenario says about a command's exit status and output. One that is not met ends the scenario.

OUT='' OUT_STDOUT='' OUT_STDERR=''	# of the last expect

# Where the scenario is: the innermost caller that is not part of the library.
lab_place() {
	local i
	for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
		if [[ ! ${BASH_SOURCE[i]} =~ netns-lab/lib(\.sh|/) ]]; then
			echo "${BASH_SOURCE[i]##*/}:${BASH_LINENO[i - 1]}"
			return
		fi
	done
	echo "${0##*/}"
}

step() {
	echo "# $*"
}

# fail MESSAGE: ends the scenario.
fail() {
	echo "$(lab_place): $*" >&2
	lab_failed=1
	exit 1
}

# skip REASON: ends the scenario as one which cannot run here.
skip() {
	echo "# skip: $*"
	exit 77
}

fail_with_output() {
	fail "$1"$'\n'"--- output of: $lab_last"$'\n'"$OUT"$'\n'"---"
}

# expect STATUS COMMAND...: output is in $OUT (both), $OUT_STDOUT, $OUT_STDERR. STATUS "!" is any but 0.
expect() {
	local want=$1 status=0
	shift
	lab_last=$*
	"$@" >"$LAB_WORK/stdout" 2>"$LAB_WORK/stderr" || status=$?
	OUT_STDOUT=$(<"$LAB_WORK/stdout")
	OUT_STDERR=$(<"$LAB_WORK/stderr")
	OUT=$OUT_STDOUT${OUT_STDERR:+${OUT_STDOUT:+$'\n'}$OUT_STDERR}
	if [[ $want == '!' ]]; then
		((status != 0)) || fail_with_output "exit status 0, expected a failure"
	elif ((status != want)); then
		fail_with_output "exit status $status, expected $want"
	fi
}

# expect_text PATTERN, reject_text PATTERN: extended regular expression, line by line.
expect_text() {
	grep -qE -e "$1" <<<"$OUT" || fail_with_output "nothing matches '$1'"
}

reject_text() {
	! grep -qE -e "$1" <<<"$OUT" || fail_with_output "matches '$1', but must not"
}

# expect_json FILTER: jq's, on standard output; it must give something else than false and null.
expect_json() {
	jq -e "$1" <<<"$OUT_STDOUT" >/dev/null || fail_with_output "not so: $1"
}

# wait_for SECONDS COMMAND...: until it succeeds; asked 20 times a second, then less and less, down to twice: under emulation
# asking takes more time than what is waited for.
wait_for() {
	local limit=$1 end=${EPOCHREALTIME/./} pause_ms=50 pause
	shift
	end=$((end + limit * 1000000))
	until "$@"; do
		((${EPOCHREALTIME/./} < end)) || fail "not within $limit s: $*"
		printf -v pause '0.%03d' "$pause_ms"
		sleep "$pause"
		((pause_ms > 400)) || pause_ms=$((pause_ms * 5 / 4))
	done
}
