# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Where jobs run - here or in a machine - and the commands that run them.

# Tried, not derived from a version: two namespaces, two soft-RoCE devices, one connect.
native_try() {
	command -v rdma rping jq >/dev/null && modprobe -qa rdma_rxe rdma_ucm veth bridge 2>/dev/null || return 1
	native=1
	job_new "$lab_home/guest/trial"
	job_start
	job_status=1
	job_wait 20 || job_end
	rm -rf "$job_dir"
	job_id='' native=''
	return "$job_status"
}

# The answer holds until the next boot.
native_works() {
	local boot known='' file=$LAB_CACHE/native
	case ${LAB_NATIVE:-} in
	0)	return 1 ;;
	1)	[[ $EUID == 0 ]] || die "LAB_NATIVE=1 needs root"; return 0 ;;
	esac
	[[ $EUID == 0 ]] || return 1
	boot=$(</proc/sys/kernel/random/boot_id)
	if [[ -e $file ]]; then known=$(<"$file"); fi
	if [[ ${known% *} != "$boot" ]]; then
		if native_try; then known="$boot yes"; else known="$boot no"; fi
		echo "$known" >"$file"
	fi
	[[ ${known#* } == yes ]]
}

# The run directory is this command's until it ends.
lab_hold() {
	lock_run
	native='' vm_transient=1
	if vm_is_up; then vm_transient=; fi
	trap lab_leave EXIT
}

lab_need() {
	if vm_is_up; then
		vm_need
	elif native_works; then
		native=1 vm_transient=
	else
		vm_need
	fi
}

# Nothing stays behind: neither a job, nor a machine that was only for this command.
lab_leave() {
	local status=$?
	trap '' INT TERM HUP
	tty_restore
	driver_end
	if [[ $job_id ]]; then
		if [[ $native || ! $vm_transient ]]; then job_end; fi
		follow_end 2>/dev/null
	fi
	if [[ $vm_transient ]]; then vm_stop; fi
	rm -rf "$run_dir/native" "$job_dir"
	trap - EXIT
	exit "$status"
}

# The name of a scenario, or a path: printed as path in the checkout.
scenario_path() {
	local path
	for path in "$checkout/tests/lab/$1" "$1" "$checkout/$1"; do
		if [[ -f $path && -x $path ]]; then
			path=$(readlink -f "$path")
			[[ $path == "$checkout"/* ]] || usage_error "not in the checkout: $path"
			echo "${path#"$checkout"/}"
			return
		fi
	done
	usage_error "no scenario '$1'; there are: $(scenarios | xargs)"
}

# Such a scenario runs here and has machines of its own (lib/machine.sh).
scenario_has_machines() {
	grep -q '^# machine: systemd$' "$checkout/$1"
}

# What the scenario runs in is there when this returns.
scenario_need() {
	if scenario_has_machines "$1"; then
		require_host
		image_ready
	elif [[ ! $scenario_place ]]; then
		lab_need
		scenario_place=1
	elif [[ ! $native ]] && ! vm_is_up; then
		# One which hangs in the kernel takes the machine with it.
		vm_need
	fi
}
scenario_place=

scenario_limit() {
	local own
	own=$(sed -n 's/^# time limit: \([0-9]*\).*/\1/p' "$checkout/$1" | head -n 1)
	echo "${own:-${LAB_TIMEOUT:-300}}"
}

scenarios() {
	find "$checkout/tests/lab" -maxdepth 1 -type f -perm -u+x ! -name 'lib*' -printf '%f\n' 2>/dev/null | sort
}

keep_files() {
	local kept=$run_dir/kept/$1
	rm -rf "$kept"
	mkdir -p "$kept"
	cp -a "$job_dir"/{out,err} "$kept/"
	if [[ -d $job_dir/files ]]; then cp -a "$job_dir/files/." "$kept/"; fi
	say "files kept: $kept"
}

# driver_run PATH SECONDS: a scenario that runs here. Its machines end with it.
driver_run() {
	local status=0
	mkdir "$job_dir/files"
	follow_start
	LAB_WORK=$run_dir/driver/work LAB_DIR=$job_dir/files LAB_RUN=$run_dir/driver LAB_CHECKOUT=$checkout DOROCE_BUILD=$build_dir \
		timeout --kill-after 10 "$2" "$checkout/$1" >>"$job_dir/out" 2>&1 </dev/null 9>&- 7>&- 6>&- &
	driver_pid=$!
	wait "$driver_pid" || status=$?
	driver_pid='' job_id=
	follow_end
	return "$status"
}

driver_end() {
	if [[ ! $driver_pid ]]; then return; fi
	kill -TERM "$driver_pid" 2>/dev/null || true
	wait "$driver_pid" || true
	driver_pid='' job_id=
	follow_end 2>/dev/null
}
driver_pid=

# run_one PATH SECONDS KEEP: prints the result, returns the scenario's exit status.
run_one() {
	local name=${1##*/} status=0 start=$EPOCHREALTIME
	job_new "$(job_path "$1")"
	if [[ $3 ]]; then touch "$job_dir/keep"; fi
	rm "$job_dir/err"
	ln "$job_dir/out" "$job_dir/err"
	if scenario_has_machines "$1"; then driver_run "$1" "$2" || status=$?; else job_run "$2" || status=$?; fi
	case $status in
	0)	echo "ok $name ($(since "$start"))" ;;
	77)	echo "skip $name: $(sed -n 's/^# skip: //p' "$job_dir/out" | tail -n 1)" ;;
	124)	echo "not ok $name: no end within $2 s" ;;
	*)	echo "not ok $name: exit $status" ;;
	esac
	if [[ $3 && -d $job_dir ]]; then keep_files "$name"; fi
	rm -rf "$job_dir"
	return "$status"
}
