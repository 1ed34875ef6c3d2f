#!/bin/sh
# What seed 004 took four deployments for, named at once.
set -eu
cd "$(dirname "$0")/.."

exec .venv/bin/python scripts/run-check.py
