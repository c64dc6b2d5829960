"""Tests of generator.commands.discovery: find and explore."""
