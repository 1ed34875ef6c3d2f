#!/bin/sh
# Measure beside peers and print ratios. Arguments choose benchmarks by name; without any, all run.
set -eu
cd "$(dirname "$0")/.."

if ! command -v wrk >/dev/null 2>&1; then
    printf 'bench: installing wrk\n' >&2
    if [ "$(id -u)" -eq 0 ]; then
        apt-get update -qq >/dev/null && apt-get install -y -qq wrk >/dev/null
    elif command -v sudo >/dev/null 2>&1; then
        sudo -n apt-get update -qq >/dev/null && sudo -n apt-get install -y -qq wrk >/dev/null
    fi
fi
command -v wrk >/dev/null 2>&1 || {
    printf 'bench: wrk is missing\nhint: apt-get install wrk\n' >&2
    exit 1
}

copier=.venvs/copier
wanted=$({
    .venv/bin/python -VV
    cat requirements/bench.txt scripts/bench.sh
} | sha256sum | cut -d' ' -f1)
if [ "$(cat "$copier/.stamp" 2>/dev/null || true)" != "$wanted" ]; then
    .venv/bin/uv venv --quiet --clear --python .venv/bin/python "$copier"
    .venv/bin/uv pip install --quiet --require-hashes --compile-bytecode --python "$copier/bin/python" \
        -r requirements/bench.txt
    printf '%s\n' "$wanted" >"$copier/.stamp"
fi
scripts/apps-env.sh >/dev/null
exec .venv/bin/python -m tests.bench.run "$@"
