"""Near-duplicates: found however they were made, never seen where there are none, taken out."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generator.findings.validity import find_fault
from generator.images.near_duplicates import NEAR, NearDuplicates, distances, fingerprint
from generator.images.photographs import Photograph, open_photograph
from tests.spec.conftest import REPORT, Check

LIBRARY = Path(__file__).parents[2] / "images"


def library() -> list[Photograph]:
    with (LIBRARY / "images.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Photograph(r["file"], str(LIBRARY / r["file"]), r["sha256"]) for r in rows]


def test_no_two_photographs_of_the_library_are_twins():
    assert list(NearDuplicates().among(library())) == []


def altered(image: Image.Image, how: str) -> Image.Image:
    width, height = image.size
    inside = (int(0.04 * width), int(0.04 * height), int(0.96 * width), int(0.96 * height))
    red, green, blue = image.split()
    changed = {
        "fifth": lambda: image.resize((width // 5, height // 5)),
        "twice": lambda: image.resize((width * 2, height * 2)),
        "stretched": lambda: image.resize((width, int(height * 1.2))),
        "cropped": lambda: image.crop(inside),
        "brighter": lambda: image.point(lambda value: min(255, int(value * 1.15))),
        "grey": lambda: image.convert("L"),
        "mirrored": lambda: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        "middle": lambda: image.crop(_share(image, 0.12, 0.12, 0.88, 0.88)),
        "side": lambda: image.crop(_share(image, 0.2, 0, 1, 1)),
        "corner": lambda: image.crop(_share(image, 0, 0, 0.8, 0.75)),
        "mirrored part": lambda: image.crop(_share(image, 0.1, 0, 0.9, 0.9)).transpose(
            Image.Transpose.FLIP_LEFT_RIGHT
        ),
        "warmer": lambda: Image.merge(
            "RGB", (red.point(lambda v: min(255, 5 * v // 4)), green, blue.point(lambda v: v // 2))
        ),
        "cooler": lambda: Image.merge("RGB", (red.point(lambda v: v // 2), green, blue)),
        "darker": lambda: image.point(lambda value: int(255 * (value / 255) ** 1.6)),
    }
    return changed[how]() if how in changed else image


def _share(image: Image.Image, *sides: float) -> tuple[int, ...]:
    return tuple(int(side * length) for side, length in zip(sides, image.size * 2, strict=True))


@pytest.fixture(scope="module")
def twins() -> NearDuplicates:
    """It looks at each original once."""
    return NearDuplicates()


@pytest.mark.parametrize(
    "how",
    [
        *("fifth", "twice", "stretched", "cropped", "brighter", "grey", "q25.jpg", "q30.webp"),
        *("mirrored", "middle", "side", "corner", "mirrored part"),
        *("warmer", "cooler", "darker"),
    ],
)
def test_copies_are_found(how: str, twins: NearDuplicates, tmp_path: Path):
    originals = library()[::24]
    found = 0
    for original in originals:
        ending, quality = (".png", 75) if "." not in how else (how[3:], int(how[1:3]))
        path = tmp_path / f"copy{ending}"
        with Image.open(original.path) as image:
            altered(image.convert("RGB"), how).save(path, quality=quality)
        copy = open_photograph(path, "copy")
        found += (0, 1) in list(twins.among([original, copy]))
    assert found >= len(originals) - 1


def test_flat_pictures_have_no_twins():
    assert fingerprint(np.full((40, 50, 3), 128, np.uint8)) is None


def test_distance_is_symmetric_and_nought_to_itself():
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (20, 20, 3), dtype=np.uint8) for _ in range(6)]
    prints = np.stack([print_.whole for each in pictures if (print_ := fingerprint(each))])
    found = distances(prints, prints)
    assert np.array_equal(found, found.T)
    assert not found.diagonal().any()
    assert found[~np.eye(6, dtype=bool)].min() > NEAR


def test_what_is_not_compared_with_care_is_compared_as_a_whole(tmp_path: Path):
    original = library()[0]
    with Image.open(original.path) as image:
        altered(image.convert("RGB"), "corner").save(tmp_path / "part.png")
        altered(image.convert("RGB"), "mirrored").save(tmp_path / "mirror.png")
    part, mirror = (open_photograph(tmp_path / f"{name}.png", name) for name in ("part", "mirror"))
    sequence = [original, part, mirror]
    assert list(NearDuplicates().among(sequence, thorough=0)) == [(0, 2)]
    assert set(NearDuplicates().among(sequence, thorough=1)) >= {(0, 1), (0, 2)}


def put(project: Path, name: str, seed: int, *, side: int = 96, quality: int = 90) -> None:
    """A picture of its own, at any size."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8))
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse.resize((192, 192), Image.Resampling.BICUBIC).resize((side, side)).save(
        path, quality=quality
    )


def test_a_resized_copy_of_a_discovery_photograph_is_taken_out(check: Check, project: Path):
    put(project, "extra/found.jpg", 1)
    put(project, "images/arch-1.jpg", 1, side=60)
    evidence = check().evidence[0]
    (removed,) = evidence.removed
    assert (removed.photograph.name, removed.role) == ("images/arch-1.jpg", "positive")
    assert removed.reason == ("nearly the same picture as extra/found.jpg (used for discovery)")
    assert [p.name for p in evidence.positives] == ["images/arch-2.jpg"]


@pytest.mark.parametrize(
    ("first", "second", "gone"),
    [
        ("arch-1", "house-1", [("arch-1", "positive"), ("house-1", "lookalike")]),
        ("arch-1", "bird-1", [("arch-1", "positive"), ("bird-1", "control")]),
        ("house-1", "bird-1", [("bird-1", "control")]),
        ("arch-1", "arch-2", [("arch-2", "positive")]),
        ("fish-1", "fish-2", [("fish-2", "control")]),
    ],
)
def test_twins_across_and_within_roles(
    first: str, second: str, gone: list[tuple[str, str]], check: Check, project: Path
):
    put(project, f"images/{first}.jpg", 1)
    put(project, f"images/{second}.jpg", 1, side=70, quality=40)
    evidence = check().evidence[0]
    found = [(r.photograph.name, r.role) for r in evidence.removed]
    assert sorted(found) == sorted((f"images/{name}.jpg", role) for name, role in gone)
    names = {first, second}
    for removed in evidence.removed:
        (other,) = names - {Path(removed.photograph.name).stem}
        assert f"nearly the same picture as images/{other}.jpg" in removed.reason


def test_copies_of_discovery_photographs_alone_make_a_claim_invalid(check: Check, project: Path):
    put(project, "extra/found.jpg", 1)
    for name in ("arch-1", "arch-2"):
        put(project, f"images/{name}.jpg", 1, side=50)
        Image.open(project / f"images/{name}.jpg").convert("RGB").save(
            project / f"images/{name}.jpg", quality=60 if name == "arch-1" else 95
        )
    evidence = check(REPORT).evidence[0]
    assert evidence.positives == ()
    assert all(removed.discovered for removed in evidence.removed if removed.role == "positive")
    assert "all its positives chose the filter" in find_fault(evidence, None)
