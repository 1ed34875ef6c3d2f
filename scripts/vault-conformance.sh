#!/bin/sh
# Run Microsoft's own tests of Key Vault's secrets, from the source package of
# azure-keyvault-secrets, against the emulator. The package is fetched now and never kept in the
# repository. Arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."

scripts/judges.sh vault
python=$PWD/.venvs/judges/vault/bin/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One line of the lock, continued over those with its hashes.
awk '/^azure-keyvault-secrets==/ { on = 1 } on { print } on && !/\\$/ { exit }' \
    tools/judges/vault.txt >"$work/source.txt"
.venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    --no-binary azure-keyvault-secrets --dest "$work" -r "$work/source.txt"
mkdir "$work/source"
tar -xzf "$work"/azure_keyvault_secrets-*.tar.gz -C "$work/source" --strip-components 1

.venv/bin/python -m tests.conformance.vault.run --judge "$python" --tests "$work/source/tests" -- "$@"
