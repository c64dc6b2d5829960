"""Pages → Markdown."""

from pathlib import Path

import pytest

from generator.charts import Svg
from generator.markdown import Names, Renderer, Source
from generator.markdown.names import CLAIM_NUMBERS, FILTER_NUMBERS
from generator.pages import compose
from tests import records

TEMPLATES = records.ROOT / "site_src" / "templates"


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    findings = records.findings()
    names = Names.of(findings.study.spec)
    return Renderer(compose(findings), names, templates=TEMPLATES, draw=lambda _: Svg("<svg/>"))


def written(renderer: Renderer, text: str, path: str = "index.md") -> str:
    return renderer.authored(Source(path, path, text))


@pytest.mark.parametrize("rest", CLAIM_NUMBERS)
def test_every_number_of_a_claim_that_the_check_allows_exists(renderer: Renderer, rest: str):
    assert renderer.number(f"claims.arches.{rest}") != "—"


@pytest.mark.parametrize("rest", FILTER_NUMBERS)
def test_every_number_of_a_filter_that_the_check_allows_exists(renderer: Renderer, rest: str):
    assert renderer.number(f"filters.conv5_3:501.{rest}") != "—"


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
    assert one.startswith('<figure class="fb-figure">')


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
    text = "---\ntitle: x\n---\n\n# T\n\n*a* <b>raw</b>\n\n{% raw %}{{ x }}{% endraw %}\n"
    assert written(renderer, text) == text.replace("{% raw %}", "").replace("{% endraw %}", "")


def test_claim_cards_show_both_sides(renderer: Renderer):
    said = written(renderer, "{{ claim('arches') }}")
    assert "Strongest positive" in said
    assert "Strongest look&#45;alike" in said or "Strongest look-alike" in said
    assert "0.93" in said


@pytest.mark.parametrize(
    "path", sorted(p.name for p in Path(TEMPLATES).glob("*.md.j2") if p.name != "macros.md.j2")
)
def test_every_template_is_used(path: str):
    assert path in {page.template for page in compose(records.findings()).pages}
