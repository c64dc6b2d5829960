"""Pages → text. The only place that knows Jinja; hand-written pages are checked before any work."""

from __future__ import annotations

from generator.errors import Problem
from generator.markdown.bibliography import Bibliography, read_bibliography
from generator.markdown.names import Names
from generator.markdown.page_files import LinkedFile, PageFile, PageFolder, read_pages
from generator.markdown.references import find_problems
from generator.markdown.rendering import Renderer
from generator.spec.study import Study

__all__ = [
    "Bibliography",
    "LinkedFile",
    "Names",
    "PageFile",
    "PageFolder",
    "Renderer",
    "check_pages",
    "read_bibliography",
    "read_pages",
]


def check_pages(study: Study) -> tuple[Problem, ...]:
    """Everything that is wrong with the hand-written pages of a report, all of it at once.

    Nothing is rendered: files that may not be read, front matter, .bib files, Jinja that cannot
    be, and every reference to a figure, claim, number or publication that does not exist, with
    near matches.
    """
    shelf = read_pages(study.pages, study.folder)
    names, library = Names.of(study.spec), read_bibliography(shelf.bibliographies)
    faults = (problem for page in shelf.pages for problem in find_problems(page, names, library))
    return shelf.problems + library.problems + tuple(faults)
