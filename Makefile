# Two commands matter: make run, make test.
# Python 3.11 to 3.13; another one: make PYTHON=python3.12 run
# Of those that fit, one with the language in itself comes first: loaded as a library it is a fifth slower.
CHOICE := import os, sys, venv, ensurepip; maps = "/proc/self/maps"; \
	(3, 11) <= sys.version_info[:2] <= (3, 13) or sys.exit(1); \
	print(int(os.path.exists(maps) and "libpython" in open(maps).read()), sys.executable)
PYTHON ?= $(shell for p in python3 /usr/bin/python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(CHOICE)' 2>/dev/null; done | sort -s -k1,1 | head -n 1 | cut -d ' ' -f 2-)
BIN := .venv/bin
PY := env PYTHONPATH=src $(BIN)/python
# A lock that changes makes its mark disappear, so the environment is brought up to date.
RUN_MARK := .venv/.run-$(shell cksum < requirements/run.lock | cut -d' ' -f1)
DEV_MARK := .venv/.dev-$(shell cksum < requirements/dev.lock | cut -d' ' -f1)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --only-binary=:all:

.PHONY: run federation env dev test check bench trial pictures docs lint types contracts house fast units journeys packs

run: $(RUN_MARK)
	@exec ./yiwang run

# The sample's nodes, each in a network of its own where that is allowed.
federation: $(RUN_MARK)
	@exec ./yiwang federation

env: $(RUN_MARK)
dev: $(DEV_MARK)

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 至 3.13（含 venv）。Python 3.11 to 3.13 with venv is needed."; exit 1; }
	$(PYTHON) -m venv .venv

$(RUN_MARK): | .venv/bin/python
	$(PIP) -r requirements/run.lock
	@touch $@

$(DEV_MARK): | .venv/bin/python
	$(PIP) -r requirements/dev.lock
	@touch $@ $(RUN_MARK)

# --- everything CI needs ------------------------------------------------------------------------

test: $(DEV_MARK)
	@exec $(PY) -m tests.all

check: $(DEV_MARK)
	@exec $(PY) -m tests.all --quick

# --- one at a time ------------------------------------------------------------------------------

lint types contracts house fast units journeys packs: $(DEV_MARK)
	@exec $(PY) -m tests.all --only $@

bench: $(DEV_MARK)
	@exec $(PY) -m bench

trial: $(DEV_MARK)
	@exec $(PY) -m trial

pictures: $(DEV_MARK)
	@exec $(PY) -m tests.pictures

docs: $(RUN_MARK)
	@exec ./yiwang docs
