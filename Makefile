# `make help` lists what there is to make.

PYTHON ?= python3
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
DEVELOPED := $(VENV)/ready-for-development
# The page of the interview room is built where Node.js is; `actfn practice --terminal` needs none.
NPM := $(shell command -v npm 2>/dev/null)
MODULES := frontend/node_modules/.package-lock.json
PAGE := src/actfn/web/static/index.html
BUILT := $(if $(NPM),$(PAGE))

.DEFAULT_GOAL := help
.PHONY: help practice test lint setup clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

practice: $(READY) $(BUILT)  ## set up, then open the interview room (ARGS="--terminal")
	$(BIN)/actfn practice $(ARGS)

test: $(DEVELOPED) $(BUILT)  ## set up, then run the tests on all cores (JOBS=1; ARGS="tests/test_ulp.py")
	$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

lint: $(DEVELOPED) $(BUILT)  ## set up, then check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(if $(NPM),cd frontend && npm run --silent check)

setup: $(DEVELOPED) $(BUILT)  ## make .venv and the page, or renew them after changes

clean:  ## remove .venv and everything else that is made
	rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .hypothesis .ruff_cache .mypy_cache
	rm -rf frontend/node_modules src/actfn/web/static
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
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(DEVELOPED): $(READY)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

$(MODULES): frontend/package.json frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(PAGE): $(MODULES) $(wildcard frontend/*.* frontend/src/*.* frontend/src/*/*.*)
	cd frontend && npm run --silent build
