#!/usr/bin/env bash
# The fixed-seed slices of the check scripts that gate: each line of checks.txt is a script of package.json and its arguments.
# As many at a time as there are processors, two at least: most of them keep one busy. What one prints comes in one piece, at its end.
set -u
. "$(dirname "$0")/lib.sh"

lanes=$(($(nproc) > 2 ? $(nproc) : 2))
while read -r script arguments || [[ -n $script ]]; do
  case $script in '' | '#'*) continue ;; esac
  while (($(jobs -rp | wc -l) >= lanes)); do wait -n; done
  {
    # Word splitting is what turns the rest of the line into arguments.
    # shellcheck disable=SC2086
    output=$(counted "$script" npm run -s "$script" -- $arguments </dev/null)
    printf '%s\n' "$output"
  } &
done <.ci/checks.txt
wait
