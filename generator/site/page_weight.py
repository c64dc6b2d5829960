"""Limits the bytes that a page loads first."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from pathlib import Path

MOST_PAGE = 2 << 20  # bytes of HTML: beyond it, phones stop to answer
MOST_FIRST_VIEW = 300_000  # bytes as they travel: texts compressed, pictures as they are
COMPRESSED = frozenset({".html", ".css", ".js", ".svg", ".json"})


@dataclass(slots=True)
class Scale:
    """Weighs files as they travel; each once."""

    root: Path
    _known: dict[str, int] = field(default_factory=dict)

    def weigh(self, name: str) -> int:
        """Bytes of a file of the site; texts as servers send them."""
        if name not in self._known:
            path = self.root / name
            data = path.read_bytes() if path.is_file() else b""
            text = path.suffix in COMPRESSED
            self._known[name] = len(gzip.compress(data, 6, mtime=0)) if text else len(data)
        return self._known[name]

    def fault(self, page: str, loaded: set[str]) -> str:
        """What is too heavy about a page that loads these files at once; empty if nothing."""
        size = (self.root / page).stat().st_size
        if size > MOST_PAGE:
            return f"{_kilobytes(size)} of HTML, at most {_kilobytes(MOST_PAGE)} are allowed"
        weights = {name: self.weigh(name) for name in loaded}
        heavy = sum(weights.values())
        if heavy + size <= MOST_FIRST_VIEW:  # the page is light enough as it is written
            return ""
        total = heavy + self.weigh(page)
        if total <= MOST_FIRST_VIEW:
            return ""
        most = max(weights, key=lambda name: (weights[name], name), default=page)
        return (
            f"the first view loads {_kilobytes(total)}, at most {_kilobytes(MOST_FIRST_VIEW)} are "
            f"allowed; most of it is {most} ({_kilobytes(self.weigh(most))}): make it smaller, or "
            'give it loading="lazy"'
        )


def _kilobytes(size: int) -> str:
    return f"{size / 1000:.0f} kB"
