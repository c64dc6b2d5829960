"""Eight builds on one store, two in one folder: nothing lost, nothing made wrongly, no deadlock."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.faults.nursery import Ended, Nursery
from tests.faults.project import BEFORE, FAST, Digests, Report, digests, unsound

PATIENCE = 240  # seconds after which a build that waits is called stuck
SPECS = ("[12, 33]", "[12]", "[33, 12, 13]", "[7, 8, 9, 33]")


def try_crowd(crew: Sequence[Nursery], folder: Path, *, builds: int) -> tuple[int, list[str]]:
    """``builds`` at once on one store, of equal and of different specs; then two in one folder."""
    nursery = crew[0]
    texts = [BEFORE.replace("[12, 33]", SPECS[n % len(SPECS)]) for n in range(builds)]
    alone = {text: _alone(nursery, folder / f"alone-{n}", text) for n, text in enumerate(texts[:4])}
    store = folder / "store"
    reports = [Report.new(folder / f"together-{n}", text) for n, text in enumerate(texts)]
    children = [
        nursery.start(*report.command(), "--store", store, prelude=FAST) for report in reports
    ]
    ends = [child.wait(PATIENCE) for child in children]
    found = [
        f"build {n}: {complaint}"
        for n, (report, ended) in enumerate(zip(reports, ends, strict=True))
        for complaint in _wrong(report, ended, alone[texts[n]])
    ]
    found += unsound(store)
    left = [name for name in digests(store) if ".part-" in name or name.endswith(".damaged")]
    keys = [name.split("/")[-1].split(".")[0] for name in digests(store) if "objects/" in name]
    found += [f"left in the store: {left}"] if left else []
    found += ["an object was made twice"] if len(set(keys)) != len(keys) else []
    return builds + 2, found + _in_one_folder(nursery, folder / "one", alone[texts[0]])


def _in_one_folder(nursery: Nursery, folder: Path, site: Digests) -> list[str]:
    """Two builds of one report, with stores of their own: only the work folder keeps them apart."""
    report = Report.new(folder)
    children = [
        nursery.start(*report.command(), "--store", folder / f"store-{n}", prelude=FAST)
        for n in range(2)
    ]
    ends = [child.wait(PATIENCE) for child in children]
    found = [complaint for ended in ends for complaint in _wrong(report, ended, site)]
    if not any("another build works in build/: waiting" in ended.err for ended in ends):
        found.append(f"nobody was told to wait: {ends}")
    return found


def _alone(nursery: Nursery, folder: Path, text: str) -> Digests:
    report = Report.new(folder, text)
    nursery.run(*report.command(), prelude=FAST)
    return report.site


def _wrong(report: Report, ended: Ended, site: Digests) -> list[str]:
    found = [f"exit code {ended.code}: {ended.err[-500:]}"] if ended.code else []
    return found + (["another site than alone"] if report.site != site else [])
