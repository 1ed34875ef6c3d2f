#!/bin/sh
# A digital twin through its life in a local Azure.
set -eu
cd "$(dirname "$0")/.."

exec .venv/bin/python scripts/run-twin.py
