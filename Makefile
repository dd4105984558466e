# make demo, make test, make check and the others: each installs what it needs into .venv;
# make test-oldest has .venv-oldest of its own.
# Another interpreter: make demo PYTHON=/path/to/python3.12
VENV := .venv
BIN := $(VENV)/bin
OLDEST := .venv-oldest
MKDOCS := NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

# What breaks first when Keras differs, in two minutes: its private parts, the invariants, files of
# before, one model of each strategy, the command line from file to predictions.
OLDEST_TESTS := tests/models/test_keras_private.py tests/models/test_keras_private_rows.py \
	tests/test_keras_versions.py \
	tests/test_invariants.py tests/test_invariants_inference.py tests/test_saved.py \
	tests/test_oldest.py

.PHONY: help demo test test-oldest check docs release-check format clean setup-demo setup-test setup-check

help:
	@echo "make demo    install with TensorFlow, run the demo, write demo-run/"
	@echo "make test    install every backend, run the whole suite on each (ARGS=... to pass on)"
	@echo "make test-oldest  a small suite on the oldest Keras and packages that are promised"
	@echo "make check   formatting, lint, types, architecture, the site of docs/ built strictly"
	@echo "make docs    build/site: the pages of docs/ and the reference, to open from disk"
	@echo "make release-check  build the wheel, install it in a clean environment, run the demo from it"
	@echo "make format  rewrite the files the way make check wants them"
	@echo "make clean   remove caches, builds, demo-run/ and .venv-oldest (keeps .venv)"

demo: setup-demo
	$(BIN)/labelfeed demo --out demo-run

test: setup-test
	$(BIN)/python -m tests $(ARGS)

test-oldest: $(OLDEST)/.ready-oldest
	$(OLDEST)/bin/python -m tests --backend jax $(OLDEST_TESTS) $(ARGS)

check: setup-check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy labelfeed
	$(BIN)/python -m pytest -q --backend none tests/test_architecture.py
	$(MKDOCS)

docs: setup-check
	$(MKDOCS)
	@echo "open build/site/index.html"

release-check: setup-check
	@sh tools/release_check.sh $(BIN)/python

format: setup-check
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf build dist demo-run $(OLDEST) .pytest_cache .mypy_cache .ruff_cache
	find labelfeed tests examples benchmarks tools -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

setup-demo setup-test setup-check: setup-%: $(VENV)/.ready-%

.PRECIOUS: $(VENV)/.ready-%
$(VENV)/.ready-%: pyproject.toml tools/setup.sh
	@PYTHON="$(PYTHON)" sh tools/setup.sh $*

$(OLDEST)/.ready-oldest: pyproject.toml tools/setup.sh
	@PYTHON="$(PYTHON)" sh tools/setup.sh oldest
