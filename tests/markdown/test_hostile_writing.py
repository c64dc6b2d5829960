"""A hundred hostile texts in every field of a hand-written page: no element more than without."""

import html
import json
import re

import pytest
import yaml
from selectolax.lexbor import LexborHTMLParser

from generator.markdown import Names, Renderer, read_bibliography
from generator.markdown.extensions import parser
from generator.markdown.page_files import page
from generator.markdown.references import find_problems
from generator.pages import compose
from generator.pages.charts import Svg
from generator.spec.report import Author
from generator.spec.text import read_text
from tests import records
from tests.hostile import HUNDRED

FIELDS = ("author", "title", "journal", "year", "volume", "url", "doi", "eprint", "note")
PAGE = """---
title: %(yaml)s
description: %(yaml)s
---

# Page

{{ authors() }}

{{ figure('conv5_3', 501, caption=%(jinja)s, id='fig-a') }}

{{ gallery('conv5_3', caption=%(jinja)s ~ number('counts.claims') ~ %(jinja)s) }}

Text{{ cite('one') }}.

{{ claim('arches') }} {{ citation() }}
"""


def written(text: str) -> tuple[dict[str, str], LexborHTMLParser]:
    """The front matter and the elements of a page with one text in all of its fields."""
    plain = records.spec()
    authors = tuple(Author(name=text, affiliation=text[:300], url=a.url) for a in plain.authors)
    spec = plain.model_copy(update={"title": text, "authors": authors})
    findings = records.findings(records.study(spec_=spec))
    bib = "".join(f"  {name} = {{{braced(text)}}},\n" for name in FIELDS)
    library = read_bibliography((read_text(f"@misc{{one,\n{bib}}}\n".encode(), "a.bib"),))
    quoted = {"yaml": json.dumps(text), "jinja": json.dumps(text)}
    source, problems = page("index.md", read_text((PAGE % quoted).encode(), "index.md"))
    assert problems == ()
    names = Names.of(spec)
    assert find_problems(source, names, library) == ()
    renderer = Renderer(
        compose(findings),
        names,
        templates=records.ROOT / "site_src" / "templates",
        draw=lambda _: Svg("<svg/>"),
        library=library,
    )
    _, head, body = renderer.authored(source)[0].split("---\n", 2)
    return yaml.safe_load(head), LexborHTMLParser(parser().convert(body))


def braced(text: str) -> str:
    """A text that BibTeX can hold: without braces, and without LaTeX that is refused as a fault."""
    return re.sub(r"[{}]", "", text).replace("\\href", "")


def shape(tree: LexborHTMLParser) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (node.tag or "", tuple(sorted(node.attributes)))
        for node in tree.css("body *")
        if node.attributes.get("rel") != "noopener"  # a year or an address more or less
    ]


@pytest.fixture(scope="module")
def harmless() -> list[tuple[str, tuple[str, ...]]]:
    return shape(written("harmless")[1])


@pytest.mark.parametrize("text", HUNDRED, ids=range(len(HUNDRED)))
def test_hostile_text_stays_text(text: str, harmless: list[tuple[str, tuple[str, ...]]]):
    head, tree = written(text)
    assert shape(tree) == harmless
    for value in (head["title"], head["description"]):
        assert not set('<>"') & set(html.unescape(value).replace("&", ""))
    for node in tree.css("a[href]"):
        assert re.match(r"(https?:|[\w#./-]+$)", node.attributes["href"] or ""), node.html
    for node in tree.css("*"):
        assert not [name for name in node.attributes if name.startswith("on")]
    assert "49" not in (tree.css_first("figcaption").text() or "")
