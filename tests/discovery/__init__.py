"""Tests of generator.discovery: find and explore."""
