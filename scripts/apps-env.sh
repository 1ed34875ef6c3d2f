#!/bin/sh
# Make the environment on which tests and benchmarks run function apps: what a new app with storage
# installs, from the lock that is shipped, and debugpy. Instant when nothing changed; prints the
# environment's interpreter.
set -eu
cd "$(dirname "$0")/.."
export UV_SYSTEM_CERTS=1 # the machine's certificates, as pip is set up to use

lock=src/funcyard/project/dependency_sets/storage/requirements.hashed.txt
folder=.venvs/apps
wanted=$({
    .venv/bin/python -VV
    cat "$lock" requirements/dev.txt scripts/apps-env.sh
} | sha256sum | cut -d' ' -f1)

if [ "$(cat "$folder/.stamp" 2>/dev/null || true)" != "$wanted" ]; then
    debugpy=$(sed -n 's/^\(debugpy==[^ ]*\).*/\1/p' requirements/dev.txt)
    .venv/bin/uv venv --quiet --clear --python .venv/bin/python "$folder" >&2
    .venv/bin/uv pip install --quiet --compile-bytecode --require-hashes --python "$folder/bin/python" -r "$lock" >&2
    .venv/bin/uv pip install --quiet --python "$folder/bin/python" "$debugpy" >&2
    printf '%s\n' "$wanted" >"$folder/.stamp"
fi
printf '%s\n' "$PWD/$folder/bin/python"
