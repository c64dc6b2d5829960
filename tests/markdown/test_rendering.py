"""Pages → Markdown."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from benchmarks import synthetic
from generator.markdown import Names, Renderer, numbers, read_bibliography
from generator.markdown.lookup import Lookup
from generator.markdown.numbers import ELSEWHERE_NUMBERS, FILTER_NUMBERS, claim_numbers
from generator.markdown.page_files import page
from generator.markdown.references import find_problems
from generator.pages import compose
from generator.pages.charts import Svg
from generator.pages.galleries import WRITTEN
from generator.pages.views import HomeView
from generator.spec.text import read_text
from tests import records

TEMPLATES = records.ROOT / "site_src" / "templates"


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    findings = records.findings()
    names = Names.of(findings.study.spec)
    return Renderer(compose(findings), names, templates=TEMPLATES, draw=lambda _: Svg("<svg/>"))


def written(renderer: Renderer, text: str, path: str = "index.md") -> str:
    """The page's Markdown without its front matter."""
    made, problems = page(path, read_text(text.encode(), path))
    assert problems == ()
    text, drift = renderer.authored(made)
    assert drift == ()
    return text.split("\n---\n", 1)[1]


@pytest.fixture(scope="module")
def lookup() -> Lookup:
    findings = records.findings()
    return Lookup(compose(findings), Names.of(findings.study.spec))


@pytest.mark.parametrize("rest", claim_numbers())
def test_every_number_of_a_claim_that_the_check_allows_exists(lookup: Lookup, rest: str):
    assert lookup.number(f"claims.arches.{rest}") != "—"


@pytest.mark.parametrize("rest", FILTER_NUMBERS)
def test_every_number_of_a_filter_that_the_check_allows_exists(lookup: Lookup, rest: str):
    assert lookup.number(f"filters.conv5_1:456.{rest}") != "—"


@pytest.mark.parametrize("part", ELSEWHERE_NUMBERS)
def test_every_other_number_that_the_check_allows_exists(lookup: Lookup, part: str):
    for rest in ELSEWHERE_NUMBERS[part]:
        assert lookup.number(f"{part}.{rest}") != "—", rest


