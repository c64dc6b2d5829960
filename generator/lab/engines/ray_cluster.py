"""The engine for a Ray cluster.

Ray repeats what a lost machine held; results come back to this process, which alone writes the
store. Needs the extra ``filterbook[ray]``, in the same version on every machine.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import torch

from generator import __version__
from generator.errors import MachineError, ReportError
from generator.lab import devices
from generator.lab.devices import MemoryBudget
from generator.lab.engines.batching import Made, Say, TaskExecutor
from generator.lab.engines.protocol import Call, Item, Result, made_of
from generator.lab.engines.ray_health import RayLostError, check_ray, exit_if_blocked
from generator.lab.engines.transfer import ProcessEnvironment, packed, unpacked
from generator.lab.loading.models import Bench
from generator.plan import Step, T

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would send what it sees to its makers
os.environ.setdefault(
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0"
)  # a change to come, which it warns of

try:
    import ray
    from ray import exceptions
except ImportError:
    raise ReportError(
        "Ray is not installed", "install the extra: pip install 'filterbook[ray]'"
    ) from None

MOST_DEATHS = 2  # of processes over one item, after which the item is to blame
PATIENCE = 60.0  # seconds that a cluster may be without any machine
_TICK = 0.5  # seconds between looks at the cluster, and at Ctrl-C
Kind = Literal["CPU", "GPU"]
Versions = tuple[str, str]


@dataclass(slots=True, eq=False)
class RayEngine:
    """A Ray cluster that this process has joined; each task has a core or a GPU to itself.

    ``cores`` are those of a task: a GPU's share of them, or one.
    """

    kind: Kind
    cores: int
    surroundings: ProcessEnvironment
    _bench: Bench | None = None
    _data: Any = None  # Ray's reference to the packed bench

    def run(
        self, work: TaskExecutor[T], steps: Sequence[Step[T]], bench: Bench, say: Say
    ) -> Iterator[Made]:
        """Batches as one of the cluster's devices would take them."""
        batches = list(work.batches(steps, self._room()))
        yield from self.each(partial(made_of, work), batches, bench, say)

    def each(
        self, call: Call[Item, Result], items: Sequence[Item], bench: Bench, say: Say
    ) -> Iterator[Result]:
        """Few more tasks are under way than there are devices: what is left is soon left."""
        due, flying = list(reversed(items)), set[Any]()
        places = TaskSlots(self.kind)
        try:
            while due or flying:
                check_ray()
                with exit_if_blocked():
                    most = 2 * places.count(say)
                    while due and len(flying) < most:
                        flying.add(self._submit(call, due.pop(), bench))
                done, _ = ray.wait(list(flying), timeout=_TICK)
                flying.difference_update(done)
                for each in done:
                    yield cast(Result, _answer(each, say))
        except RayLostError:
            flying.clear()  # nobody is there to cancel them
            raise
        finally:
            for each in flying:
                ray.cancel(each, force=True)

    def _submit(self, call: Call[Item, Result], item: Item, bench: Bench) -> Any:
        if self._bench is not bench:
            self._bench, self._data = bench, ray.put(packed(bench))
        errand = (call, item, self.surroundings, self._data.hex(), _versions())
        wanted = {"num_cpus": self.cores, "num_gpus": int(self.kind == "GPU")}
        task = _remote().options(max_retries=MOST_DEATHS, **wanted)
        return task.remote(errand, self._data)

    def _room(self) -> MemoryBudget:
        if self.kind == "CPU":
            return MemoryBudget(0)
        measured = ray.remote(num_gpus=1)(_room_of_gpu).remote()
        return ray.get(measured)


@contextmanager
def joined(address: str, device: str, say: Say, *, code: Path | None) -> Iterator[RayEngine]:
    """Join the cluster at ``address``, or that of RAY_ADDRESS, or start one on this machine.

    Raises
    ------
    ReportError
        If a certain GPU is asked for: which one a task gets is Ray's to say.
    MachineError
        If the cluster cannot be reached, or has no such devices.
    """
    if device not in ("auto", "cpu", "cuda"):
        raise ReportError(
            f"--device {device} names one device, and Ray chooses among all of a cluster's",
            "write --device cpu, cuda or auto",
        )
    address = address or os.environ.get("RAY_ADDRESS", "")
    try:
        _reach(address)
        _join(address)
    except (OSError, RuntimeError, ValueError) as reason:
        first = (str(reason).splitlines() or [""])[0]
        raise MachineError(
            f"there is no Ray cluster at {address or 'this machine'}: {first}",
            "start one with `ray start --head`, or leave --address out",
        ) from None
    with _hushed():
        try:
            yield _cluster(device, say, code)
        except RayLostError:
            with exit_if_blocked():
                ray.shutdown()
            raise
        finally:
            ray.shutdown()


