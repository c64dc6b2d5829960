"""Findings → Site: which pages, which files, and how they refer to each other."""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from generator.findings.findings import Findings
from generator.findings.test_results import TestResults
from generator.findings.thresholds import THRESHOLDS, Thresholds
from generator.models.layers import Layout
from generator.pages import compose
from generator.pages.filter_views import FilterView
from generator.pages.method import TOKENS
from generator.pages.page import MapsFile, NavItem, PngFile, Site, TextFile
from generator.pages.parts import Link, PhotographView, Picture
from generator.pages.test_table import rows_of_tests, thresholds
from generator.pages.views import ClaimView, MethodView
from tests import records


@pytest.fixture(scope="module")
def findings() -> Findings:
    return records.findings()


@pytest.fixture(scope="module")
def site(findings: Findings) -> Site:
    return compose(findings)


def view(site: Site, path: str) -> object:
    return next(page.view for page in site.pages if page.path == path)


def test_every_layer_filter_and_claim_has_a_page(site: Site):
    paths = [page.path for page in site.pages]
    assert len(paths) == len(set(paths))
    assert set(paths) >= {
        "index.md",
        "claims/index.md",
        "claims/arches.md",
        "claims/birds.md",
        "claims/cats.md",
        "layers/index.md",
        "layers/features.24/index.md",
        "layers/features.24/45.md",
        "layers/features.28/501.md",
        "method.md",
        "calibration.md",
        "provenance.md",
    }


def test_every_page_but_home_and_filters_is_in_the_navigation_once(site: Site):
    def paths(items: tuple[NavItem, ...]) -> list[str]:
        return [p for i in items for p in ([i.path] if i.path else []) + paths(i.children)]

    listed = paths(site.nav)
    assert len(listed) == len(set(listed))
    filters = {page.path for page in site.pages if isinstance(page.view, FilterView)}
    assert set(listed) == {page.path for page in site.pages} - filters - {"index.md"}


def referred(value: object) -> set[str]:
    """Every path that a view names."""
    if isinstance(value, Link):
        return {value.path}
    if isinstance(value, Picture):
        return {value.small, value.large, value.evidence}
    if isinstance(value, PhotographView):
        return {value.photograph} | ({value.map.path} if value.map else set())
    if isinstance(value, tuple):
        return set().union(*map(referred, value)) if value else set()
    if is_dataclass(value):
        return set().union(*(referred(getattr(value, f.name)) for f in fields(value)))
    return set()


def test_everything_a_view_names_is_made(site: Site):
    made = {page.path.removesuffix(".md") + ".html" for page in site.pages}
    made |= {asset.path for asset in site.assets}
    for page in site.pages:
        assert referred(page.view) <= made


def test_each_file_is_written_once_and_in_order(site: Site):
    paths = [asset.path for asset in site.assets]
    assert paths == sorted(set(paths))


def test_the_published_picture_keeps_its_bytes(site: Site, findings: Findings):
    pngs = {a.path: a.png for a in site.assets if isinstance(a, PngFile)}
    found = findings.layers[1].filters[0]
    assert pngs["pictures/features.28/501.png"] == found.rendering.png


def test_a_filter_without_its_png_shows_the_webp(findings: Findings):
    bare = replace(findings.layers[0].filters[0], original=False)
    layer = replace(findings.layers[0], filters=(bare, *findings.layers[0].filters[1:]))
    made = compose(replace(findings, layers=(layer, *findings.layers[1:])))
    pngs = {a.path for a in made.assets if isinstance(a, PngFile)}
    assert not [path for path in pngs if path.startswith("pictures/features.24/456")]
    page = view(made, "layers/features.24/456.md")
    assert isinstance(page, FilterView)
    shown = (page.card.picture, *(each.picture for each in page.others))
    assert len(shown) == 3
    assert {(each.evidence, each.whole.endswith("-large.webp")) for each in shown} == {("", True)}
    for made_page in made.pages:
        assert referred(made_page.view) - {""} <= {
            *(page.path.removesuffix(".md") + ".html" for page in made.pages),
            *(asset.path for asset in made.assets),
        }


def test_maps_of_one_claim_share_a_scale(site: Site, findings: Findings):
    scales = {
        a.scale
        for a in site.assets
        if isinstance(a, MapsFile) and a.path == "assets/maps/features.24/456-arches.webp"
    }
    claim = findings.claims[0]
    shown = claim.best + claim.counterexamples + claim.worst
    assert scales == {max(float(e.map.values.max()) for e in shown if e.map)}


def test_a_claim_shows_counterexamples_beside_the_best(site: Site):
    claim = view(site, "claims/arches.md")
    assert isinstance(claim, ClaimView)
    best, counter, weakest = claim.groups
    assert (best.key, counter.key, weakest.key) == ("best", "counterexamples", "weakest")
    assert len(best.shown) == len(counter.shown) == 6
    assert {shown.role for shown in counter.shown} == {"look-alike", "control"}
    assert best.shown[0].photograph.startswith("assets/photographs/")


