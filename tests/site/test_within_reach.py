"""A reader who disagrees: counter-examples, raw numbers and the command, two clicks from home."""

from __future__ import annotations

import csv
import json
import os
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

CLICKS = 2


class Reading(HTMLParser):
    """The links of a page, the identifiers on it, and its text."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: set[Path] = set()
        self.ids: set[str] = set()
        self.text = ""
        self._folder = page.parent
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.ids.add(said.get("id", ""))
        to = urlsplit(said.get("href", ""))
        if tag == "a" and to.path and not to.scheme:
            self.links.add(Path(os.path.normpath(self._folder / unquote(to.path))))

    def handle_data(self, data: str) -> None:
        self.text += data


def within_reach(home: Path) -> dict[Path, int]:
    """Every file that so many clicks lead to, with the fewest that it takes."""
    reached = {home: 0}
    for clicks in range(1, CLICKS + 1):
        pages = [page for page, far in reached.items() if far == clicks - 1]
        for page in pages:
            if page.suffix == ".html":
                for link in Reading(page).links:
                    reached.setdefault(link, clicks)
    return reached


def test_who_disagrees_finds_everything_within_two_clicks(built: Path) -> None:
    site = built.parent / "site"
    reached = within_reach(site / "index.html")
    claim = site / "claims" / "fish.html"
    assert reached[claim] == 1
    page = Reading(claim)
    assert "counterexamples" in page.ids
    assert "python -m generator score features.5" in page.text
    (responses,) = (path for path in page.links if path.suffix == ".csv")
    assert reached[responses] <= CLICKS
    with responses.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 8
    assert reached[site / "results.json"] <= CLICKS
    assert json.loads((site / "results.json").read_text(encoding="utf-8"))["claims"]
    assert "python -m generator build" in Reading(site / "provenance.html").text
    assert reached[site / "provenance.html"] <= CLICKS
