"""Scans of shards: done once, resumed after a kill, the same in any order; images copied out."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from generator.errors import MachineError, ReportError
from generator.images.sources import Source, open_source
from generator.lab.engines.local import LocalEngine
from generator.lab.loading.models import Bench
from generator.pipeline import scan_images
from generator.spec.scan import ScanSpec
from generator.store.store import Store
from generator.summaries import Summary
from generator.system.console import Console
from tests.conftest import SMALL, Run, make_project
from tests.images.sources.made import jpeg, parquet, tar
from tests.lab.conftest import bench  # noqa: F401 - a fixture
from tests.summaries.made import same

LAYERS = ("0", "3")


def archives(folder: Path, count: int = 4, each: int = 6) -> ScanSpec:
    for number in range(count):
        members = {f"{at}.jpg": jpeg(number * each + at) for at in range(each)}
        members["bad.jpg"] = b"no image"
        (folder / f"{number}.tar").write_bytes(tar(members))
    return ScanSpec(images="*.tar", top=3, licence="CC0")


def asked(wanted: ScanSpec, source: Source) -> scan_images.Scan:
    return scan_images.Scan(wanted, source, LAYERS, "mean", "after")


def sum_up(scan: scan_images.Scan, bench: Bench, folder: Path) -> dict[str, Summary]:  # noqa: F811
    return scan_images.sum_up(
        scan, scan_images.ScanContext(Store(folder), LocalEngine(), bench, Console("plain"))
    )


def objects(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*.safetensors")}


def test_a_scan_is_done_once_and_new_shards_alone_are_scanned(
    bench: Bench,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    wanted, store = archives(tmp_path), tmp_path / "store"
    scan = asked(wanted, open_source("*.tar", tmp_path))
    assert scan.due(bench.card, Store(store)) == 4
    first = sum_up(scan, bench, store)
    assert {name: each.count for name, each in first.items()} == {"0": 24, "3": 24}
    assert first["0"].spoiled == 4
    assert scan.due(bench.card, Store(store)) == 0
    assert len(objects(store)) == 2 * (4 + 1)
    capsys.readouterr()
    again = sum_up(scan, bench, store)
    assert capsys.readouterr().err == ""
    assert all(same(first[name], again[name]) for name in LAYERS)
    (tmp_path / "4.tar").write_bytes(tar({"new.jpg": jpeg(99)}))
    more = asked(wanted, open_source("*.tar", tmp_path))
    assert more.due(bench.card, Store(store)) == 1
    assert sum_up(more, bench, store)["0"].count == 25


def test_the_order_of_shards_changes_nothing(bench: Bench, tmp_path: Path) -> None:  # noqa: F811
    wanted = archives(tmp_path)
    source = open_source("*.tar", tmp_path)
    first = sum_up(asked(wanted, source), bench, tmp_path / "one")
    shards = list(source.shards)
    random.Random(3).shuffle(shards)
    shuffled = replace(source, shards=tuple(shards))
    other = sum_up(asked(wanted, shuffled), bench, tmp_path / "other")
    assert all(same(first[name], other[name]) for name in LAYERS)


KILLED = """
import os, signal, sys
from pathlib import Path
from generator.pipeline import scan_images
from generator.store.store import Store
from tests.lab.conftest import *
from tests.pipeline.test_scan_images import *
network = tiny_network().eval().requires_grad_(False)
card = ModelCard("tiny", "random", "0" * 64, "made here", "none", PREPROCESSING, TINY)
puts = []
class Killed(Store):
    def put(self, key, artifact):
        super().put(key, artifact)
        puts.append(key)
        if len(puts) == 5:  # in the third shard, one of its two layers is stored
            os.kill(os.getpid(), signal.SIGKILL)
