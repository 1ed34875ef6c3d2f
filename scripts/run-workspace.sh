#!/bin/sh
# The way of a push, from the commit to the new result, on real parts.
set -eu
cd "$(dirname "$0")/.."

exec .venv/bin/python scripts/run-workspace.py
