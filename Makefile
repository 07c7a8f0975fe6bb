# Everything a person does here. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The installer, pinned like everything it installs.
UV_VERSION := 0.13.9
WORKERS ?= auto

define NEEDS_PYTHON
$(PYTHON) is $(or $(shell $(PYTHON) --version 2>&1 | grep '^Python '),not to be found); Python 3.11, 3.12, 3.13 or 3.14 is needed. Where the system has one of them:
    make PYTHON=python3.12 book
To get one:
    Debian, Ubuntu   sudo apt-get install python3.12 python3.12-venv   (the number that the release has)
    Fedora           sudo dnf install python3.12
    macOS            brew install python@3.12
    anywhere         uv (https://docs.astral.sh/uv): uv python install 3.12
                     make PYTHON="$$(uv python find --system 3.12)" book
endef
define NEEDS_VENV
$(PYTHON) cannot make environments; on Debian and Ubuntu install what it lacks:
    sudo apt-get install $(notdir $(PYTHON))-venv
endef
export NEEDS_PYTHON NEEDS_VENV
# Chapters, pages and tests run in hundreds of processes, and each would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help book pdf test pytest test-fast coverage damage check lint types serve lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

# What executes the chapters and compiles the book.
$(VENV)/.installed-book: requirements-book.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null && $(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' \
		|| { printf '%s\n' "$$NEEDS_PYTHON" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { printf '%s\n' "$$NEEDS_VENV" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-book.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --build-constraints requirements.txt -e .
	@touch $@

# The same with what checks and tests them.
$(VENV)/.installed: requirements.txt $(VENV)/.installed-book
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.txt
	@touch $@

book: $(VENV)/.installed-book ## execute the chapters and build the book into _build/html, as far as anything has changed
	$(BIN)/itpbook build

pdf: $(VENV)/.installed-book ## the book, and the whole manuscript as _build/html/manuscript.pdf (needs Chromium or Chrome)
	$(BIN)/itpbook build --pdf

# The tests begin before the types are checked: where these are wrong, they still come to their closing line.
test: lint ## everything: lint, types, unit, property, notebook, book and browser tests
	$(BIN)/python -m tests.making.chromium
	@$(MAKE) --no-print-directory --jobs 2 pytest types

pytest: $(VENV)/.installed
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --nbval --nbval-current-env chapters tests

test-fast: check ## what is quick to find: no browser, no built book, nothing that is marked slow
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not slow" tests

coverage: $(VENV)/.installed ## run the tests and show the lines that none of them reaches; all are in _build/coverage/html
	rm -rf _build/coverage
	$(BIN)/python -m tests.making.chromium
	# These tests list every file that is opened, and coverage opens the modules.
	$(BIN)/coverage run -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --ignore tests/book/test_build_observe.py tests
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage html --quiet --directory _build/coverage/html
	$(BIN)/coverage report

damage: $(VENV)/.installed ## damage a copy of the project in thirty ways, one at a time, and see tests fail
	$(BIN)/python -m tests.damage.damages

check: lint types ## lint and type checks only

lint: $(VENV)/.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check

# In which order mypy infers types depends on the seed, and so may what it finds.
types: $(VENV)/.installed
	PYTHONHASHSEED=0 $(BIN)/mypy

serve: book ## build the book and serve it on http://localhost:8000
	$(BIN)/python -m http.server --directory _build/html --bind localhost 8000

LOCK := $(BIN)/uv pip compile --universal --python-version 3.11.2 --generate-hashes --no-header --no-emit-index-url --quiet

lock: ## resolve the ranges of pyproject.toml again into the locks: of all packages, and of those that make the book
	$(LOCK) pyproject.toml --extra dev --upgrade -o requirements.txt
	$(LOCK) pyproject.toml --constraints requirements.txt --no-annotate -o requirements-book.txt

clean: ## remove what was built; the environment stays
	rm -rf _build .mypy_cache .pytest_cache .ruff_cache .hypothesis
