# Everything a person types; each command first sets up what it needs.
PYTHON := .venv/bin/python
COMPILE := $(PYTHON) -m piptools compile --quiet --strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host
# The whole suite runs on two cores; chosen tests run alone: make test TESTS=tests/ground ARGS=-x
# The tests start our processes many times: they keep what they compile, whatever the machine wishes.
TESTS ?=
ARGS ?=
IN_PARALLEL := $(if $(TESTS),,-n 2 --dist loadfile --no-loadscope-reorder)

.DEFAULT_GOAL := help
.PHONY: help setup dev run serve test lint format bench simulate guides lock migrate

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install what the service needs to run
	@scripts/setup.sh runtime

dev: ## Install what the tests and checks need on top
	@scripts/setup.sh dev

run: setup ## Start the practice service and phone it once (ONCE=1: end after the call)
	@exec ./hotline practice run --parent $$PPID $(if $(ONCE),--once)

serve: setup ## Start the whole service from the environment
	@exec ./hotline serve --parent $$PPID

test: dev ## Run the tests (TESTS=tests/ground ARGS=-x)
	@exec env -u PYTHONDONTWRITEBYTECODE $(PYTHON) -m pytest $(IN_PARALLEL) $(ARGS) $(TESTS)

lint: dev ## Check style, types and which package may import which
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports

format: dev ## Put the code into the house style
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

bench: dev ## Measure against the budgets of the design
	@exec $(PYTHON) -m tests.bench $(ARGS)

simulate: dev ## Simulate days of the whole country (ARGS="--seed 2 --write")
	@exec $(PYTHON) -m tests.simulation $(ARGS)

guides: dev ## Take the pictures of docs/guides from the running console
	@exec $(PYTHON) -m tests.guides

lock: dev ## Resolve requirements*.in again into requirements*.txt
	@$(COMPILE) --output-file requirements.txt requirements.in
	@$(COMPILE) --output-file requirements-dev.txt requirements-dev.in

migrate: setup ## Bring the database to the newest schema
	@./hotline db upgrade
