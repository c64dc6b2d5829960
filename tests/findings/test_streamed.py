"""What a scan shows of a filter, against the same from all numbers at once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest

from generator.artifacts.artifact import Artifacts, Responses, ScanResult
from generator.findings import find, wanted_images, wanted_of_scan
from generator.findings.library_responses import BINS
from generator.findings.streamed import galleries
from generator.images.photographs import Photograph
from generator.results.write import results
from generator.spec.report import EvidenceSpec
from generator.spec.scan import ScanSpec
from generator.spec.study import Study
from generator.summaries import Accumulator, BatchResponses, ImageId, Summary, empty, identity
from tests.findings.studies import Case, case, detector

COUNT = 120


def image(number: int) -> ImageId:
    digest = hashlib.sha256(f"scanned {number}".encode()).hexdigest()
    return ImageId(f"{number}.jpg", "a.tar", number, digest)


def values(units: int) -> np.ndarray:
    return np.random.default_rng(0).gamma(1.0, 2.0, (COUNT, units)).astype(np.float32)


def summary(layer: str, units: int, top: int = 9) -> Summary:
    fold, made = Accumulator.of(layer, units, top), values(units)
    fold.add([image(at) for at in range(COUNT)], BatchResponses(made, made))
    fold.spoil("bad.jpg", "it is cut short")
    return fold.summary()


def scanned() -> tuple[Case, Study, ScanResult]:
    """A study with a scan, and what that left behind."""
    base = case(*detector())
    study = replace(
        base.study, spec=base.study.spec.model_copy(update={"scan": ScanSpec(images="x.tar")})
    )
    (layer,) = {entry.layer for entry in study.spec.reported_layers}
    units = len(base.responses[0].mean_after)
    made = summary(layer, units)
    images = wanted_images(study, {layer: made})
    copies = {
        identity(each.sha256): Photograph(each.name, f"/store/{each.sha256}", each.sha256)
        for each in images
    }
    rows = values(units)
    responses = tuple(
        Responses(layer, each.sha256, *(rows[each.position] for _ in range(4))) for each in images
    )
    return base, study, ScanResult((made,), copies, responses)


def test_the_pages_show_the_scan_and_claims_are_what_they_were() -> None:
    base, study, streamed = scanned()
    made = Artifacts(base.renderings, base.responses)
    plain = find(base.study, (base.model,), made)
    found = find(study, (base.model,), replace(made, streamed=streamed))
    assert [each.verdict for each in found.claims] == [each.verdict for each in plain.claims]
    for each in found.layers[0].filters:
        column = values(streamed.summaries[0].units)[:, each.filter].astype(float)
        order = np.argsort(-column)
        assert each.scanned == COUNT
        shown = [exhibit.score.photograph.name for exhibit in each.top]
        assert shown == [f"{number}.jpg" for number in order[:9]]
        assert each.top[0].score.mean == pytest.approx(column.max())
        z = (column.max() - column.mean()) / column.std(ddof=1)
        assert each.top[0].score.z == pytest.approx(z, rel=1e-6)
        shares = [step.share for step in each.range]
        assert shares == sorted(shares, reverse=True)
        assert shares == pytest.approx([0.8, 0.6, 0.4, 0.2, 0.0], abs=0.08)
        assert not {step.exhibit.score.photograph.name for step in each.range} & set(shown)
        histogram = each.histogram
        assert histogram is not None
        assert sum(histogram.counts) == COUNT
        exact = np.histogram(column, BINS, (column.min(), column.max()))[0]
        assert np.abs(np.cumsum(histogram.counts) - np.cumsum(exact)).max() <= 4
        assert histogram.share == pytest.approx((column > histogram.threshold).mean(), abs=0.02)
    entry = json.loads(results(found))["filters"][0]
    assert entry["scanned"] == COUNT


def test_every_image_that_is_shown_is_measured_again_with_a_map() -> None:
    _, study, streamed = scanned()
    summaries = {each.layer: each for each in streamed.summaries}
    scans, maps = wanted_of_scan(study, summaries, streamed.photographs)
    shown = {each.sha256 for each in wanted_images(study, summaries)}
    assert {task.photograph.sha256 for task in scans} == shown
    assert {task.photograph.sha256 for task in maps} == shown
    assert len(scans) == len(shown) == len(streamed.photographs)


def test_a_scan_of_nothing_shows_nothing() -> None:
    shown = galleries(EvidenceSpec(), ScanResult((empty("a", 4, 9),), {}, ()))["a"]
    assert shown.top(0, {}) == () and shown.range(0, {}) == () and shown.histogram(0) is None
    assert galleries(EvidenceSpec(), None) == {}


def test_a_filter_that_never_varies() -> None:
    fold = Accumulator.of("a", 2, 9)
    zeros = np.zeros((4, 2), np.float32)
    responded = BatchResponses(zeros, zeros)
    fold.add([image(at) for at in range(4)], responded)
    shown = galleries(EvidenceSpec(), ScanResult((fold.summary(),), {}, ()))["a"]
    histogram = shown.histogram(0)
    assert histogram is not None
    assert (histogram.low, histogram.high, histogram.counts) == (0, 0, (4,))
    assert (histogram.share, histogram.active) == (0, 0)
