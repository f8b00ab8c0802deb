# clustergraph: `make serve` to use it, `make test` to check it; both install what they need into .venv.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: serve test browser addresses lint types layers fresh valid unit format build bench clean assets

serve: $(VENV)/.ready assets
	$(BIN)/clustergraph serve --port $(PORT)

# `unit` also holds the built files against their sources and validates them, as `fresh` and `valid` do alone.
test: lint types layers unit

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

layers: $(VENV)/.dev
	$(BIN)/lint-imports

fresh: $(VENV)/.dev
	$(BIN)/clustergraph build --check

valid: $(VENV)/.dev
	$(BIN)/clustergraph validate

unit: $(VENV)/.dev assets
	$(BIN)/python -m pytest --numprocesses auto --cov --cov-report=term:skip-covered

# Every kind of page in every language, width and colour scheme; `unit` looks at a sample that spans them.
browser: $(VENV)/.dev assets
	EVERY_VIEW=1 $(BIN)/python -m pytest --numprocesses auto tests/browser

# Every IRI of the built graphs with every client's Accept header; `unit` takes a hundredth of them.
addresses: $(VENV)/.dev
	EVERY_ADDRESS=1 $(BIN)/python -m pytest tests/web/test_addresses.py -k every_iri_answers

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

build: $(VENV)/.ready
	$(BIN)/clustergraph build

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/build.py

# Fonts and the editor, from npm where it is there; pages do without where it isn't.
assets:
	@$(PYTHON) assets/install.py

clean:
	rm -rf $(VENV) dist src/clustergraph/web/pages/static/vendor .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.ready: pyproject.toml constraints.txt
	@echo "Installing into $(VENV) …" >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ": say PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV) || { echo "Python lacks venv: on Debian, apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.ready
	@echo "Installing what the tests need …" >&2
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group dev
	@touch $@
