# vetagenda: everything a person types. Needs python3 (3.11 or newer, with venv) and make; uv is used when it is there.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV ?= .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/.installed
SERVICES := agenda booking reminders sms calendar-sync gateway
PACKAGES := libs services gateway deploy

.PHONY: help install run demo backup restore test test-long check format contracts migration load clean
.PHONY: check-types check-style check-documents check-migrations

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

install: $(STAMP) ## install what is missing into .venv

$(STAMP): requirements-build.txt requirements.txt requirements-dev.txt constraints.txt $(wildcard libs/*/pyproject.toml services/*/pyproject.toml gateway/pyproject.toml deploy/*/pyproject.toml)
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	@echo "installing into $(VENV) ..."
	@if command -v uv >/dev/null; then \
		install="uv pip install -q --compile-bytecode --python $(PYTHON)"; \
	else \
		install="$(PYTHON) -m pip install -q --disable-pip-version-check"; \
	fi; \
	$$install -c constraints.txt -r requirements-build.txt && \
	$$install -c constraints.txt --no-build-isolation -r requirements-dev.txt
	@touch $@

run: $(STAMP) ## start everything on this machine (Ctrl-C stops it)
	@exec $(VENV)/bin/vetagenda up

demo: $(STAMP) ## play the main job against a fresh platform and say what was seen
	@PYTHONPATH=tests $(PYTHON) -m demo

backup: $(STAMP) ## everything into one file: make backup FILE=...
	@$(VENV)/bin/vetagenda backup "$(or $(FILE),$(error FILE=... says where to))"

restore: $(STAMP) ## everything back from it, into VETAGENDA_HOME: make restore FILE=... [REPLACE=yes]
	@$(VENV)/bin/vetagenda restore "$(or $(FILE),$(error FILE=... says from where))" $(if $(REPLACE),--replace)

test: $(STAMP) ## every test, on real embedded servers
	@$(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not long"

test-long: $(STAMP) ## what takes too long for every change: long histories, kill storms
	@$(PYTHON) -m pytest -m long

check: $(STAMP) ## format, lint, types, import rules, contracts and migrations
	@$(MAKE) --no-print-directory -j2 check-types check-style check-documents check-migrations
	@echo "check: all is well"

check-types:
	@$(VENV)/bin/mypy --no-error-summary $(PACKAGES) tests

check-style:
	@$(VENV)/bin/ruff format --check -q $(PACKAGES) tests
	@$(VENV)/bin/ruff check -q $(PACKAGES) tests
	@$(VENV)/bin/lint-imports --no-logo

check-documents:
	@$(PYTHON) -m vetagenda_gateway.contracts --check

check-migrations:
	@$(PYTHON) -m vetagenda_embedded.migrating check $(SERVICES)

format: $(STAMP) ## bring the code into shape
	@$(VENV)/bin/ruff check -q --fix $(PACKAGES) tests; $(VENV)/bin/ruff format -q $(PACKAGES) tests

contracts: $(STAMP) ## write the OpenAPI and AsyncAPI documents
	@$(PYTHON) -m vetagenda_gateway.contracts

migration: $(STAMP) ## a new revision: make migration service=agenda message="what changes"
	@$(PYTHON) -m vetagenda_embedded.migrating new $(service) "$(message)"

load: $(STAMP) ## the benchmarks, each with its peer's figure from the same run
	@PYTHONPATH=tests $(PYTHON) -m load

clean: ## remove what was installed and built, not the data in .vetagenda
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
