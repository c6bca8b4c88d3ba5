# Sourced by the parts of .ci/run: how results are counted. A tally is a line `KIND NAME PASSED FAILED SECONDS`.

# tally KIND NAME PASSED FAILED [SECONDS]
tally() { printf '%s %s %d %d %s\n' "$1" "$2" "$3" "$4" "${5:--}" >>"${CI_TALLY:-/dev/stdout}"; }

# gate NAME COMMAND…: one check, passed if the command ends with status 0.
gate() {
  local name=$1 begin=$SECONDS passed=0
  shift
  printf -- '-- %s\n' "$name"
  if "$@"; then passed=1; fi
  tally gate "$name" "$passed" $((1 - passed)) $((SECONDS - begin))
}

# counted NAME COMMAND…: a check that ends with `N passed, N failed`. No such line, no case at all,
# or a bad status without a failed case count as one failure.
counted() { count_as check "$@"; }

# listed KIND FILE [ARGUMENT…]: each line of FILE is a script of package.json and its arguments, counted as KIND; ARGUMENT… goes to all of them.
# As many at a time as there are processors, two at least: most of them keep one busy. What one prints comes in one piece, at its end.
listed() {
  local kind=$1 file=$2 lanes script arguments output
  shift 2
  lanes=$(($(nproc) > 2 ? $(nproc) : 2))
  while read -r script arguments || [[ -n $script ]]; do
    case $script in '' | '#'*) continue ;; esac
    while (($(jobs -rp | wc -l) >= lanes)); do wait -n; done
    {
      # Word splitting is what turns the rest of the line into arguments.
      # shellcheck disable=SC2086
      output=$(count_as "$kind" "$script" npm run -s "$script" -- $arguments "$@" </dev/null)
      printf '%s\n' "$output"
    } &
  done <"$file"
  wait
}

count_as() {
  local kind=$1 name=$2 begin=$SECONDS output status passed=0 failed=0
  shift 2
  printf -- '-- %s\n' "$name"
  output="$(mktemp)"
  "$@" 2>&1 | tee "$output"
  status=${PIPESTATUS[0]}
  if [[ "$(grep -v '^[[:space:]]*$' "$output" | tail -n 1)" =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=${BASH_REMATCH[1]}
    failed=${BASH_REMATCH[2]}
    if ((passed + failed == 0 || (failed == 0 && status != 0))); then failed=$((failed + 1)); fi
  else
    printf '%s: no closing line (status %d)\n' "$name" "$status"
    failed=1
  fi
  rm -f "$output"
  tally "$kind" "$name" "$passed" "$failed" $((SECONDS - begin))
}
