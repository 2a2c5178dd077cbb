# `make` alone lists the targets. docs/settings.md lists all settings: make run KAFKA_PORT=9192
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Recipes use paths as "$$X" only, because make itself splits at spaces and interprets other characters.
LOCAL_DIR ?= .local
JARS_DIR ?= .local/jars
FUZZ_SECONDS ?= 300
# Without macros/, which sqlfluff cannot read.
SQL := models $(wildcard tests/dbt/*.sql)

export VENV LOCAL_DIR JARS_DIR DATA FUZZ_SECONDS
# `make X=value` means the value as it is; make itself would expand each $ in it.
given := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
$(foreach name,$(given),$(eval override $(name) := $$(value $(name)))$(eval export $(name)))
export PATH := $(if $(filter /%,$(VENV)),,$(CURDIR)/)$(BIN):$(PATH)
export PYTHONUTF8 := 1
# Variables for other Python programs and other dbt projects are not passed on.
foreign := $(filter-out PYTHON PYTHONUTF8 PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE,$(filter PYTHON%,$(.VARIABLES))) \
	$(filter-out DBT_TARGET DBT_SCHEMA DBT_THREADS DBT_TARGET_PATH DBT_LOG_PATH DBT_ENV_SECRET_%,$(filter \
	DBT_%,$(.VARIABLES)))
unexport __PYVENV_LAUNCHER__ $(foreign)

.PHONY: help
help:  ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: up  ## The whole job: produce, land, verify, build, test, answer (DATA=file.json for your own data)
	@if [ -z "$$DATA" ]; then DATA="$$LOCAL_DIR/sample.json"; \
		[ -e "$$DATA" ] || python -m ingest sample "$$DATA" || exit; fi; \
	python -m ingest run "$$DATA"
	@python -m refresh

.PHONY: docs
docs: up  ## Write site/: the documentation of the models, and the report
	@python -m report site

.PHONY: up
up: packages  ## Start Kafka, HDFS and Spark; wait until each is ready
	@python -m services up

.PHONY: down
down:  ## Stop the services; their data stays in .local
	@[ ! -e "$$VENV/bin/python" ] || python -m services down

.PHONY: status
status:  ## Show the services: state, ports, logs
	@python -m services status

# Two lanes share the services of the tests; see CONTRIBUTING.md.
PYTEST := pytest --numprocesses 2

.PHONY: test
test: install-dev  ## Run the tests, on services of their own (half an hour to an hour)
	@$(PYTEST)

.PHONY: test-unit
test-unit: install-dev  ## Run the tests that need no service and no Java (a minute)
	@$(PYTEST) tests/unit

.PHONY: test-all
test-all: install-dev  ## Run the tests and their repetitions: more seeds, kills, splits
	@$(PYTEST) --all

.PHONY: faults
faults: install-dev  ## Kill each process at each fail point and at random moments; count lost and doubled messages (30 min)
	@pytest tests/integration/faults --faults

.PHONY: bench
bench: install-dev  ## Compare ours with other tools, on services of its own (20 to 40 min; ROWS="models land" for other rows)
	@python -m bench $(ROWS)

.PHONY: bench-scale
bench-scale: install-dev  ## The whole job on 1, 10, 100 and 1000 times the dataset: time, memory, disk (40 GB, half an hour)
	@python -m bench scale

.PHONY: fuzz
fuzz: install-dev  ## Fuzz the splitter for FUZZ_SECONDS (300), guided by its coverage
	@PYTHONPATH=. python tests/support/fuzz_records.py "$$LOCAL_DIR/fuzz" -max_total_time="$$FUZZ_SECONDS"

.PHONY: lint
lint: install-dev  ## Check style, structure and documentation; starts nothing, writes nothing
	@ruff format --check --quiet . && ruff check --quiet . && mypy --no-error-summary
	@sqlfluff lint --disable-progress-bar --processes 2 $(SQL)
	@folder=$$(mktemp -d) && trap 'rm -r "$$folder"' EXIT && \
		dbt --quiet --log-path "$$folder" parse --target-path "$$folder/target" && \
		DBT_PROJECT_DIR="$$folder" dbt-bouncer run --only manifest_checks

.PHONY: format
format: install-dev  ## Bring Python and SQL into style
	@ruff format --quiet . && ruff check --fix --quiet .
	@sqlfluff fix $(SQL)

# Each lock is for all supported Pythons and systems. A package in both locks has the same version in both.
compile := uv pip compile pyproject.toml --universal --python-version 3.10 --generate-hashes --upgrade --no-header \
	--no-emit-index-url --no-emit-find-links --quiet --system-certs

.PHONY: lock
lock: install-dev  ## Pin the newest versions that pyproject.toml and jars.in allow
	@$(compile) --output-file requirements.txt
	@$(compile) --extra dev --constraint requirements.txt --output-file requirements-dev.txt
	@python -m services.jars services/*/jars.in tests/integration/*/jars.in

.PHONY: audit
audit: install-dev  ## Look up each pinned package among the known vulnerabilities (asks PyPI)
	@uv tool run --quiet --system-certs pip-audit==2.10.1 --strict --disable-pip --require-hashes \
		--progress-spinner off --requirement requirements-dev.txt || \
		{ echo "error: a package is vulnerable, or could not be looked up on PyPI; see above" >&2; exit 1; }

.PHONY: clean
clean:  ## Stop the services; delete their data, and dbt's files in this folder
	@[ ! -e "$$VENV/bin/python" ] || python -m services clean
	@rm -rf target logs/dbt.log*

.PHONY: install
install: packages  ## Install the packages and jars that running needs into .venv and .local
	@python -m services install

.PHONY: install-dev
install-dev: install  ## Install the packages that developing needs, too
	@"$(PYTHON)" services/packages.py "$$VENV" requirements-dev.txt

.PHONY: packages
packages:
	@"$(PYTHON)" services/prerequisites.py
	@"$(PYTHON)" services/packages.py "$$VENV" requirements.txt
