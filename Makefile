# The daily verbs of Casa Austin. A bare machine needs only Python 3.11 or newer
# (with venv and pip), make and a package index; everything else goes into .venv.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test test-nightly coverage lint types format bench docs lock clean

VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/.stamps
LOCK   := requirements.lock

# make test ARGS="-k quote"      passes words on to pytest (or to the benchmark)
# make test WORKERS=0            runs in one process
# make lock UPGRADE=1            takes the newest versions
# make demo PYTHON=/opt/python3  chooses the interpreter of a new .venv
ARGS    ?=
WORKERS ?= auto
UPGRADE ?=
PYTHON  ?=

PIP     := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
INSTALL := $(PIP) install --constraint $(LOCK) --build-constraint $(LOCK)
PYTEST   = $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(STAMPS)/app ## Walk through the main job on an embedded demo business
	@$(BIN)/casa demo $(ARGS)

test: $(STAMPS)/test ## Run the tests: on SQLite, and on MariaDB and PostgreSQL where they answer
	$(PYTEST) $(ARGS)

test-nightly: $(STAMPS)/test ## Run the tests, the long searches and races too
	HYPOTHESIS_PROFILE=nightly $(PYTEST) -m "nightly or not nightly" $(ARGS)

coverage: $(STAMPS)/test ## Run the tests and list the lines that none of them reaches
	$(PYTEST) --cov --cov-report=term-missing $(ARGS)

lint: $(STAMPS)/lint ## Check style, formatting, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

types: $(STAMPS)/lint ## Check types only
	$(BIN)/mypy

format: $(STAMPS)/lint ## Rewrite the code in the house format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(STAMPS)/test ## Measure: prints a table, writes .bench/results.json
	$(BIN)/python -m tests.bench $(ARGS)

docs: $(STAMPS)/docs ## Regenerate the command reference and build the documentation into site/
	$(BIN)/python -m casaaustin_cli.reference_docs docs/reference/commands
	$(BIN)/python -m casaaustin_api.reference docs/reference/http.md
	$(BIN)/zensical build --clean --strict --config-file .zensical.toml

lock: $(STAMPS)/pip ## Work out requirements.lock anew from pyproject.toml
	$(INSTALL) --group lock
	$(BIN)/uv pip compile --quiet --universal --no-header --python-version 3.11 $(if $(UPGRADE),--upgrade) \
	  --all-extras --group test --group lint --group docs --group build --group lock \
	  pyproject.toml --output-file $(LOCK)

clean: ## Remove what the other verbs leave behind, except .venv
	rm -rf .bench .cache .coverage .demo .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache \
	  dist site
	find src tests migrations docs -name __pycache__ -type d -prune -exec rm -rf {} +

# What is installed, each as a stamp that is older than neither the project file nor the lock.

$(BIN)/python:
	@for candidate in $(if $(PYTHON),"$(PYTHON)",python3.13 python3.12 python3.11 python3); do \
	  if "$$candidate" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making $(VENV) with $$("$$candidate" --version)"; \
	    exec "$$candidate" -m venv --clear $(VENV); \
	  fi; \
	done; \
	echo "Casa Austin needs Python 3.11 or newer with venv and pip$(if $(PYTHON),; $(PYTHON) is not one)." >&2; \
	echo "Install one (Debian and Ubuntu: python3 python3-venv), or name it: make PYTHON=/path/to/python3" >&2; \
	exit 1

# The pip that Python brings may be too old to know dependency groups and build constraints.
$(STAMPS)/pip: $(LOCK) | $(BIN)/python
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip --upgrade >/dev/null
	@$(PIP) install --constraint $(LOCK) pip
	@mkdir -p $(STAMPS)
	@touch $@

$(STAMPS)/app: pyproject.toml $(LOCK) $(STAMPS)/pip
	@echo "Installing Casa Austin into $(VENV) …"
	@$(INSTALL) --editable '.[api,photos]'
	@touch $@

$(STAMPS)/docs: pyproject.toml $(LOCK) $(STAMPS)/app
	@echo "Installing the documentation tools into $(VENV) …"
	@$(INSTALL) --group docs
	@touch $@

# Tests and types look at every driver, so both start from everything.
$(STAMPS)/test $(STAMPS)/lint: $(STAMPS)/%: pyproject.toml $(LOCK) $(STAMPS)/pip
	@echo "Installing Casa Austin and its $* tools into $(VENV) …"
	@$(INSTALL) --editable '.[all]' --group $*
	@touch $@
