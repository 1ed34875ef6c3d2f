#!/bin/sh
# Rewrite the exported requirements files: exact versions with hashes, no index addresses.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
    --python-version 3.11 --group dev --extra uv "$@" pyproject.toml -o requirements/dev.txt
