# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The lab's image: made once for each state of image/ and labnic/, kept in $LAB_CACHE/image/HASH.

image_hash() {
	(cd "$lab_home" && sha256sum image/{apt-preferences,initrd-init,kernel,labnic,make,modules,packages,units} \
		labnic/{Kbuild,*.[ch]}) | sha256sum | cut -c1-16
}

image_dir() {
	echo "$LAB_CACHE/image/$(image_hash)"
}

# mmdebstrap signals its whole process group when it fails: it gets one of its own.
image_make() {
	local image=$1 log=$1.log start=$EPOCHREALTIME maker
	rm -rf "$image.new"
	mkdir -p "$image.new"
	say "making the image (Debian packages, about 170 MB to keep); log: $log"
	setsid --wait "$lab_home/image/make" "$image.new" >"$log" 2>&1 </dev/null 9>&- 8>&- &
	maker=$!
	# shellcheck disable=SC2064
	trap "pkill -TERM -s $maker || true; wait $maker || true; rm -rf '$image.new'" EXIT
	wait "$maker" || { tail -n 20 "$log" >&2; die "could not make the image"; }
	trap - EXIT
	mv "$image.new" "$image"
	say "image ready: Linux $(<"$image/version"), $(du -sh "$image" | cut -f1), $(since "$start")"
}

image_remove_others() {
	local other
	for other in "$LAB_CACHE"/image/*; do
		case $other in
		"$1" | "$1".log | "$LAB_CACHE/image/lock") ;;
		*) rm -rf "$other" ;;
		esac
	done
}

# image_ready [force]: the image exists when this returns.
image_ready() {
	local image
	image=$(image_dir)
	if [[ -e $image && ! ${1:-} ]]; then return; fi
	mkdir -p "$LAB_CACHE/image"
	(
		exec 8>>"$LAB_CACHE/image/lock"
		flock --nonblock 8 || { say "waiting for another build"; flock 8; }
		[[ ! ${1:-} ]] || rm -rf "$image"
		[[ -e $image ]] || image_make "$image"
		image_remove_others "$image"
	)
}

image_build() {
	require_host install
	image_ready "$@"
	say "image: $(image_dir)"
}
