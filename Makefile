# Everything that people and CI do with Yinian. `make help` lists it.
# Any target works from a fresh clone: it does the set-up that it needs first, which takes no time once it is done.

PYTHON ?= python3
BIN := .venv/bin
LOCALES := zh_Hans zh_Hant_HK en
EXTRACT := $(BIN)/pybabel --quiet extract --no-location --sort-output

# Where it is set, every process of Yinian would compile all of it again before it does anything.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help bootstrap run backup restore test test-fast lint types format translations lock benchmarks clean \
        prepared-to-run prepared-to-test

help: ## what can be done here
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

bootstrap: prepared-to-run ## only the set-up: environment, browser libraries, catalogues, voice models

run: prepared-to-run ## the whole demonstration: database, site and worker at http://127.0.0.1:8000 (PORT=8080 changes it)
	@exec $(BIN)/python -m webapp

backup: prepared-to-run ## the whole database in one sealed file (FILE=path; var/backups/ unless given)
	@$(BIN)/python -m services backup $(or $(FILE),var/backups/yinian-$(shell date +%Y%m%d-%H%M%S).backup)

restore: prepared-to-run ## FILE=path: a backup into an empty database
	@$(BIN)/python -m services restore $(or $(FILE),$(error say which one: make restore FILE=path))

test: lint types ## everything that must pass: lint, types and all tests, in a real Chromium too
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile

test-fast: lint types ## lint, types and the tests that need neither database nor browser
	$(BIN)/pytest tests/unit

lint: prepared-to-test ## ruff, and the one-way arrows between the folders
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: prepared-to-test ## mypy, strict on services/
	$(BIN)/mypy

format: prepared-to-test ## rewrite the code in the one form that lint accepts
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

translations: prepared-to-test ## bring the catalogues of words up to date with the code, and compile them
	@mkdir -p var/translations
	$(EXTRACT) --mapping babel.cfg --keyword _ --keyword _l --output-file var/translations/messages.pot .
	$(EXTRACT) --keyword say --keyword line --keyword counted:1,2 --output-file var/translations/voice.pot voice
	@for locale in $(LOCALES); do for domain in messages voice; do \
	    $(BIN)/pybabel --quiet update --domain $$domain --locale $$locale --output-dir locales \
	        --input-file var/translations/$$domain.pot --init-missing --ignore-obsolete --no-fuzzy-matching --no-wrap \
	        --ignore-pot-creation-date || exit 1; \
	done; done
	@$(PYTHON) -m setup run

lock: prepared-to-test ## renew the lock files in requirements/ and package-lock.json
	@sh requirements/renew.sh

benchmarks: prepared-to-test ## measure what the documents promise (RECORDINGS=folder measures recognition too)
	$(BIN)/python -m benchmarks.eligibility
	$(BIN)/python -m benchmarks.screening
	$(BIN)/python -m benchmarks.month
	$(BIN)/python -m benchmarks.booking
	$(BIN)/python -m benchmarks.messages
	$(BIN)/python -m benchmarks.deeds
	$(if $(RECORDINGS),$(BIN)/python -m benchmarks.recognition $(RECORDINGS))

clean: ## remove what can be made again; data, models and the environment stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache static/vendor var/log var/translations
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

prepared-to-run:
	@$(PYTHON) -m setup run

prepared-to-test:
	@$(PYTHON) -m setup test
