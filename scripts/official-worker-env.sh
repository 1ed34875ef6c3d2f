#!/bin/sh
# Make the environment that holds Microsoft's worker library, the judge of discovery; instant when
# nothing changed. Usage: official-worker-env.sh [PYTHON]; prints the environment's interpreter.
# Without an argument it is .venvs/official-worker on the tool's own Python, else
# .venvs/official-worker-3.N on that one.
set -eu
cd "$(dirname "$0")/.."
export UV_SYSTEM_CERTS=1 # the machine's certificates, as pip is set up to use

lock=requirements/official-worker.txt
python=${1:-.venv/bin/python}
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
folder=.venvs/official-worker${1:+-$version}
stamp=$folder/.stamp
wanted=$({
    "$python" -VV
    cat "$lock" scripts/official-worker-env.sh
} | sha256sum | cut -d' ' -f1)

if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
    .venv/bin/uv venv --quiet --clear --python "$python" "$folder" >&2
    # The libraries say they need 3.13, and only pip can be told not to listen: ours, for there need
    # be none that runs on that Python. They are pure Python.
    awk '/^[a-z]/ { runtime = /^azure-functions-runtime/ } !runtime' "$lock" >"$folder/others.txt"
    awk '/^[a-z]/ { runtime = /^azure-functions-runtime/ } runtime' "$lock" >"$folder/runtimes.txt"
    .venv/bin/uv pip install --quiet --no-deps --require-hashes --compile-bytecode \
        --python "$folder/bin/python" -r "$folder/others.txt" >&2
    packages=$("$folder/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    .venv/bin/python -m pip install --quiet --target "$packages" --no-compile \
        --disable-pip-version-check --ignore-requires-python --no-deps --require-hashes \
        -r "$folder/runtimes.txt" >&2
    "$folder/bin/python" -m compileall -q "$packages" >&2
    printf '%s\n' "$wanted" >"$stamp"
fi
printf '%s\n' "$PWD/$folder/bin/python"
