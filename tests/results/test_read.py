"""results.json read back: what is refused, and that nothing else is opened."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import ReportError
from generator.results import read
from generator.results.write import results
from tests.records import findings


@pytest.fixture(scope="module")
def text() -> str:
    """The results.json of the hand-made study."""
    return results(findings())


def test_what_a_build_writes_can_be_read(text: str) -> None:
    found = read.parse(text, "results.json")
    assert [claim.id for claim in found.claims] == ["arches", "birds", "cats"]
    assert found.claims[0].rest["t1"]["value"] == 0.93
    assert [gate.held for gate in found.gates] == [False, True]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"version: 1\n",
        b"[" * 100_000,
        b'{"format": 2}',
        b'{"format": 1}',
        b'{"format": ' + b"9" * 10_000 + b"}",
    ],
)
def test_what_is_no_results_json(data: bytes) -> None:
    with pytest.raises(ReportError, match=r"^x is no results\.json") as refusal:
        read.parse(data, "x")
    assert "\n" not in refusal.value.cause
    assert refusal.value.remedy


def _spoil(text: str, change: Any) -> bytes:
    tree = json.loads(text)
    change(tree)
    return json.dumps(tree).encode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.update(format=1.0), "format"),
        (lambda t: t.update(format=True), "format"),
        (lambda t: t["claims"][0].pop("verdict"), "claims.0.verdict"),
        (lambda t: t["gates"][0].update(held="yes"), "gates.0.held"),
        (lambda t: t["claims"][1].update(id="arches"), "the claim arches stands there twice"),
        (lambda t: t["filters"].append(t["filters"][0]), "the filter features.24:456"),
        (lambda t: t["claims"][0].update(filter="\x1b[2J"), "claims.0.filter"),
        (lambda t: t["thresholds"][0].update(value=float("nan")), "thresholds.0.value"),
    ],
)
def test_spoiled(text: str, change: Any, words: str) -> None:
    with pytest.raises(ReportError, match=words):
        read.parse(_spoil(text, change), "x")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(ReportError):
        read.parse(data, "x")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="there is no such file"):
        read.load(tmp_path / "results.json")
    with pytest.raises(ReportError, match="it is a folder"):
        read.load(tmp_path)


def test_a_file_beyond_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_BYTES", 2**20)
    (tmp_path / "results.json").write_bytes(b" " * (2**20 + 1))
    with pytest.raises(ReportError, match="more than 1 MiB"):
        read.load(tmp_path / "results.json")


def test_only_pictures_beside_the_file_are_opened(text: str, tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "pictures").mkdir(parents=True)
    (site / "pictures" / "a.png").write_bytes(b"a")
    (tmp_path / "secret").write_bytes(b"s")
    (site / "link.png").symlink_to(tmp_path / "secret")
    names = ["pictures/a.png", "../secret", "link.png", "pictures"]
    tree = json.loads(text)
    for each, name in zip(tree["filters"], names, strict=True):
        each["files"], each["sha256"] = [name], ""
    found = read.parse(json.dumps(tree), "x")
    assert read.digests(found, site) == {found.filters[0].name: hashlib.sha256(b"a").hexdigest()}
    tree["filters"][0]["files"] = [str(tmp_path / "secret")]
    tree["filters"][3]["files"] = ["a\0b"]
    assert read.digests(read.parse(json.dumps(tree), "x"), site) == {}
