"""Tests of generator.comparison."""
