#!/bin/sh
# The main job on real input, one act per job; each prints what it proved and ends with its status.
set -eu
cd "$(dirname "$0")/.."

project=build/my-data-pipeline

act() {
    printf '\n== %s\n' "$1"
}

act "generate: one command makes a project of three function apps"
.venv/bin/funcyard new "$project" --blueprint data-pipeline --yes --memory build/memory

act "run: 3,376 airports through the three apps, on real storage emulation, without Docker"
.venv/bin/funcyard up "$project" --demo

act "check: what cost seed 004 four deployments and three hours, named before the first"
scripts/run-check.sh

act "workspace: a push to a connected repository runs; then an edit by hand does"
scripts/run-workspace.sh

act "twin: a digital twin deployed by layers to a local Azure, readings through all of them"
scripts/run-twin.sh

act "operate: a container app that says Running while nothing runs, each cause named, until ten functions are found"
scripts/run-operate.sh
