#!/bin/sh
# The tests that draw random examples, ROUNDS times with new ones; arguments go to pytest. A failure
# prints its example; what Hypothesis keeps of it is tried first from then on.
set -eu
cd "$(dirname "$0")/.."

[ ! -x scripts/official-worker-env.sh ] || scripts/official-worker-env.sh
export FUNCYARD_DRAW_ANEW=1
round=0
while [ "$round" -lt "${ROUNDS:-10}" ]; do
  round=$((round + 1))
  echo "round $round"
  .venv/bin/python -m pytest -q -n 2 --dist loadscope --no-loadscope-reorder --timeout=1200 \
    -m hypothesis "$@"
done
