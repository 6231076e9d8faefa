# Every target needs python3 and make alone, and sets up what it needs in .venv.
VENV := .venv
PYTHON := $(VENV)/bin/python
BASE_PYTHON ?= python3
STAMP := $(VENV)/.installed
# The peers of the benchmark are installed beside, where no test can come to lean on them.
BENCH_VENV := .venv-bench
BENCH_STAMP := $(BENCH_VENV)/.installed
# What opens the pages of the report in tests.
CHROMIUM := /usr/bin/chromium

export DO_NOT_TRACK := 1
export DAGSTER_DISABLE_TELEMETRY := 1
export DAGSTER_DG_UPDATE_CHECK_ENABLED := 0

.PHONY: help setup demo test test-browser quick check format lint types contracts compile-check dev bench soak fuzz clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements.lock pyproject.toml
	$(BASE_PYTHON) -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

setup: $(STAMP) ## install everything into .venv

demo: setup ## a year of a grocer's baskets: ingest, audiences, journey, files
	$(VENV)/bin/milepost demo

# In the order of the folders: runs and worlds take minutes, and come before the many small ones.
test: setup ## all tests but the soak
	$(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# In one process: Chromium itself takes the other core.
test-browser: setup $(CHROMIUM) ## the pages of the report in Chromium
	$(PYTHON) -m pytest tests/browser

$(CHROMIUM):
	@test "$$(id -u)" = 0 && command -v apt-get > /dev/null || \
	  { echo "$(CHROMIUM) is missing: install the package chromium" >&2; exit 1; }
	apt-get update --quiet && apt-get install --quiet --yes --no-install-recommends chromium

quick: setup ## the tests that take seconds
	$(PYTHON) -m pytest -n 2 --dist loadfile -m "not slow and not soak"

check: format lint types contracts compile-check test test-browser ## all that CI looks at

format: setup
	$(VENV)/bin/ruff format --check .

lint: setup
	$(VENV)/bin/ruff check .

types: setup
	$(VENV)/bin/pyright

contracts: setup
	$(VENV)/bin/lint-imports

compile-check: setup
	$(VENV)/bin/milepost compile --check

dev: setup ## the Dagster UI
	$(VENV)/bin/milepost dev

$(BENCH_STAMP): requirements.lock requirements-bench.lock pyproject.toml
	$(BASE_PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock -r requirements-bench.lock
	$(BENCH_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

bench: $(BENCH_STAMP) $(CHROMIUM) ## ratios against yardsticks of the same run, at 1 M and 20 M events; LARGE=1 adds 100 M
	$(BENCH_VENV)/bin/python -m tests.benchmarks --write $(if $(LARGE),--large)

soak: setup ## kills at random moments, and an explanation for every user of generated worlds
	$(PYTHON) -m pytest -m soak

fuzz: setup ## generated audiences, engine against oracle: SEEDS=20 START=0
	$(PYTHON) -m tests.engine.fuzz --seeds $(or $(SEEDS),20) --start $(or $(START),0)

clean: ## remove .venv and all data
	rm -rf $(VENV) $(BENCH_VENV) data
