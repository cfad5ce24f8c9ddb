"""Measures Himpun: `python -m bench` (or `make bench`). What is measured and why: docs/explanation/performance.md."""
