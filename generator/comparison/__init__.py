"""Two results.json → what changed between two builds, and why."""

from generator.comparison.changes import Change, same
from generator.comparison.compare import compare
from generator.comparison.telling import as_json, as_text, diff

__all__ = ["Change", "as_json", "as_text", "compare", "diff", "same"]
