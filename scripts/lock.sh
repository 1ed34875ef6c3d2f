#!/bin/sh
# Rewrite the exported requirements files: exact versions with hashes, no index addresses.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
    --python-version 3.11 --group dev --extra orchestrator --extra uv --extra workspace "$@" pyproject.toml -o requirements/dev.txt
.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
    --python-version 3.11 "$@" requirements/official-worker.in -o requirements/official-worker.txt
sed -i 's/^\(azure-functions-runtime[v1-]*==[0-9.]*\) ; [^\\]*/\1 /' requirements/official-worker.txt
.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
    --python-version 3.11 "$@" requirements/bench.in -o requirements/bench.txt
# What the platform's image installs, at the versions that are tested.
.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
    --python-version 3.11 --constraint requirements/dev.txt --extra workspace "$@" pyproject.toml \
    -o requirements/workspace.txt
# What the orchestrator's image installs, likewise.
.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
    --python-version 3.11 --constraint requirements/dev.txt --extra orchestrator "$@" pyproject.toml \
    -o requirements/orchestrator.txt
.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
    --python-version 3.11 --constraint requirements/dev.txt "$@" requirements/debugger.in \
    -o requirements/debugger.txt
# What the function apps of a twin are shipped with.
functions=src/funcyard/twin/providers/azure/azure_functions/requirements.txt
.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
    --python-version 3.11 --constraint requirements/dev.txt "$@" requirements/twin-functions.in -o "$functions"
