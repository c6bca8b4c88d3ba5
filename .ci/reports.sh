#!/usr/bin/env bash
# Slices of the random checks under a seed that follows from the commit, so that each commit tries others. What one finds
# is there again with its seed, and is mended in a commit of its own: here it is reported only.
set -u
. "$(dirname "$0")/lib.sh"

# Of sources without their history it is 0.
commit=$(git rev-parse HEAD 2>/dev/null || printf 0)
listed report .ci/reports.txt --seed "$((16#${commit:0:7}))"
