# Everything a person types; `make help` lists it. Nothing here needs root.

PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/pip install --disable-pip-version-check --quiet
LOCK := var/tools/bin/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet $(if $(UPGRADE),--upgrade)
# What the tests ask of every page: can everybody use it?
AXE := var/npm/node_modules/axe-core/axe.min.js
CATALOGS := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
# The checks that read Django's settings leave the installation under var/ alone.
APART := SECRET_KEY=unused DATABASE_URL=sqlite://:memory:

# Tests start the program a hundred times: it is compiled once, even where Python is told to keep nothing.
export PYTHONDONTWRITEBYTECODE :=
# The whole suite runs in two processes, a file in one of them: TOGETHER= takes one. In the order of
# their names, because those that xdist would keep for the end, of few tests, are the long ones.
TOGETHER ?= --numprocesses 2 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

##@ Try it

.PHONY: help
help: ## List what can be made
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: .venv/.runtime $(CATALOGS) ## Show the whole thing at work on sandbox platforms
	$(BIN)/broadcaster demo

.PHONY: sandbox
sandbox: .venv/.runtime $(CATALOGS) ## Run the sandbox platforms by themselves
	$(BIN)/broadcaster sandbox

.PHONY: serve
serve: .venv/.runtime $(CATALOGS) ## Run Broadcaster: web, worker and schedule
	$(BIN)/broadcaster serve

.PHONY: install
install: .venv/.runtime $(CATALOGS) ## Make the program ready for a service: docs/operations.md
	$(BIN)/python -m compileall -q broadcaster channels worker.py

##@ Check it

.PHONY: check
check: format-check lint bandit types imports migrations translations spelling audit test ## All that CI runs

.PHONY: test
test: .venv/.dev $(CATALOGS) $(AXE) ## Run the tests, then those of the store again on PostgreSQL
	$(BIN)/pytest $(TOGETHER)
	$(BIN)/pytest $(TOGETHER) --database postgresql -m database

.PHONY: test-browser
test-browser: .venv/.dev $(CATALOGS) $(AXE) ## Run only the tests in Chromium
	$(BIN)/pytest tests/browser

.PHONY: format-check
format-check: .venv/.dev ## Is the code formatted?
	$(BIN)/ruff format --check

.PHONY: lint
lint: .venv/.dev ## Does ruff object?
	$(BIN)/ruff check

.PHONY: bandit
bandit: var/tools/.installed ## Does bandit see what ruff does not?
	var/tools/bin/bandit --quiet --recursive --configfile pyproject.toml broadcaster channels tools worker.py

.PHONY: audit
audit: var/tools/.installed ## Is anything known against what we are made of? BROADCASTER_AUDIT=required
	var/tools/bin/python -m tools.audit

.PHONY: types
types: .venv/.dev ## Do the types agree?
	$(APART) $(BIN)/mypy

.PHONY: imports
imports: .venv/.dev ## Do imports point down the house?
	$(BIN)/lint-imports

.PHONY: migrations
migrations: .venv/.dev ## Are the migrations in step with the models?
	$(APART) $(BIN)/python -m django makemigrations --check --dry-run --settings broadcaster.settings

.PHONY: translations
translations: .venv/.dev ## Is every text translated?
	$(BIN)/python -m tools.translations

.PHONY: spelling
spelling: .venv/.dev ## Does codespell know the words?
	$(BIN)/codespell

.PHONY: bench
bench: .venv/.dev ## Measure against what one would use instead
	$(BIN)/python -m benchmarks

.PHONY: fuzz
fuzz: .venv/.dev $(CATALOGS) ## Fuzz at length: MINUTES=1 for each target, TARGET= for some of them
	FUZZ_MINUTES=$(or $(MINUTES),1) BROADCASTER_LOG=CRITICAL \
		$(BIN)/pytest tests/fuzz -p no:logging $(if $(TARGET),-k "$(TARGET)")
	$(BIN)/python -m tests.fuzz.covered --minutes $(or $(MINUTES),1) $(if $(TARGET),--only "$(TARGET)")

.PHONY: faults
faults: .venv/.dev $(CATALOGS) ## Break everything on purpose and count what arrived
	$(BIN)/python -m tests.faults

##@ Change it

.PHONY: format
format: .venv/.dev ## Format the code and mend what ruff can mend
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

.PHONY: texts
texts: .venv/.dev ## Bring the translation catalogs in step with the texts
	$(BIN)/python -m tools.translations --update

.PHONY: screenshots
screenshots: .venv/.dev $(CATALOGS) ## Take the pictures of the screens in docs/img again
	$(BIN)/python -m tests.browser.screenshots

.PHONY: lock
lock: var/tools/.installed ## Lock the requirements again; UPGRADE=1 takes the newest
	$(LOCK) pyproject.toml --extra dev --output-file requirements-dev.lock
	$(LOCK) pyproject.toml --constraint requirements-dev.lock --output-file requirements.lock
	$(LOCK) --group pyproject.toml:tools --output-file requirements-tools.lock

.PHONY: sbom
sbom: var/tools/.installed ## List all that the program is made of: var/sbom.json, CycloneDX
	var/tools/bin/python -W ignore -m cyclonedx_py requirements --pyproject pyproject.toml \
		--output-reproducible --output-file var/sbom.json requirements.lock

# The two stamps say what is installed; the development lock contains the other one.
.venv/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the program needs; the first time takes a minute..."
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the program and its tests need; the first time takes two minutes..."
	$(INSTALL) --require-hashes -r requirements-dev.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch .venv/.runtime $@

$(BIN)/python:
	@command -v $(PYTHON) > /dev/null || \
		{ echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name yours:" \
			"make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is $$($(PYTHON) --version 2>&1); 3.11 or newer is needed." \
			"Name one: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || \
		{ echo "$(PYTHON) has no venv. On Debian and Ubuntu: apt-get install python3-venv" >&2; \
			exit 1; }
	$(PYTHON) -m venv .venv

$(AXE): tools/npm/package-lock.json | $(BIN)/python
	@if command -v npm > /dev/null; then \
		mkdir -p var/npm && cp tools/npm/package.json tools/npm/package-lock.json var/npm && \
		npm ci --prefix var/npm --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@ || \
		{ echo "npm could not fetch axe-core. Run the same command again when the network is there." >&2; \
			exit 1; }; \
	else \
		echo "There is no npm here: the tests of accessibility will be skipped."; \
	fi

locale/%.mo: locale/%.po tools/translations.py | .venv/.runtime
	$(BIN)/python -m tools.translations --compile

# uv, CycloneDX, pip-audit and bandit, apart from what the program and its tests need.
var/tools/.installed: requirements-tools.lock | $(BIN)/python
	@echo "Installing the tools that look at the program from outside..."
	$(PYTHON) -m venv --clear var/tools
	var/tools/bin/pip install --disable-pip-version-check --quiet --require-hashes -r requirements-tools.lock
	@touch $@
