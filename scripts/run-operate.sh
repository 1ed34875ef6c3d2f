#!/bin/sh
# The story of seed 004, from a revision that has no room to ten functions found.
set -eu
cd "$(dirname "$0")/.."

exec .venv/bin/python scripts/run-operate.py
