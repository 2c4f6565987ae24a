# make setup | demo | test | lint | lock | clean
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
STAMP := .venv/.installed
DECIDING := bot/reducing.py,bot/chat/buttons.py,bot/config.py,contacts/limiter.py,contacts/verdicts.py,contacts/records.py,contacts/permissions.py,feeds/relevance.py,feeds/grouping.py,feeds/dutch_dates.py,signals/person_filter.py,signals/working_days.py,briefings/lint.py,briefings/render.py,briefings/moments.py

.PHONY: setup demo test lint check lock migration clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Schakel heeft Python 3.11 of nieuwer nodig. Installeer het, bijvoorbeeld: sudo apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Er kon geen virtuele omgeving gemaakt worden. Installeer: sudo apt install python3-venv"; rm -rf .venv; exit 1; }
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(STAMP)

# make demo [ONCE=1] [REAL=bestand.jsonl.gz]
demo: setup
	@$(BIN)/schakel demo $(if $(ONCE),--once) $(if $(REAL),--real "$(REAL)")

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest -q -n 2 --cov=bot --cov=briefings --cov=contacts --cov=feeds --cov=signals --cov-report=term:skip-covered
	$(BIN)/coverage report --include="$(DECIDING)" --fail-under=90

# What the lock is made with; uv is a tool for whoever changes dependencies, not for users.
lock:
	uv pip compile --universal --python-version 3.11 --extra dev --extra postgresql --generate-hashes --no-emit-index-url --no-annotate -q pyproject.toml -o requirements.lock

migration: setup
	$(BIN)/python -m bot.migrating "$(m)"

clean:
	rm -rf .venv var build *.egg-info
