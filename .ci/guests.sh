#!/usr/bin/env bash
# Fetches the Debian kernel that the README and the slices of check:boot and check:kvm start; kept where it is of the version that apt offers.
set -u
. "$(dirname "$0")/lib.sh"

gate guests npm run -s guests -- --quick cloud
