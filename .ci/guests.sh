#!/usr/bin/env bash
# Fetches the Debian kernels that the README, check:boot and others start; kept where they are of the version that apt offers.
set -u
. "$(dirname "$0")/lib.sh"

gate guests npm run -s guests
