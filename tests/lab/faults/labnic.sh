# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Two hosts whose ports are NICs with DCB, on one switch: lossless, configured.
# shellcheck source=tests/lab/qos.sh
. "$(dirname "${BASH_SOURCE[0]}")/../qos.sh"

in_topology two-hosts-labnic 4
