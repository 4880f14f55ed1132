# The one door: setup run test check bench docs. CI calls only these (see .ci/run).

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

# A stamp carries the checksum of what it stands for, so a changed pin is installed and nothing else.
sum = $(firstword $(shell cksum < $(1)))
RUN_STAMP := $(VENV)/.run-$(call sum,requirements/run.txt)
DEV_STAMP := $(VENV)/.dev-$(call sum,requirements/dev.txt)
COMMAND_STAMP := $(VENV)/.command-$(call sum,pyproject.toml)

export PYTHONPATH := src
PIP_QUIET := --quiet --disable-pip-version-check --no-input

.PHONY: setup run test check format golden fuzz soak bench docs screenshots pins clean

setup: $(COMMAND_STAMP) ## what a hub needs, and the command .venv/bin/feedhub

run: setup ## the demo hub on http://127.0.0.1:8000/
	$(BIN)/feedhub demo

test: $(DEV_STAMP) node_modules/.package-lock.json ## every test this machine can run; says what it skipped and why
	$(BIN)/python -m pytest $(TESTS)

check: $(DEV_STAMP) ## format, rules, types, floors
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(DEV_STAMP)
	$(BIN)/ruff format --quiet .
	$(BIN)/ruff check --quiet --fix .

golden: $(DEV_STAMP) ## rewrite the golden files; read the difference before committing it
	FEEDHUB_GOLDEN=rewrite $(BIN)/python -m pytest tests/golden -n 0 -p no:randomly

fuzz: $(DEV_STAMP) ## any bytes to every reader for ten minutes (FUZZ_SECONDS), findings as files
	$(BIN)/python tests/fuzz/fuzz.py

soak: $(DEV_STAMP) ## an hour of fast life with every misfortune (SOAK_SECONDS); prints a report
	$(BIN)/python tests/soak/soak.py

bench: $(DEV_STAMP) ## each benchmark prints one line of figures
	for file in bench/[a-z]*.py; do $(BIN)/python $$file || exit 1; done

docs: $(DEV_STAMP) ## the files under docs/ and config/ that are written from the code
	$(BIN)/python docs/build.py

screenshots: $(DEV_STAMP) ## the pictures under docs/screenshots, taken of the demo (needs a Chromium)
	PYTHONPATH=src:. $(BIN)/python docs/screenshots.py

pins: ## resolve the pins of pyproject.toml anew (needs uv)
	uv pip compile pyproject.toml --generate-hashes --no-header --quiet \
	  --python-version 3.11 --group dev --output-file requirements/dev.txt
	uv pip compile pyproject.toml --generate-hashes --no-header --quiet \
	  --python-version 3.11 --group build --constraints requirements/dev.txt \
	  --output-file requirements/run.txt

clean:
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): $(VENV)/bin/python
	@echo "installing what a hub needs (requirements/run.txt)"
	$(BIN)/python -m pip install $(PIP_QUIET) --require-hashes -r requirements/run.txt
	@touch $@

$(DEV_STAMP): $(VENV)/bin/python
	@echo "installing what the tests need (requirements/dev.txt)"
	$(BIN)/python -m pip install $(PIP_QUIET) --require-hashes -r requirements/dev.txt
	@touch $@

# The checkers of tests/browser. Without Node.js, or without a way to them, those tests skip and say so.
node_modules/.package-lock.json: package-lock.json
	@if command -v npm >/dev/null; then \
	  echo "installing what checks the pages (package-lock.json)"; \
	  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error \
	    || echo "npm could not install the page checkers; their tests will be skipped"; \
	fi

$(COMMAND_STAMP): $(RUN_STAMP)
	$(BIN)/python -m pip install $(PIP_QUIET) --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	@touch $@
