"""Bits that flip, tails that are lost, files that change places: found, put aside, made again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import torch

from generator.commands.verify import verify
from generator.lab.loading.weights import files
from generator.store.store import Store
from tests.faults.nursery import Nursery
from tests.faults.project import FAST, Report

KINDS = ("bit", "cut", "longer", "zeros", "other")


def spoil(path: Path, others: Sequence[Path], chance: random.Random) -> str:
    """Damage a file in one of five ways; says which. The content differs afterwards."""
    data = path.read_bytes()
    place = chance.randrange(len(data))
    kind = chance.choice(KINDS)
    spoiled = data
    if kind == "cut":
        spoiled = data[:place]
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


def try_rot(
    crew: Sequence[Nursery], folder: Path, *, count: int, builds: int, seed: int = 0
) -> tuple[int, list[str]]:
    """Spoil ``count`` files one by one, then many at once before each of ``builds`` builds."""
    chance = random.Random(seed)
    report = Report.new(folder / "report")
    nursery = crew[0]
    nursery.run(*report.command(), prelude=FAST)
    store, cache = report.folder / ".filterbook", folder / "weights"
    for name in ("one", "two", "three"):
        files.keep({name: torch.rand(40, 50)}, cache, name, source=name)
    found = _one_by_one(store, cache, count=count, chance=chance)
    site, objects = report.site, report.objects
    for _ in range(builds):
        paths = sorted((store / "objects").rglob("*.safetensors"))
        for path in chance.sample(paths, len(paths) // 3):
            spoil(path, paths, chance)
        said = nursery.run(*report.command(), prelude=FAST)
        kept = {name: d for name, d in report.objects.items() if not name.endswith(".damaged")}
        if said.code or report.site != site or kept != objects:
            found.append(f"not made again as it was: {said.code} {said.err[-300:]}")
        if said.err.count("is damaged") != len(paths) // 3:
            found.append(f"{said.err.count('is damaged')} of {len(paths) // 3} were named")
    return count, found


def _one_by_one(store: Path, cache: Path, *, count: int, chance: random.Random) -> list[str]:
    """Spoil, verify, read, and restore, one file after the other."""
    found: list[str] = []
    objects = sorted((store / "objects").rglob("*.safetensors"))
    weights = sorted(cache.glob("*.safetensors"))
    every = [*objects, *weights, store / "ledger.json"]
    for _ in range(count):
        group = chance.choice((objects, objects, weights, every[-1:]))
        path = chance.choice(group)
        sound = path.read_bytes()
        what = spoil(path, group, chance) if len(group) > 1 else spoil(path, every, chance)
        named = [damage.path for damage in verify(store, cache).damaged]
        if named != [path]:
            found.append(f"{what}: verify names {named}")
        if not _refused_on_reading(store, cache, path):
            found.append(f"{what}: it was read as if it were sound")
        for aside in (path, path.with_suffix(".damaged")):
            aside.unlink(missing_ok=True)
        path.write_bytes(sound)
    return found


def _refused_on_reading(store: Path, cache: Path, path: Path) -> bool:
    """Whether who reads it is told, and it lies aside afterwards (the ledger is written anew)."""
    said: list[str] = []
    if path.name == "ledger.json":
        return Store(store, said.append).memory().ledger == {} and len(said) == 1
    if path.parent == cache:
        read: object = files.kept(cache, path.name.split(".")[0], say=said.append)
    else:
        read = Store(store, said.append).get(path.name.split(".")[0])
    aside = path.with_suffix(".damaged").exists() and not path.exists()
    return read is None and len(said) == 1 and aside
