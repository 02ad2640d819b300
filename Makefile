# Needs only Python >= 3.11 with venv, make, and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Those of incremental runs fork thousands of processes, which is faster without TensorFlow in memory; so they run apart.
PYTEST := $(BIN)/pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder
# Most time of tests on JAX is XLA's; it compiles each operation and each step once for all that are alike.
COMPILED_ONCE := JAX_COMPILATION_CACHE_DIR=$(CURDIR)/.pytest_cache/jax JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS=0 \
	JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES=-1

export KEDRO_DISABLE_TELEMETRY := true
export DO_NOT_TRACK := true

.PHONY: run test test-all check install clean bench fuzz

run: install
	$(BIN)/kedro run --pipeline=dcgan

# Every mechanism, with one model of each kind.
test: $(VENV)/installed-dev
	KERAS_BACKEND=tensorflow $(PYTEST) -m "not exhaustive" tests/incremental
	KERAS_BACKEND=tensorflow $(PYTEST) -m "not exhaustive" --ignore=tests/incremental
	KERAS_BACKEND=jax $(COMPILED_ONCE) $(PYTEST) -m "not exhaustive" tests/training \
		tests/adversarial/test_variants.py tests/adversarial/test_translation_training.py

# Every model, kills, all faults and random edits as well.
test-all: $(VENV)/installed-dev
	KERAS_BACKEND=tensorflow $(PYTEST) tests/incremental
	KERAS_BACKEND=tensorflow $(PYTEST) --ignore=tests/incremental
	KERAS_BACKEND=jax $(COMPILED_ONCE) $(PYTEST) tests/training tests/adversarial tests/captions tests/headlines
	$(MAKE) fuzz N=100

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
