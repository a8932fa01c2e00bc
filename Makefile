# file: Makefile
# The verbs of the house. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help env demo test proofs lint types layers format bench docs mlflow lock clean

LOCK ?= requirements-dev.lock
BIN := .venv/bin

help:     ## list these verbs
	@sed -n 's/^\([a-z]*\): .*## /\1\t/p' Makefile | awk -F '\t' '{ printf "  make %-8s %s\n", $$1, $$2 }'

env:      ## build .venv from the lock; at once when it is current
	@sh tools/env.sh $(LOCK)

demo: env ## a synthetic market: four lanes traded; trained, validated, promoted, refused; then all of it on paper, to be watched
	@$(BIN)/tradingbot demo

test: lint types layers ## lint, types, layers and every test but the long drills
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile --ignore tests/proofs

proofs: env ## the long drills: nodes killed at any moment, faults, the dashboard in a browser and by its schema, the demo from a wheel
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile tests/proofs

lint: env ## ruff: flake8, bugbear, security, time zones, prints, format
	@$(BIN)/ruff check --no-cache .
	@$(BIN)/ruff format --no-cache --quiet --check .

types: env ## mypy --strict over product, tests and benchmarks
	@$(BIN)/mypy --strict

layers: env ## import-linter: layers and walls
	@$(BIN)/lint-imports --no-cache

format: env ## mend what ruff can mend: imports, format
	@$(BIN)/ruff check --no-cache --fix --quiet .
	@$(BIN)/ruff format --no-cache --quiet .

bench: env ## speed and memory, each beside a baseline
	@$(BIN)/python -m bench.run

docs: env ## build the manual into site/, strictly
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "the manual is in site/index.html"

mlflow: env ## MLflow's screens of the trainings, on 127.0.0.1:5000
	@MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=true $(BIN)/mlflow ui --host 127.0.0.1 --workers 1 \
		--backend-store-uri sqlite:///state/mlflow.db --registry-store-uri sqlite:///state/mlflow.db \
		--default-artifact-root state/mlartifacts

lock:     ## write the locks from pyproject.toml (UPGRADE=1 raises the pins)
	@sh tools/lock.sh

clean:    ## remove the environment and every cache
	@rm -rf .venv build site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
