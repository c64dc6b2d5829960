"""Dead links, images, anchors and ids of hand-written pages are found before any work."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from generator.errors import Problem
from generator.markdown import check_pages
from generator.spec.render import LayerSpec
from generator.spec.study import Study
from tests import records

SVG = '<svg xmlns="http://www.w3.org/2000/svg" {}/>'


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (3, 2)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pages = tmp_path / "pages"
    (pages / "notes").mkdir(parents=True)
    (pages / "notes" / "more.md").write_text("# More\n\n## Own {#own}\n\n<a name='old'></a>\n")
    (pages / "notes" / "a b.png").write_bytes(png())
    (pages / "own.PNG").write_bytes(png())
    (pages / "box.svg").write_text(SVG.format('viewBox="0 0 4 3"'))
    (pages / "empty.svg").write_text(SVG.format(""))
    (pages / "broken.png").write_bytes(png()[:20])
    (pages / "data.csv").write_text("a\n")
    return pages


def study(folder: Path, whole: bool = False) -> Study:
    spec = records.spec()
    if whole:
        layer = LayerSpec(layer="features.5", filters="all")
        spec = spec.model_copy(update={"layers": ("all", layer)})
    made = records.study(folder, spec)
    return replace(made, folder=folder.parent)


def problems(folder: Path, text: str, whole: bool = False) -> list[Problem]:
    (folder / "index.md").write_text(text, encoding="utf-8")
    return list(check_pages(study(folder, whole)))


RIGHT = """# Title

## A part { .x }