folder = Path(sys.argv[1])
scan = asked(ScanSpec(images="*.tar", top=3), open_source("*.tar", folder))
bench = Bench(card, network, torch.device("cpu"))
store = Killed(folder / "store")
scan_images.sum_up(scan, scan_images.ScanContext(store, LocalEngine(), bench, Console("plain")))
"""


def test_a_killed_scan_loses_the_shard_in_flight(bench: Bench, tmp_path: Path) -> None:  # noqa: F811
    wanted = archives(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    before = objects(tmp_path / "store")
    assert len(before) == 5
    scan = asked(wanted, open_source("*.tar", tmp_path))
    assert scan.due(bench.card, Store(tmp_path / "store")) == 2
    resumed = sum_up(scan, bench, tmp_path / "store")
    assert before < objects(tmp_path / "store")
    whole = sum_up(scan, bench, tmp_path / "whole")
    assert all(same(resumed[name], whole[name]) for name in LAYERS)


def test_images_are_copied_with_their_licence(bench: Bench, tmp_path: Path) -> None:  # noqa: F811
    wanted = archives(tmp_path)
    parquet(tmp_path / "x.parquet", [jpeg(50), jpeg(51)], caption=["a", "b"], license=["", "BY"])
    source = open_source("*.tar", tmp_path)
    table = open_source("x.parquet", tmp_path)
    whole = replace(source, shards=(*source.shards, *table.shards))
    scan = asked(wanted, whole)
    summary = sum_up(scan, bench, tmp_path / "store")["3"]
    images = list(summary.images().values())
    store = Store(tmp_path / "store")
    copies = scan_images.copied(scan, images, store)
    assert len(copies) == 26
    assert {each.licence for each in copies.values()} == {"CC0", "BY"}
    assert all(Path(each.path).parent == tmp_path / "store" / "images" for each in copies.values())
    for path in tmp_path.glob("*.tar"):  # found again, without the source
        path.unlink()
    victim = next(iter(copies.values()))
    assert scan_images.copied(scan, images, store) == copies
    Path(victim.path).write_bytes(b"rot")
    with pytest.raises((ReportError, MachineError)):
        scan_images.copied(scan, images, store)


def test_what_is_no_longer_what_was_scanned(bench: Bench, tmp_path: Path) -> None:  # noqa: F811
    wanted = archives(tmp_path, count=1)
    scan = asked(wanted, open_source("*.tar", tmp_path))
    images = list(sum_up(scan, bench, tmp_path / "store")["0"].images().values())
    (tmp_path / "0.tar").write_bytes(tar({f"{at}.jpg": jpeg(70 + at) for at in range(7)}))
    with pytest.raises(ReportError, match="is not what was scanned: it holds something else"):
        scan_images.copied(scan, images, Store(tmp_path / "store"))
    (tmp_path / "0.tar").write_bytes(tar({}))
    with pytest.raises(ReportError, match="it is not there"):
        scan_images.copied(scan, images, Store(tmp_path / "store"))


def test_the_command(run: Run, tmp_path: Path) -> None:
    spec = make_project(tmp_path, SMALL + "scan: {images: photographs/fish}\n")
    (tmp_path / "photographs" / "fish" / "bad.jpg").write_bytes(b"<html>")
    ended = run("scan", "--spec", spec, "--device", "cpu")
    assert ended.code == 0, ended.err
    assert ended.out.splitlines() == [
        "features.5: 4 images summed up for 128 filters, 1 left out",
        "1 image of the scan was left out.",
        "bad.jpg: it is text (HTML, XML or SVG), not a photograph.",
    ]
    assert "0 of 1 shards of images to scan are due" in run("plan", "--spec", spec).out
    again = run("scan", "--spec", spec, "--device", "cpu")
    assert again.out == ended.out
    assert "shards" not in again.err


@pytest.mark.parametrize(
    ("written", "place", "message"),
    [
        (
            "s3://bucket/x-{000..146}.tar",
            "16",
            "is an address on the network: allow it",
        ),
        ("/etc", "16", "leads outside the project"),
        ("nowhere/*.tar", "16", "there is no such file or folder"),
        ("simplecache::s3://a/b", "16", "chained addresses"),
    ],
)
def test_images_that_may_not_or_cannot_be_scanned(
    run: Run, tmp_path: Path, written: str, place: str, message: str
) -> None:
    spec = make_project(tmp_path, SMALL + f'scan: {{images: "{written}"}}\n')
    ended = run("scan", "--spec", spec)
    assert ended.code == 2
    assert f"report.yml:13:{place}: scan.images: " in ended.err
    assert message in ended.err
    if "bucket" in written:  # commands that do not scan need not be allowed to
        assert run("check", "--spec", spec, "--allow-network").code == 0


def test_a_report_without_images_to_scan(run: Run, tmp_path: Path) -> None:
    ended = run("scan", "--spec", make_project(tmp_path))
    assert ended.code == 2
    assert "the report has no images to scan" in ended.err


@pytest.mark.parametrize("members", [{"bad.jpg": b"no image", "c.jp2": b"x"}, {"a.txt": b"text"}])
def test_a_scan_that_finds_no_image_is_an_error(
    members: dict[str, bytes],
    bench: Bench,  # noqa: F811
    tmp_path: Path,
) -> None:
    (tmp_path / "0.tar").write_bytes(tar(members))
    scan = asked(ScanSpec(images="0.tar"), open_source("0.tar", tmp_path))
    for _ in range(2):  # scanned, and taken from the store
        with pytest.raises(
            ReportError, match=r"0\.tar: no image of the scan can be read"
        ) as refusal:
            sum_up(scan, bench, tmp_path / "store")
        assert ("c.jp2" in refusal.value.cause) == ("c.jp2" in members)


def test_what_a_scan_passes_over_is_said(
    bench: Bench,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(jpeg(1))
    (tmp_path / "photos" / "b.heic").write_bytes(b"x")
    scan = asked(ScanSpec(images="photos"), open_source("photos", tmp_path))
    sum_up(scan, bench, tmp_path / "store")
    assert "1 image of the folder photos is left out" in capsys.readouterr().err


def test_a_table_of_another_schema_among_others_is_named(run: Run, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "data").mkdir()
    parquet(tmp_path / "data" / "a.parquet", [jpeg(1), jpeg(2)])
    pq.write_table(pa.table({"label": [1]}), tmp_path / "data" / "b.parquet")
    spec = make_project(tmp_path, SMALL + "scan: {images: data, source: me, licence: CC0}\n")
    ended = run("scan", "--spec", spec, "--device", "cpu")
    assert ended.code == 0, ended.err
    assert ended.out.splitlines()[:2] == [
        "features.5: 2 images summed up for 128 filters, 1 left out",
        "1 image of the scan was left out.",
    ]
    assert "b.parquet: it has no column of encoded images" in ended.out
    (tmp_path / "data" / "a.parquet").unlink()
    for command in ("scan", "build", "scan"):
        ended = run(command, "--spec", spec, "--device", "cpu")
        assert ended.code == 2
        assert "data: no image of the scan can be read: b.parquet: it has no column" in ended.err


def test_texts_that_compete_are_named_and_leave_no_image_out(run: Run, tmp_path: Path) -> None:
    members = {"1.jpg": jpeg(1), "1.a.txt": b"a cat", "1.b.txt": b"a dog", "2.jpg": jpeg(2)}
    (tmp_path / "x.tar").write_bytes(tar(members))
    spec = make_project(tmp_path, SMALL + "scan: {images: x.tar, source: me, licence: CC0}\n")
    ended = run("scan", "--spec", spec, "--device", "cpu")
    assert ended.code == 0, ended.err
    assert ended.out.splitlines() == [
        "features.5: 2 images summed up for 128 filters, 0 left out",
        *(
            f"x.tar/1.{each}.txt: several texts compete for an image: no image is credited by it."
            for each in "ab"
        ),
    ]
