"""A real Ray cluster of two nodes on this machine: the same artifacts as without, whatever dies."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from generator.errors import MachineError, ReportError
from generator.images.photographs import Photograph
from generator.lab.engines import batching, open_engine, task_runners, transfer
from generator.lab.engines.local import LocalEngine
from generator.lab.loading.models import Bench
from generator.models.card import ModelCard
from generator.pipeline import scan_images
from generator.plan import ResponseTask, Step
from generator.recipes.objective import Objective, Term, of_channel
from generator.recipes.presets import Scale
from generator.spec.scan import ScanSpec
from generator.store.store import Store
from generator.system.console import Console
from tests.conftest import Run, make_project
from tests.lab.conftest import PREPROCESSING, TINY
from tests.lab.engines.test_crew import SHORT, TASK, pictures, steps
from tests.pipeline.test_scan_images import archives, asked, open_source

ray = pytest.importorskip("ray")
from generator.lab.engines.ray_cluster import TaskSlots  # noqa: E402 - needs ray

SOON_MISSED = {  # by default a machine is given up after half a minute without a sign of life
    "health_check_initial_delay_ms": 0,
    "health_check_period_ms": 1000,
    "health_check_failure_threshold": 15,
}
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Ray's own files and sockets
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(autouse=True)
def restore_process() -> Iterator[None]:
    """Ray sets a handler of SIGTERM and variables of the environment in the test's own process."""
    handler, environment = signal.getsignal(signal.SIGTERM), dict(os.environ)
    yield
    signal.signal(signal.SIGTERM, handler)
    os.environ.clear()
    os.environ.update(environment)


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    """Two nodes of one core each."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_worker_niceness", "0")
        head = {"num_cpus": 1, "_system_config": SOON_MISSED}
        found = Cluster(initialize_head=True, head_node_args=head)
        found.add_node(num_cpus=1)
        yield found
        found.shutdown()


def test_pictures_are_those_of_the_local_engine(cluster: Any, bench: Bench) -> None:
    due = steps(*(replace(TASK, objective=of_channel(number)) for number in range(6)))
    alone = pictures(list(LocalEngine().run(task_runners.RENDER, due, bench, pytest.fail)))
    said: list[str] = []
    with open_engine("ray", "auto", said.append, address=cluster.address) as engine:
        made = list(engine.run(task_runners.RENDER, due, bench, said.append))
    assert said == ["Ray: machines 2, cores 2, GPUs 0"]
    assert len(made) == 6
    assert pictures(made) == alone


def test_work_of_several_kinds_and_networks(
    cluster: Any, bench: Bench, photographs: tuple[Photograph, ...]
) -> None:
    torch.manual_seed(1)
    other = replace(bench, network=nn.Sequential(*bench.network.children()))
    other.network[0] = nn.Conv2d(3, 6, 3, padding=1)
    other.network.eval().requires_grad_(False)
    due = [Step(ResponseTask("3", each), each.sha256, "new") for each in photographs]
    with open_engine("ray", "cpu", str, address=cluster.address) as ours:
        for each in (bench, other, bench):
            alone = dict(p for made in task_runners.RESPOND.run(due, each, str) for p in made)
            made = dict(p for some in ours.run(task_runners.RESPOND, due, each, str) for p in some)
            assert made.keys() == alone.keys()
            for key, responses in made.items():
                np.testing.assert_array_equal(responses.mean_after, alone[key].mean_after)


def test_a_network_of_the_users_own(cluster: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from torch import nn\nclass Mine(nn.Sequential):\n    pass\n", encoding="utf-8"
    )
    card = ModelCard("mine:Mine", "own", "0" * 64, "here", "none", PREPROCESSING, TINY)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(tmp_path)
        import mine

        network = mine.Mine(nn.Conv2d(3, 6, 3, padding=1)).eval().requires_grad_(False)
        patch.delitem(sys.modules, "mine", raising=False)
    sys.modules["mine"] = mine  # only this process has it imported
    try:
        bench = Bench(card, network, torch.device("cpu"))
        due = steps(replace(TASK, layer="0"))
        alone = pictures(list(task_runners.RENDER.run(due, bench, str)))
        address = cluster.address
        with open_engine("ray", "cpu", str, address=address, code=tmp_path) as engine:
            assert pictures(list(engine.run(task_runners.RENDER, due, bench, str))) == alone
    finally:
        del sys.modules["mine"]


def test_shards_are_summed_up_wherever_they_are_read(
    cluster: Any, bench: Bench, tmp_path: Path
) -> None:
    archives(tmp_path)
    scan = asked(ScanSpec(images="*.tar", top=3), open_source("*.tar", tmp_path))
    local = scan_images.ScanContext(
        Store(tmp_path / "local"), LocalEngine(), bench, Console("plain")
    )
    alone = scan_images.sum_up(scan, local)
    with open_engine("ray", "auto", str, address=cluster.address) as engine:
        shop = scan_images.ScanContext(Store(tmp_path / "shared"), engine, bench, Console("plain"))
        found = scan_images.sum_up(scan, shop)
    assert found.keys() == alone.keys()
    for folder in ("local", "shared"):
        names = {path.name for path in (tmp_path / folder).rglob("*.safetensors")}
        assert names == {path.name for path in (tmp_path / "local").rglob("*.safetensors")}


def test_refusals_come_through(cluster: Any, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    beyond = replace(TASK, objective=Objective((Term(0, at=(99, 99)),)))
    with open_engine("ray", "auto", str, address=cluster.address) as engine:
        with pytest.raises(ReportError, match="no row 99, column 99"):
            list(engine.run(task_runners.RENDER, steps(beyond, beyond), bench, str))
        with pytest.raises(MachineError, match="died over the same work"):
            list(engine.each(deadly, [1], bench, str))
        with pytest.raises(ZeroDivisionError):
            list(engine.each(mistaken, [1], bench, str))
        monkeypatch.setattr(
            engine, "surroundings", transfer.ProcessEnvironment("/nowhere/at/all", "")
        )
        with pytest.raises(MachineError, match="does not see /nowhere/at/all"):
            list(engine.run(task_runners.RENDER, steps(TASK), bench, str))
        monkeypatch.setattr("generator.lab.engines.ray_cluster.__version__", "0.0")
        with pytest.raises(MachineError, match=r"machines of the cluster differ: filterbook 0\.0"):
            list(engine.run(task_runners.RENDER, steps(TASK), bench, str))


def deadly(_item: int, _bench: Bench, _say: batching.Say) -> None:
    os._exit(9)


def mistaken(item: int, _bench: Bench, _say: batching.Say) -> float:
    return item / 0


def test_what_cannot_be_asked_of_a_cluster(cluster: Any) -> None:
    for device, address, words in (
        ("cuda:1", cluster.address, "Ray chooses"),
        ("cuda", cluster.address, "has no GPU"),
        ("cpu", "127.0.0.1:1", "no Ray cluster at 127.0.0.1:1: .*refused"),
        ("cpu", "ray://127.0.0.1:1", "no Ray cluster at ray://127.0.0.1:1: .*refused"),
        ("cpu", "nowhere:port", "no Ray cluster at nowhere:port"),
    ):
        with pytest.raises((ReportError, MachineError), match=words):
            open_engine("ray", device, str, address=address).__enter__()


def test_a_report_is_the_same_to_the_last_byte(
    cluster: Any, built: Path, tmp_path: Path, run: Run
) -> None:
    spec = make_project(tmp_path / "shared")
    ended = run("build", "--spec", spec, "--engine", "ray", "--address", cluster.address)
    assert ended.code == 0, ended.err
    assert ended.out == ""
    assert "Ray: machines 2, cores 2, GPUs 0" in ended.err
    alone, shared = built.parent / "site", spec.parent / "site"
    assert json.loads((shared / "results.json").read_bytes())["claims"]
    files = {path.relative_to(alone) for path in alone.rglob("*") if path.is_file()}
    assert files == {path.relative_to(shared) for path in shared.rglob("*") if path.is_file()}
    for name in files:
        assert (alone / name).read_bytes() == (shared / name).read_bytes(), name


def test_a_killed_node_costs_what_it_held(cluster: Any, bench: Bench) -> None:
    long = replace(TASK, recipe=replace(SHORT, scales=(Scale(24, 20, 0.2, 3),)))
    due = steps(*(replace(long, seed=number) for number in range(40)))
    alone = pictures(list(task_runners.RENDER.run(due, bench, pytest.fail)))
    made: list[batching.Made] = []
    said: list[str] = []
    with open_engine("ray", "auto", said.append, address=cluster.address) as engine:
        for batch in engine.run(task_runners.RENDER, due, bench, said.append):
            made.append(batch)
            if len(made) == 5:
                (other,) = cluster.worker_nodes
                cluster.remove_node(other, allow_graceful=False)
        assert pictures(made) == alone
        assert len(made) == len(due)
        places, deadline = TaskSlots("CPU"), time.monotonic() + 60  # seconds until it is missed
        while places.count(said.append) != 1 and time.monotonic() < deadline:
            time.sleep(0.2)
    cluster.add_node(num_cpus=1)  # for the tests that come after this one
    assert "warning: a machine of the cluster was lost: what it held is made again" in said
    told: list[str] = []
    with open_engine("ray", "auto", told.append, address=cluster.address) as engine:
        assert len(list(engine.run(task_runners.RENDER, due[:1], bench, told.append))) == 1
    assert told == ["Ray: machines 2, cores 2, GPUs 0"]  # nothing of what was lost before