def numeric(value: object, path: str = "") -> Iterator[str]:
    """The paths of all single numbers in a piece of results.json, lists left out."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield path
    for key, item in value.items() if isinstance(value, dict) else ():
        yield from numeric(item, f"{path}.{key}" if path else key)


def test_every_number_of_results_json_has_a_name():
    published = json.loads(compose(records.findings()).results)
    for claim in published["claims"]:
        nested = {name for name in numeric(claim) if re.fullmatch(r"t\d\..+\.p", name)}
        assert {*numeric(claim)} - {"filter"} - nested <= {*claim_numbers()}
    for each in published["filters"]:
        assert {*numeric(each)} - {"filter"} <= {*FILTER_NUMBERS}
    assert {*numeric(published["counts"])} <= {*ELSEWHERE_NUMBERS["counts"]}
    assert {row["name"] for row in published["thresholds"]} == {*ELSEWHERE_NUMBERS["thresholds"]}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("'claims.arches.t1.value', format='percent'", "93\u202f%"),
        ("'claims.arches.t1.value', digits=1, format='percent'", "93.0\u202f%"),
        ("'claims.arches.t3.of', format='thousands'", "512"),
        ("'claims.birds.t3.value', format='ordinal'", "2nd"),
        ("'counts.claims', format='words'", "three"),
        ("'counts.photographs', format='words'", "462"),
        ("'counts.verdicts.shared'", "0"),
        ("'thresholds.t1_low'", "0.75"),
        ("'thresholds.alpha', format='percent'", "5\u202f%"),
        ("'layers.conv5_3.channels'", "512"),
        ("'model.preprocessing.crop'", "224"),
        ("'claims.cats.t4.hits.value'", "—"),
    ],
)
def test_numbers_take_the_form_that_is_asked_for(renderer: Renderer, call: str, said: str):
    assert html.unescape(written(renderer, f"{{{{ number({call}) }}}}")) == said


@given(st.integers(-(10**9), 10**9))
def test_ordinals_end_as_they_are_spoken(value: int):
    said = numbers.written(value, "x", None, "ordinal")
    assert int(said[:-2].replace("\u202f", "").replace("−", "-")) == value
    last = {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    assert said.endswith("th" if 10 <= value % 100 <= 20 else last)


def test_numbers_take_one_form(renderer: Renderer):
    said = written(
        renderer,
        "{{ number('claims.arches.t1.value') }} {{ number('claims.arches.t1.value', digits=4) }} "
        "{{ number('claims.arches.t3.of') }} {{ number('claims.arches.p_holm') }} "
        "{{ number('claims.cats.t2.value') }}",
    )
    assert said == "0.93 0.9300 512 0.0012 —"


def test_layers_answer_to_title_and_name(renderer: Renderer):
    one = written(renderer, "{{ figure('conv5_3', 501) }}")
    other = written(renderer, "{{ figure('features.28', 501) }}")
    assert one == other
    assert one.startswith('<figure class="fb-figure fb-figure--medium">')


def test_addresses_count_from_the_page(renderer: Renderer):
    here = written(renderer, "{{ verdict('arches') }}")
    deeper = written(renderer, "{{ verdict('arches') }}", "notes/more/one.md")
    assert 'href="claims/arches.html"' in here
    assert 'href="../../claims/arches.html"' in deeper
    assert "Supported" in here


def test_captions_are_text(renderer: Renderer):
    said = written(renderer, "{{ figure('conv5_3', 501, caption='<b onclick=x>*a*') }}")
    assert "<b" not in said
    assert "&#42;a&#42;" in said


def test_text_around_references_is_kept_byte_for_byte(renderer: Renderer):
    text = "\n# T\n\n*a* <b>raw</b>\n\n{% raw %}{{ x }}{% endraw %}\n"
    plain = text.replace("{% raw %}", "").replace("{% endraw %}", "")
    assert written(renderer, f"---\ntitle: x\n---\n{text}") == plain


def test_claim_cards_show_both_sides(renderer: Renderer):
    said = written(renderer, "{{ claim('arches') }}")
    assert "Strongest positive" in said
    assert "Strongest look&#45;alike" in said or "Strongest look-alike" in said
    assert "0.93" in said


@pytest.mark.parametrize(
    "path", sorted(p.name for p in Path(TEMPLATES).glob("*.md.j2") if p.name != "macros.md.j2")
)
def test_every_template_is_used(path: str):
    reports = (records.findings(), synthetic.findings(WRITTEN + 1, size=16))
    assert path in {page.template for report in reports for page in compose(report).pages}


def test_a_dead_filter_has_no_picture_on_its_page(renderer: Renderer):
    """Filter 45 of the hand-made study is dead."""
    pages = {page.path: page for page in compose(records.findings()).pages}
    dead, alive = (
        LexborHTMLParser(renderer.generated(pages[f"layers/features.24/{number}.md"]))
        for number in (45, 456)
    )
    assert "This filter stayed dead." in dead.text()
    assert "This filter stayed dead." not in alive.text()
    zooms = [page.css(".fb-beside > .fb-figure > .fb-zoom") for page in (dead, alive)]
    assert [len(each) for each in zooms] == [0, 1]


BIB = """
@string{nips = "Advances in {NIPS}"}
@article{one, author={K{\\"o}nig, Ada and Bo Berg}, title={On {Filters}}, journal=nips, year=2014,
  volume=3, number=2, pages={1--9}, doi={https://doi.org/10.1000/x_1}}
@misc{two, author={{The Team} and others}, title={Second}, year=2020, eprint={2001.12345}}
@misc{three, title={Unread}, url={javascript:alert(1)}}
"""


def cited(text: str) -> LexborHTMLParser:
    findings = records.findings()
    library = read_bibliography((read_text(BIB.encode(), "a.bib"),))
    assert library.problems == ()
    made, _ = page("index.md", read_text(text.encode(), "index.md"))
    assert find_problems(made, Names.of(findings.study.spec), library) == ()
    names = Names.of(findings.study.spec)
    renderer = Renderer(
        compose(findings),
        names,
        templates=TEMPLATES,
        draw=lambda _: Svg("<svg/>"),
        library=library,
    )
    body = renderer.authored(made)[0].split("\n---\n", 1)[1]
    extensions = ["attr_list", "footnotes", "tables", "toc"]
    return LexborHTMLParser(markdown.markdown(body, extensions=extensions))


def test_references_stand_in_the_order_of_their_first_citation_with_links_back():
    tree = cited("A{{ cite('two') }} b{{ cite('one', 'two') }} c{{ cite('one') }}.")
    assert [node.text() for node in tree.css(".fb-cite")] == ["[1]", "[2, 1]", "[2]"]
    listed = [" ".join(node.text().split()) for node in tree.css(".fb-references li")]
    assert listed == [
        "The Team et al. Second. arXiv:2001.12345, 2020. ↩1 ↩2",
        "König, A. and Berg, B. On Filters. Advances in NIPS, 3(2), pp. 1–9, 2014. ↩1 ↩2",
    ]
    ids = {node.attributes["id"] for node in tree.css("[id]")}
    for link in tree.css(".fb-cite a, .fb-back a"):
        assert (link.attributes["href"] or "").removeprefix("#") in ids
    links = [node.attributes["href"] for node in tree.css(".fb-references a[rel]")]
    assert links == ["https://arxiv.org/abs/2001.12345", "https://doi.org/10.1000/x_1"]
    assert [node.text() for node in tree.css("h2")] == ["References"]


def test_what_is_not_cited_is_not_listed_and_no_address_of_another_kind_becomes_a_link():
    tree = cited("{{ cite('three') }}")
    (line,) = tree.css(".fb-references li")
    assert line.css("a[rel]") == []
    assert "javascript" not in (line.html or "")
    assert cited("nothing").css(".fb-references") == []


def test_figures_are_numbered_and_referred_to_before_and_after():
    tree = cited(
        "{{ ref('fig-b') }}\n\n{{ figure('conv5_3', 501) }}\n\n"
        "{{ gallery('conv5_3', caption='Up ' ~ cite('one') ~ ' to ' ~ number('counts.filters'), "
        "id='fig-b') }}\n\n{{ chart('arches') }}\n\nSee {{ ref('fig-b') }}."
    )
    assert [node.text() for node in tree.css(".fb-figure-number")] == [
        "Figure 1.",
        "Figure 2.",
        "Figure 3.",
    ]
    assert [node.text() for node in tree.css("a.fb-ref")] == ["Figure\u00a02"] * 2
    (figure,) = tree.css("figure#fig-b")
    caption = " ".join(figure.css_first("figcaption").text().split())
    assert caption.startswith("Figure 2. Up [1] to 4")
    assert len(tree.css(".fb-references li")) == 1


def test_several_filters_stand_in_one_figure():
    tree = cited("{{ figure('conv5_3', [286, 501], caption='Two') }}")
    names = [node.text() for node in tree.css(".fb-figure--row .fb-tile-name")]
    assert names == ["286", "501"]


def test_a_gallery_shows_the_filters_that_are_asked_for():
    tree = cited("{{ gallery('conv5_3', filters=[286]) }}")
    assert [node.text() for node in tree.css(".fb-tile-name")] == ["286"]


def test_growth_photographs_and_claims_come_from_the_data():
    tree = cited(
        "{{ growth('conv5_3', 501, caption='It grows.') }}\n\n"
        "{{ photographs('arches', 'counterexamples', 2) }}\n\n{{ claim('birds', 'compact') }}"
    )
    assert [node.text() for node in tree.css(".fb-strip li")] == [str(n) for n in records.FRAMES]
    assert len(tree.css(".fb-photographs li")) == 2
    assert "Feathers and birds" in tree.css_first(".fb-compact").text()
    assert tree.css(".fb-compact .fb-photo") == []


def test_footnotes_get_a_heading_of_their_own():
    tree = cited("One[^a]{{ cite('one') }}.\n\n[^a]: The *note*.\n")
    assert [node.text() for node in tree.css("h2")] == ["Notes", "References"]
    assert tree.css_first(".footnote em").text() == "note"


def test_a_report_can_be_cited():
    words = [*cited("{{ citation() }}").css(".fb-citation p, .fb-citation code")]
    assert words[0].text() == "Ada Example and Bo, “What VGG-16’s filters look for”."
    assert words[1].text() == (
        "@misc{examplewhat,\n  author = {{Ada Example} and {Bo}},\n"
        "  title = {{What VGG-16’s filters look for}},\n}"
    )


def test_a_date_and_a_doi_are_shown_and_cited():
    plain = records.spec()
    dated = {"date": date(2026, 1, 31), "doi": "10.5281/zenodo.1", "url": "https://example.org/r_1"}
    spec = plain.model_copy(update=dated)
    findings = records.findings(records.study(spec_=spec))
    renderer = Renderer(
        compose(findings), Names.of(spec), templates=TEMPLATES, draw=lambda _: Svg("<svg/>")
    )
    said = html.unescape(written(renderer, "{{ authors() }}\n\n{{ citation() }}"))
    assert '<time datetime="2026-01-31">31 January 2026</time>' in said
    assert "https://doi.org/10.5281/zenodo.1" in said
    assert "@misc{example2026what," in said
    for line in ("year = {2026},", "month = jan,", "url = {https://example.org/r_1},"):
        assert line in said


def test_a_page_whose_verdict_has_changed_says_so(renderer: Renderer):
    text = (
        "x\n\n{{ expect('arches', 'contradicted', 'shared') }}{{ expect('arches', 'supported') }}"
    )
    made, _ = page("index.md", read_text(text.encode(), "index.md"))
    (drift,) = renderer.authored(made)[1]
    assert (drift.line, drift.column) == (3, 4)
    assert "written for contradicted or shared, but the claim 'arches' is supported" in str(drift)


def test_recipes_and_variants_stand_side_by_side(renderer: Renderer):
    text = (
        "{{ figure('conv5_1', 456, recipe=['multiscale', 'fourier']) }}\n\n"
        "{{ figure('conv5_1', 456, variant=[1, 2]) }}\n\n{{ figure('conv5_1', 456, variant=2) }}"
    )
    tree = LexborHTMLParser(written(renderer, text))
    names = [node.text() for node in tree.css(".fb-tile-name")]
    assert names == ["multiscale", "fourier", "variant 1", "variant 2", "variant 2"]
    pictures = [node.attributes["src"] for node in tree.css("img")]
    assert pictures[0] == pictures[2]
    assert len({*pictures}) == 3


@pytest.mark.parametrize(
    ("layers", "claims", "lead"),
    [
        (1, 0, "What a layer of vgg16 looks for: pictures made to excite its filters, beside"),
        (
            3,
            0,
            "What 3 layers of vgg16 look for: pictures made to excite their filters, beside",
        ),
        (1, 1, "excite its filters, and a claim about them, tested on real photographs."),
        (2, 3, "excite their filters, and 3 claims about them, tested on real photographs."),
    ],
)
def test_the_home_page_says_what_there_is(
    renderer: Renderer, layers: int, claims: int, lead: str
) -> None:
    home = next(each for each in compose(records.findings()).pages if each.path == "index.md")
    assert isinstance(home.view, HomeView)
    view = replace(
        home.view,
        architecture="vgg16",
        layers=(home.view.layers * 3)[:layers],
        claims=(home.view.claims * 3)[:claims],
    )
    shown = renderer.generated(replace(home, view=view))
    tree = LexborHTMLParser(markdown.markdown(shown))
    assert lead in tree.css_first(".fb-lead").text()
