"""Benchmarks: figures as ratios measured in one run, and counts that are exact. Run with ``make bench``."""
