.DEFAULT_GOAL := help
.PHONY: help setup run run-check run-workspace run-twin run-operate test fuzz lint bench soak soak-twin test-docker test-pythons test-files-conformance test-vault-conformance clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 28

setup: ## Create .venv with pinned packages and Azurite
	@scripts/setup.sh

run: setup ## Generate a project, run it, push real data through it
	@scripts/run.sh

run-check: setup ## Name the cause of each state of a project that shows 0 functions
	@scripts/run-check.sh

run-workspace: setup ## Connect a repository, push, run the new code; edit by hand, run again
	@scripts/run-workspace.sh

run-twin: setup ## Deploy a digital twin to a local Azure, send readings, let days pass, destroy it
	@scripts/run-twin.sh

run-operate: setup ## Name why a container app runs nothing, and follow the mend until it does
	@scripts/run-operate.sh

test: setup ## Run every test that needs no container engine
	@scripts/test.sh

fuzz: setup ## Run the tests of random examples again and again, with new ones each time
	@scripts/fuzz.sh

lint: setup ## Check style and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

bench: setup ## Measure beside peers and print ratios
	@scripts/bench.sh

soak: setup ## Kill instances of the workspace platform a hundred times, on storage that fails
	.venv/bin/python -m tests.bench.soak

soak-twin: setup ## Deploy twins to a local Azure that misbehaves, and kill deployments
	.venv/bin/python -m tests.bench.twin_faults
	.venv/bin/python -m tests.bench.twin_kills

test-pythons: setup ## Have the official library judge on newer Pythons of Azure, too
	@scripts/test-pythons.sh

test-docker: setup ## Build and start the generated containers and the workspace platform's
	@scripts/test-docker.sh

test-files-conformance: setup ## Run Microsoft's own tests of Azure Files against the emulator
	@scripts/files-conformance.sh

test-vault-conformance: setup ## Run Microsoft's own tests of Key Vault's secrets against the emulator
	@scripts/vault-conformance.sh

clean: ## Remove what the other targets made
	rm -rf build .venv .venvs .mypy_cache .ruff_cache .pytest_cache .hypothesis
