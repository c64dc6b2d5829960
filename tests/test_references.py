"""Documents and comments name files of the project that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.records import ROOT

NAMED = re.compile(
    r"(?<![\w./-])((?:docs|generator|benchmarks|tests|site_src|examples)/[\w./-]+"
    r"\.(?:md|py|json|yml|webp|png|j2))\b"
)
WRITTEN = {"benchmarks/results/gpu.json"}  # by whoever has a GPU
LINKED = re.compile(r"\]\((?!\w+:)([^)#\s]+)[^)]*\)")


def sources() -> Iterator[Path]:
    """Everything that tells a reader where to look; the tests name files that they make."""
    yield from (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "Makefile"))
    yield from (ROOT / "benchmarks").glob("*.py")
    for folder, kind in (("docs", "*.md"), ("generator", "*.py")):
        yield from (ROOT / folder).rglob(kind)


def test_named_files_are_there() -> None:
    named = {
        (str(source.relative_to(ROOT)), found)
        for source in sources()
        for found in NAMED.findall(source.read_text(encoding="utf-8"))
    }
    assert len(named) > 40
    assert not {each for each in named if each[1] not in WRITTEN and not (ROOT / each[1]).exists()}


def test_links_between_documents_lead_somewhere() -> None:
    links = {
        (source, found)
        for source in sources()
        if source.suffix == ".md"
        for found in LINKED.findall(source.read_text(encoding="utf-8"))
    }
    assert len(links) > 20
    assert not {(s.name, to) for s, to in links if not (s.parent / to).exists()}
