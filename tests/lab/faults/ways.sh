# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Ways to break things, and to mend them, that several faults share.
# shellcheck source=tests/lab/topologies.sh
. "$(dirname "${BASH_SOURCE[0]}")/../topologies.sh"

is_active() {
	on "$1" grep -q ACTIVE "/sys/class/infiniband/$(rxe_name "$1" "$2")/ports/1/state"
}

# bounce HOST RAIL: the port goes down and comes up.
bounce() {
	on "$1" ip link set "p$2" down
	on "$1" ip link set "p$2" up
	wait_for 5 is_active "$1" "$2"
}

# renew HOST: the RDMA devices come again: an address that was taken off and on has the GID index of before only then.
renew() {
	local rail
	for ((rail = 0; rail < topo_rails[$1]; rail++)); do
		on "$1" rdma link delete "$(rxe_name "$1" "$rail")"
		on "$1" rdma link add "$(rxe_name "$1" "$rail")" type rxe netdev "p$rail"
		wait_for 5 is_active "$1" "$rail"
	done
}

# tos_is HOST RAIL TOS: that of rdma_cm.
tos_is() {
	local folder
	folder=/sys/kernel/config/rdma_cm/$(rxe_name "$1" "$2")
	on "$1" mkdir -p "$folder"
	on "$1" tee "$folder/ports/1/default_roce_tos" <<<"$3"
}

# lose_all PORT-OF-THE-SWITCH: what goes from the switch to the host.
lose_all() {
	on switch tc qdisc add dev "$1" root netem loss 100%
}

lose_nothing() {
	on switch tc qdisc del dev "$1" root
}

# drops HOST HOOK EXPRESSION...
drops() {
	on "$1" nft "add table inet fault; add chain inet fault c { type filter hook $2 priority 0; }; add rule inet fault c ${*:3} drop"
}

drops_nothing() {
	on "$1" nft delete table inet fault
}

# switch_drops HOOK EXPRESSION...
switch_drops() {
	on switch nft "add table bridge fault; add chain bridge fault c { type filter hook $1 priority 0; }; add rule bridge fault c ${*:2} drop"
}

switch_drops_nothing() {
	on switch nft delete table bridge fault
}

# Who listens on the responder's port; nothing: nobody does.
responder_pid() {
	on "$1" ss -Hltnp sport = :18471 | sed -n 's/.*pid=\([0-9]*\),.*/\1/p'
}

is_answered() {
	[[ $(responder_pid "$1") ]]
}

is_unanswered() {
	! is_answered "$1"
}

# responder HOST SIGNAL
responder() {
	kill "-$2" "$(responder_pid "$1")"
}

responder_ends() {
	responder "$1" TERM
	wait_for 5 is_unanswered "$1"
}

# impostor HOST TEXT: somebody who says this to whoever asks the responder.
impostor() {
	responder_ends "$1"
	printf '#!/bin/sh\necho '\''%s'\''\n' "$2" >"$LAB_DIR/impostor"
	chmod +x "$LAB_DIR/impostor"
	on_bg "$1" "impostor-$1" busybox nc -ll -p 18471 -e "$LAB_DIR/impostor"
	wait_for 5 is_answered "$1"
}

impostor_goes() {
	responder_ends "$1"
	serve "$1"
}
