"""Bits that flip, tails that are lost, files that change places: found, put aside, made again.

Every kind of file that the program reads again is damaged: objects, ledger, weights, copies of
scanned images, encoded images and charts, tables of layers, measurements of photographs, what
MkDocs reads, and the finished site.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from generator.commands.verify.files import Places, verify
from generator.errors import ReportError
from generator.lab.loading.weights import files
from generator.site.manifest import MANIFEST, differences, read_manifest
from generator.store.store import Store
from generator.system.file_cache import ASIDE, DIGITS, FileCache
from tests.conftest import SMALL
from tests.faults.nursery import Nursery
from tests.faults.project import FAST, Digests, Report
from tests.images.sources.made import jpeg, tar

KINDS = ("bit", "cut", "longer", "zeros", "other", "empty")
SCANNED = SMALL + "scan: {images: images.tar}\n"


def spoil(path: Path, others: Sequence[Path], chance: random.Random) -> str:
    """Damage a file in one of six ways; says which. The content differs afterwards."""
    data = path.read_bytes()
    place = chance.randrange(len(data))
    kind = chance.choice(KINDS)
    spoiled = data
    if kind == "cut":
        spoiled = data[:place]
    elif kind == "empty":
        spoiled = b""
    elif kind == "longer":
        spoiled = data + bytes(chance.randrange(1, 64))
    elif kind == "zeros":
        spoiled = data[:place] + bytes(len(data[place : place + 512])) + data[place + 512 :]
    elif kind == "other":
        spoiled = chance.choice(others).read_bytes()
    if spoiled == data:  # a bit, or what would have changed nothing
        kind = "bit"
        flipped = bytes([data[place] ^ 1 << chance.randrange(8)])
        spoiled = data[:place] + flipped + data[place + 1 :]
    path.write_bytes(spoiled)
    return f"{kind} at {place} of {path.name[:24]}"


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that a built report has on the disk, by kind."""

    report: Report
    places: Places

    @classmethod
    def built(cls, nursery: Nursery, folder: Path) -> Kept:
        """Build a report, and keep weights and a table of layers beside what it leaves."""
        report = Report.new(folder / "report", SCANNED)
        images = {f"{number}.jpg": jpeg(number, 64) for number in range(12)}
        (report.folder / "images.tar").write_bytes(tar(images))
        places = Places(
            store=report.folder / ".filterbook",
            weights=folder / "cache" / "weights",
            cache=folder / "cache",
            work=report.folder / "build",
            site=report.folder / "site",
        )
        kept = cls(report, places)
        kept.build(nursery)
        for name in ("one", "two", "three"):
            files.keep({name: torch.rand(40, 50)}, places.weights, name, source=name)
            FileCache(places.cache / "layers", print).put(name, ".json", name.encode() * 99)
        return kept

    def build(self, nursery: Nursery) -> tuple[int, str]:
        """Build again; the exit code, and what was said."""
        own = {"FILTERBOOK_CACHE": str(self.places.cache)}
        said = nursery.run(*self.report.command(), prelude=FAST, environment=own)
        return said.code, said.err

    def objects(self) -> Digests:
        """What the store holds, without what was put aside."""
        found = self.report.objects
        return {name: digest for name, digest in found.items() if not name.endswith(ASIDE)}

    def groups(self) -> dict[str, list[Path]]:
        """The files of each kind."""
        places, site = self.places, self.places.site
        pages = [path for path in site.rglob("*") if path.is_file() and path.stat().st_size]
        found = {
            "objects": (places.store / "objects").rglob("*.safetensors"),
            "ledger": [places.store / "ledger.json"],
            "copies": (places.store / "images").glob("?" * DIGITS),
            "weights": places.weights.glob("*.safetensors"),
            "layers": (places.cache / "layers").glob("*.json"),
            "photographs": (places.cache / "photographs").glob("*.safetensors"),
            "assets": (places.work / "assets").iterdir(),
            "site": [path for path in pages if path.name != MANIFEST],
            "manifest": [site / MANIFEST],
        }
        return {kind: sorted(paths) for kind, paths in found.items()}


