# Every target does its own set-up: `make site` and `make test` work on a fresh clone.
PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/python
STAMP  := $(VENV)/.installed
PEERS  := benchmarks/.venv/.installed
SPEC   ?= report.yml
ARGS   ?=
REMOTE ?=
# What chooses and uses instructions; whole pictures of VGG-16 would take minutes.
ISA_TESTS := tests/lab/accelerate tests/lab/test_capabilities.py tests/lab/test_reference_outputs.py \
  tests/system/test_processor.py tests/system/test_precision.py
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup packages install site serve publish plan check test test-isa torture audit bench peers lint lock \
  clean distclean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(STAMP)  ## the environment in .venv, from requirements.lock

# uv is taken from the lock itself, by hash, and then installs the rest: half a minute instead of
# pip's several; compiled once here, the packages load in half the time where Python may not write
# its caches. The stamp comes last, so that an interrupted installation is done again.
# A lock keeps a second `make` waiting; held by a process, it cannot be left behind.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ..." >&2; exit 3; }
	@mkdir -p $(VENV)
	@$(PYTHON) -c 'import fcntl, os, sys; lock = os.open(sys.argv[1], os.O_CREAT | os.O_RDWR); \
	  fcntl.flock(lock, fcntl.LOCK_EX); os.set_inheritable(lock, True); \
	  os.execvp(sys.argv[2], sys.argv[2:])' $(VENV)/.turns $(MAKE) --no-print-directory packages

packages:
	@test $(STAMP) -nt requirements.lock -a $(STAMP) -nt pyproject.toml || \
	  $(MAKE) --no-print-directory install

install:
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV) || { \
	  echo "the venv module is needed (Debian: apt-get install python3-venv)" >&2; exit 3; }
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt
	@$(RUN) -m uv --version > /dev/null 2>&1 || \
	  $(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/uv.txt
	@echo "installing the packages of requirements.lock"
	@$(RUN) -m uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	@$(RUN) -m uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

site: $(STAMP)  ## the report as a site in site/
	@$(RUN) -m generator build --spec $(SPEC) $(ARGS)

serve: site  ## the site at http://127.0.0.1:8000
	@$(RUN) -m generator serve --spec $(SPEC)

plan: $(STAMP)  ## what `make site` would make, and why
	@$(RUN) -m generator plan --spec $(SPEC) $(ARGS)

publish: $(STAMP)  ## the site on the branch gh-pages; REMOTE=origin pushes it
	@$(RUN) -m generator build --spec $(SPEC) --record $(ARGS)
	@$(RUN) -m generator publish --spec $(SPEC) $(if $(REMOTE),--remote $(REMOTE))

check: $(STAMP)  ## the spec, its photographs and its pages
	@$(RUN) -m generator check --spec $(SPEC) $(ARGS)

test: $(STAMP)  ## all tests, in two processes; those in a browser where Chromium is installed
	@$(RUN) -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

# Limits of oneDNN and of torch's own kernels: what a processor without AVX-512, or without AVX, has.
test-isa: $(STAMP)  ## the tests of the lab on fewer instructions: AVX2 alone, and SSE4.1
	@ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2 $(RUN) -m pytest --numprocesses $(WORKERS) --dist worksteal $(ISA_TESTS) $(ARGS)
	@ONEDNN_MAX_CPU_ISA=SSE41 ATEN_CPU_CAPABILITY=default $(RUN) -m pytest --numprocesses $(WORKERS) --dist worksteal $(ISA_TESTS) $(ARGS)

torture: $(STAMP)  ## everything that can go wrong, done on purpose: up to an hour
	@$(RUN) -m tests.faults $(ARGS)

audit: $(STAMP)  ## the lock against a file of advisories: ADVISORIES=FILE.json
	@$(RUN) -m tests.audit requirements.lock $(ADVISORIES)

bench: $(STAMP) $(PEERS)  ## ours against the article's code and the peers, into docs/benchmarks.md
	@$(RUN) -m benchmarks $(ARGS)

peers: $(PEERS)  ## the peers that `make bench` runs, in benchmarks/.venv

$(PEERS): benchmarks/peers.lock $(STAMP)
	@$(RUN) -m uv venv --quiet --clear --python $(RUN) benchmarks/.venv
	@$(RUN) -m uv pip sync --quiet --require-hashes --python benchmarks/.venv benchmarks/peers.lock
	@touch $@

lint: $(STAMP)  ## ruff and mypy
	@echo "lint 1/3: ruff check"
	@$(RUN) -m ruff check .
	@echo "lint 2/3: ruff format"
	@$(RUN) -m ruff format --check .
	@echo "lint 3/3: mypy (half a minute; two without its cache)"
	@$(RUN) -m mypy

lock: $(STAMP)  ## requirements.lock and the peers' lock anew
	@$(RUN) -m uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-annotate --quiet --upgrade --output-file requirements.lock

	@$(RUN) -m uv pip compile benchmarks/peers.in --override benchmarks/peers.override \
	  --constraint requirements.lock --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-annotate --quiet --output-file benchmarks/peers.lock

# Only files that the program made; without the environment nothing is removed.
clean:  ## what can be made again in seconds: build/ and site/
	@test ! -x $(RUN) || $(RUN) -m generator clean --spec $(SPEC) $(ARGS)

distclean:  ## also the pictures, the responses and the environment
	@test ! -x $(RUN) || $(RUN) -m generator clean --results --spec $(SPEC) $(ARGS)
	@rm -rf $(VENV) benchmarks/.venv
