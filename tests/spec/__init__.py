"""Tests of the spec stage: everything that a user wrote, right or wrong."""
