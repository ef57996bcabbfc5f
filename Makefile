# Everything needs only Python 3.11+ (venv, pip), make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
PACKAGES := bot channels emulators handlers offices onestop procedures ratings storage
BROWSER := .venv-browser

.DEFAULT_GOAL := help
.PHONY: help setup run test check slow soak eval lock lint types floors bench-turns bench-zalo bench-tracking bench-start guessing

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMP) ## make .venv from requirements.lock (hashes checked)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "motcua needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
	@touch $(STAMP)

run: setup ## serve with demo data, nothing configured
	@$(BIN)/python -m compileall -q $(PACKAGES)
	MOTCUA_DEMO=1 exec $(BIN)/motcua serve

test: setup ## the tests (offline, under five minutes)
	$(BIN)/python -m pytest -n 2

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

floors: setup
	$(BIN)/lint-imports

check: lint types floors test ## ruff, mypy --strict, import-linter, the catalog, the tests
	$(BIN)/motcua catalog check

slow: setup $(BROWSER)/.ready ## kills, browser, processes (under five minutes on two cores)
	@$(BIN)/python -m compileall -q $(PACKAGES)
	PYTHONPATH=$(BROWSER)/site $(BIN)/python -m pytest -m slow -n 2 --maxschedchunk 1

$(BROWSER)/.ready: requirements-browser.lock | $(STAMP)
	$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes --upgrade --target $(BROWSER)/site -r requirements-browser.lock
	@touch $@

soak: setup ## a week of 5,000 followed dossiers, told
	@$(BIN)/python -m compileall -q $(PACKAGES)
	$(BIN)/python -m pytest -m soak -n 0 -s

eval: setup ## the search measured, every answer compared with the catalog: make eval [QUESTIONS=FILE]
	$(BIN)/motcua eval questions $(or $(QUESTIONS),tests/questions.jsonl)
	$(BIN)/motcua eval facts

bench-turns: setup ## what a Telegram turn costs, beside an echo bot and stock python-telegram-bot (three minutes)
	$(BIN)/python benchmarks/turns.py

bench-zalo: setup ## what a Zalo turn costs beside a Telegram turn, and a webhook at 200/s
	$(BIN)/python benchmarks/zalo.py

bench-tracking: setup ## what following costs: changes pushed and told, what a poll asks for, usual days of a million
	$(BIN)/python benchmarks/tracking.py

bench-start: setup ## what a start costs in CPU and memory
	$(BIN)/python benchmarks/start.py

guessing: setup ## how far guessing four digits comes under the limits, as docs/operating.md states
	$(BIN)/python -m bot.guessing

lock: ## write requirements.lock anew (needs uv)
	uv pip compile pyproject.toml --all-extras --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements.lock
	echo 'playwright>=1.55' | uv pip compile - --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements-browser.lock

pictures: setup $(BROWSER)/.ready ## the pictures of README, from the real page
	PYTHONPATH=$(BROWSER)/site:. $(BIN)/python -m tests.pictures
