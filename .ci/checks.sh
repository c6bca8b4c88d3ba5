#!/usr/bin/env bash
# The fixed-seed slices of the check scripts that gate: each line of checks.txt is a script of package.json and its arguments.
set -u
. "$(dirname "$0")/lib.sh"

while read -r script arguments || [[ -n $script ]]; do
  case $script in '' | '#'*) continue ;; esac
  # Word splitting is what turns the rest of the line into arguments.
  # shellcheck disable=SC2086
  counted "$script" npm run -s "$script" -- $arguments </dev/null
done <.ci/checks.txt
