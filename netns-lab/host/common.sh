# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Places, messages and host prerequisites of the lab command.

LAB_CACHE=${LAB_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/doroce-lab}
mkdir -p "$LAB_CACHE"
LAB_CACHE=$(readlink -f "$LAB_CACHE")
# Each checkout has a machine of its own.
run_dir=${LAB_RUN:-$LAB_CACHE/run/$(sha256sum <<<"$checkout" | cut -c1-12)}
build_dir=${DOROCE_BUILD:-$checkout/build}

say() {
	echo "lab: $*" >&2
}

die() {
	say "$*"
	exit 1
}

usage_error() {
	say "$*"
	exit 2
}

# Seconds since $1 (of EPOCHREALTIME), with one decimal.
since() {
	local us=$((${EPOCHREALTIME/./} - ${1/./}))
	echo "$((us / 1000000)).$((us / 100000 % 10)) s"
}

# Commands the lab cannot do without, as COMMAND or a file.
missing_on_host() {
	local c
	for c in mmdebstrap tar2sqfs qemu-system-x86_64 unshare pgrep setpriv flock xz mkfs.ext4; do
		command -v "$c" >/dev/null || echo "$c"
	done
	[[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || echo debian-archive-keyring
}

host_packages() {
	grep -v '^#' "$lab_home/image/packages-host" | xargs
}

# require_host [install]: fails when something is missing; as root on a Debian it may be installed.
require_host() {
	local missing install
	missing=$(missing_on_host | xargs)
	[[ $missing ]] || return 0
	install="apt-get install -y --no-install-recommends $(host_packages)"
	if [[ ${1:-} == install && $EUID == 0 ]] && command -v apt-get >/dev/null; then
		say "missing here: $missing; running: $install"
		# shellcheck disable=SC2086
		{ apt-get -qq update && DEBIAN_FRONTEND=noninteractive $install; } >&2 || die "could not install them"
		missing=$(missing_on_host | xargs)
		[[ $missing ]] || return 0
	fi
	die "missing here: $missing; on Debian: $install"
}

# The run directory belongs to one lab command at a time; file descriptor 9 holds the lock.
lock_run() {
	mkdir -p "$run_dir"
	exec 9>>"$run_dir/lock"
	flock --nonblock 9 && return
	say "waiting for another lab command in $run_dir"
	flock 9
}
