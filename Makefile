# `make` alone shows what there is. Every setting is an environment variable: make run KAFKA_PORT=9192
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCAL_DIR ?= .local
JARS_DIR ?= .local/jars
SAMPLE := $(LOCAL_DIR)/sample.json
DATA ?= $(SAMPLE)
FUZZ_SECONDS ?= 300
# Not macros: sqlfluff has no way to read them.
SQL := models $(wildcard tests/dbt/*.sql)

# Make says whether its output goes to a terminal; dbt does not look.
DBT_COLORS := $(if $(MAKE_TERMOUT),,--no-use-colors)

# dbt's static page holds the catalogue as it is now.
define write-site
	@dbt $(DBT_COLORS) --quiet docs generate --static
	@python -m report site
endef

export LOCAL_DIR JARS_DIR
export PATH := $(CURDIR)/$(BIN):$(PATH)
export DBT_PROFILES_DIR := $(CURDIR)/profiles

.PHONY: help
help:  ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: up $(filter $(SAMPLE),$(DATA))  ## The whole job: produce, land, verify, build, test, answer (DATA=file.json for your own data)
	@python -m ingest run "$(DATA)"
	@dbt $(DBT_COLORS) build --exclude-resource-type unit_test
	$(write-site)

.PHONY: docs
docs: up  ## Write site/: the documentation of the models, and the report
	$(write-site)

$(SAMPLE): | install
	@mkdir -p $(@D)
	@python -m ingest sample $@

.PHONY: up
up: install  ## Start Kafka, HDFS and Spark; wait until each is ready
	@python -m services up

.PHONY: down
down:  ## Stop them; their data stays in .local
	@python -m services down

.PHONY: status
status:  ## Show the services: state, ports, logs
	@python -m services status

# Two lanes share the services of the tests; see CONTRIBUTING.md.
PYTEST := pytest --numprocesses 2 --dist loadgroup --durations 10

.PHONY: test
test: install  ## Pass every test, on services of the tests' own (12 min)
	@ruff format --check --quiet . && ruff check --quiet .
	@$(PYTEST)

.PHONY: test-unit
test-unit: install  ## Pass the tests that need no service and no Java (20 s)
	@$(PYTEST) tests/unit

.PHONY: test-all
test-all: install  ## Pass every test, and the repetitions that take long: more seeds, kills, splits
	@ruff format --check --quiet . && ruff check --quiet .
	@$(PYTEST) --all

.PHONY: faults
faults: install  ## Kill everything at every step and at random moments; count what that cost (30 min)
	@pytest tests/integration/faults --faults

.PHONY: bench
bench: install  ## Measure beside what others would use, on services of its own (20 min; ROWS="models land" for others)
	@python -m bench $(ROWS)

.PHONY: bench-scale
bench-scale: install  ## The whole job on 1, 10, 100 and 1000 times the dataset: time, memory, disk (40 GB, half an hour)
	@python -m bench scale

.PHONY: fuzz
fuzz: install  ## Fuzz the splitter for FUZZ_SECONDS (300), guided by its coverage
	@PYTHONPATH=. python tests/support/fuzz_records.py $(LOCAL_DIR)/fuzz -max_total_time=$(FUZZ_SECONDS)

.PHONY: lint
lint: install  ## Check style, structure and documentation; starts nothing, writes nothing
	@ruff format --check --quiet . && ruff check --quiet .
	@sqlfluff lint --disable-progress-bar --processes 2 $(SQL)
	@folder=$$(mktemp -d) && trap 'rm -r "$$folder"' EXIT && \
		dbt --quiet --log-path "$$folder" parse --target-path "$$folder/target" && \
		DBT_PROJECT_DIR="$$folder" dbt-bouncer run --only manifest_checks

.PHONY: format
format: install  ## Bring Python and SQL into style
	@ruff format --quiet . && ruff check --fix --quiet .
	@sqlfluff fix $(SQL)

.PHONY: lock
lock: install  ## Pin the newest versions that pyproject.toml allows
	@uv pip compile pyproject.toml --extra dev --universal --python-version 3.10 --generate-hashes \
		--upgrade --no-header --no-emit-index-url --no-emit-find-links --quiet --output-file requirements.txt

.PHONY: audit
audit: install  ## Look up each pinned package among the known vulnerabilities (asks pypi.org)
	@uv tool run --quiet --system-certs pip-audit==2.10.1 --strict --disable-pip --require-hashes \
		--progress-spinner off --requirement requirements.txt || \
		{ echo "error: a package is vulnerable, or could not be looked up at pypi.org; see above" >&2; exit 1; }

.PHONY: clean
clean: down  ## Stop the services and delete all that they hold
	@rm -rf $(LOCAL_DIR) target logs

.PHONY: install
install: $(VENV)/.installed $(JARS_DIR)/.installed  ## Install what is missing into .venv and .local

$(VENV)/.installed: requirements.txt
	@$(PYTHON) services/prerequisites.py
	@echo "installing the Python packages into $(VENV)" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check uv==0.13.9
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --system-certs --require-hashes --compile-bytecode \
		--requirements requirements.txt
	@touch $@

$(JARS_DIR)/.installed: services/pom.xml $(wildcard services/*/pom.xml)
	@$(PYTHON) services/prerequisites.py
	@echo "fetching the services' jars into $(@D)" >&2
	@rm -rf $(@D)
	@mvn --batch-mode --quiet --file services/pom.xml dependency:copy-dependencies -Djars.dir=$(abspath $(@D)) >&2
	@touch $@
