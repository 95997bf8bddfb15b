# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# A job with a terminal: this one's characters go to the machine's hvc0 and come back from there.

tty_saved=''

tty_size() {
	local size
	size=$(stty size <&0)
	echo "size $size" >&6
}

tty_restore() {
	if [[ $tty_saved ]]; then stty "$tty_saved" <&0 2>/dev/null || true; fi
	tty_saved=
}

# job_run_tty: as job_run, on the terminal of this command.
job_run_tty() {
	local to from
	if [[ $native ]]; then
		echo - >"$job_dir/tty"
		"$lab_home/guest/job" "$job_dir" 9>&-
		return
	fi
	echo /dev/hvc0 >"$job_dir/tty"
	tty_saved=$(stty -g <&0)
	stty raw -echo <&0
	exec 4<>"$vm/tty.in" 5<>"$vm/tty.out"
	tty_size
	trap tty_size WINCH
	cat <&0 >&4 9>&- &
	to=$!
	cat <&5 9>&- &
	from=$!
	job_start
	job_wait 0 || job_status=1
	sleep 0.1 # what is left in the pipe
	kill "$to" "$from" 2>/dev/null || true
	wait "$to" "$from" 2>/dev/null || true
	trap - WINCH
	tty_restore
	job_id=
	return "$job_status"
}
