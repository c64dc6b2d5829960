"""Two results.json → what changed between two builds, and why."""

from generator.results.diff.changes import Change, same
from generator.results.diff.compare import compare
from generator.results.diff.report import as_json, as_text, diff

__all__ = ["Change", "as_json", "as_text", "compare", "diff", "same"]
