"""What is kept of photographs: by their content alone, verified, and never in place of reading."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from generator.images import metadata_cache, photographs
from generator.images.metadata_cache import MetadataCache
from generator.images.near_duplicates import NearDuplicates
from generator.images.photographs import Photograph, PhotographError, content, open_photograph
from tests.conftest import LIBRARY
from tests.system.test_file_cache import cut, emptied, overwritten

REPORT = Path("report.yml")


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Four photographs; the last is the first, cropped."""
    folder = tmp_path / "photographs"
    folder.mkdir()
    found = [
        Path(shutil.copy(each, folder)) for each in sorted((LIBRARY / "fish").glob("*.jpg"))[:3]
    ]
    with photographs.Image.open(found[0]) as image:
        width, height = image.size
        image.crop((0, 0, int(0.95 * width), int(0.95 * height))).save(folder / "crop.jpg")
    return [*found, folder / "crop.jpg"]


def opened(paths: list[Path], cache: MetadataCache | None) -> list[Photograph]:
    return [open_photograph(path, path.name, cache) for path in paths]


def read(folder: Path) -> MetadataCache:
    return MetadataCache.read(folder, REPORT, pytest.fail)


@pytest.fixture
def filled(paths: list[Path], tmp_path: Path) -> Path:
    cache = read(tmp_path / "cache")
    assert list(NearDuplicates(cache).among(opened(paths, cache))) == [(0, 3)]
    cache.save(tmp_path / "cache", REPORT)
    return tmp_path / "cache"


def test_everything_comes_back_as_it_was(paths: list[Path], filled: Path) -> None:
    cache, fresh = read(filled), MetadataCache()
    assert opened(paths, cache) == opened(paths, fresh)
    NearDuplicates(fresh).among(opened(paths, None))
    assert cache.pairs == fresh.pairs
    assert cache.similarities == fresh.similarities
    assert cache.fingerprints.keys() == fresh.fingerprints.keys()
    for name, print_ in fresh.fingerprints.items():
        for key in ("grey", "whole", "parts"):
            one, other = getattr(print_, key), getattr(cache.fingerprints[name], key)
            assert one.dtype == other.dtype
            assert np.array_equal(one, other)


def test_nothing_is_decoded_again_and_everything_is_read_again(
    paths: list[Path], filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        pytest.fail("decoded")

    monkeypatch.setattr(photographs, "_opened", refused)
    cache = read(filled)
    assert NearDuplicates(cache).among(opened(paths, cache)) == [(0, 3)]
    monkeypatch.undo()
    before = paths[1].read_bytes()
    paths[1].write_bytes(before[: len(before) // 2])
    with pytest.raises(PhotographError, match="cut short"):
        opened(paths, cache)
    paths[1].write_bytes(before + b"\0")
    assert opened(paths, cache)[1].sha256 != opened(paths[:1], cache)[0].sha256
    assert len(cache.shapes) == 5


def test_it_is_written_only_where_there_is_anything_new(paths: list[Path], filled: Path) -> None:
    (file,) = filled.iterdir()
    before = file.stat().st_mtime_ns
    cache = read(filled)
    NearDuplicates(cache).among(opened(paths, cache))
    cache.save(filled, REPORT)
    assert file.stat().st_mtime_ns == before
    NearDuplicates(cache).among(opened(paths[1:], cache))
    cache.save(filled, REPORT)
    (other,) = filled.iterdir()
    assert other != file


@pytest.mark.parametrize("spoil", [emptied, cut, overwritten])
def test_a_damaged_file_is_named_and_nothing_of_it_used(
    paths: list[Path], filled: Path, spoil: Callable[[Path], None]
) -> None:
    (file,) = filled.iterdir()
    spoil(file)
    said: list[str] = []
    cache = MetadataCache.read(filled, REPORT, said.append)
    assert len(said) == 1
    assert cache.shapes == {}
    NearDuplicates(cache).among(opened(paths, cache))
    cache.save(filled, REPORT)
    assert file.exists()


def test_every_report_and_every_version_has_its_own(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MetadataCache.read(filled, Path("other.yml"), pytest.fail).shapes == {}
    monkeypatch.setattr(metadata_cache.PIL, "__version__", "99")
    assert read(filled).shapes == {}


def test_where_nothing_can_be_kept_nothing_is(paths: list[Path], tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    cache = read(tmp_path / "cache")
    opened(paths, cache)
    cache.save(tmp_path / "cache", REPORT)


def test_a_photograph_that_changes_meanwhile_is_refused(paths: list[Path]) -> None:
    photograph = open_photograph(paths[0], "x")
    shutil.copy(paths[1], paths[0])
    with pytest.raises(PhotographError, match="it changed"):
        content(photograph)
    with pytest.raises(PhotographError, match="it changed"):
        NearDuplicates().among([photograph])
