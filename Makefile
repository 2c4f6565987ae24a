# make setup      virtual environment with the locked libraries; leaves .venv/bin/schakel
# make demo       a whole evening on this machine   [ONCE=1] [REAL=news.jsonl.gz] [SELF=1]
# make test       every check: format, lint, types, layers, tests, coverage
# make lint       the checks without the tests
# make migration  m="what changed": writes the next migration from the code
# make lock       resolves requirements.lock anew (needs uv)
# make assets     rebuilds what the console takes from others, bot/console/static/vendor (needs npm)
# make bench      measures delivery for half an hour, into docs/performance.md   [SHORT=1]
# make browser    Debian's Chromium, for the tests that look at the pages
# make printing   Debian's text layout libraries, for texts as PDF
# make semantic   the language model for [feeds] similarity = "betekenis" (91 MB, Linux on x86-64)
# make postgresql Debian's PostgreSQL, for the second round of the tests that keep rows
# make clean      removes what the others made, and nothing else
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo lint bench browser postgresql printing semantic test search migration lock assets clean

BIN := .venv/bin
STAMP := .venv/.installed

# The modules that decide; their tests must reach nine lines and branches in ten.
DECIDING := bot/config.py bot/reducing.py bot/chat/buttons.py \
  briefings/approval_rules.py briefings/fact_rules.py briefings/lint.py briefings/moments.py briefings/render.py \
  contacts/importing/reading.py contacts/limiter.py contacts/permissions.py contacts/records.py contacts/verdicts.py \
  feeds/dutch_dates.py feeds/grouping.py feeds/pacing.py feeds/relevance.py feeds/weighing.py \
  signals/person_filter.py signals/workdays.py
# What proves them. Tracing doubles the time of a test, so only these are traced.
PROVING := $(addprefix tests/test_,$(addsuffix .py,approval approval_later buttons config drafting drafting_after \
  fact_block facts feedback feeds_grouping feeds_memory feeds_parsing feeds_relevance importing limiter lint \
  mail_politeness outbox_verdicts person_excused person_filter person_texts quiet records reducing telling))
FLOOR := 90

empty :=
comma := ,
space := $(empty) $(empty)

help:
	@sed -n 's/^# make /make /p' $(firstword $(MAKEFILE_LIST))

# Said to who asked for it; whoever does something else with it goes on with that.
setup: $(STAMP)
	@$(if $(filter setup,$(MAKECMDGOALS)),echo "Klaar. Schakel instellen: .venv/bin/schakel init. Eerst eens proberen: make demo",:)

# PYTHON=… chooses another one; it must be 3.11 or newer.
$(STAMP): requirements.lock pyproject.toml
	@python=; for name in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; done; \
	[ -n "$$python" ] || { \
	  echo "Schakel heeft Python 3.11 of nieuwer nodig. / Schakel needs Python 3.11 or newer."; \
	  echo "  sudo apt install python3 python3-venv"; exit 1; }; \
	"$$python" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python mist het deel voor virtuele omgevingen. / Python lacks its venv part."; \
	  echo "  sudo apt install python3-venv"; exit 1; }; \
	[ -x $(BIN)/python ] || { echo "Maakt .venv …"; "$$python" -m venv .venv; }
	@echo "Zet de bibliotheken klaar …"
	@{ $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock \
	  && $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; } || { \
	  echo "De bibliotheken konden niet geplaatst worden. Is er internet?"; \
	  echo "The libraries could not be installed. Is there a network?"; exit 1; }
	@touch $(STAMP)

# A path that does not exist from here may be meant from where make was called (make -C).
demo: setup
	@real='$(REAL)'; [ -z "$$real" ] || [ -e "$$real" ] || [ ! -e "$(PWD)/$$real" ] || real="$(PWD)/$$real"; \
	exec $(BIN)/schakel demo $(if $(filter-out 0,$(ONCE)),--once) $(if $(filter-out 0,$(SELF)),--self) $${real:+--real "$$real"}

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Without rights to install, or on another system, the tests of the pages skip and say so.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
	  echo "Installeert Chromium voor de toetsen van de pagina's …"; \
	  root=; [ "$$(id -u)" = 0 ] || root="sudo -n"; \
	  { $$root apt-get update -qq && $$root apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 \
	    || echo "Chromium ontbreekt; de toetsen van de pagina's worden overgeslagen."; }

# Without them a text can still be printed from its page.
printing:
	@$(BIN)/python -c 'import weasyprint' 2>/dev/null || { \
	  echo "Installeert wat een pdf nodig heeft …"; \
	  root=; [ "$$(id -u)" = 0 ] || root="sudo -n"; \
	  { $$root apt-get update -qq && $$root apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; } >/dev/null 2>&1 \
	    || echo "libpango ontbreekt; de toetsen van de pdf worden overgeslagen."; }

# Nobody pays for it unasked: neither make setup nor make test brings it; its tests say so and skip.
semantic: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r semantic.lock

# The tests start a cluster of their own in a temporary folder; Debian's own is left alone.
postgresql:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || { \
	  echo "Installeert PostgreSQL voor de tweede ronde van de toetsen …"; \
	  root=; [ "$$(id -u)" = 0 ] || root="sudo -n"; \
	  { $$root apt-get update -qq && $$root apt-get install -y -qq --no-install-recommends postgresql; } >/dev/null 2>&1 \
	    || echo "PostgreSQL ontbreekt; DE TWEEDE RONDE VAN DE TOETSEN WORDT OVERGESLAGEN."; }

# Images and build machines often forbid Python to keep what it compiled; then each of the nine
# workers compiles all tests anew, and each process that a test starts the whole product.
test search: export PYTHONDONTWRITEBYTECODE :=

# Once on SQLite, and what keeps rows once more on PostgreSQL.
test: lint browser postgresql printing
	$(BIN)/pytest -q -n 2 --dist worksteal --cov --cov-report= $(PROVING)
	$(BIN)/coverage report --include="$(subst $(space),$(comma),$(DECIDING))" --fail-under=$(FLOOR)
	$(BIN)/pytest -q -n 3 --dist worksteal $(addprefix --ignore=,$(PROVING))
	$(BIN)/pytest -q -n 4 --dist worksteal --postgresql

# New random examples for every property, a thousand each; what it finds becomes an @example.
search: setup
	$(BIN)/pytest -q -n 2 --hypothesis-profile=search $$(grep -rlE '^@given|^    @given' tests)

bench: setup
	$(BIN)/python -m bot.bench.series $(if $(SHORT),--short)

migration: setup
	@[ -n "$(m)" ] || { echo 'Usage: make migration m="what changed"'; exit 2; }
	$(BIN)/python -m bot.migrating "$(m)"
	$(BIN)/ruff format --quiet bot/migrations/versions

# uv is a tool for whoever changes dependencies, not for users.
lock:
	uv pip compile --universal --python-version 3.11 --extra dev --extra files --extra pdf --extra picture --extra passkey --extra postgresql --extra hosts --generate-hashes --no-emit-index-url --no-annotate -q pyproject.toml -o requirements.lock

# Node is a tool for whoever changes these, not for users. Nothing of it stays: some of the
# packages carry Python files, which are not ours to check.
assets: ## rebuilds bot/console/static/vendor from what package-lock.json pins
	cd bot/console/assets && npm ci --ignore-scripts && node build.mjs
	rm -rf bot/console/assets/node_modules

clean:
	rm -rf bot/console/assets/node_modules
	find bot briefings contacts feeds signals tests -name __pycache__ -prune -exec rm -rf {} +
	rm -rf .venv build *.egg-info .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
