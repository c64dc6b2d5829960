"""Pages → text. The only place that knows Jinja; hand-written pages are checked before any work."""

from __future__ import annotations

from generator.errors import Problem
from generator.markdown.bibliography import Bibliography, read_bibliography
from generator.markdown.dry_render import render
from generator.markdown.link_check import Site, link_problems
from generator.markdown.names import Names
from generator.markdown.page_files import LinkedFile, PageFile, PageFolder, read_pages
from generator.markdown.references import find_problems, in_order
from generator.markdown.rendering import Renderer
from generator.markdown.site_files import SiteFiles
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

    Files that may not be read, front matter, .bib files, Jinja that cannot be, every reference to
    a figure, claim, number or publication that does not exist, with near matches; what Markdown
    does not read; and, on pages whose calls are sound, links, images and ids.
    """
    shelf = read_pages(study.pages, study.folder)
    names, library = Names.of(study.spec), read_bibliography(shelf.bibliographies)
    problems = {page.path: find_problems(page, names, library) for page in shelf.pages}
    sound = [page for page in shelf.pages if not problems[page.path]]
    facts = {page.path: render(page) for page in sound}
    site = Site(shelf, SiteFiles.of(study.spec), facts)
    for page in sound:
        problems[page.path] = in_order(link_problems(page, facts[page.path], site))
    return (
        *shelf.problems,
        *library.problems,
        *(problem for page in shelf.pages for problem in problems[page.path]),
    )
