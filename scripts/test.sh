#!/bin/sh
# Every test that needs no container engine; arguments go to pytest. A module's tests run in one
# process, so that what its fixtures start is started once; two processes more than there are cores,
# since many wait for others.
set -eu
cd "$(dirname "$0")/.."

[ ! -x scripts/judges.sh ] || scripts/judges.sh
[ ! -x scripts/official-worker-env.sh ] || scripts/official-worker-env.sh
exec .venv/bin/python -m pytest -n "$(($(nproc) + 2))" --dist loadscope --no-loadscope-reorder "$@"
