# Needs only Python >= 3.11 with venv, make, and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder
# Most time of tests on JAX is XLA's; it compiles the step of a training once for all that are alike.
COMPILED_ONCE := JAX_COMPILATION_CACHE_DIR=$(CURDIR)/.pytest_cache/jax JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS=0.2

export KEDRO_DISABLE_TELEMETRY := true
export DO_NOT_TRACK := true

.PHONY: run test check install clean bench fuzz

run: install
	$(BIN)/kedro run --pipeline=dcgan

test: $(VENV)/installed-dev
	KERAS_BACKEND=tensorflow $(PYTEST)
	KERAS_BACKEND=jax $(COMPILED_ONCE) $(PYTEST) tests/training tests/adversarial tests/headlines

check: $(VENV)/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks

fuzz: $(VENV)/installed-dev
	$(BIN)/python -m tests.incremental.fuzz $(or $(N),2000)

install: $(VENV)/installed

$(VENV)/installed: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14) and "gan_pipelines needs Python 3.11, 3.12 or 3.13; $(PYTHON) is " + sys.version.split()[0] + ". Name another one: make run PYTHON=python3.12")'
	test -e $@ || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build src/*.egg-info
