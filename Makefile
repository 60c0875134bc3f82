# The everyday verbs. A newcomer needs `make run`, Python 3.11 or later, make and git.

PYTHON ?= python3
DATA ?= data
PORT ?= 8000
BIN = .venv/bin
PIP = $(BIN)/pip --disable-pip-version-check --quiet install
# What mypy reads.
TYPED = jwp genderlens iatistandard tests bench .ci/locks.py .ci/translations.py

.DEFAULT_GOAL = help
.PHONY: help install run test check bench docs messages locks

help:
	@echo "make run       start jwp with the fictional example (DATA=folder PORT=8000)"
	@echo "make install   only put jwp and what it needs into .venv"
	@echo "make test      every test: rules, database tests on SQLite and PostgreSQL, browser"
	@echo "make check     style, types, import direction, migrations, translations, docs, locks"
	@echo "make bench     the measurements, on SQLite and PostgreSQL"
	@echo "make docs      write the generated tables in docs/ anew"
	@echo "make messages  bring the translation files up to the sources"
	@echo "make locks     pin the dependencies of pyproject.toml anew (needs uv)"

install: .venv/installed

run: install
	@test -e "$(DATA)" || $(BIN)/jwp init --example --data "$(DATA)"
	$(BIN)/jwp run --data "$(DATA)" --port $(PORT)

# Browser and rules tests run once; on PostgreSQL tests/conftest.py leaves only what touches the database.
# Browsers and servers are waited for, so on SQLite there are more workers than most machines have cores.
test: .venv/installed-test
	@.ci/packages
	$(BIN)/pytest -n 4 --dist loadgroup
	$(BIN)/python -m tests.postgres $(BIN)/pytest -n 2 --dist loadgroup

check: .venv/installed-test
	@.ci/packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(wildcard $(TYPED))
	$(BIN)/lint-imports
	JWP_DATABASE_URL=sqlite://:memory: $(BIN)/django-admin makemigrations --check --dry-run --settings jwp.settings
	$(BIN)/python .ci/translations.py
	$(BIN)/python -m jwp.cli docs --check
	$(BIN)/python .ci/locks.py

bench: .venv/installed-bench
	@.ci/packages
	$(BIN)/python -m bench.results_framework
	$(BIN)/python -m tests.postgres --durable $(BIN)/python -m bench.results_framework
	$(BIN)/python -m bench.grants
	$(BIN)/python -m tests.postgres --durable $(BIN)/python -m bench.grants
	$(BIN)/python -m bench.surveys
	$(BIN)/python -m bench.access
	$(BIN)/python -m bench.access_chains
	$(BIN)/python -m bench.access_transit

docs: install
	$(BIN)/python -m jwp.cli docs

messages: .venv/installed-test
	@.ci/packages
	$(BIN)/python .ci/translations.py --write

COMPILE = uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--python-version 3.11 --extra build pyproject.toml
locks:
	$(COMPILE) --extra lens -o requirements.lock
	$(COMPILE) --extra lens --extra spark --extra test -o requirements-test.lock
	$(COMPILE) --extra lens --extra spark --extra test --extra bench -o requirements-bench.lock

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "jwp needs Python 3.11 or later; name one with: make run PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python lacks venv. Install it with:" >&2; \
		$(PYTHON) -c 'import sys; print("  sudo apt-get install -y python%d.%d-venv" % sys.version_info[:2])' >&2; exit 2; }
	$(PYTHON) -m venv .venv

# setuptools is in the lock too, so that nothing unpinned is fetched to build jwp itself.
.venv/installed: .venv/bin/pip requirements.lock pyproject.toml
	@echo "Installing what jwp needs into .venv (about a minute the first time)"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-test: .venv/installed requirements-test.lock
	@echo "Installing what the tests need into .venv"
	@$(PIP) --require-hashes -r requirements-test.lock
	@touch $@

.venv/installed-bench: .venv/installed-test requirements-bench.lock
	@echo "Installing the peers that the measurements compare with"
	@$(PIP) --require-hashes -r requirements-bench.lock
	@touch $@
