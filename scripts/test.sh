#!/bin/sh
# Every test that needs no container engine; arguments go to pytest. A module's tests run in one
# process, so that what its fixtures start is started once; two processes more than there are cores,
# since many wait for others.
set -eu
cd "$(dirname "$0")/.."

{
  scripts/judges.sh
  scripts/official-worker-env.sh
} &
judges=$!

# The first time, every process would rewrite the assertions of every test: that is done once.
if [ -z "$(find tests -name '*-pytest-*.pyc' -print -quit)" ]; then
  .venv/bin/python -m pytest --collect-only -qq tests/unit >/dev/null &
  unit=$!
  .venv/bin/python -m pytest --collect-only -qq tests/contract tests/integration tests/e2e >/dev/null || true
  wait "$unit" || true
fi
wait "$judges"

# What tests write is gone after them: it need not reach a disk where memory has room for it.
if [ -z "${TMPDIR:-}" ] && [ "$(df --output=avail -k /dev/shm 2>/dev/null | tail -1)" -gt 6000000 ] 2>/dev/null; then
  memory=$(mktemp -d /dev/shm/tests-XXXXXX)
  trap 'rm -rf "$memory"' EXIT
  trap 'exit 130' INT TERM
  chmod 755 "$memory" # tests run programs of other users
  printf '#!/bin/sh\n' >"$memory/executable"
  chmod +x "$memory/executable"
  if "$memory/executable" 2>/dev/null; then export TMPDIR="$memory"; fi
fi
.venv/bin/python -m pytest -n "$(($(nproc) + 2))" --dist loadscope --no-loadscope-reorder "$@"
