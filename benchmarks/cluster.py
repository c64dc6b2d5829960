"""How fast a Ray cluster of one-core nodes is beside one node: ``python -m benchmarks.cluster``.

Pictures and photographs of VGG-16, by the clock, on nodes that ``ray.cluster_utils`` starts on this
machine. Every cluster makes some first, so that no start of a process is timed; rounds go by turns.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from ray.cluster_utils import Cluster

from generator.images.photographs import open_photograph
from generator.lab import devices
from generator.lab.engines import Engine, open_engine, task_runners
from generator.lab.engines.batching import TaskExecutor
from generator.lab.loading import models, weights
from generator.lab.loading.models import Bench
from generator.plan import RenderTask, ResponseTask, Step, T
from generator.recipes.objective import of_channel
from generator.recipes.presets import RECIPES
from generator.spec.model import ModelSpec
from generator.system.locations import cache

LIBRARY = Path(__file__).parents[1] / "images"
LAYER = "features.28"


def main() -> None:
    """Print a line of JSON for each kind of work."""
    parser = argparse.ArgumentParser("python -m benchmarks.cluster")
    parser.add_argument("--size", type=int, default=224, help="pixels of a picture's side")
    parser.add_argument("--pictures", type=int, default=12)
    parser.add_argument("--photographs", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    obtained = weights.obtain(ModelSpec(), folder=LIBRARY, cache=cache() / "weights")
    bench = models.assemble("vgg16", obtained, devices.choose("cpu"))
    found: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
    for _ in range(options.rounds):
        for nodes, rates in found.items():
            with _nodes(nodes) as engine:
                rates.append(_rates(engine, bench, options))
    for at, what in enumerate(("pictures", "photographs")):
        one, two = (median(each[at] for each in found[nodes]) for nodes in (1, 2))
        figures = {"one node, a second": one, "two nodes": two, "times": two / one}
        print(json.dumps({"work": what} | {key: round(each, 3) for key, each in figures.items()}))


@contextmanager
def _nodes(count: int) -> Iterator[Engine]:
    os.environ["RAY_worker_niceness"] = "0"  # noqa: SIM112 - Ray's own spelling
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        for _ in range(count - 1):
            cluster.add_node(num_cpus=1)
        with open_engine("ray", "cpu", lambda _: None, address=cluster.address) as engine:
            yield engine
    finally:
        cluster.shutdown()


def _rates(engine: Engine, bench: Bench, options: argparse.Namespace) -> tuple[float, float]:
    """Pictures and photographs a second."""
    recipe = RECIPES["multiscale"](options.size)
    tasks = [RenderTask(LAYER, of_channel(at), recipe, 0) for at in range(options.pictures + 2)]
    renders = [Step(task, f"{at}", "new") for at, task in enumerate(tasks)]
    files = sorted(LIBRARY.rglob("*.jpg"))[: options.photographs + 2]
    photographs = (open_photograph(path, path.name) for path in files)
    scans = [Step(ResponseTask(LAYER, each), each.sha256, "new") for each in photographs]
    return (
        _rate(engine, bench, task_runners.RENDER, renders),
        _rate(engine, bench, task_runners.RESPOND, scans),
    )


def _rate(engine: Engine, bench: Bench, work: TaskExecutor[T], steps: Sequence[Step[T]]) -> float:
    list(engine.run(work, steps[:2], bench, lambda _: None))
    begun = time.perf_counter()
    made = list(engine.run(work, steps[2:], bench, lambda _: None))
    return len(made) / (time.perf_counter() - begun)


if __name__ == "__main__":
    main()
