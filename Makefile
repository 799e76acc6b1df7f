# Two commands from nothing: `make run` does the main job, `make test` tests it.
# Needed on the machine: Python 3.11 or later with pip and venv, and make.
PYTHON ?= python3
VENV ?= .venv
RUNS ?= 11
CITIES ?= 1000
SECONDS ?= 900
CHROMIUM ?= chromium
BIN := $(VENV)/bin

# Each start of kg would otherwise compile it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test test-all lint bench bench-questions bench-exports fuzz format pictures clean

help: ## list these targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 17

run: $(VENV)/installed ## set up; check; print the headline answers; write out/
	$(BIN)/kg build --output out
	$(BIN)/kg export tables -o out/tables
	$(BIN)/kg export gephi city-theme -o out/networks
	$(BIN)/kg export gephi entities -o out/networks
	$(BIN)/kg publish out/site

test: lint ## set up; check style and types; run the quick tests
	$(BIN)/pytest -n 2 --dist loadfile -m 'not slow'

test-all: lint ## the same with all tests: also Java, Node, servers, benchmarks, the README
	$(BIN)/pytest -n 2 --dist loadfile

lint: $(VENV)/installed-test ## set up; check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/installed-test ## time whole commands, as ratios to peers in the same run
	$(BIN)/python tests/bench/speed.py --runs $(RUNS)
	$(BIN)/python tests/bench/checks.py

bench-questions: $(VENV)/installed-test ## time each question: against rdflib, the engine, and on many cities
	$(BIN)/python tests/bench/questions.py --runs $(RUNS) --cities $(CITIES)

bench-exports: $(VENV)/installed-test ## time and memory of each export, and of the site, on many cities
	$(BIN)/python tests/bench/exports.py
	$(BIN)/python tests/bench/publish.py

fuzz: $(VENV)/installed-test ## generated inputs: SECONDS of processor time for each kind of input
	$(BIN)/python tests/fuzz/fuzz.py --seconds $(SECONDS)

format: $(VENV)/installed-test ## write Turtle and Python in canonical form
	$(BIN)/kg format ontology data
	$(BIN)/ruff format .

pictures: $(VENV)/installed ## draw the pictures of the README (needs Chromium)
	$(BIN)/kg export gephi city-theme -o .github/city-theme.svg
	$(BIN)/kg publish out/site
	$(CHROMIUM) --headless --no-sandbox --disable-gpu --disable-background-networking \
	  --hide-scrollbars --user-data-dir=$(VENV)/chromium --window-size=1200,1180 \
	  --screenshot=.github/site.png out/site/en/index.html

clean: ## remove the environment and the output
	rm -rf $(VENV) out

$(VENV)/installed: pyproject.toml Makefile
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[picture,source,web]'
	@touch $@

$(VENV)/installed-test: pyproject.toml Makefile
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable '.[all]' --group test
	@touch $@ $(VENV)/installed
