#!/bin/sh
# Every test that needs no container engine; arguments go to pytest. A module's tests run in one
# process, so that what its fixtures start is started once; four processes more than there are cores,
# since they wait for others a third of the time.
set -eu
cd "$(dirname "$0")/.."

[ ! -x scripts/judges.sh ] || scripts/judges.sh
[ ! -x scripts/official-worker-env.sh ] || scripts/official-worker-env.sh
exec .venv/bin/python -m pytest -n "$(($(nproc) + 4))" --dist loadscope --no-loadscope-reorder "$@"
