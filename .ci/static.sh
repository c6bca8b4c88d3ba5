#!/usr/bin/env bash
# What can be said without running the product: lint, types, layering.
set -u
. "$(dirname "$0")/lib.sh"

gate build npm run -s build
gate lint npm run -s lint
gate typecheck npm run -s typecheck
counted layering npm run -s check:layering -- --self-test
