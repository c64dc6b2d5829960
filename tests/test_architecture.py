"""docs/architecture.md says of the code what the code says of itself."""

from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def test_the_page_lists_the_modules_and_imports_of_today() -> None:
    script = runpy.run_path(str(DOCS / "architecture.py"))
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    assert "<!-- modules -->" in text
    assert "<!-- imports -->" in text
    assert script["page"](text) == text, "run `python docs/architecture.py`"
