"""Builds that are killed or interrupted at any moment: nothing half, and the next one goes on."""

from __future__ import annotations

import random
import re
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.nursery import Ended, Fault, Nursery
from tests.faults.project import FAST, Report, side_by_side
from tests.faults.scenes import Scene

KILL = 0  # an errno that no call has: syscalls.c kills the process instead
LAST_WORDS = "interrupted: run the same command to go on from here"


@dataclass(frozen=True, slots=True)
class Blow:
    """When a build is struck: after a share of its time, or at one of its file operations."""

    scene: str
    number: signal.Signals
    share: float = 0.0
    operation: int = 0


def try_kills(
    crew: Sequence[Nursery],
    folder: Path,
    *,
    count: int,
    seed: int = 0,
    prelude: tuple[str, ...] = FAST,
) -> tuple[int, list[str]]:
    """Kill builds ``count`` times, half by the clock and half at file operations."""
    return _strike(crew, folder, (signal.SIGKILL,), count=count, seed=seed, prelude=prelude)


def try_interrupts(
    crew: Sequence[Nursery],
    folder: Path,
    *,
    count: int,
    seed: int = 0,
    prelude: tuple[str, ...] = FAST,
) -> tuple[int, list[str]]:
    """Send SIGINT and SIGTERM, in turns, at random moments."""
    signals = (signal.SIGINT, signal.SIGTERM)
    return _strike(crew, folder, signals, count=count, seed=seed, prelude=prelude)


def _strike(
    crew: Sequence[Nursery],
    folder: Path,
    signals: Sequence[signal.Signals],
    *,
    count: int,
    seed: int,
    prelude: tuple[str, ...],
) -> tuple[int, list[str]]:
    chance = random.Random(seed)
    scenes, seconds = {}, {}
    for name, fresh in (("fresh", True), ("changed", False)):
        scenes[name] = Scene.set(crew[0], folder / name, fresh=fresh, prelude=prelude)
        begun = time.monotonic()
        crew[0].run(*scenes[name].before.copy(folder / "timed").command(), prelude=prelude)
        seconds[name] = time.monotonic() - begun

    def work(nursery: Nursery, blow: Blow) -> list[str]:
        scene = scenes[blow.scene]
        with scene.before.trial(folder) as report:
            fault = Fault(str(report.folder), blow.operation, KILL) if blow.operation else None
            child = nursery.start(*report.command(), prelude=prelude, fault=fault)
            if not blow.operation:
                time.sleep(blow.share * seconds[blow.scene])
                child.send(blow.number)
            ended = child.wait()
            held = [*_broken(scene, report, ended, blow)]
            kept = sum(name.endswith(".safetensors") for name in report.objects)
            again = nursery.run(*report.command(), prelude=prelude)
            return [*held, *_not_resumed(scene, report, again, kept)]

    blows = [_blow(n, scenes, signals, chance) for n in range(count)]
    return len(blows), side_by_side(crew, blows, work)


def _blow(
    n: int, scenes: dict[str, Scene], signals: Sequence[signal.Signals], chance: random.Random
) -> Blow:
    name = ("fresh", "changed")[n % 2]
    operations = scenes[name].operations
    number = signals[n // 2 % len(signals)]
    if number == signal.SIGKILL and n % 4 < 2 and operations:
        return Blow(name, number, operation=chance.randrange(1, len(operations) + 1))
    return Blow(name, number, share=chance.random())


def _broken(scene: Scene, report: Report, ended: Ended, blow: Blow) -> Iterator[str]:
    """What does not hold of what the killed build left."""
    if report.unsound:
        yield f"unsound objects: {report.unsound}"
    if report.site not in (scene.before.site, scene.after):
        yield "half a site"
    if blow.number == signal.SIGKILL:
        return
    parts = [name for name in report.objects if ".part-" in name]
    if parts:
        yield f"temporary files left: {parts}"
    last = (ended.err.splitlines() or [""])[-1]
    if "Traceback" in ended.err or ended.code not in (0, 130):
        yield f"exit code {ended.code}: {ended.err[-800:]}"
    if ended.code == 130 and last != LAST_WORDS:
        yield f"its last words are {last!r}"


def _not_resumed(scene: Scene, report: Report, again: Ended, kept: int) -> Iterator[str]:
    """What is not as if nothing had happened after the next build."""
    if again.code:
        yield f"the next build ends with {again.code}: {again.err[-500:]}"
    if report.site != scene.after:
        yield "the site differs from that of an undisturbed build"
    if report.objects != scene.objects:
        yield "the store differs from that of an undisturbed build"
    made = sum(int(found) for found in re.findall(r": (\d+) to make$", again.err, re.MULTILINE))
    whole = sum(name.endswith(".safetensors") for name in scene.objects)
    if kept + made != whole:
        yield f"{kept} objects were kept and {made} made: there are {whole}"
