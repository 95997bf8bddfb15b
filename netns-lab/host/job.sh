# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# One job in the lab: a directory as described in guest/job, handed to the machine or, natively, to guest/job here.

job_id='' job_dir='' job_pid=''

# job_new COMMAND...: makes the job; options are files added afterwards.
job_new() {
	local jobs=$run_dir/native/jobs
	if [[ ! $native ]]; then jobs=$vm/share/jobs; fi
	mkdir -p "$jobs"
	job_dir=$(mktemp -d "$jobs/XXXXXXXX")
	job_id=${job_dir##*/}
	printf '%q ' "$@" >"$job_dir/command"
	: >"$job_dir/out"
	: >"$job_dir/err"
	job_environment >"$job_dir/env"
}

job_environment() {
	local name base=/doroce build=/doroce-build
	if [[ $native ]]; then base=$checkout build=$build_dir; fi
	for name in TERM CI NO_COLOR COLUMNS ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS "${!DOROCE_@}"; do
		if [[ ${!name+set} ]]; then printf 'export %s=%q\n' "$name" "${!name}"; fi
	done
	printf 'export LAB_CHECKOUT=%q DOROCE_BUILD=%q\n' "$base" "$build"
}

# Path of a file of the checkout, as the job sees it.
job_path() {
	if [[ $native ]]; then echo "$checkout/$1"; else echo "/doroce/$1"; fi
}

job_start() {
	if [[ $native ]]; then
		[[ -e $run_dir/native/done ]] || mkfifo "$run_dir/native/done"
		exec 7<>"$run_dir/native/done"
		"$lab_home/guest/job" "$job_dir" "$run_dir/native/done" 9>&- 7>&- &
		job_pid=$!
	else
		echo "run $job_id" >&6
	fi
}

job_kill() {
	if [[ $native ]]; then kill -TERM "$job_pid" 2>/dev/null || true; else echo "kill $job_id" >&6; fi
}

job_is_lost() {
	if [[ $native ]]; then ! kill -0 "$job_pid" 2>/dev/null; else ! vm_is_up; fi
}

# job_wait SECONDS: job_status is the job's exit status. Returns 1 when it has not ended in time, 2 when it never will.
job_wait() {
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
	while :; do
		if vm_read && [[ $vm_line == "done $job_id "* ]]; then
			job_status=${vm_line##* }
			return 0
		fi
		if job_is_lost && ! read -t 0 -u 7; then return 2; fi
		if (($1 > 0 && ${EPOCHREALTIME/./} > end)); then return 1; fi
	done
}

# Ends a job which is over its time, or whose user has had enough. The machine itself is ended if it does not comply.
job_end() {
	job_kill
	job_wait 10 && return
	if [[ ! $native ]]; then
		say "the machine does not answer any more"
		vm_show_console
		vm_stop
	fi
}

# Output goes to where this command's goes, as it is written: the job's own files, followed.
follow_start() {
	setpriv --pdeathsig KILL sleep infinity 9>&- &
	follow_until=$!
	tail -q -s 0.05 --pid "$follow_until" -c +1 -f "$job_dir/out" 9>&- 2>/dev/null &
	follow_out=$! follow_err=
	[[ ! $job_dir/out -ef $job_dir/err ]] || return 0
	tail -q -s 0.05 --pid "$follow_until" -c +1 -f "$job_dir/err" 9>&- >&2 2>/dev/null &
	follow_err=$!
}

follow_end() {
	kill "$follow_until"
	# shellcheck disable=SC2086
	wait "$follow_until" "$follow_out" $follow_err 2>/dev/null || true
}

# job_run SECONDS: starts the job, shows its output, returns its exit status; 124 when its time is over. 0 s: no limit.
job_run() {
	local r=0
	follow_start
	job_start
	job_wait "$1" || r=$?
	if ((r == 1)); then
		say "time is over ($1 s): ending it"
		job_end
		job_status=124
		[[ $native ]] || vm_show_console
	elif ((r == 2)); then
		say "the machine is gone"
		vm_show_console
		job_status=1
	fi
	follow_end
	job_id=
	return "$job_status"
}