def try_rot(
    crew: Sequence[Nursery], folder: Path, *, count: int, builds: int, seed: int = 0
) -> tuple[int, list[str]]:
    """Spoil ``count`` files one by one, then many at once before each of ``builds`` builds."""
    chance = random.Random(seed)
    kept = Kept.built(crew[0], folder)
    empty = [f"there are no {kind}" for kind, paths in kept.groups().items() if not paths]
    found = empty or _one_by_one(kept, count=count, chance=chance)
    for _ in range(0 if empty else builds):
        found += _many(kept, crew[0], chance)
    return count, found


def _many(kept: Kept, nursery: Nursery, chance: random.Random) -> list[str]:
    """Spoil a third of everything that a build reads, and hold the next one against the last."""
    site, objects, groups = kept.report.site, kept.objects(), kept.groups()
    named = 0
    for kind in ("objects", "copies", "photographs", "assets"):
        paths = groups[kind]
        for path in _with_summaries(chance.sample(paths, (len(paths) + 2) // 3), paths):
            spoil(path, groups["objects"], chance)
            named += 1
    docs = [path for path in (kept.places.work / "docs").rglob("*") if path.is_file()]
    alone = [path for path in docs if path.stat().st_nlink == 1 and path.stat().st_size]
    for path in [*chance.sample(alone, len(alone) // 3), *groups["site"][::3]]:
        spoil(path, docs, chance)
    code, said = kept.build(nursery)
    found = []
    if code or kept.report.site != site or kept.objects() != objects:
        found.append(f"not made again as it was: {code} {said[-300:]}")
    if said.count("is damaged") != named:
        found.append(f"{said.count('is damaged')} of {named} were named: {said[-300:]}")
    if damaged := verify(kept.places).damaged:
        found.append(f"damaged after the build: {[each.path.name for each in damaged]}")
    return found


def _with_summaries(chosen: Sequence[Path], paths: Sequence[Path]) -> list[Path]:
    """Those paths; with the summary of all images those of its shards, which are read only then."""
    summaries = {path for path in paths if b'\\"kind\\": \\"Summary\\"' in path.read_bytes()}
    rest = [path for path in chosen if path not in summaries]
    return rest if len(rest) == len(chosen) else [*rest, *sorted(summaries)]


def _one_by_one(kept: Kept, *, count: int, chance: random.Random) -> list[str]:
    """Spoil, verify, read, and restore, one file after the other."""
    found: list[str] = []
    groups = kept.groups()
    every = [path for paths in groups.values() for path in paths]
    for _ in range(count):
        group = groups[chance.choice(sorted(groups))]
        path = chance.choice(group)
        sound = path.read_bytes()
        what = spoil(path, group, chance) if len(group) > 1 else spoil(path, every, chance)
        named = [damage.path for damage in verify(kept.places).damaged]
        if named != [path]:
            found.append(f"{what}: verify names {named}")
        if not _refused_on_reading(kept.places, path):
            found.append(f"{what}: it was read as if it were sound")
        for aside in (path, path.with_suffix(ASIDE), path.with_name(path.name + ASIDE)):
            aside.unlink(missing_ok=True)
        path.write_bytes(sound)
    return found


def _refused_on_reading(places: Places, path: Path) -> bool:
    """Whether who reads it is told, and it lies aside afterwards (ledger and site are whole)."""
    said: list[str] = []
    key = path.name.split(".")[0]
    if path.name == "ledger.json":
        return Store(places.store, said.append).memory().ledger == {} and len(said) == 1
    if path.is_relative_to(places.site):
        return _site_refused(places.site)
    if path.parent == places.store / "images":
        return True  # a build copies it again; see the builds
    read: object
    if path.parent == places.weights:
        read = files.kept(places.weights, key, say=said.append)
    elif path.is_relative_to(places.store):
        read = Store(places.store, said.append).get(key)
    else:
        suffix = path.name[len(key) + 1 + DIGITS :]
        read = FileCache(path.parent, said.append).get(key, suffix)
    aside = any(os.path.lexists(each) for each in _asides(path)) and not path.exists()
    return read is None and len(said) == 1 and aside


def _asides(path: Path) -> tuple[Path, Path]:
    return path.with_suffix(ASIDE), path.with_name(path.name + ASIDE)


def _site_refused(site: Path) -> bool:
    try:
        listed, _ = read_manifest(site)
    except ReportError:
        return True
    return len(differences(site, listed)) == 1
