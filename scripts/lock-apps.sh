#!/bin/sh
# Rewrite the locks that generated apps start with (src/funcyard/project/dependency_sets) and the
# judges' environments, by real Poetry and real uv: exact versions, hashes, no index addresses.
# Where only a simple index can be reached, set POETRY_PYPI_MIRROR_URL to it.
set -eu
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compile() {
    .venv/bin/uv pip compile --quiet --universal --no-emit-index-url --python-version 3.11 "$@"
}

for judge in bicep context files vault poetry; do
    compile --generate-hashes --no-header "tools/judges/$judge.in" -o "tools/judges/$judge.txt"
done
.venv/bin/uv venv --quiet "$work/poetry"
.venv/bin/uv pip install --quiet --python "$work/poetry" --require-hashes -r tools/judges/poetry.txt

for folder in src/funcyard/project/dependency_sets/*/; do
    app="$work/$(basename "$folder")"
    mkdir "$app"
    {
        printf '[project]\nname = "app"\nversion = "0.1.0"\n'
        printf 'requires-python = ">=3.11,<3.15"\ndependencies = [\n'
        sed 's/.*/    "&",/' "$folder/dependencies.txt"
        printf ']\n\n[tool.poetry]\npackage-mode = false\n'
    } >"$app/pyproject.toml"
    (cd "$app" && "$work/poetry/bin/poetry" lock --quiet --no-interaction)
    cp "$app/poetry.lock" "$folder/poetry.lock"
    compile --no-header --no-annotate "$app/pyproject.toml" -o "$folder/requirements.txt"
    (cd "$app" && "$OLDPWD/.venv/bin/uv" pip compile --quiet --universal --generate-hashes \
        --no-emit-index-url --no-annotate --python-version 3.11 \
        --custom-compile-command \
        "uv pip compile --universal --generate-hashes --no-emit-index-url pyproject.toml -o requirements.txt" \
        pyproject.toml -o requirements.txt)
    cp "$app/requirements.txt" "$folder/requirements.hashed.txt"
done
compile --generate-hashes --no-header tools/judges/apps.in -o tools/judges/apps.txt
