"""One evaluator for all: the saved 8-bit file, decoded, normalised, through the network in fp32."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from benchmarks.agreement import Floats, agreement, of_photographs, question
from benchmarks.network import imagenet_normalise
from benchmarks.result_rows import MIDDLE, WHOLE, Row
from benchmarks.runner.job import Job, Pixels, Timing
from benchmarks.tools import TOOLS
from generator.images.photographs import as_seen, decode

PHOTOGRAPHS = "photographs"  # in the place of a tool: the most exciting ones themselves
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif"}
SIDE = 224
Embed = Callable[[Pixels], Floats]  # (n, 224, 224, 3) → (n, features) of an independent network


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """The photographs as the networks see them, and what both networks say of them.

    ``responses`` are, for each layer, the means of all its channels, (photographs, channels);
    ``features`` those of the independent network, None where it is not asked.
    """

    responses: dict[str, Floats]
    features: Floats | None

    def __len__(self) -> int:
        return len(next(iter(self.responses.values())))


def photographs(folder: Path) -> list[Path]:
    """All below a folder, sorted."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)


def look(
    folder: Path, network: nn.Sequential, layers: Sequence[str], *, cache: Path, embed: Embed | None
) -> Library:
    """All photographs below a folder through both networks; kept in the cache by their content."""
    paths = photographs(folder)
    digest = hashlib.sha256(json.dumps(sorted(layers)).encode())
    for path in paths:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    kept = cache / f"photographs-{digest.hexdigest()[:16]}{'' if embed else '-alone'}.npz"
    if not kept.is_file():
        seen = np.stack([as_seen(decode(path), resize=256, crop=SIDE) for path in paths])
        _keep(kept, _by_layer(seen, network, layers), embed(seen) if embed else None)
    with np.load(kept) as file:
        found = dict(file)
    features = found.pop("features", None)
    return Library(found, features)


def responses(
    network: nn.Sequential, pictures: Pixels, layers: Sequence[str]
) -> dict[str, NDArray[np.float32]]:
    """Mean of every channel of the layers on pictures (n, height, width, 3): (n, channels) each."""
    found: dict[str, NDArray[np.float32]] = {}
    with torch.no_grad():
        batch = torch.from_numpy(pictures).permute(0, 3, 1, 2).float().div(255)
        batch = imagenet_normalise(batch)
        for name, module in network.named_children():
            batch = module(batch)
            if f"features.{name}" in layers:
                found[f"features.{name}"] = batch.mean((2, 3)).numpy()
    return found


def judge(
    jobs: Sequence[tuple[Job, Path, Timing]],
    library: Library,
    network: nn.Sequential,
    embed: Embed | None,
) -> Iterator[Row]:
    """A row for each picture, two for one by a tool that works on crops; then the photographs'."""
    seen = [
        (job, timing, view, pixels)
        for job, path, timing in jobs
        for view, pixels in views(saved(path), job)
    ]
    features: Sequence[Floats | None] = [None] * len(seen)
    if embed and seen:
        features = list(embed(np.stack([shrunk(pixels) for *_, pixels in seen])))
    for (job, timing, view, pixels), own in zip(seen, features, strict=True):
        yield row(job, timing, view, pixels, own, library=library, network=network)


def saved(path: Path) -> Pixels:
    """The 8-bit file as a reader gets it, (side, side, 3)."""
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


def views(pixels: Pixels, job: Job) -> Iterator[tuple[str, Pixels]]:
    """The whole picture, and the middle of one that was optimised in crops."""
    yield WHOLE, pixels
    share = TOOLS[job.tool].view
    if share < 1:
        side = round(share * len(pixels))
        start = (len(pixels) - side) // 2
        yield MIDDLE, shrunk(pixels[start : start + side, start : start + side])


def shrunk(pixels: Pixels) -> Pixels:
    """At the independent network's own side."""
    return np.array(Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def row(  # noqa: PLR0913 (a row has many sides)
    job: Job, timing: Timing, view: str, pixels: Pixels, features: Floats | None, *,
    library: Library, network: nn.Sequential,
) -> Row:  # fmt: skip
    """The figures of one picture."""
    real = library.responses[job.layer]
    own = responses(network, pixels[None].copy(), [job.layer])[job.layer][0]
    nearer = None
    if features is not None and library.features is not None:
        nearer = agreement(features, library.features, question(real[:, job.filter]))
    return Row(
        tool=job.tool, layer=job.layer, filter=job.filter, seed=job.seed, size=job.size,
        budget=job.budget, take=job.take, view=view,
        wall=timing.wall, cpu=timing.cpu, threads=timing.threads, run=timing.run,
        version=timing.version,
        activation=float(own[job.filter]), rank=rank(own, job.filter, real), of=len(own),
        agreement=nearer,
    )  # fmt: skip


def rank(own: Floats, number: int, real: Floats) -> int:
    """Of the filter among its layer's, each standardised over the photographs; 1 is the best."""
    spread = real.std(axis=0)
    standard = (own - real.mean(axis=0)) / np.where(spread > 0, spread, np.inf)
    return 1 + int((standard > standard[number]).sum())


def best_possible(library: Library, units: Sequence[tuple[str, int]]) -> Iterator[Row]:
    """What the most exciting photographs would get as pictures of the filters."""
    if library.features is None:
        return
    for layer, number in units:
        real = library.responses[layer][:, number]
        asked = question(real)
        yield Row(
            tool=PHOTOGRAPHS, layer=layer, filter=number, seed=0, size=SIDE, budget=1, take=0,
            view=WHOLE, wall=0, cpu=0, threads=1, run=0, version="",
            activation=float(real[asked.first].mean()),
            rank=1, of=library.responses[layer].shape[1],
            agreement=of_photographs(library.features, asked),
        )  # fmt: skip


def _by_layer(seen: Pixels, network: nn.Sequential, layers: Sequence[str]) -> dict[str, Floats]:
    """``responses`` to many pictures, a few at a time."""
    parts = [responses(network, seen[at : at + 8], layers) for at in range(0, len(seen), 8)]
    return {layer: np.concatenate([part[layer] for part in parts]) for layer in layers}


def _keep(path: Path, found: dict[str, Floats], features: Floats | None) -> None:
    arrays: dict[str, Any] = {**found, **({} if features is None else {"features": features})}
    np.savez(path, **arrays)
