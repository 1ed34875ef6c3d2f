#!/bin/sh
# Set up .venv with everything `make run` and `make test` need; quick when nothing changed.
set -eu
cd "$(dirname "$0")/.."

fail() {
    printf 'setup: %s\n' "$1" >&2
    [ -z "${2-}" ] || printf 'hint: %s\n' "$2" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo -n "$@"; else return 1; fi
}

export UV_SYSTEM_CERTS=1 # the machine's certificates, as pip is set up to use

python=""
for candidate in ${PYTHON:-} python3.11 python3 python3.12 python3.13; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || fail "Python 3.11 or newer is missing" "apt-get install python3 python3-venv"
command -v git >/dev/null 2>&1 || fail "git is missing" "apt-get install git"
command -v node >/dev/null 2>&1 || fail "Node.js is missing: Azurite, the storage emulator, runs on it" \
    "install Node.js 20 or newer, with npm"
command -v npm >/dev/null 2>&1 || fail "npm is missing: it installs Azurite" "install Node.js 20 or newer, with npm"

if ! "$python" -c 'import ensurepip' >/dev/null 2>&1; then
    printf 'setup: installing python3-venv\n'
    { as_root apt-get update -qq && as_root apt-get install -y -qq python3-venv; } >/dev/null ||
        fail "$python cannot make virtual environments" "apt-get install python3-venv"
fi

stamp=.venv/.funcyard-setup
wanted=$({
    "$python" -V
    node --version
    cat requirements/dev.txt pyproject.toml scripts/setup.sh src/funcyard/host/azurite/package-lock.json \
        src/funcyard/azurite/*.cjs
} | sha256sum | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ]; then
    printf 'setup: up to date\n'
    exit 0
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
printf 'setup: installing pinned Python packages\n'
awk '/^[a-z]/ { uv = /^uv==/ } uv' requirements/dev.txt >.venv/uv.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
# Where writing bytecode is switched off, every command would compile its imports again.
.venv/bin/uv pip install --quiet --python .venv --compile-bytecode --require-hashes -r requirements/dev.txt
.venv/bin/uv pip install --quiet --python .venv --no-build-isolation --no-deps --editable .
.venv/bin/python -m compileall -q -j 0 src >/dev/null || true
printf 'setup: installing Azurite\n'
.venv/bin/funcyard azurite install
printf '%s\n' "$wanted" >"$stamp"
printf 'setup: ready\n'