def test_a_filter_says_how_to_make_its_picture_again(site: Site):
    page = view(site, "layers/features.28/501.md")
    assert isinstance(page, FilterView)
    assert page.command == (
        "python -m generator render features.28 501 --recipe multiscale --size 136 --seed 0 "
        "-o features.28-501.png"
    )
    assert [claim.id for claim in page.claims] == ["birds"]
    assert page.subjects.count(",") == 4
    assert (page.previous, page.next and page.next.title) == (None, "286")
    assert page.jump.numbers == "286,501"


def test_a_claim_says_how_to_score_again(site: Site, findings: Findings):
    page = view(site, "claims/birds.md")
    assert isinstance(page, ClaimView)
    name = findings.claims[1].best[0].score.photograph.name
    assert page.command == f"python -m generator score features.28 {name} --filter 501"


def test_tests_that_were_not_made_are_not_called_passed(findings: Findings):
    cats = findings.claims[2]
    assert cats.results.t2 is None
    t1, t2, t3, *others = (each.row for each in rows_of_tests(cats, THRESHOLDS))
    assert {trial.passed for trial in others} == {None}
    assert others[3].statistic == "not measured: it needs a classifier"
    assert (t1.passed, t2.passed, t2.statistic) == (False, None, "not measured")
    assert t3.limit == "ranges to 10 at most"
    nothing = replace(cats, results=TestResults())
    assert {each.row.passed for each in rows_of_tests(nothing, THRESHOLDS)} == {None}


def test_a_picture_that_agrees_is_reported_not_passed(findings: Findings):
    arches, birds, _ = (rows_of_tests(claim, THRESHOLDS)[-1].row for claim in findings.claims)
    assert (arches.statistic, arches.outcome) == ("z = 24.6, rank 1 of 512", "excites it")
    assert arches.limit == "z above every control (3.4), first 1\u00a0%"
    assert (birds.statistic, birds.outcome) == ("z = 2.1, rank 40 of 512", "does not excite it")


def test_all_lines_of_the_verdicts_are_printed():
    rows = {row.head: row.cells for row in thresholds(Thresholds(t1_low=0.8))}
    assert rows["t1_low"][:2] == ("0.8", "0.75")
    assert rows["min_positives"][:2] == ("10", "")
    assert set(rows) == set(Thresholds.model_fields)


def test_a_claim_shows_what_is_found_at_each_height(site: Site):
    page = view(site, "claims/arches.md")
    assert isinstance(page, ClaimView)
    assert page.bins[0].share == "95 %"
    assert len(page.bins) == 10
    assert page.tests[3].row.outcome == "detects"
    assert ("Look-alikes above it", "15 % (5 % to 36 %)") in page.details[2].rows


def test_a_report_without_claims_has_no_review_page(findings: Findings):
    spec = findings.study.spec.model_copy(update={"claims": ()})
    bare = replace(findings, claims=(), study=replace(findings.study, spec=spec, evidence=()))
    site = compose(bare)
    assert not [page for page in site.pages if page.path.startswith("claims/")]
    assert [item.title for item in site.nav] == ["Layers", "Method", "Calibration", "Provenance"]


def test_a_claim_without_anything_measured_still_has_its_page(findings: Findings):
    empty = replace(
        findings.claims[0], results=TestResults(), scores=(), best=(), worst=(),
        counterexamples=(),
    )  # fmt: skip
    site = compose(replace(findings, claims=(empty, *findings.claims[1:])))
    page = view(site, "claims/arches.md")
    assert isinstance(page, ClaimView)
    assert page.strip is None
    assert page.card.best is None
    assert "PHOTOGRAPH.jpg" in page.command


def test_photographs_are_listed_with_their_licences(site: Site):
    texts = {a.path: a.text for a in site.assets if isinstance(a, TextFile)}
    lines = texts["data/photographs.csv"].splitlines()
    assert lines[0] == "file,subject,tags,source,licence,sha256"
    assert len(lines) == 463
    assert all("GPL" in line for line in lines[1:])


def test_the_same_findings_give_the_same_site(findings: Findings):
    one, other = compose(findings), compose(records.findings())
    assert one.results == other.results
    assert one.pages == other.pages


def test_a_claim_whose_photographs_all_chose_the_filter_has_a_page(findings: Findings):
    empty = replace(
        findings.claims[0], results=TestResults(),
        scores=(), best=(), worst=(), counterexamples=(), profile=np.zeros(0, dtype=np.float32),
    )  # fmt: skip
    page = view(
        compose(replace(findings, claims=(empty, *findings.claims[1:]))), "claims/arches.md"
    )
    assert page.profile_alt == "No positive was scored, so that there is no profile"


@pytest.mark.parametrize("layout", ["maps", "tokens", "class token"])
def test_the_method_says_what_is_read_of_tokens(findings: Findings, layout: Layout):
    (card,) = findings.models
    layers = tuple(replace(each, layout=layout) for each in card.catalogue.layers)
    card = replace(card, catalogue=replace(card.catalogue, layers=layers))
    found = view(compose(replace(findings, models=(card,))), "method.md")
    assert isinstance(found, MethodView)
    assert found.tokens == ((TOKENS[layout],) if layout in TOKENS else ())
