#!/usr/bin/env bash
# The fixed-seed slices of the check scripts that gate.
set -u
. "$(dirname "$0")/lib.sh"

listed check .ci/checks.txt
