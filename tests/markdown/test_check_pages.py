"""Hand-written pages are checked before anything is rendered; every refusal has its place."""

import os
from pathlib import Path

import pytest

from generator.markdown import check_pages, read_pages
from generator.markdown.numbers import FILTER_NUMBERS, claim_numbers
from generator.spec.study import Study
from tests import records


def study(tmp_path: Path, **pages: str | bytes) -> Study:
    folder = tmp_path / "pages"
    folder.mkdir(exist_ok=True)
    for name, text in pages.items():
        data = text.encode() if isinstance(text, str) else text
        (folder / f"{name}.md").write_bytes(data)
    made = records.study(folder)
    return made.__class__(**{f: getattr(made, f) for f in made.__slots__} | {"folder": tmp_path})


GOOD = """# A title

{{ authors() }} {{ figure('conv5_3', 501, caption='A "caption" | {x}') }}
{{ gallery('features.28') }} {{ claim("arches") }} {{ verdict('birds') }}
{{ number('claims.arches.t1.value', digits=3) }} {{ number('filters.conv5_3:501.activation') }}
{{ figure('conv5_3', [501, 286], id='fig-two') }} {{ figure("conv5_3", 501, size='large') }}
{{ growth('conv5_3', 501, caption='From ' ~ number('counts.photographs') ~ ' photographs') }}
{{ gallery('conv5_3', filters=[501]) }} {{ chart('arches', id='fig-chart') }}
{{ photographs('arches', 'counterexamples', 3) }} {{ claim('birds', style='compact') }}
{{ ref('fig-two') }} {{ ref('fig-chart') }} {{- citation() -}} {{ expect('cats', 'supported') }}
{{ number('thresholds.alpha', format='percent') }} {{ number('layers.conv5_3.channels') }}
{{ number('counts.verdicts.supported', format='words') }}
{{ number('claims.arches.t4.hits.value') }}
A note[^1] and `[^code]`.

[^1]: Here.

{% raw %}{{ not this }}{% endraw %}{# this is text #}
"""


def test_a_good_page_has_no_problem(tmp_path: Path):
    assert check_pages(study(tmp_path, index=GOOD)) == ()


def test_a_report_without_pages_has_no_problem():
    assert check_pages(records.study()) == ()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("figure('conv5_4', 501)", "unknown layer 'conv5_4' (did you mean conv5_3"),
        ("figure('conv5_3', 502)", "the report has no filter 502 of conv5_3; it has 501, 286"),
        ("figure('conv5_3', True)", "the report has no filter True"),
        ("gallery('features.29')", "unknown layer 'features.29' (did you mean features.28"),
        ("claim('arhces')", "unknown claim 'arhces' (did you mean arches?)"),
        ("verdict('zzz')", "unknown claim 'zzz' (there are arches, birds, cats)"),
        ("number('claims.arches.t1.valeu')", "'t1.valeu' (did you mean t1.value"),
        ("number('claims.arch.t1.value')", "unknown claim 'arch' (did you mean arches?)"),
        ("number('filters.conv5_3:9.activation')", "no filter 9 of conv5_3"),
        ("number('filters.conv5_3:501.activaton')", "did you mean activation"),
        ("number('arches')", "unknown number 'arches'; write claims.ID"),
        ("number(3)", "a number is named by a text"),
        ("number('claims.arches.p', digits='x')", "digits is a whole number"),
        ("figrue('conv5_3', 501)", "unknown function 'figrue' (did you mean figure?)"),
        ("figure('conv5_3')", "write figure(layer, filter, recipe=…, variant=…, size="),
        ("figure('conv5_3', 501, captoin='x')", "id=…) (did you mean caption?)"),
        ("figure('conv5_3', 501, 1, 2, 3, 4, 5, 6)", "write figure(layer, filter, recipe=…"),
        ("authors('x')", "write authors()"),
        ("claim(name)", "claim() takes written-out texts and numbers only"),
        ("claim(*'arches')", "* and ** cannot be used here"),
        ("figure('conv5_3', [501, 9])", "the report has no filter 9 of conv5_3"),
        ("figure('conv5_3', [])", "filter is empty"),
        ("figure('conv5_3', 501, recipe='article')", "no picture by 'article'; it has multiscale"),
        ("figure('conv5_3', 501, variant=2)", "no variant 2; it has one picture"),
        ("figure('conv5_3', 501, recipe='multiscale', variant=1)", "recipe or variant, not both"),
        (
            "figure('conv5_3', 501, size='huge')",
            "size is one of small, medium, large; found 'huge'",
        ),
        ("figure('conv5_3', 501, id='Fig 1')", "such as fig-birds; found 'Fig 1'"),
        ("figure('conv5_3', 501, caption=3)", "a caption is a text; found 3"),
        ("figure('conv5_3', 501, caption='x' ~ authors())", "found authors()"),
        ("figure('conv5_3', 501, caption='x' ~ number('y'))", "unknown number 'y'"),
        ("figure('conv5_3', 501, caption='x' * 10000000000)", "written-out texts and numbers"),
        ("figure('conv5_3', number('counts.claims'))", "filter takes written-out texts"),
        ("gallery('conv5_3', filters=[1])", "no filter 1 of conv5_3"),
        ("photographs('arches', 'strongest')", "which is one of best, counterexamples, weakest"),
        ("photographs('arches', count=7)", "count is a whole number from 1 to 6; found 7"),
        ("chart('arch')", "unknown claim 'arch' (did you mean arches?)"),
        ("claim('arches', style='short')", "style is one of full, compact"),
        ("expect('arches')", "write expect(claim, code, …)"),
        ("expect('arches', 'suported')", "unknown verdict 'suported' (did you mean supported"),
        ("number('counts.photos')", "unknown number 'photos' (did you mean photographs"),
        ("number('thresholds.alhpa')", "(did you mean alpha"),
        ("number('claims.arches.p', format='percents')", "format is one of plain, percent"),
        ("ref('fig-x')", "unknown figure 'fig-x' (no figure of this page has an id)"),
        ("cite()", "write cite(key, …)"),
        ("cite('olah2017')", "unknown reference 'olah2017' (no .bib lies beside the pages)"),
    ],
)
def test_wrong_references_are_problems_with_their_place(tmp_path: Path, call: str, message: str):
    (problem,) = check_pages(study(tmp_path, index=f"# T\n\ntext {{{{ {call} }}}} text\n"))
    assert (problem.file, problem.line) == ("pages/index.md", 3)
    # At the call, or at what it was given.
    assert call[problem.column - 9 :].startswith(
        (call, "'", '"', *"0123456789", "number", "authors")
    )
    assert message in problem.message
    assert problem.source == f"text {{{{ {call} }}}} text"


