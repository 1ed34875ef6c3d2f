#!/bin/sh
# The tests that draw random examples, ROUNDS times with new ones; arguments go to pytest. A failure
# prints its example; what Hypothesis keeps of it is tried first from then on. With REQUESTS each
# operation of the platform's contracts is called that often in a round, 15 times without it:
#     ROUNDS=1 REQUESTS=300 scripts/fuzz.sh tests/contract/test_platform_schemathesis.py
set -eu
cd "$(dirname "$0")/.."

[ ! -x scripts/official-worker-env.sh ] || scripts/official-worker-env.sh
export FUNCYARD_DRAW_ANEW=1
export FUNCYARD_REQUESTS="${REQUESTS:-}"
round=0
while [ "$round" -lt "${ROUNDS:-10}" ]; do
  round=$((round + 1))
  echo "round $round"
  .venv/bin/python -m pytest -q -n 2 --dist loadscope --no-loadscope-reorder --timeout=1200 \
    -m hypothesis "$@"
done
