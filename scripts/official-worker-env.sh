#!/bin/sh
# Make the environment that holds Microsoft's worker library, the judge of discovery; instant when
# nothing changed. Usage: official-worker-env.sh [PYTHON]; prints the environment's interpreter.
# Without an argument it is .venvs/official-worker on the tool's own Python, else
# .venvs/official-worker-3.N on that one.
set -eu
cd "$(dirname "$0")/.."

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
    rm -rf "$folder"
    "$python" -m venv "$folder"
    # The library says it needs 3.13; --no-deps keeps that flag from lifting other packages' limits.
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
        --ignore-requires-python --no-deps --require-hashes -r "$lock" >&2
    printf '%s\n' "$wanted" >"$stamp"
fi
printf '%s\n' "$PWD/$folder/bin/python"
