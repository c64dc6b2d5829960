"""The small project of the tests of the spec: near-duplicates are taken out of its evidence."""

from __future__ import annotations

from tests.spec.conftest import check, project

__all__ = ["check", "project"]  # fixtures
