"""Reads .bib files and formats references.

Whatever a field holds is text; only an address that begins with http:// or https://, a DOI or an
arXiv number becomes a link.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bibtexparser.entrypoint import parse_string
from bibtexparser.exceptions import BlockAbortedException
from bibtexparser.library import Library
from bibtexparser.middlewares import NameParts, SeparateCoAuthors, SplitNameParts
from bibtexparser.model import (
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    MiddlewareErrorBlock,
    ParsingFailedBlock,
)
from pylatexenc.latex2text import LatexNodes2Text

from generator.errors import Problem
from generator.markdown.names import shown
from generator.spec.text import Text

logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
logging.getLogger("bibtexparser").propagate = False  # it reports by its failed blocks as well
logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)

MOST = 5_000  # characters of a field
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._/+-]{0,99}")
ADDRESS = re.compile(r"https?://[^\s<>\"'\\]+")
DOI = re.compile(r"10\.[0-9]{4,9}/[^\s<>\"'\\]+")
ARXIV = re.compile(r"([a-z-]+(\.[A-Z]{2})?/[0-9]{7}|[0-9]{4}\.[0-9]{4,5})(v[0-9]+)?")
VENUES = ("journal", "booktitle", "series", "publisher", "school", "institution", "howpublished")


@dataclass(frozen=True, slots=True)
class Reference:
    """One entry as a reference list prints it: authors and title end as sentences do.

    ``short`` is how a citation names it to whoever cannot see the list; ``href`` is empty where
    there is no safe link.
    """

    key: str
    authors: str
    short: str
    title: str
    venue: str
    year: str
    href: str


@dataclass(frozen=True, slots=True)
class Bibliography:
    """Every reference by its key, and what is wrong with the .bib files."""

    entries: dict[str, Reference] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_bibliography(texts: tuple[Text, ...]) -> Bibliography:
    """Read all .bib files of a report; a key may occur once in all of them."""
    entries: dict[str, Reference] = {}
    problems: list[Problem] = []
    for text in texts:
        library = parse_string("\n".join(text.lines))
        problems.extend(_failures(text, library))
        for entry in library.entries:
            reference, faults = _Entry(text, entry).read()
            if entry.key in entries:
                faults = (*faults, _at(text, entry, f"another file has the key {entry.key!r} too"))
            problems.extend(faults)
            entries.setdefault(entry.key, reference)
    return Bibliography(entries, tuple(problems))


def _failures(text: Text, library: Library) -> Iterator[Problem]:
    for block in library.failed_blocks:
        line = (block.start_line or 0) + 1
        yield text.problem(line, 1, _why(block))


def _why(block: ParsingFailedBlock) -> str:
    match block:
        case DuplicateBlockKeyBlock():
            return f"the key {block.key[:60]!r} is already used in this file"
        case DuplicateFieldKeyBlock():
            return f"this entry has a field twice: {', '.join(sorted(block.duplicate_keys))}"
        case MiddlewareErrorBlock():
            return f"a name cannot be read: {str(block.error)[:160]}"
    error = block.error
    reason = error.abort_reason if isinstance(error, BlockAbortedException) else str(error)
    return f"this entry is not BibTeX: {reason.strip()[:160]}"


def _at(text: Text, entry: Entry, message: str) -> Problem:
    return text.problem((entry.start_line or 0) + 1, 1, message)


class _Entry:
    """Turns one entry into a reference, and complains of what it cannot turn."""

    def __init__(self, text: Text, entry: Entry) -> None:
        self.text = text
        self.entry = entry
        self.faults: list[Problem] = []
        self.fields = {each.key.casefold(): each for each in entry.fields}
        self.decode = LatexNodes2Text(math_mode="verbatim")

    def read(self) -> tuple[Reference, tuple[Problem, ...]]:
        """The reference and its faults."""
        key = self.entry.key
        if not KEY.fullmatch(key):
            message = f"a key is made of letters, digits and : . _ / + -; found {shown(key)}"
            self.faults.append(_at(self.text, self.entry, message))
        names = self._names()
        title, year = self._plain("title"), self._plain("year") or self._plain("date")[:4]
        if not title:
            self.faults.append(_at(self.text, self.entry, f"{key[:60]!r} has no title"))
        reference = Reference(
            key=key,
            authors=_sentence(_listed([_full(each) for each in names])),
            short=f"{_short([_last(each) for each in names])} {year}".strip() or title,
            title=_sentence(title),
            venue=self._venue(),
            year=year,
            href=self._href(),
        )
        return reference, tuple(self.faults)

    def _raw(self, name: str) -> str:
        value = self.fields[name].value if name in self.fields else ""
        return value if isinstance(value, str) else ""

    def _plain(self, name: str) -> str:
        return self._decoded(self._raw(name), name)

    def _decoded(self, text: str, name: str) -> str:
        line = self.fields[name].start_line or 0 if name in self.fields else 0
        if len(text) > MOST:
            message = f"{name} has more than {MOST} characters"
            self.faults.append(self.text.problem(line + 1, 1, message))
            return ""
        try:
            return " ".join(str(self.decode.latex_to_text(text)).split())
        except (ValueError, IndexError, KeyError, RecursionError, AttributeError, TypeError):
            message = f"the LaTeX of {name} cannot be read: write it plainly, in UTF-8"
            self.faults.append(self.text.problem(line + 1, 1, message))
            return ""

    def _names(self) -> list[NameParts]:
        name = next((key for key in ("author", "editor") if self._raw(key)), "")
        if not name:
            return []
        alone = Library([Entry("misc", "names", [self.fields[name]])])
        for step in (SeparateCoAuthors(False), SplitNameParts(False)):
            alone = step.transform(alone)
        if not alone.entries:
            line = (self.fields[name].start_line or 0) + 1
            why = "; ".join(_why(block) for block in alone.failed_blocks)
            self.faults.append(self.text.problem(line, 1, why))
            return []
        found: list[NameParts] = alone.entries[0].fields[0].value
        return [self._readable(each, name) for each in found]

    def _readable(self, parts: NameParts, name: str) -> NameParts:
        def each(words: list[str]) -> list[str]:
            return [self._decoded(word, name) for word in words]

        return NameParts(each(parts.first), each(parts.von), each(parts.last), each(parts.jr))

    def _venue(self) -> str:
        where = next((self._plain(key) for key in VENUES if self._raw(key)), "")
        if not where and self._raw("eprint"):
            kind = self._plain("archiveprefix") or self._plain("eprinttype") or "arXiv"
            where = f"{kind}:{self._plain('eprint')}"
        volume, number = self._plain("volume"), self._plain("number")
        issue = volume + (f"({number})" if number else "")
        pages = self._plain("pages").replace("--", "–")
        return ", ".join(filter(None, (where, issue, f"pp. {pages}" if pages else "")))

    def _href(self) -> str:
        doi, address, arxiv = (_address(self._raw(key)) for key in ("doi", "url", "eprint"))
        if found := DOI.search(doi):
            return f"https://doi.org/{found[0]}"
        if ADDRESS.fullmatch(address):
            return address
        return f"https://arxiv.org/abs/{arxiv}" if ARXIV.fullmatch(arxiv) else ""


def _address(text: str) -> str:
    """An address without the backslashes that LaTeX wants before some of its signs."""
    return re.sub(r"\\([_%&#~$])", r"\1", text).strip()


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "?", "!")) else f"{text}."


def _last(parts: NameParts) -> str:
    return " ".join((*parts.von, *parts.last))


def _full(parts: NameParts) -> str:
    if parts.last == ["others"] and not parts.first:
        return "others"
    initials = " ".join(f"{word[0]}." for word in parts.first if word)
    return ", ".join(filter(None, (_last(parts), *parts.jr, initials)))


def _listed(names: list[str]) -> str:
    if names and names[-1] == "others":
        return ", ".join(names[:-1]) + " et al."
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _short(names: list[str]) -> str:
    if len(names) > 2 or names[-1:] == ["others"]:
        return f"{names[0]} et al."
    return " and ".join(names)
