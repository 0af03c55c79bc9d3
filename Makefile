# Everything a person does with this repository. `make help` lists it.
#
# Needs Python 3.11 or newer (with venv), make and git, for the web app also Node 20; and no root.
# What is installed goes into .venv, from requirements.lock with hashes. Stamp files make the second
# call a no-op.

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
STAMPS := $(VENV)/.stamps
READY := $(STAMPS)/packages

WORKERS ?= 2
CODE := packages tests tools conftest.py
CLIENT_GENERATOR := openapi-python-client==0.29.1

.DEFAULT_GOAL := help
.PHONY: help install-dev up test test-unit test-integration test-package lint format type-check \
	check security deps-check complexity-report bench migration module client docs lock clean \
	web web-dev web-check web-journeys

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# -- the environment -------------------------------------------------------------------------------

$(STAMPS)/uv: tools/bootstrap.sh
	@sh tools/bootstrap.sh $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dependencies: requirements.lock $(STAMPS)/uv
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@touch $@

# No build isolation: the build backend comes from the lock too, so nothing unpinned is downloaded.
$(READY): $(wildcard packages/*/pyproject.toml) $(STAMPS)/dependencies
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation \
		$(foreach package,$(dir $(wildcard packages/*/pyproject.toml)),--editable $(package))
	@touch $@

install-dev: $(READY) ## Install everything into .venv
	@echo "Ready: $(BIN)/dotmac, $(BIN)/pytest, …"

# -- running ---------------------------------------------------------------------------------------

# PORT and DOTMAC_HOME reach the program from the environment or from `make up PORT=9000`:
# make exports both kinds of variable to what it starts.
up: $(READY) ## Install, start everything with sample data, print address and login (PORT=, DOTMAC_HOME=)
	@sh tools/web.sh --optional
	@$(BIN)/dotmac up

web: ## Build the web app into the platform (Node 20 or newer)
	@sh tools/web.sh

web-dev: ## The web app with Vite, changing as you write; the API is that of `make up` (DOTMAC_URL=)
	@sh tools/web.sh --modules
	@cd web && npm run --silent dev

bench: $(READY) ## Benchmarks with ratios to the floor of the same run (ONLY=B3)
	@$(BIN)/python tests/performance/run.py $(if $(ONLY),--only $(ONLY))

# -- tests -----------------------------------------------------------------------------------------

test: $(READY) ## Install and run the whole suite against a real PostgreSQL (ARGS="-k name")
	@$(BIN)/pytest -n $(WORKERS) $(ARGS)

test-unit: $(READY) ## Only the tests that need no server
	@$(BIN)/pytest -m unit $(ARGS)

test-integration: $(READY) ## Only the tests that need PostgreSQL or another server
	@$(BIN)/pytest -n $(WORKERS) -m "not unit" $(ARGS)

test-package: $(READY) ## The tests of one package (PACKAGE=billing)
	@test -n "$(PACKAGE)" || { echo "Say which: make test-package PACKAGE=billing" >&2; exit 2; }
	@$(BIN)/pytest $(firstword $(wildcard packages/$(PACKAGE) packages/dotmac_$(PACKAGE)) packages/$(PACKAGE)) $(ARGS)

web-journeys: web $(READY) ## What people do most, in a real Chromium against the real platform (CHROMIUM=)
	@cd web && DOTMAC="$(abspath $(BIN))/dotmac" npm run --silent journeys

# -- quality ---------------------------------------------------------------------------------------

format: $(READY) ## Format the code and apply the safe fixes
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix --exit-zero --quiet $(CODE)

lint: $(READY) ## ruff and the import rules
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/lint-imports --no-cache

type-check: $(READY) ## mypy, strict, on sources, tests and tools
	@$(BIN)/mypy $(CODE)

# Where `make test` comes next (TESTS_FOLLOW=1), its tests of the architecture are not run twice.
check: $(READY) ## All that must hold before a change is merged, except the tests of the packages
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/mypy $(CODE)
	@$(BIN)/lint-imports --no-cache
	@if grep -n '://' requirements.lock; then echo "requirements.lock names a host" >&2; exit 1; fi
	@$(BIN)/python tools/reference.py --check
	@$(if $(TESTS_FOLLOW),,$(BIN)/pytest -n $(WORKERS) tests/architecture)

web-check: ## eslint, prettier, types and tests of the web app
	@sh tools/web.sh --modules
	@cd web && npm run --silent routes && npm run --silent lint && npm run --silent format-check \
		&& npm run --silent types && npm run --silent test

security: $(READY) ## bandit on the sources, pip-audit on the locked dependencies
	@$(BIN)/python tools/security.py

deps-check: $(READY) ## Each package declares what it imports, and no more
	@$(BIN)/python tools/declared_dependencies.py

complexity-report: $(READY) ## The most complex functions, and the average
	@$(BIN)/radon cc packages --exclude "*/tests/*,*/migrations/*" --min C --show-complexity --average

# -- making things ---------------------------------------------------------------------------------

migration: $(READY) ## The next migration of a package, from its models (PACKAGE=billing MESSAGE="add due day")
	@$(BIN)/python tools/new_migration.py "$(PACKAGE)" "$(MESSAGE)"

module: $(READY) ## A new package from templates/module (NAME=dotmac_parking)
	@$(BIN)/python tools/new_module.py "$(NAME)"

client: $(READY) ## OpenAPI document and typed Python client into build/, and what the web app knows of the API
	@mkdir -p build
	@$(BIN)/dotmac openapi > build/openapi.json
	@$(UV) tool run --from $(CLIENT_GENERATOR) openapi-python-client generate \
		--path build/openapi.json --output-path build/client --overwrite --fail-on-warning \
		--config tools/python_client.yaml
	@sh tools/web.sh --modules
	@$(BIN)/python tools/web_api.py --write

docs: $(READY) ## Write docs/reference from the code
	@$(BIN)/python tools/reference.py --write

lock: $(STAMPS)/uv ## Resolve the dependencies anew and write requirements.lock
	@$(UV) lock --quiet --python $(BIN)/python
	@$(UV) export --quiet --frozen --all-packages --all-groups --all-extras --no-emit-workspace \
		--no-header --format requirements-txt > requirements.lock.new
	@mv requirements.lock.new requirements.lock

clean: ## Remove caches and build products (the environment and your data stay)
	@rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find packages tests tools -type d -name __pycache__ -prune -exec rm -rf {} +
