"""The demonstration behind `labelfeed demo`: what leaks, what does not, and what pays."""

from labelfeed.demo.run import run_demo

__all__ = ["run_demo"]