def _reach(address: str) -> None:
    """Whether somebody answers there: Ray itself would try for minutes.

    Raises
    ------
    OSError
        If nobody does.
    ValueError
        If it is no address.
    """
    place = urlsplit(address if "://" in address else f"//{address}")
    if place.hostname and place.hostname not in ("auto", "local"):
        socket.create_connection((place.hostname, place.port or 6379), timeout=5).close()


def _join(address: str) -> None:
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    if not address:
        quiet |= {"num_cpus": devices.usable_cores(), "include_dashboard": False}
        quiet |= {"_node_ip_address": "127.0.0.1"}  # nobody else is let in
        os.environ.setdefault("RAY_worker_niceness", "0")  # as without Ray; it would be 15
    ray.init(address=address or "local", **quiet)


@contextmanager
def _hushed() -> Iterator[None]:
    """Ray tells of lost machines on stdout, pages of it; stdout belongs to results."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        yield


def _cluster(device: str, say: Say, code: Path | None) -> RayEngine:
    held = ray.cluster_resources()
    cores, gpus = int(held.get("CPU", 0)), int(held.get("GPU", 0))
    if device == "cuda" and not gpus:
        raise MachineError("the Ray cluster has no GPU", "leave --device out")
    alive = sum(node["Alive"] for node in ray.nodes())
    say(f"Ray: machines {alive}, cores {cores}, GPUs {gpus}")
    kind: Kind = "GPU" if gpus and device != "cpu" else "CPU"
    return RayEngine(
        kind, max(1, cores // gpus) if kind == "GPU" else 1, ProcessEnvironment.here(code)
    )


def _lost_nodes() -> set[str]:
    """The machines that the cluster has lost since it was started."""
    return {node["NodeID"] for node in ray.nodes() if not node["Alive"]}


@dataclass(slots=True)
class TaskSlots:
    """How many tasks a cluster can work at, while machines come and go.

    ``lost`` holds the machines that are gone. Those that were gone before held none of this work:
    nothing is said of them.
    """

    kind: Kind
    lost: set[str] = field(default_factory=_lost_nodes)
    since: float = field(default_factory=time.monotonic)

    def count(self, say: Say) -> int:
        """At least one, so that Ray may start machines for it; says which machines were lost.

        Raises
        ------
        MachineError
            If there has been none for a minute.
        """
        found = 0
        for node in ray.nodes():
            if node["Alive"]:
                found += int(node["Resources"].get(self.kind, 0))
            elif node["NodeID"] not in self.lost:
                self.lost.add(node["NodeID"])
                say("warning: a machine of the cluster was lost: what it held is made again")
        now = time.monotonic()
        if found:
            self.since = now
        elif now - self.since > PATIENCE:
            raise MachineError(
                "the Ray cluster has no machine left", "run again: what is done is kept"
            )
        return max(found, 1)


def _answer(reference: Any, say: Say) -> object:
    """What a task made. What it had to say is said now."""
    try:
        said, kind, found = ray.get(reference)
    except exceptions.RayTaskError as reason:  # a mistake of ours: its traceback, not Ray's
        raise reason.as_instanceof_cause() from None
    except exceptions.RayError as reason:
        check_ray()
        raise MachineError(
            f"processes of the cluster died over the same work: {type(reason).__name__}",
            "build at a smaller size, or look into Ray's logs (/tmp/ray)",
        ) from None
    for text in said:
        say(text)
    if kind == "refused":
        raise cast(ReportError, found)
    return cast(object, found)


def _perform(errand: tuple[Any, ...], data: bytes) -> tuple[list[str], str, object]:
    """What happens in a process of the cluster."""
    call, item, surroundings, name, versions = errand
    said: list[str] = []
    try:
        if versions != _versions():
            raise MachineError(
                f"machines of the cluster differ: {_told(versions)}, {_told(_versions())}",
                "install the same versions on all of them",
            )
        surroundings.enter()
        return said, "made", call(item, _held(name, data), said.append)
    except ReportError as refusal:
        return said, "refused", refusal


_kept: dict[str, Bench] = {}  # the bench of this process, by its reference


def _held(name: str, data: bytes) -> Bench:
    """Unpacked once for each process and bench."""
    if name not in _kept:
        _kept.clear()
        gpu = bool(os.environ.get("CUDA_VISIBLE_DEVICES")) and torch.cuda.is_available()
        _kept[name] = unpacked(data, torch.device("cuda", 0) if gpu else torch.device("cpu"))
    return _kept[name]


@lru_cache(maxsize=1)
def _remote() -> Any:
    return ray.remote(_perform)


def _room_of_gpu() -> MemoryBudget:
    return devices.room(torch.device("cuda", 0))


def _versions() -> Versions:
    return __version__, torch.__version__


def _told(versions: Versions) -> str:
    return f"filterbook {versions[0]} with torch {versions[1]}"
