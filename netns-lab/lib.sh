# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What a scenario of the lab sources first. Functions: lib/topo.sh, lib/host.sh, lib/expect.sh.
#
#   . "$(dirname "$0")/../../netns-lab/lib.sh"
#   topo two-hosts
#   expect 0 on a doroce show
#
# Variables: LAB_DIR      a directory for files of the scenario, kept by `lab run --keep`
#            DOROCE_BUILD the build; its programs are in PATH
#            LAB_CHECKOUT the checkout
set -Eeuo pipefail

lab_home=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

# Started by hand, outside of a lab: have it started by the lab.
if [[ ! ${LAB_WORK:-} ]]; then exec "$lab_home/lab" run "$0"; fi

# shellcheck source=netns-lab/lib/expect.sh
. "$lab_home/lib/expect.sh"
# shellcheck source=netns-lab/lib/host.sh
. "$lab_home/lib/host.sh"
# shellcheck source=netns-lab/lib/topo.sh
. "$lab_home/lib/topo.sh"

lab_failed=
lab_last=

# Processes of the scenario other than itself: in its pid namespace are only they, and the first process above it.
# One without a command line has ended already.
lab_others() {
	local path command
	for path in /proc/[0-9]*; do
		case ${path#/proc/} in
		1 | "$$" | "$PPID" | "$BASHPID") ;;
		*) if read -rd '' command <"$path/cmdline" && [[ $command ]]; then echo "${path#/proc/}"; fi ;;
		esac
	done 2>/dev/null
}

lab_others_gone() {
	[[ ! $(lab_others) ]]
}

lab_kill() {
	local signal=$1 pid
	for pid in $(lab_others); do kill "-$signal" "$pid" 2>/dev/null; done
}

lab_show_logs() {
	local log
	for log in "$LAB_DIR"/*.log; do
		if [[ -s $log ]]; then
			echo "--- ${log##*/}"
			tail -n 15 "$log"
		fi
	done >&2
}

lab_end() {
	local status=$? n
	trap - EXIT ERR TERM
	set +e
	if ((status != 0 && status != 77)); then lab_show_logs; fi
	lab_kill TERM
	for ((n = 0; n < 20; n++)); do
		if lab_others_gone; then break; fi
		sleep 0.05
	done
	lab_kill KILL
	topo_down
	exit "$status"
}

lab_error() {
	if [[ ! $lab_failed ]]; then echo "$1: exit status $2: $3" >&2; fi
	lab_failed=1
}

# In a trap the innermost line number is lost: the callers' are what is known.
lab_terminated() {
	local i
	echo "ended in: $1" >&2
	for ((i = 1; i < ${#FUNCNAME[@]} - 1; i++)); do
		echo "  ${FUNCNAME[i]}, called at ${BASH_SOURCE[i + 1]##*/}:${BASH_LINENO[i]}" >&2
	done
	lab_failed=1
	exit 143
}

trap lab_end EXIT
trap 'lab_error "$(lab_place)" "$?" "$BASH_COMMAND"' ERR
trap 'lab_terminated "$BASH_COMMAND"' TERM
