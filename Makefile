# Three commands: make demo, make test, make check. Each installs what it needs into .venv.
# Another interpreter: make demo PYTHON=/path/to/python3.12
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test check format clean setup-demo setup-test setup-check

help:
	@echo "make demo    install with TensorFlow, run the demo, write demo-run/"
	@echo "make test    install every backend, run the whole suite on each (ARGS=... to pass on)"
	@echo "make check   formatting, lint, types, architecture"
	@echo "make format  rewrite the files the way make check wants them"
	@echo "make clean   remove caches, builds and demo-run/ (keeps .venv)"

demo: setup-demo
	$(BIN)/labelfeed demo --out demo-run

test: setup-test
	$(BIN)/python -m tests $(ARGS)

check: setup-check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy labelfeed
	$(BIN)/python -m pytest -q --backend none tests/test_architecture.py

format: setup-check
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf build dist demo-run .pytest_cache .mypy_cache .ruff_cache
	find labelfeed tests examples benchmarks tools -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

setup-demo setup-test setup-check: setup-%: $(VENV)/.ready-%

.PRECIOUS: $(VENV)/.ready-%
$(VENV)/.ready-%: pyproject.toml tools/setup.sh
	@PYTHON="$(PYTHON)" sh tools/setup.sh $*
