"""Example models with 1, 2 and 4 threads: whatever a task leaves is the same bytes.

``python -m tests.faults.threads MODEL COUNT FOLDER`` prints the digests that one process makes of
the photographs in a folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from generator.images.photographs import open_photograph
from generator.pipeline.read_study import read_study
from generator.pipeline.request import Request
from generator.pipeline.resources import open_bench
from generator.spec import alone
from generator.system.console import Console
from generator.system.locations import locations_beside
from tests.faults.nursery import ROOT
from tests.lab.every_task import EveryTask, write_photographs

LAYERS = {
    "vgg16": ("features.5", "features.28"),
    "squeezenet1_1": ("features.6", "features.12"),
    "mobilenet_v2": ("features.7", "features.17"),
    "efficientnet_lite0": ("blocks.2.1", "blocks.4.1.conv_pw"),
}
COUNTS = (1, 2, 4)
STEPS = 4  # of each scale: every shape of every operation is met
SIDE = 96  # of pictures


def spec_of(model: str) -> Path:
    """The report that names a model and its weights."""
    return ROOT / "report.yml" if model == "vgg16" else ROOT / "examples" / f"{model}.yml"


def digests(model: str, count: int, photographs: Sequence[Path]) -> dict[str, str]:
    """One task of every kind, in this process, by so many threads on so many cores."""
    from generator.lab import devices

    devices.usable_cores = lambda: count  # a machine may have fewer
    spec = spec_of(model)
    request = Request(spec, locations_beside(spec), Console("plain"), "cpu")
    ((_, study),) = alone(read_study(request))
    bench = open_bench(request, study)
    layers = [bench.layer(name) for name in LAYERS[model]]
    shown = [open_photograph(path, path.name) for path in photographs]
    return EveryTask(bench, layers, shown, side=SIDE, steps=STEPS).digests()


def try_threads(folder: Path, *, models: Sequence[str] = tuple(LAYERS)) -> tuple[int, list[str]]:
    """How many artifacts were compared, and which of them depend on the number of threads."""
    write_photographs(folder, 3)
    tried, found = 0, list[str]()
    for model in models:
        if model != "vgg16":
            _run([str(ROOT / "examples" / "fetch_weights.py"), model])
        one, *others = (_made(model, count, folder) for count in COUNTS)
        for count, other in zip(COUNTS[1:], others, strict=True):
            tried += len(one)
            names = sorted(name for name in one if one[name] != other.get(name))
            found += [f"{model} with {count} threads differs: {name}" for name in names]
    return tried, found


def _made(model: str, count: int, folder: Path) -> dict[str, str]:
    command = ["-m", "tests.faults.threads", model, str(count), str(folder)]
    made: dict[str, str] = json.loads(_run(command, OMP_NUM_THREADS=str(count)))
    return made


def _run(arguments: Sequence[str], **environment: str) -> str:
    """Standard output of a Python process; RuntimeError if it fails."""
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


if __name__ == "__main__":
    _, name, number, place = sys.argv
    print(json.dumps(digests(name, int(number), sorted(Path(place).glob("*.png")))))
