# One list of verbs, for people and for CI.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SDK := .venv-sdk
# The tests wait for wires more than they compute: on a small machine seven at a time are quickest.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(max(7, os.cpu_count() or 7))')
# Some tests start the bot as a process of its own: what was compiled once is kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run demo test collected test-sdk check bench crash soak format clean
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/app.stamp: requirements/app.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing (once, about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/app.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/app.stamp
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(SDK)/sdk.stamp: requirements/sdk.txt
	@test -x $(SDK)/bin/python || $(PYTHON) -m venv $(SDK)
	@echo "Installing the vendors' SDKs (once, about a minute) ..."
	@$(SDK)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/sdk.txt
	@touch $@

run: $(VENV)/app.stamp ## the bot; with no TELEGRAM_BOT_TOKEN, the sandbox at http://127.0.0.1:8080
	@$(BIN)/python -m bot run

demo: $(VENV)/app.stamp ## one story without a browser: voice note, album, delivered MP4 in out/
	@$(BIN)/python -m bot demo

test: $(VENV)/dev.stamp ## every test but the long ones
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

collected: $(VENV)/dev.stamp # every test imported once: the workers of `make test` find it compiled
	@$(BIN)/python -m pytest --collect-only -q > $(VENV)/collected.txt || { tail -40 $(VENV)/collected.txt; exit 1; }

test-sdk: $(VENV)/dev.stamp $(SDK)/sdk.stamp ## the vendors' own SDKs as clients of the embedded servers
	@$(SDK)/bin/python -m pytest -c tests/sdk/pytest.ini --rootdir=. --confcutdir=tests/sdk tests/sdk

check: $(VENV)/dev.stamp ## format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: $(VENV)/dev.stamp ## memory, stalls and speed, as ratios side by side
	@$(BIN)/python -m tests.bench

crash: $(VENV)/dev.stamp ## kill the process at every wire call of whole stories, and every provider at each of its calls
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --crash-full tests/crash tests/flows/test_dying.py

soak: $(VENV)/dev.stamp ## play 20,000 steps of money against every rule of the books
	@MONEY_STEPS=20000 $(BIN)/python -m pytest -s tests/services/test_money_machine.py

format: $(VENV)/dev.stamp ## let ruff format and mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## remove the environment, the data of the sandbox and the demo's output
	rm -rf $(VENV) $(SDK) out .mypy_cache .ruff_cache
