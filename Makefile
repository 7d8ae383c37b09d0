# `make help` lists what there is to make.

PYTHON ?= python3
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.DEFAULT_GOAL := help
.PHONY: help practice test lint setup clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

practice: $(READY)  ## set up, then open the interview room (ARGS="--mock 4")
	$(BIN)/actfn practice $(ARGS)

test: $(READY)  ## set up, then run the tests on all cores (JOBS=1; ARGS="tests/test_ulp.py")
	$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

lint: $(READY)  ## set up, then check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

setup: $(READY)  ## make .venv, or renew it after a change of pyproject.toml

clean:  ## remove .venv and everything else that is made
	rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .hypothesis .ruff_cache .mypy_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The file is written last, so a set-up that was interrupted is done again.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "actfn needs Python 3.11 or newer, and '$(PYTHON)' is not. Name another one:" >&2; \
	  echo "    make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make virtual environments. On Debian and Ubuntu, as root:" >&2; \
	  echo "    apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@
