# Two commands from nothing: `make run` does the main job, `make test` proves it.
# Wanted on the machine: Python 3.11 or later with pip and venv, and make.
PYTHON ?= python3
VENV ?= .venv
RUNS ?= 11
CITIES ?= 1000
BIN := $(VENV)/bin

.PHONY: help run test bench bench-questions bench-exports format clean

help: ## these lines
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 17

run: $(VENV)/installed ## set up, check everything, print summary and headline answers, write out/
	$(BIN)/kg build --output out
	$(BIN)/kg export tables -o out/tables
	$(BIN)/kg export gephi city-theme -o out/networks
	$(BIN)/kg export gephi entities -o out/networks

test: $(VENV)/installed-test ## set up, lint, check types, run the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist loadfile

bench: $(VENV)/installed-test ## speed of whole commands, as ratios against peers in the same run
	$(BIN)/python tests/bench/speed.py --runs $(RUNS)

bench-questions: $(VENV)/installed-test ## speed of each question: against rdflib, the engine, and on many cities
	$(BIN)/python tests/bench/questions.py --runs $(RUNS) --cities $(CITIES)

bench-exports: $(VENV)/installed-test ## time and memory of each export, on many cities
	$(BIN)/python tests/bench/exports.py

format: $(VENV)/installed-test ## the canonical form of Turtle and Python
	$(BIN)/kg format ontology data
	$(BIN)/ruff format .

clean: ## away with the environment and what was written
	rm -rf $(VENV) out

$(VENV)/installed: pyproject.toml Makefile
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[networkx,picture,source]'
	@touch $@

$(VENV)/installed-test: pyproject.toml Makefile
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@ $(VENV)/installed
