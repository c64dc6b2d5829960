"""The streaming scan against a bare torchvision loop, and its memory against the number of images.

    python -m benchmarks.scan rate --model vgg16 --images images --count 64
    python -m benchmarks.scan memory --counts 1000,100000

Both ways see the same files in the same run, by turns, so that a busy machine slows both; what is
compared is processor time, that of all threads. The bare loop is what one would write: Pillow,
torchvision's transforms, batches, the network up to the same layer, nothing kept. The scan sums up
every convolution on the way.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torchvision import transforms

from generator.images.sources import open_source
from generator.images.sources.base import Item
from generator.lab import devices
from generator.lab.engines.local import LocalEngine
from generator.lab.loading import models, weights
from generator.lab.loading.models import Bench
from generator.lab.loading.networks import build
from generator.lab.measure.streaming import Stream
from generator.models.layers import Layer
from generator.pipeline import scan_images
from generator.spec.model import ModelSpec
from generator.spec.scan import ScanSpec
from generator.store.store import Store
from generator.system.console import Console
from generator.system.locations import cache

BATCH = 8  # of the bare loop
ROUND = 256  # images that each way sees before it is the other's turn: about a shard
LAST = {"vgg16": "features.28", "squeezenet1_1": "features.12.expand3x3"}
EARLY = ("features.0", "features.3.squeeze")  # of SqueezeNet, on small inputs, for memory


def bench_of(architecture: str, folder: Path) -> Bench:
    """The original VGG-16, or another network with weights made at random."""
    spec = ModelSpec()
    if architecture != "vgg16":
        torch.manual_seed(0)
        network = build(architecture, real=True)
        torch.save(network.state_dict(), folder / "random.pth")
        spec = ModelSpec(architecture=architecture, weights="random.pth")
    obtained = weights.obtain(spec, folder=folder, cache=cache() / "weights")
    return models.assemble(architecture, obtained, devices.choose("cpu"))


def convolutions(bench: Bench, last: str) -> list[Layer]:
    """Every convolution up to the last one that is looked at."""
    names = [layer.name for layer in bench.card.catalogue.layers]
    layers = bench.card.catalogue.layers[: names.index(last) + 1]
    return [layer for layer in layers if layer.kind == "convolution" or layer.activation]


class _ReachedError(Exception):
    """The layer is done; the bare loop needs no more of the network."""


def bare(bench: Bench, last: str) -> Callable[[Sequence[Path]], None]:
    """What one would write without this program."""
    wanted = bench.card.preprocessing
    prepare = transforms.Compose(
        [
            transforms.Resize(wanted.resize),
            transforms.CenterCrop(wanted.crop),
            transforms.ToTensor(),
            transforms.Normalize(wanted.mean, wanted.std),
        ]
    )

    def stop(*_: object) -> None:
        raise _ReachedError

    def run(paths: Sequence[Path]) -> None:
        handle = bench.network.get_submodule(last).register_forward_hook(stop)
        try:
            for start in range(0, len(paths), BATCH):
                images = [Image.open(path).convert("RGB") for path in paths[start : start + BATCH]]
                batch = torch.stack([prepare(image) for image in images])
                with torch.no_grad(), suppress(_ReachedError):
                    bench.network(batch.contiguous(memory_format=torch.channels_last))
        finally:
            handle.remove()

    return run


def streamed(stream: Stream, layers: Sequence[Layer]) -> Callable[[Sequence[Path]], None]:
    """The scan, from the files to the summaries."""

    def run(paths: Sequence[Path]) -> None:
        items = (Item(at, path.name, path.read_bytes) for at, path in enumerate(paths))
        stream.summarise(layers, "here", items, top=9)

    return run


def timed(run: Callable[[Sequence[Path]], None], paths: Sequence[Path]) -> tuple[float, float]:
    """Processor seconds of all threads, and seconds on the clock."""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    run(paths)
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, time.perf_counter() - start


def rate(architecture: str, images: Path, count: int, most: int) -> dict[str, object]:
    """Both ways over the same images, by turns; of the convolutions the last ``most``."""
    files = sorted(images.rglob("*.jpg"))
    paths = list(islice(cycle(files), count))
    with tempfile.TemporaryDirectory() as folder:
        bench = bench_of(architecture, Path(folder))
    devices.settle(bench.device)
    layers = convolutions(bench, LAST[architecture])[-most:]
    spent = {"bare": np.zeros(2), "scan": np.zeros(2)}
    stream = Stream(bench, "mean", "after")
    ways = {"bare": bare(bench, LAST[architecture]), "scan": streamed(stream, layers)}
    for run in ways.values():  # the first pass reads files and fills caches
        run(paths[:BATCH])
    for start in range(0, count, ROUND):
        for name, run in ways.items():
            spent[name] += timed(run, paths[start : start + ROUND])
    per = {name: (values / count).tolist() for name, values in spent.items()}
    units = sum(layer.channels for layer in layers)
    return {
        "model": architecture,
        "layers": len(layers),
        "units": units,
        "images": count,
        "threads": devices.usable_cores(),
        "processor seconds per image": {name: value[0] for name, value in per.items()},
        "seconds per image": {name: value[1] for name, value in per.items()},
        "rate of the bare loop's, by processor time": per["bare"][0] / per["scan"][0],
        "rate of the bare loop's, by the clock": per["bare"][1] / per["scan"][1],
    }


def memory(count: int) -> dict[str, object]:
    """One scan of so many images, repeated small files, in this process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = _small_files(folder, min(count, 500))
        with (folder / "images.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["file"])
            writer.writerows([each] for each in islice(cycle(rows), count))
        bench = bench_of("squeezenet1_1", folder)
        small = replace(bench.card.preprocessing, resize=64, crop=56)  # a spec may say so
        bench = replace(bench, card=replace(bench.card, preprocessing=small))
        devices.settle(bench.device)
        source = open_source("images.csv", folder)
        scan = scan_images.Scan(ScanSpec(images="images.csv"), source, EARLY, "mean", "after")

        def run(_: Sequence[Path]) -> None:
            work = scan_images.ScanContext(
                Store(folder / "s"), LocalEngine(), bench, Console("plain")
            )
            scan_images.sum_up(scan, work)

        spent, clock = timed(run, ())
        kept = sum(path.stat().st_size for path in (folder / "s").rglob("*.safetensors"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "images": count,
        "peak MiB": peak,
        "processor seconds": spent,
        "seconds": clock,
        "store MiB": kept / 2**20,
    }


def _small_files(folder: Path, count: int) -> Iterator[str]:
    generator = np.random.default_rng(0)
    for number in range(count):
        pixels = generator.integers(0, 255, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((64, 64)).save(folder / f"{number}.jpg")
        yield f"{number}.jpg"


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["rate", "memory"])
    parser.add_argument("--model", default="vgg16", choices=sorted(LAST))
    parser.add_argument("--images", type=Path, default=Path("images"))
    parser.add_argument("--count", type=int, default=64)
    parser.add_argument(
        "--layers", type=int, default=99, help="of the convolutions, the last so many"
    )
    parser.add_argument("--counts", default="1000,100000")
    asked = parser.parse_args()
    if asked.what == "rate":
        print(json.dumps(rate(asked.model, asked.images, asked.count, asked.layers), indent=1))
        return
    counts = [int(each) for each in asked.counts.split(",")]
    if len(counts) == 1:
        print(json.dumps(memory(counts[0]), indent=1))
        return
    for count in counts:  # a process for each: what one has used says nothing of the next
        command = [sys.executable, "-m", "benchmarks.scan", "memory", "--counts", str(count)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