@pytest.mark.parametrize(
    "code",
    [
        "{{ 7 * 7 }}",
        "{{ 'x' * 10000000000 }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ figure }}",
        "{{ claim('arches')|safe }}",
        "{{ cycler.__init__.__globals__ }}",
        "{% for x in range(9) %}x{% endfor %}",
        "{% set x = 1 %}",
        "{% include '/etc/passwd' %}",
        "{% import 'macros.md.j2' as m %}",
        "{% extends 'base.html' %}",
    ],
)
def test_nothing_but_calls_may_be_written(tmp_path: Path, code: str):
    problems = check_pages(study(tmp_path, index=f"\n{code}\n"))
    assert problems
    assert problems[0].line == 2
    assert "may be used" in problems[0].message


@pytest.mark.parametrize(
    "text",
    ["{{ x }}", "{% x %}", "{{ x", "{% raw %}", "$x_{{ij}}$", "{{ site() }}", "{{< video >}}"],
)
def test_every_refusal_of_braces_says_how_to_keep_them(tmp_path: Path, text: str):
    (problem,) = check_pages(study(tmp_path, index=f"text {text} text\n"))
    assert (problem.line, problem.column > 5) == (1, True)
    assert "between {% raw %} and {% endraw %}" in problem.message


def test_all_problems_of_all_pages_come_at_once(tmp_path: Path):
    made = study(
        tmp_path,
        index="{{ claim('x') }} {{ claim('y') }}\n{{ figure('z', 1) }}",
        other="{{ claim('arches' }}",
        third="fine {% if %}",
    )
    problems = check_pages(made)
    places = [(p.file, p.line, p.column) for p in problems]
    assert places == [
        ("pages/index.md", 1, 10),
        ("pages/index.md", 1, 27),
        ("pages/index.md", 2, 11),
        ("pages/other.md", 1, 1),
        ("pages/third.md", 1, 6),
    ]
    assert "this cannot be read" in problems[3].message


def test_files_that_may_not_be_pages_are_refused(tmp_path: Path):
    made = study(tmp_path, latin="ä".encode("latin-1"), big=b"x" * (1 << 20) + b"y")
    folder = tmp_path / "pages"
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    (folder / "out.md").symlink_to(secret)
    (folder / "run.sh").write_text("rm")
    (folder / "method.md").write_text("mine")
    os.mkfifo(folder / "pipe.md")
    said = {p.file.removeprefix("pages/"): p.message for p in check_pages(made)}
    assert "is not UTF-8" in said["latin.md"]
    assert "cannot be used" in said["big.md"]
    assert "leads out of the folder" in said["out.md"]
    assert "pages are .md" in said["run.sh"]
    assert "a page of the report's own" in said["method.md"]
    assert "pipe" in said["pipe.md"]


def test_a_missing_folder_is_a_problem(tmp_path: Path):
    (problem,) = check_pages(records.study(tmp_path / "nowhere"))
    assert "there is no such folder" in problem.message


def test_hidden_files_are_left_alone_and_pictures_come_along(tmp_path: Path):
    made = study(tmp_path, index="x")
    (tmp_path / "pages" / ".git").mkdir()
    (tmp_path / "pages" / ".git" / "config.exe").write_text("x")
    (tmp_path / "pages" / "own.PNG").write_bytes(b"png")
    shelf = read_pages(made.pages, made.folder)
    assert shelf.problems == ()
    assert [each.path for each in shelf.beside] == ["own.PNG"]


def test_every_nested_page_is_bounded(tmp_path: Path):
    (problem,) = check_pages(study(tmp_path, index="{{ " + "(" * 50_000))
    assert problem.message


def test_number_tables_name_each_number_once():
    assert len(set(claim_numbers())) == len(claim_numbers())
    assert len(set(FILTER_NUMBERS)) == len(FILTER_NUMBERS)
