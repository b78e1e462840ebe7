# The one list of commands: people, hooks and CI all call these. `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
# More than two cores: many a test waits for a program that it has started.
WORKERS ?= 3
# Options for pytest, bench or audit; with any given, `make test` runs a part and asks no coverage of it.
ARGS ?=

BIN := .venv/bin
READY := .venv/.ready

# An empty PIP_CONSTRAINT or PIP_TARGET of the caller's must not reach our environment.
unexport PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_USER PIP_CONSTRAINT VIRTUAL_ENV
# Nor its wish that nothing compiled be kept: then every program that starts compiles all of ours anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- Trying it -----------------------------------------------------------------------------------

.PHONY: demo
demo: $(READY) ## Run the sample data through every step, from nothing, into demo.db
	@$(BIN)/python -m sample_data.demo

.PHONY: demo-backfill
demo-backfill: $(READY) ## Make a legacy export of 100,000 rows, and map, rehearse, run and audit it, in demo/
	@$(BIN)/python -m sample_data.backfill_demo $(ARGS)

# --- Proving it ----------------------------------------------------------------------------------

.PHONY: test
test: $(READY) ## Run the tests with their coverage bounds, or a part: make test ARGS="tests/core -k mask"
ifeq ($(strip $(ARGS)),)
	@rm -f .coverage .coverage.*
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report=
	@echo "Branches of batch/core covered (all of them must be):"
	@$(BIN)/coverage report --include='batch/core/*' --fail-under=100
	@echo "Lines and branches of batch and jobs covered (95% must be):"
	@$(BIN)/coverage report --fail-under=95
else
	@$(BIN)/python -m pytest $(ARGS)
endif

.PHONY: check
check: lint types imports ## Run lint, types and imports

.PHONY: lint
lint: $(READY) ## Look for mistakes and untidy format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

.PHONY: types
types: $(READY) ## Check the types, strictly
	@$(BIN)/mypy

.PHONY: imports
imports: $(READY) ## Check that imports run downwards
	@$(BIN)/lint-imports --no-logo

.PHONY: bench
bench: $(READY) ## Measure the jobs against the bound of bare reading and loading
	@$(BIN)/python -m tests.bench $(ARGS)

.PHONY: faults
faults: $(READY) ## Kill, stop, cut off and starve the command at every place, on both databases
	@SERIALBACK_TEST_FAULTS=whole $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests/faults $(ARGS)

.PHONY: audit
audit: $(READY) ## Ask whether a pinned version has a known weakness
	@echo "Getting pip-audit ..."
	@$(BIN)/python -m pip install -qq -c .ci/constraints.txt -e '.[audit]'
	@$(BIN)/pip-audit --requirement .ci/constraints.txt --no-deps --disable-pip $(ARGS)

# --- Keeping it ----------------------------------------------------------------------------------

.PHONY: format
format: $(READY) ## Put the format right, and what ruff can mend safely
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

.PHONY: docs
docs: $(READY) ## Write the generated pages of docs/ anew
	@$(BIN)/python docs/generate.py

.PHONY: samples
samples: $(READY) ## Make the sample files of sample_data/ anew
	@$(BIN)/python -m sample_data.make

.PHONY: hooks
hooks: $(READY) ## Let git run check before each commit
	@$(BIN)/pre-commit install

.PHONY: clean
clean: ## Remove what these commands made, the environment excepted
	@rm -rf build dist demo demo.db demo.db-wal demo.db-shm demo.db.lock .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find batch jobs tests docs sample_data -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment is made again when what it is made from has changed.
$(READY): pyproject.toml .ci/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, and $(PYTHON) is " + sys.version.split()[0] + ": make PYTHON=/path/to/python3.11")'
	@echo "Making .venv (a minute or so) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c .ci/constraints.txt -e '.[dev]'
	@$(BIN)/python -m compileall -q batch jobs
	@touch $@
