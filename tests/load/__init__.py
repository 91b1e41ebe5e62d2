"""Benchmarks: each prints its figure beside its peer's from the same run, as a ratio; none is a test."""
