"""A small project on disk: a library of eight photographs and a report that is in order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from generator.models.layers import vgg
from generator.spec import Study, read, review

Check = Callable[..., Study]

REPORT = """\
version: 1
title: What VGG-16's filters look for
authors: [{name: Jane Doe, url: "https://example.org/jane"}]
model: {architecture: vgg16, weights: IMAGENET1K_FEATURES}
images: images/images.csv
render: {recipe: multiscale, size: 408, seed: 0}
layers:
  - {layer: features.24, title: conv5_1, filters: [456, 45]}
  - {layer: 28, title: conv5_3, filters: [501]}
claims:
  - id: arches
    layer: features.24
    filter: 456
    statement: Rows of arches, as in an aqueduct or an arcade
    positives: {tags: [arch]}
    lookalikes: {tags: [building], without: [arch]}
    controls: {without: [building]}
    discovery: [extra/found.jpg]
    review: {status: accepted, by: Jane Doe, on: 2026-01-31, note: seen}
  - id: birds
    layer: 28
    filter: 501
    statement: Birds
    positives: {tags: [bird]}
    controls: {tags: [building]}
gates: {min_supported: 1, allow: [underpowered, contradicted]}
"""

INDEX = (
    ("arch-1.jpg", "arch building"),
    ("arch-2.jpg", "arch building"),
    ("house-1.jpg", "building"),
    ("house-2.jpg", "building"),
    ("bird-1.jpg", "bird"),
    ("bird-2.jpg", "bird fowl"),
    ("fish-1.jpg", "fish"),
    ("fish-2.jpg", "fish"),
)


def photograph(path: Path, seed: int) -> None:
    """Write a JPEG whose colour is its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    colour = (seed * 37 % 256, seed * 101 % 256, seed * 193 % 256)
    Image.new("RGB", (12, 10), colour).save(path, quality=95)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a report; its spec is not written yet."""
    folder = tmp_path / "project"
    for seed, (name, _) in enumerate(INDEX):
        photograph(folder / "images" / name, seed)
    photograph(folder / "extra" / "found.jpg", 50)
    rows = (f"{name},{name[:-4]},{tags},the author,CC0\n" for name, tags in INDEX)
    index = "file,subject,tags,source,licence\n" + "".join(rows)
    (folder / "images" / "images.csv").write_text(index)
    return folder


@pytest.fixture
def check(project: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Write a spec into the project, read it and review it."""
    monkeypatch.chdir(project)

    def run(text: str | bytes = REPORT, *, allow_outside: bool = False) -> Study:
        path = Path("report.yml")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return review(read(path), catalogue=vgg, allow_outside=allow_outside)

    return run
