"""How to cite the report: a sentence and BibTeX."""

from __future__ import annotations

import re
import unicodedata

from generator.pages.escaping import clean
from generator.pages.views import HomeView

SPECIAL = re.compile(r"[\\{}$&#%_^~]")
ESCAPED = {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "{": r"\{",
    "}": r"\}",
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def cited_as(home: HomeView) -> str:
    """The report in one line: authors, title, year."""
    names = [author.name for author in home.authors]
    listed = " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    year = f", {home.date[:4]}" if home.date else ""
    where = f" https://doi.org/{home.doi}" if home.doi else f" {home.url}" if home.url else ""
    return f"{listed + ', ' if listed else ''}“{home.title}”{year}.{where}"


def bibtex(home: HomeView) -> str:
    """The report as an entry; texts are escaped, so that LaTeX takes them for nothing else."""
    authors = " and ".join("{" + _escape(author.name) + "}" for author in home.authors)
    year, month = (home.date[:4], MONTHS[int(home.date[5:7]) - 1]) if home.date else ("", "")
    fields = (
        ("author", f"{{{authors}}}" if authors else ""),
        ("title", f"{{{{{_escape(home.title)}}}}}"),
        ("year", f"{{{year}}}" if year else ""),
        ("month", month),
        ("doi", f"{{{home.doi}}}" if home.doi else ""),
        ("url", f"{{{home.url}}}" if home.url else ""),
    )
    lines = (f"  {name} = {value}," for name, value in fields if value)
    return "\n".join((f"@misc{{{_key(home)},", *lines, "}"))


def _key(home: HomeView) -> str:
    last = home.authors[0].name.split()[-1:] if home.authors else []
    words = [*last, home.date[:4], *home.title.split()[:1]]
    plain = unicodedata.normalize("NFKD", "".join(words)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.casefold())[:40] or "report"


def _escape(text: str) -> str:
    return SPECIAL.sub(lambda sign: ESCAPED.get(sign[0], f"\\{sign[0]}"), clean(text))
