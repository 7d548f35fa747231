# The commands of this project; `make help` lists them.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= auto
export HOST PORT
PARLEY_DEMO_LIVE ?= 1

BIN := .venv/bin
export FLASK_APP := wsgi
unexport FLASK_DEBUG FLASK_ENV FLASK_RUN_PORT

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-slow lint audit sbom bench lock

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/installed ## Migrate, load the demo data into an empty database, and serve (HOST, PORT)
	@$(BIN)/flask db upgrade
	@$(BIN)/flask prepare-run
	@PARLEY_DEMO_LIVE=$(PARLEY_DEMO_LIVE) exec $(BIN)/uvicorn webapp.asgi:app --host $(HOST) --port $(PORT) --no-proxy-headers --no-server-header \
		--timeout-graceful-shutdown 3 --log-level warning

test: .venv/installed-dev ## Run the tests but the slow ones; ARGS="-k word" passes options to pytest
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not slow" $(ARGS)

test-slow: .venv/installed-dev ## Run the slow tests: faults at length, every look and module, thousands of odd requests
	@$(BIN)/python -m pytest -n $(WORKERS) -m slow $(ARGS)
	@PARLEY_FUZZ_EXAMPLES=1500 $(BIN)/python -m pytest -n $(WORKERS) --timeout=900 tests/faults/test_fuzz.py $(ARGS)

audit: ## Compare the locked dependencies with the advisories of PyPI
	@test -x .venv-audit/bin/pip-audit || { $(PYTHON) -m venv .venv-audit && .venv-audit/bin/python -m pip install --quiet pip-audit; }
	@.venv-audit/bin/pip-audit --disable-pip --no-deps --progress-spinner off -r requirements.lock

sbom: ## Write what an installation consists of into var/sbom.json (CycloneDX)
	@$(PYTHON) .ci/sbom.py var/sbom.json

lint: .venv/installed-dev ## Run ruff, mypy, import-linter and djlint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet

bench: .venv/installed-dev ## Run the benchmarks (SCALE=10k|100k|1m DB=sqlite|postgres; KEEP=folder; FILES=1 STREAMS=1)
	@$(BIN)/python -m bench $(ARGS)

lock: ## Resolve both lock files anew (needs uv)
	uv pip compile setup.cfg --universal --python-version 3.11 --generate-hashes -o requirements.lock
	uv pip compile setup.cfg --extra dev --universal --python-version 3.11 --generate-hashes -o requirements-dev.lock

# A stamp is newer than what it stands for, so that the second run installs nothing.

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Parley needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; \
		exit 1; }
	@$(PYTHON) -m venv .venv || { \
		echo "$(PYTHON) cannot make a virtual environment; on Debian: apt-get install -y python3-venv" >&2; exit 1; }
	@touch $@

.venv/installed: requirements.lock | .venv/made
	@echo "Installing the locked dependencies ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/installed-dev: requirements-dev.lock | .venv/made
	@echo "Installing the locked development dependencies ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ .venv/installed
