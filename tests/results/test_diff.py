"""What differs between two builds: each kind of change, its causes, and what is only rounding."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.results import read
from generator.results.diff import as_json, as_text, compare, diff, same
from generator.results.diff.changes import Change
from generator.results.diff.compare import UNEXPLAINED
from generator.results.paths import six_digits
from generator.results.write import results
from tests.conftest import Run
from tests.hostile import HOSTILE
from tests.records import findings, with_text

Tree = dict[str, Any]
TEXT = results(findings())


def changed(*edits: Callable[[Tree], object]) -> tuple[Change, ...]:
    """Compare the hand-made report with an edited copy of it."""
    tree = json.loads(TEXT)
    for edit in edits:
        edit(tree)
    return compare(read.parse(TEXT, "old"), read.parse(json.dumps(tree), "new"))


def put(*keys: Any) -> Callable[[Tree], object]:
    """Set the value at a place: ``put("claims", 0, "p", 0.1)``."""

    def edit(tree: Any) -> None:
        for key in keys[:-2]:
            tree = tree[key]
        tree[keys[-2]] = keys[-1]

    return edit


def brief(changes: tuple[Change, ...]) -> list[tuple[str, str, str, Any, Any]]:
    return [(c.kind, c.subject, c.what, c.old, c.new) for c in changes]


def test_nothing() -> None:
    assert changed() == ()
    assert as_text(()) == "nothing changed\n"
    assert json.loads(as_json(())) == {"changed": False, "changes": []}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (put("model", "digest", "f"), ("weights", "model", "digest", "ab12" * 16, "f")),
        (
            put("thresholds", 0, "value", 12),
            ("thresholds", "thresholds", "min_positives", 10.0, 12.0),
        ),
        (
            put("evidence", "pooling", "max"),
            ("settings", "evidence", "pooling", "mean", "max"),
        ),
        (put("software", "version", "9"), ("software", "software", "version", None, "9")),
        (lambda t: t["claims"].pop(), ("claims", "cats", "removed", None, None)),
        (
            lambda t: t["claims"].append(t["claims"][0] | {"id": "new"}),
            ("claims", "new", "added", None, None),
        ),
        (lambda t: t["filters"].pop(), ("filters", "features.28:286", "removed", None, None)),
        (put("claims", 0, "filter", 3), ("claims", "arches", "filter", 456, 3)),
        (put("claims", 0, "t1", "value", 0.8), ("figure", "arches", "t1.value", 0.93, 0.8)),
        (put("claims", 2, "t2", {"value": 1}), ("figure", "cats", "t2.value", None, 1)),
        (put("filters", 0, "dead", True), ("picture", "features.24:456", "dead", False, True)),
        (put("gates", 0, "held", True), ("gate", "gates", "min_supported.held", False, True)),
        (
            put("claims", 1, "review", "status", "accepted"),
            ("text", "birds", "review.status", "pending", "accepted"),
        ),
        (put("title", "T"), ("text", "report", "title", "What VGG-16’s filters look for", "T")),
    ],
)
def test_one_change(
    edit: Callable[[Tree], object], expected: tuple[str, str, str, Any, Any]
) -> None:
    (first, *_) = found = brief(changed(edit))
    if expected[1] == "software":
        first = (*first[:3], None, first[4])
    assert first == expected, found
    assert len(found) <= 2  # a second way of saying the same: a test that came is four figures


def test_a_verdict_and_why() -> None:
    found = changed(
        put("claims", 0, "verdict", "code", "mixed"),
        put("thresholds", 2, "value", 0.9),
        lambda tree: tree["claims"][0]["photographs"].pop(),
        put("claims", 0, "photographs", 0, "sha256", "0" * 64),
        put("claims", 0, "photographs", 1, "role", "control"),
    )
    (verdict,) = (change for change in found if change.kind == "verdict")
    assert (verdict.subject, verdict.old, verdict.new) == ("arches", "supported", "mixed")
    assert verdict.why == (
        "its photographs (1 removed, 1 with other content, 1 in another role)",
        "thresholds",
    )
    assert "arches: verdict supported → mixed" in as_text(found)


def test_what_nothing_explains_is_said_to_be_unexplained() -> None:
    (change,) = changed(put("filters", 1, "activation", 5.0))
    assert change.why == (UNEXPLAINED,)


def test_a_picture_s_own_settings_explain_it() -> None:
    found = changed(put("filters", 1, "seed", 7), put("filters", 1, "activation", 5.0))
    assert {change.why for change in found} == {("seed 0 → 7",)}


def test_responses_are_counted() -> None:
    found = changed(
        put("claims", 0, "photographs", 0, "z", -4.0), put("claims", 0, "photographs", 2, "mean", 0)
    )
    (change,) = found
    assert change.kind == "response"
    assert change.what.startswith("2 of ")
    assert change.new == -4.0


def test_other_photographs_at_the_top() -> None:
    (change,) = changed(lambda tree: tree["filters"][0]["photographs"].reverse())
    assert change.what == "other photographs excite it most (0 new of 9)"


@pytest.mark.parametrize(
    ("old", "new", "alike"),
    [
        (0.988431, 0.988432, True),
        (0.988431, 0.988433, False),
        (1.0, 0.999999, True),
        (1234560.0, 1234570.0, True),
        (0.0, 1e-12, False),
        (0.0, 0, True),
        (5, 6, False),
        (1, True, False),
        (None, 0, False),
        (10**400, 1.5, False),
        (float("inf"), 1.0, False),
        (float("nan"), float("nan"), True),
        ("a", "a", True),
    ],
)
def test_rounding_is_no_change(old: Any, new: Any, alike: bool) -> None:
    assert same(old, new) is alike
    assert same(new, old) is alike


@given(st.floats(1e-200, 1e200), st.floats(-1e-12, 1e-12))
def test_six_digits_of_nearly_equal_numbers_are_the_same(value: float, noise: float) -> None:
    assert same(six_digits(value), six_digits(value * (1 + noise)))
    assert not same(six_digits(value), six_digits(value * 1.00003))


# ---- files


def write(folder: Path, text: str, picture: bytes) -> Path:
    folder.mkdir()
    tree = json.loads(text)
    for each in tree["filters"]:
        place = folder / each["files"][0]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(picture)
    (folder / "results.json").write_text(json.dumps(tree), encoding="utf-8")
    return folder / "results.json"


def test_pictures_are_compared_by_their_files(tmp_path: Path) -> None:
    old, new = write(tmp_path / "a", TEXT, b"a"), write(tmp_path / "b", TEXT, b"b")
    found = diff(old, new)
    assert {(change.kind, change.what) for change in found} == {("picture", "file")}
    assert len(found) == 4
    assert diff(old, old) == ()


def test_pictures_that_the_site_does_without_are_compared_by_what_was_written(
    tmp_path: Path,
) -> None:
    paths = []
    for name in ("a", "b"):
        tree = json.loads(TEXT)
        for each in tree["filters"]:
            each["files"], each["sha256"] = [], name * 64
        paths.append(tmp_path / name)
        paths[-1].write_text(json.dumps(tree), encoding="utf-8")
    found = diff(*paths)
    assert {(change.kind, change.what) for change in found} == {("picture", "file")}
    assert diff(paths[0], paths[0]) == ()


def test_pictures_without_a_site_are_compared_by_what_was_written(tmp_path: Path) -> None:
    """Of copies of results.json alone, as they are kept of earlier builds."""
    paths = []
    for name in ("a", "b"):
        tree = json.loads(TEXT)
        for each in tree["filters"]:
            each["sha256"] = name * 64
        paths.append(tmp_path / name)
        paths[-1].write_text(json.dumps(tree), encoding="utf-8")
    found = diff(*paths)
    assert {(change.kind, change.what) for change in found} == {("picture", "file")}
    assert len(found) == len(json.loads(TEXT)["filters"])


def test_the_frames_of_a_picture_s_growth_are_compared() -> None:
    found = changed(put("filters", 0, "growth", "f" * 64))
    assert [(change.kind, change.what, change.new) for change in found] == [
        ("picture", "growth", "f" * 64)
    ]


@pytest.mark.parametrize(
    "path",
    [
        "assets/pictures/features.28/501-growth.webp",
        "assets/pictures/features.28/501-small.avif",
        "assets/maps/features.28/501-page.webp",
        "assets/photographs/abc.webp",
        "pictures/features.28/501/seed-1.png",
        "pictures/features.28/objectives/mine.png",
    ],
)
def test_every_image_of_two_sites_is_compared(tmp_path: Path, path: str) -> None:
    old, new = write(tmp_path / "a", TEXT, b"a"), write(tmp_path / "b", TEXT, b"a")
    for results_, data in ((old, b"one"), (new, b"two")):
        place = results_.parent / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    (change,) = diff(old, new)
    assert change.kind == "picture"
    assert f"{change.subject}/{change.what}" == path
    assert change.why == (UNEXPLAINED,)
    assert diff(old, old) == ()
    (new.parent / path).unlink()
    (new.parent / path).symlink_to(tmp_path / "secret")
    assert diff(old, new) == ()


def test_the_command(run: Run, tmp_path: Path) -> None:
    old = write(tmp_path / "a", TEXT, b"a")
    new = write(tmp_path / "b", TEXT.replace('"supported"', '"mixed"'), b"a")
    same_ = run("diff", old, old)
    assert (same_.code, same_.out, same_.err) == (0, "nothing changed\n", "")
    ended = run("diff", old, new)
    assert ended.code == 1
    assert "Verdicts\n  arches: verdict supported → mixed" in ended.out
    as_data = run("diff", old, new, "--json")
    assert as_data.code == 1
    assert json.loads(as_data.out)["changes"][0]["new"] == "mixed"
    refused = run("diff", old, tmp_path)
    assert (refused.code, refused.out) == (2, "")
    assert "it is a folder" in refused.err


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_cannot_forge_a_line(text: str) -> None:
    old = read.parse(TEXT, "old")
    new = read.parse(results(with_text(text)), "new")
    told = as_text(compare(old, new))
    assert all(char.isprintable() or char in "\n\u00a0" for char in told)
    assert all(line == "" or line.startswith(("  ", *HEADS)) for line in told.split("\n"))
    json.loads(as_json(compare(old, new)))


HEADS = ("Causes", "Verdicts", "Figures", "Responses", "Pictures", "Gates", "Words")


def test_a_big_report_is_compared_in_no_time() -> None:
    tree = json.loads(TEXT)
    one = tree["claims"][0]["photographs"][0]
    many = [one | {"photograph": f"p{i}"} for i in range(20_000)]
    tree["claims"][0]["photographs"] = many
    old = read.parse(json.dumps(tree), "old")
    told = as_text(compare(old, read.parse(TEXT, "new")))
    assert "20000 removed: " in told
    assert len(told) < 20_000
