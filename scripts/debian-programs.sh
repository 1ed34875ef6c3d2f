#!/bin/sh
# Fetch programs of Debian with what they need, unpacked into a folder of the checkout, and print it.
#   scripts/debian-programs.sh PACKAGE…
# Nothing is installed and no root is needed. Libraries that the machine has are not fetched.
set -eu
cd "$(dirname "$0")/.."

folder=$PWD/.venvs/debian
wanted="$* $(sha256sum scripts/debian-programs.sh | cut -d' ' -f1)"
if [ "$(cat "$folder/.stamp" 2>/dev/null || true)" = "$wanted" ]; then
    printf '%s\n' "$folder"
    exit 0
fi
command -v apt-get >/dev/null 2>&1 || {
    printf 'debian-programs: there is no apt-get here to fetch %s with\n' "$*" >&2
    exit 1
}
rm -rf "$folder"
mkdir -p "$folder/apt/lists/partial" "$folder/apt/archives/partial"

apt() {
    apt-get -qq -o Dir::State::Lists="$folder/apt/lists" -o Dir::Cache="$folder/apt" \
        -o APT::Sandbox::User= -o Debug::NoLocking=1 "$@" >&2
}

apt update
apt --yes --no-install-recommends --reinstall --download-only install "$@"
for package in "$folder"/apt/archives/*.deb; do
    [ ! -e "$package" ] || dpkg-deb --extract "$package" "$folder"
done
rm -rf "$folder/apt"
printf '%s\n' "$wanted" >"$folder/.stamp"
printf '%s\n' "$folder"
