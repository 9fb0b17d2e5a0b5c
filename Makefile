# The two commands: `make run` and `make test`. Everything they need is set up by themselves.
SHELL := /bin/sh
VAR_DIR ?= $(CURDIR)/var
export VAR_DIR
VENV := $(CURDIR)/.venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && { echo "$$p"; break; }; done)
BOOT = @[ -n "$(PYTHON)" ] || { echo "Python 3.11, 3.12 or 3.13 is needed: apt-get install python3 python3-venv" >&2; exit 1; }; \
	"$(PYTHON)" -m settings.services.install

.PHONY: help run test setup backup restore update bench deps-system lock compose-check
help:
	@echo "make run      the site with its demo, on http://127.0.0.1:$${PORT:-8000}, until Ctrl-C"
	@echo "make test     every check and test"
	@echo "make setup    a real installation: first account, organisation, sender, public address"
	@echo "make backup   database and media in one archive"
	@echo "make restore FILE=var/backups/….tar"
	@echo "make update   backup, migrate, check; back to the backup when something fails"
	@echo "make bench    figures, as JSON lines"

run:
	$(BOOT) run
	@exec $(BIN)/python -m settings.services.run

test:
	$(BOOT) test
	@exec $(BIN)/python -m settings.services.suite $(ARGS)

deps-system:
	$(BOOT) system

setup:
	$(BOOT) run
	@exec $(BIN)/python -m settings.services.manage setup $(ARGS)

backup:
	$(BOOT) run
	@exec $(BIN)/python -m settings.services.manage backup $(ARGS)

restore:
	@[ -n "$(FILE)" ] || { echo "FILE is not given: make restore FILE=var/backups/….tar" >&2; exit 1; }
	$(BOOT) run
	@exec $(BIN)/python -m settings.services.manage restore "$(FILE)" $(ARGS)

update:
	$(BOOT) run
	@exec $(BIN)/python -m settings.services.manage update $(ARGS)

bench:
	$(BOOT) test
	@exec $(BIN)/python -m settings.services.suite --bench $(ARGS)

# Neutral lock files: hashes, no addresses.
lock:
	$(BOOT) test
	$(BIN)/uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-header --no-emit-index-url --no-strip-extras -o requirements-dev.lock
	$(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-header --no-emit-index-url --no-strip-extras -c requirements-dev.lock -o requirements.lock
	$(BIN)/uv pip compile -q --group pyproject.toml:services --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url --no-strip-extras -o requirements-services.lock
