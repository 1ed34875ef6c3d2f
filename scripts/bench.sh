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
scripts/apps-env.sh >/dev/null
exec .venv/bin/python tests/bench/run.py "$@"
