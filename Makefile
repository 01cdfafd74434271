# Everything happens in .venv; `make` alone lists the targets.  Stamp files there make each step run once.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
STAMPS := $(VENV)/.stamps
BIN := $(VENV)/bin
JS := js
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

# --- make lab: PORT=8899 ARGS="--no-browser" -------------------------------------------------------------------------
PORT ?= 8888
ARGS ?=
LESSON := notebooks/00-quickstart.ipynb

JS_SOURCES := $(shell find $(JS) -type f -not -path '$(JS)/node_modules/*' -not -path '$(JS)/lib/*' -not -name '*.py' -not -name '*.tsbuildinfo' 2>/dev/null)

.PHONY: help lab demo server test checks lint bench soak clean node chromium

help:  ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

lab: $(STAMPS)/lab  ## install trackbook and open the first lesson in JupyterLab (PORT=, ARGS=--no-browser)
	@trackbook lab $(LESSON) --port $(PORT) $(ARGS)

demo: $(STAMPS)/lab  ## run the same lesson without a browser; leaves quickstart.ipynb and quickstart.html
	@cp $(LESSON) quickstart.ipynb
	@TRACKBOOK_NOTEBOOK=$(CURDIR)/quickstart.ipynb jupyter nbconvert --log-level ERROR --to notebook --inplace --execute \
	  --ExecutePreprocessor.store_widget_state=False --ExecutePreprocessor.extra_arguments=--log-level=ERROR quickstart.ipynb
	@trackbook report quickstart.ipynb -o quickstart.html
	@echo "executed: quickstart.ipynb    report: quickstart.html    runs: $(BIN)/trackbook runs"

server: PORT = 5000
server: $(STAMPS)/server  ## serve the project's runs to MLflow's clients (PORT=, ARGS=--help)
	@trackbook server --port $(PORT) $(ARGS)

# What the tests need beside .venv is fetched meanwhile.  Three workers: a test often waits for a kernel or a browser.
test:  ## everything: lint, types, TypeScript, unit tests, lessons, browser
	@$(MAKE) -j3 --output-sync=target checks chromium $(STAMPS)/peers
	@lessons=$$(mktemp -d); trap 'rm -rf "$$lessons"' EXIT; \
	  cp -r notebooks/. "$$lessons"; touch "$$lessons/pyproject.toml"; \
	  pytest -n 3 --dist loadfile --no-loadscope-reorder -rs --durations=40 tests "$$lessons" --nbval-lax --nbval-cell-timeout=120 --nbval-sanitize-with=tests/notebooks/sanitize.cfg

checks: lint node
	@npm --prefix $(JS) run lint
	@npm --prefix $(JS) run check
	@npm --prefix $(JS) test

lint: $(STAMPS)/dev  ## ruff, mypy strict, import-linter
	@ruff check --no-cache .  # a cached verdict does not know that a module came to be first-party
	@ruff format --check .
	@mypy
	@lint-imports

bench: $(STAMPS)/dev $(STAMPS)/peers  ## run the benchmarks and print one table (MLflow beside ours; FAST=1 leaves the long ones out)
	@printf '%-52s  %24s  %s\n' work median 'beside it'
	@python tests/benchmarks/bench_log_metric.py
	@python tests/benchmarks/bench_loop.py
	@python tests/benchmarks/bench_live_card.py
	@python tests/benchmarks/bench_start.py
	@python tests/benchmarks/bench_track_cell.py
	@python tests/benchmarks/bench_large_notebook.py
	@python tests/benchmarks/bench_home.py $(if $(FAST),--runs 200)
	@python tests/benchmarks/bench_store.py
	@python tests/benchmarks/bench_search.py $(if $(FAST),--many 0)
	@python tests/benchmarks/bench_server.py $(if $(FAST),--fast)
	@python tests/benchmarks/bench_curves.py $(if $(FAST),--points 100000)
	@python tests/benchmarks/bench_table.py $(if $(FAST),--runs 10000)
	@python tests/benchmarks/bench_page_memory.py $(if $(FAST),--minutes 1)

soak: $(STAMPS)/dev  ## the long trials, whole
	@TRACKBOOK_SOAK=1 pytest tests -m soak -o timeout=3600

clean:  ## remove what was built (.venv and recorded runs stay; `rm -r .venv` for a fresh start)
	rm -rf dist build src/trackbook/static src/trackbook/labextension $(JS)/lib $(JS)/node_modules $(STAMPS)
	rm -rf screenshots quickstart.ipynb quickstart.html .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# --- set-up ----------------------------------------------------------------------------------------------------------
$(STAMPS)/venv:
	@python=$$(for name in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	    "$$name" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; \
	  done || true); \
	if [ -z "$$python" ]; then \
	  echo "trackbook needs Python 3.11 or newer with venv: apt-get install python3-venv, or make PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	[ -x $(BIN)/python ] || "$$python" -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --upgrade 'pip>=25.1'
	@mkdir -p $(STAMPS) && touch $@

# The package, editable, with its front end built; the lab extension is linked, not copied.
$(STAMPS)/lab: $(STAMPS)/venv pyproject.toml $(JS_SOURCES)
	@echo "installing trackbook into $(VENV) (some minutes the first time)"
	@python -m pip install $(if $(MAKE_TERMOUT),,-qq) --editable '.[lab,sklearn]' 'jupyter-builder>=1.3,<2'
	@jupyter-builder develop --overwrite . &>/dev/null || jupyter-builder develop --overwrite .
	@jupyter labextension disable --level=sys_prefix @jupyterlab/apputils-extension:announcements 2>/dev/null
	@touch $@

$(STAMPS)/server: $(STAMPS)/lab
	@python -m pip install -qq --editable '.[server]'
	@touch $@

$(STAMPS)/dev: $(STAMPS)/lab
	@echo "installing the tools for tests"
	@python -m pip install -qq --group dev
	@touch $@

# What the benchmarks are measured against, and whose client the server is tested with, in an environment of its own.
$(STAMPS)/peers: $(STAMPS)/venv
	@echo "installing MLflow beside it, for comparison"
	@python -m venv $(VENV)/peers && $(VENV)/peers/bin/python -m pip install -qq --upgrade 'pip>=25.1' && \
	  $(VENV)/peers/bin/python -m pip install -qq --group peers
	@touch $@

# Node.js for the TypeScript checks: the machine's, or the one from the Python registry.  The stamp is a copy of the lock,
# compared by content, since npm writes the lock anew without changing it.
node: $(STAMPS)/dev
	@cmp -s $(JS)/package-lock.json $(STAMPS)/package-lock.json && [ -d $(JS)/node_modules ] || { \
	  python $(JS)/hatch_build.py $(BIN) && \
	  npm --prefix $(JS) ci --no-audit --no-fund --loglevel=error && \
	  cp $(JS)/package-lock.json $(STAMPS)/package-lock.json; }

chromium:
	@command -v chromium chromium-browser google-chrome >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing Chromium for the browser tests"; \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium) >/dev/null; \
	else \
	  echo "the browser tests need Chromium: sudo apt-get install chromium" >&2; exit 1; \
	fi
