"""The tests of labelfeed; `python -m tests` runs them on every backend."""
