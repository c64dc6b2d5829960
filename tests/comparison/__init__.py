"""Tests of generator.results.diff."""
