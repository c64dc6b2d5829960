"""Each photograph has one role; what stands in two is sorted out, listed, or refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.errors import SpecError
from generator.models.layers import vgg
from generator.spec import Evidence, read, review
from tests.spec.conftest import Check, photograph

CLAIM = """\
version: 1
title: t
layers: [{layer: 24, filters: [1]}]
claims:
  - id: c
    layer: 24
    filter: 1
    statement: s
"""


def report(**roles: str) -> str:
    return CLAIM + "".join(f"    {role}: {paths}\n" for role, paths in roles.items())


@pytest.fixture
def stock(project: Path) -> Path:
    """Photographs a.jpg to h.jpg, each its own."""
    for seed, letter in enumerate("abcdefgh"):
        photograph(project / f"{letter}.jpg", seed + 100)
    return project


def told(evidence: Evidence) -> list[tuple[str, str, str]]:
    return [(r.role, r.photograph.name, r.reason) for r in evidence.removed]


def names(evidence: Evidence, role: str) -> list[str]:
    return [photograph.name for photograph in getattr(evidence, role)]


def test_a_lookalike_among_the_controls_is_a_lookalike(stock: Path, check: Check):
    text = report(positives="[a.jpg]", lookalikes="[b.jpg]", controls="[b.jpg, c.jpg]")
    evidence = check(text).evidence[0]
    assert names(evidence, "lookalikes") == ["b.jpg"]
    assert names(evidence, "controls") == ["c.jpg"]
    assert evidence.removed == ()
    assert [p.name for p in evidence.photographs] == ["a.jpg", "b.jpg", "c.jpg"]


def test_what_is_positive_and_lookalike_is_neither(stock: Path, check: Check):
    text = report(positives="[a.jpg, b.jpg]", lookalikes="[b.jpg, c.jpg]", controls="[d.jpg]")
    evidence = check(text).evidence[0]
    assert names(evidence, "positives") == ["a.jpg"]
    assert names(evidence, "lookalikes") == ["c.jpg"]
    reason = "both a positive and a look-alike"
    assert told(evidence) == [("lookalike", "b.jpg", reason), ("positive", "b.jpg", reason)]


def test_discovery_leaves_every_role_under_any_name(stock: Path, check: Check):
    shutil.copy(stock / "c.jpg", stock / "copy.jpg")
    text = report(
        positives="[a.jpg, b.jpg]",
        lookalikes="[c.jpg, d.jpg]",
        controls="[e.jpg, f.jpg]",
        discovery="[b.jpg, copy.jpg, e.jpg]",
    )
    evidence = check(text).evidence[0]
    assert told(evidence) == [
        ("control", "e.jpg", "used for discovery (e.jpg)"),
        ("lookalike", "c.jpg", "used for discovery (copy.jpg)"),
        ("positive", "b.jpg", "used for discovery (b.jpg)"),
    ]
    assert [p.name for p in evidence.photographs] == ["a.jpg", "d.jpg", "f.jpg"]
    assert names(evidence, "discovery") == ["b.jpg", "copy.jpg", "e.jpg"]


def test_equal_files_count_once(stock: Path, check: Check):
    shutil.copy(stock / "a.jpg", stock / "z.jpg")
    evidence = check(report(positives="[a.jpg, z.jpg]", controls="[b.jpg]")).evidence[0]
    assert names(evidence, "positives") == ["a.jpg"]
    assert told(evidence) == [("positive", "z.jpg", "the same file as a.jpg")]


def test_one_file_named_twice_is_one_photograph(stock: Path, check: Check):
    (stock / "link.jpg").symlink_to("a.jpg")
    study = check(report(positives="[a.jpg, ./a.jpg, '[a]*', link.jpg]", controls="[b.jpg]"))
    assert names(study.evidence[0], "positives") == ["a.jpg"]
    assert study.evidence[0].removed == study.warnings == ()
    assert [p.name for p in study.library] == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize(
    ("roles", "place", "message"),
    [
        (
            {"positives": "[a.jpg, b.jpg, c.jpg]", "controls": "[a.jpg, b.jpg, d.jpg]"},
            (10, 15),
            "a.jpg, b.jpg are positives as well: a control must not show what the claim names",
        ),
        (
            {"positives": "[a.jpg]", "controls": "[twin.jpg, d.jpg]"},
            (10, 15),
            "twin.jpg (the same file as a.jpg) is a positive as well",
        ),
        (
            {"positives": "[a.jpg, gone.jpg]", "controls": "[b.jpg]", "discovery": "[a.jpg]"},
            (9, 16),
            "no photograph is left: gone.jpg (missing or unreadable), a.jpg (used for discovery",
        ),
        (
            {"positives": "[a.jpg]", "controls": "[b.jpg]", "lookalikes": "[twin.jpg]"},
            (9, 16),
            "no photograph is left: a.jpg (both a positive and a look-alike)",
        ),
        (
            {"positives": "[a.jpg]", "controls": "[b.jpg]", "lookalikes": "[b.jpg]"},
            (10, 15),
            "no photograph is left: every one of them is a look-alike",
        ),
        (
            {"positives": "[a.jpg]", "controls": "[b.jpg]", "lookalikes": "[gone.jpg, bad.jpg]"},
            (11, 17),
            "gone.jpg (missing or unreadable), bad.jpg (missing or unreadable)",
        ),
    ],
)
def test_roles_that_cannot_be_sorted_out_are_refused(
    roles: dict[str, str], place: tuple[int, int], message: str, *, stock: Path, check: Check
):
    shutil.copy(stock / "a.jpg", stock / "twin.jpg")
    (stock / "bad.jpg").write_bytes(b"\xff\xd8\xff nothing")
    with pytest.raises(SpecError) as refusal:
        check(report(**roles))
    hits = [p for p in refusal.value.problems if message in p.message]
    assert [(p.line, p.column) for p in hits] == [place], str(refusal.value)


LETTERS = st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1, max_size=5)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(positives=LETTERS, controls=LETTERS, lookalikes=LETTERS, discovery=LETTERS)
def test_roles_are_disjoint_and_nothing_vanishes_unsaid(
    stock: Path, *, positives: list[str], controls: list[str], lookalikes: list[str],
    discovery: list[str],
):  # fmt: skip
    roles = {
        "positives": positives,
        "controls": controls,
        "lookalikes": lookalikes,
        "discovery": discovery,
    }
    paths = {role: str([f"{letter}.jpg" for letter in found]) for role, found in roles.items()}
    (stock / "report.yml").write_text(report(**paths))
    try:
        evidence = review(read(stock / "report.yml"), catalogue=vgg).evidence[0]
    except SpecError:
        hidden = set(discovery) | set(lookalikes)
        assert (
            set(positives) & set(controls)
            or set(positives) <= hidden
            or set(controls) <= hidden
            or set(lookalikes) <= set(discovery) | set(positives)
        )
        return
    tested = [photograph.sha256 for photograph in evidence.photographs]
    assert len(set(tested)) == len(tested)
    assert not set(tested) & {photograph.sha256 for photograph in evidence.discovery}
    for role in ("positive", "lookalike"):
        kept = names(evidence, f"{role}s")
        removed = [name for kind, name, _ in told(evidence) if kind == role]
        assert sorted(kept + removed) == sorted(f"{letter}.jpg" for letter in roles[f"{role}s"])
