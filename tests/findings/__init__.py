"""Tests of the findings: verdicts from responses made by hand."""
