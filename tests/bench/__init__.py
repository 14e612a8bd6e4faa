"""Benchmarks: `make bench`. They print ratios within one run; the tests count statements and never time."""
