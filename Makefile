# Everything a person does here. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The installer, pinned like everything it installs.
UV_VERSION := 0.13.9
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help book pdf test check serve lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

$(VENV)/.installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "Python 3.11, 3.12 or 3.13 is needed; say which with: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' \
		|| { echo "This Python cannot make environments; on Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

book: $(VENV)/.installed ## execute the chapters and build the book into _build/html, as far as anything has changed
	$(BIN)/itpbook build

pdf: $(VENV)/.installed ## the book, and the whole manuscript as _build/html/manuscript.pdf (needs Chromium or Chrome)
	$(BIN)/itpbook build --pdf

test: check ## everything: lint, types, unit, property, notebook, book and browser tests
	$(BIN)/python -m tests.browser.chromium
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --nbval --nbval-current-env chapters tests

check: $(VENV)/.installed ## lint and type checks only
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

serve: book ## build the book and serve it on http://localhost:8000
	$(BIN)/python -m http.server --directory _build/html --bind localhost 8000

lock: ## resolve the ranges of pyproject.toml again into requirements.txt
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11.2 \
		--generate-hashes --no-header --no-emit-index-url --quiet --upgrade -o requirements.txt

clean: ## remove what was built; the environment stays
	rm -rf _build .mypy_cache .pytest_cache .ruff_cache .hypothesis
