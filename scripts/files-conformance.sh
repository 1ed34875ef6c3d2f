#!/bin/sh
# Run Microsoft's own tests of Azure Files, from the source package of azure-storage-file-share,
# against the emulator, and write docs/files-coverage.md. The package is fetched now and never kept
# in the repository. Arguments go to pytest; with any, the page is left as it is.
set -eu
cd "$(dirname "$0")/.."

scripts/judges.sh files
python=$PWD/.venvs/judges/files/bin/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One line of the lock, continued over those with its hashes.
awk '/^azure-storage-file-share==/ { on = 1 } on { print } on && !/\\$/ { exit }' \
    tools/judges/files.txt >"$work/source.txt"
.venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    --no-binary azure-storage-file-share --dest "$work" -r "$work/source.txt"
mkdir "$work/source"
tar -xzf "$work"/azure_storage_file_share-*.tar.gz -C "$work/source" --strip-components 1

.venv/bin/python -m tests.conformance.files.run --judge "$python" --tests "$work/source/tests" -- "$@"
