#!/bin/sh
# What the official worker library judges, on the newer Pythons that Azure offers and this machine
# has; arguments go to pytest. Its own Python is judged by every test run.
set -eu
cd "$(dirname "$0")/.."

export FUNCYARD_LATER_PYTHONS=1
.venv/bin/python -m pytest -n "$(nproc)" --dist loadscope --no-loadscope-reorder \
    tests/contract -k "python3." "$@" && exit
[ $? -eq 5 ] || exit 1
echo "test-pythons: this machine has no Python 3.12, 3.13 or 3.14 that starts" >&2
exit 1
