#!/usr/bin/env bash
# The README's test command, and its count: each package's vitest leaves a JSON report, from the cache too.
set -u
. "$(dirname "$0")/lib.sh"

rm -rf packages/*/.test-report apps/*/.test-report
begin=$SECONDS
npm test
status=$?
seconds=$((SECONDS - begin))
all_failed=0
while read -r name passed failed; do
  tally tests "$name" "$passed" "$failed"
  all_failed=$((all_failed + failed))
done < <(node .ci/count-tests.mjs)
# A run that failed without a failed test (a crash, an installation) is a failure all the same.
tally gate npm-test $((status == 0)) $((status != 0 && all_failed == 0)) "$seconds"