[a](notes/more.md) [b](notes/more.md#own) [c](#a-part) [d](#fig-a) [e](notes/more.md#old) <a@b.c>
[f](claims/birds.md) [g](claims/birds.md#review) [h](layers/features.28/501.md#range)
[i](layers/index.md) [j](layers/features.28/index.md) [k](method.md#tests) [l](data/claims.csv)
[m](results.json) [n](provenance.md) [o](pictures/features.28/501.png) [p](data.csv)
[q](https://example.org/a?b#c) [r](mailto:a@b.c) [s][ref] <https://example.org> [t](index.md)
[u](claims/birds.md#counterexamples) [v](provenance.md#the-network) [w](#fn:1) [x](#references)

![](own.PNG) ![x](notes/a%20b.png) ![x](box.svg){ width="300" } ![x](<notes/a b.png>)
<img src="box.svg" width="50%" alt=""> <img src="empty.svg" width="3" height="4" alt="x">
<img src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 2'/>" alt="">
<a href="notes/more.html#own">raw</a> <a href="claims/arches.html">raw</a> <a href="#top">up</a>
<a href="layers/">raw</a> A note.[^1]

{{ figure('conv5_3', 501, id='fig-a') }} {{ claim('birds') }} {{ claim('birds', style='compact') }}

`[gone](gone.md)` and

    [gone](gone.md)

<!-- [gone](gone.md) -->

<svg viewBox="0 0 1 1"><clippath id="c"></clippath></svg> <my-element>x</my-element>

[ref]: claims/index.md "Claims"

[^1]: Of [it](notes/more.md).
"""


def test_what_leads_somewhere_is_no_problem(folder: Path):
    (folder / "references.bib").write_text("@misc{one, title = {One}}\n")
    assert problems(folder, RIGHT + "\nAs said{{ cite('one') }}.\n") == []


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("see\n\nsee [x](gone.md) it", (3, 9), "'gone.md' leads to no page and no file"),
        ("[x](notes/mroe.md)", (1, 5), "write notes/more.md"),
        ("[x](notes/more)", (1, 5), "write notes/more.md"),
        ("[x](Notes/more.md)", (1, 5), "write notes/more.md"),
        ("[x](claims/birds.html)", (1, 5), "write claims/birds.md"),
        ("[x](claims/)", (1, 5), "write claims/index.md"),
        ("[x](claims/brids.md)", (1, 5), "write claims/birds.md"),
        ("[x](layers/features.28/502.md)", (1, 5), "leads to no page"),
        ("[x](layers/features.29/index.md)", (1, 5), "write layers/features.28/index.md"),
        ("[x](pictures/features.28/7.png)", (1, 5), "leads to no page"),
        ("[x](../index.md)", (1, 5), "leads to no page"),
        ("[x](/index.md)", (1, 5), "is an absolute path"),
        ("[x](a@b.c)", (1, 5), "write mailto:a@b.c"),
        ("[x]()", (0, 0), "this link has no address"),
        ("[x](javascript:alert(1))", (1, 5), "is not a link that may be followed"),
        ("[x](#nowhere)", (1, 5), "leads to no such place on this page"),
        ("## A part\n\n[x](#a-prat)", (3, 5), "did you mean #a-part?"),
        ("[x](notes/more.md#onw)", (1, 5), "no such place on notes/more.md (did you mean #own?)"),
        ("[x](method.md#test)", (1, 5), "leads to no such place on method.md"),
        ("[x](claims/birds.md#x)", (1, 5), "leads to no such place on claims/birds.md"),
        ("[x][ref]\n\n[ref]: gone.md", (3, 8), "leads to no page"),
        ("`gone.md` [x](gone.md) [x](gone.md)", (1, 15), "leads to no page"),
        ('<a href="claims/birds.md">x</a>', (1, 10), "write claims/birds.html"),
        ('<a href="gone.html">x</a>', (1, 10), "leads to no page"),
        ("<div markdown>\n[x](gone.md)\n</div>", (2, 5), "leads to no page"),
        ("![x](gone.png)", (1, 6), "leads to no page and no file"),
        ("![x](own.png)", (1, 6), "write own.PNG"),
        ("![x](https://example.org/a.png)", (1, 6), "is asked of another host"),
        ('<iframe src="https://example.org"></iframe>', (1, 14), "is asked of another host"),
        ('<img src="own.PNG">', (1, 11), "without an alternative text"),
        ("![x](own.PNG){ width=20em }", (1, 6), "has width='20em'"),
        ("![x](empty.svg)", (1, 6), "is an SVG without a size"),
        ("![x](empty.svg){ width=3 }", (1, 6), "is an SVG without a size"),
        ("![x](broken.png)", (1, 6), "or is damaged"),
        ("![x](data.csv){ width=3 height=4 }", (1, 6), "is no PNG"),
        ("## A {#a}\n\n## B {#a}", (3, 7), "the id 'a' occurs twice"),
        ('<p id="a">x</p>\n<p id="a">y</p>', (2, 4), "the id 'a' occurs twice"),
        ('<p onclick="x()">x</p>', (1, 4), "a handler inside the page: onclick"),
        ("write <your-name.txt> or <name> here", (1, 26), "<name> is no element of HTML"),
    ],
)
def test_what_leads_nowhere_has_its_place(
    folder: Path, text: str, place: tuple[int, int], message: str
):
    found = problems(folder, text)
    assert message in found[0].message
    assert (found[0].line, found[0].column) == place
    assert found[0].file == "pages/index.md"
    assert len({each.message for each in found}) == 1


def test_places_of_equal_links_are_told_apart(folder: Path):
    found = problems(folder, "[x](gone.md) [y](gone.md)\n[z](gone.md#a)")
    assert [(each.line, each.column) for each in found] == [(1, 5), (1, 18), (2, 5)]


def test_a_claim_is_shown_in_full_once(folder: Path):
    (problem,) = problems(folder, "{{ claim('birds') }}\n\n{{ claim('birds') }}")
    assert (problem.line, problem.column) == (3, 4)
    assert "style='compact'" in problem.message


def test_pages_of_a_network_that_is_not_known_may_be_there(folder: Path):
    text = "[x](layers/features.5/3.md) [x](layers/a/9.md#range) [x](pictures/a/9.png)"
    assert problems(folder, text, whole=True) == []


@pytest.mark.parametrize(
    ("name", "other", "message"),
    [
        ("README.md", None, "index.md is made by the report as well"),
        ("README.md", "index.md", "index.md lies here as well"),
        ("notes/README.md", "notes/index.md", "both would be index.html"),
        ("404.md", None, "MkDocs leaves 404.md out"),
        ("templates/a.md", None, "MkDocs leaves templates/a.md out"),
    ],
)
def test_pages_that_would_have_no_place(folder: Path, name: str, other: str | None, message: str):
    for each in filter(None, (name, other)):
        (folder / each).parent.mkdir(exist_ok=True)
        (folder / each).write_text("# T\n")
    (problem,) = check_pages(study(folder))
    assert problem.file == f"pages/{name}"
    assert message in problem.message


def test_a_readme_is_the_first_page_of_its_folder(folder: Path):
    (folder / "notes" / "README.md").write_text("# T\n")
    assert problems(folder, "[x](notes/README.md) <a href='notes/'>y</a>") == []


def test_a_page_that_cannot_be_read_hides_no_other(folder: Path):
    (folder / "bad.md").write_text("{{ nothing }}")
    found = problems(folder, "[x](bad.md#y) [x](gone.md)")
    assert [each.file for each in found] == ["pages/bad.md", "pages/index.md"]
