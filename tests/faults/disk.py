"""A disk that fails at the n-th operation, for every n: a clear error, and the old state."""

from __future__ import annotations

import errno
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.faults.nursery import Ended, Fault, Nursery
from tests.faults.project import FAST, Report, side_by_side
from tests.faults.scenes import Operation, Scene, logged

# What can befall which call: no read is told that the disk is full.
ERRNOS = {
    "open": (errno.EMFILE, errno.EIO, errno.EACCES),
    "create": (errno.ENOSPC, errno.EMFILE, errno.EIO, errno.EACCES),
    "opendir": (errno.EMFILE, errno.EIO, errno.EACCES),
    "read": (errno.EIO,),
    "write": (errno.ENOSPC, errno.EIO),
    "fsync": (errno.EIO, errno.ENOSPC),
    "truncate": (errno.EIO,),
    "chmod": (errno.EACCES, errno.EIO),
    "rename": (errno.ENOSPC, errno.EIO, errno.EACCES),
    "link": (errno.ENOSPC, errno.EIO, errno.EACCES),
    "unlink": (errno.EIO, errno.EACCES),
    "rmdir": (errno.EIO, errno.EACCES),
    "mkdir": (errno.ENOSPC, errno.EIO, errno.EACCES),
    "stat": (errno.EIO, errno.EACCES),
}
USERS = ("report.yml", "photographs")  # what may be unreadable by right: a problem, or a warning


def chosen(
    operations: Sequence[Operation], *, each: int, chance: random.Random
) -> Iterator[Operation]:
    """Up to ``each`` operations of every kind: the first, the last, and others by chance."""
    kinds: dict[tuple[str, str], list[Operation]] = {}
    for operation in operations:
        if not operation.is_stand_in:
            kinds.setdefault(operation.kind, []).append(operation)
    for members in kinds.values():
        ends = [members[0], members[-1]][: min(each, len(members))]
        inner = members[1:-1]
        yield from ends
        yield from chance.sample(inner, min(max(each - 2, 0), len(inner)))


def try_disk(
    crew: Sequence[Nursery],
    folder: Path,
    *,
    each: int,
    most: int,
    seed: int = 0,
    prelude: tuple[str, ...] = FAST,
    process: str = "main",
) -> tuple[int, int, list[str]]:
    """Let operations fail: how many there are, how many faults were tried, and complaints."""
    chance = random.Random(seed)
    scene = Scene.set(crew[0], folder, prelude=prelude, process=process)
    trials = [
        (operation, code, lasting)
        for operation in chosen(scene.operations, each=each, chance=chance)
        for code in ERRNOS[operation.call]
        for lasting in (False, True)
    ]
    trials = chance.sample(trials, min(most, len(trials)))

    def work(nursery: Nursery, trial: tuple[Operation, int, bool]) -> list[str]:
        operation, code, lasting = trial
        with scene.before.trial(folder) as report:
            log, number = report.folder.parent / "log", operation.number
            fault = Fault(str(report.folder), number, code, lasting, str(log), process)
            ended = nursery.run(*report.command(), prelude=prelude, fault=fault)
            # Threads read photographs while others write: the n-th may have been another this time.
            failed = [
                each
                for each in logged(log, report.folder)
                if each.number == number or (lasting and each.number > number)
            ]
            complaints = list(_broken(scene, report, ended, failed, code))
            again = nursery.run(*report.command(), prelude=prelude)
            if again.code or report.site != scene.after or report.objects != scene.objects:
                complaints.append(f"not mended by the next build: {again.code} {again.err[-300:]}")
            return complaints

    return len(scene.operations), len(trials), side_by_side(crew, trials, work)


def _broken(
    scene: Scene, report: Report, ended: Ended, failed: Sequence[Operation], code: int
) -> Iterator[str]:
    """What does not hold after a build of whose operations some ``failed``."""
    by_right = code == errno.EACCES and any(each.path.startswith(USERS) for each in failed)
    allowed = (0, 2, 3) if by_right else (0, 3)
    if "MkDocs refused the pages" in ended.err:
        allowed = (*allowed, 1)  # it passes over what it cannot read, and misses it elsewhere
    if "Traceback" in ended.err or ended.code not in allowed:
        yield f"exit code {ended.code}: {ended.err[-1500:]}"
    if ended.code == 3 and not re.search(r"^error: .+\n  .+", ended.err, re.MULTILINE):
        yield f"no cause and remedy: {ended.err[-300:]}"
    left_out = by_right and "left out" in ended.err
    if ended.code == 0 and report.site != scene.after and not left_out:
        yield f"called done, and is another site: {ended.err[-300:]}"
    if ended.code and report.site not in (scene.before.site, scene.after):
        yield f"half a site: {ended.err[-300:]}"
    if report.unsound:
        yield f"unsound objects: {report.unsound}"
