"""Files and links of somebody else in every folder that a build writes to: all of them stay."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.faults.nursery import Ended, Nursery
from tests.faults.project import FAST, Digests, Report, side_by_side
from tests.faults.scenes import Scene

KINDS = ("file", "hidden", "folder", "link to a file", "link to a folder", "hard link")
FOLDERS = (  # of the report's folder: every one that the program writes to
    ".",
    "site",
    "site/claims",
    "site/assets",
    "build",
    "build/docs",
    "build/docs/claims",
    "build/docs/new",
    "build/assets",
    ".filterbook",
    ".filterbook/objects",
    ".filterbook/objects/ab",
    ".filterbook/images",
)
NAMES = (  # what a file of a user's might be called, some of them nearly as the program's
    *("notes.md", "index.md", "logo.png", "CNAME", "results.json", "lock.txt", "thesis"),
    *(".part-notes", "site.new-backup01", ".site.old", ".site.new", "filterbook.md"),
    *("ledger.old.json", "mine.safetensors", f"{'ab' * 32}.mine.safetensors", "INDEX.HTML"),
)
PLACES = ("build/docs", "build/assets", "build", ".filterbook/objects", ".filterbook", "site")


@dataclass(frozen=True, slots=True)
class Plant:
    """Something of a user's at a place below the report's folder."""

    place: str
    kind: str

    def put(self, report: Path, elsewhere: Path) -> None:
        """Put it there; links lead to files of the user ``elsewhere``."""
        path = report / self.place
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.kind == "folder":
            path.mkdir()
            (path / "inside.md").write_text("mine")
        elif self.kind == "link to a file":
            path.symlink_to(elsewhere / "page.md")
        elif self.kind == "link to a folder":
            path.symlink_to(elsewhere)
        elif self.kind == "hard link":
            os.link(elsewhere / "page.md", path)
        else:
            path.write_text("mine")

    def take_away(self, report: Path) -> None:
        """Remove it again."""
        path = report / self.place
        if self.kind == "folder":
            (path / "inside.md").unlink()
            path.rmdir()
        else:
            path.unlink()


def try_foreign(
    crew: Sequence[Nursery], folder: Path, *, count: int, seed: int = 0
) -> tuple[int, list[str]]:
    """Plant files before a first build, and before another one; complaints."""
    chance = random.Random(seed)
    scenes = {
        name: Scene.set(crew[0], folder / name, fresh=name == "fresh", prelude=FAST)
        for name in ("fresh", "changed")
    }
    trials = [
        ((name := ("fresh", "changed", "changed")[number % 3]), _plants(scenes[name], chance))
        for number in range(count)
    ]

    def work(nursery: Nursery, trial: tuple[str, tuple[Plant, ...]]) -> list[str]:
        scene, plants = scenes[trial[0]], trial[1]
        with scene.before.trial(folder) as report:
            return list(_tried(nursery, scene, report, plants))

    return len(trials), side_by_side(crew, trials, work)


def _plants(scene: Scene, chance: random.Random) -> tuple[Plant, ...]:
    """One to four plants, none in another; at times a link in the place of a whole folder."""
    if chance.random() < 0.15:
        free = [p for p in PLACES if not os.path.lexists(scene.before.folder / p)]
        if free:
            return (Plant(chance.choice(free), chance.choice(KINDS[3:5])),)
    plants: dict[str, Plant] = {}
    for _ in range(chance.randrange(1, 5)):
        kind, name = chance.choice(KINDS), chance.choice(NAMES)
        hidden = f".{name.lstrip('.')}" if kind == "hidden" else name
        place = os.path.normpath(f"{chance.choice(FOLDERS)}/{hidden}")
        if not os.path.lexists(scene.before.folder / place):
            plants[place] = Plant(place, kind)
    return tuple(plants.values())


def _tried(
    nursery: Nursery, scene: Scene, report: Report, plants: Sequence[Plant]
) -> Iterator[str]:
    elsewhere = report.folder.parent / "elsewhere"
    elsewhere.mkdir()
    for name in ("page.md", "notes.txt", f".part-{'0' * 16}"):
        (elsewhere / name).write_text(name)
    for plant in plants:
        plant.put(report.folder, elsewhere)
    before = _state(report.folder, plants), _state(elsewhere, ())
    ended = nursery.run(*report.command(), prelude=FAST)
    after = _state(report.folder, plants), _state(elsewhere, ())
    if after != before:
        yield f"not as it was: {before} → {after}"
        return
    yield from _not_told(ended)
    for plant in plants:
        plant.take_away(report.folder)
    _remove_empty(report.folder, plants)
    again = nursery.run(*report.command(), prelude=FAST)
    if again.code or _own(report.site) != _own(scene.after) or not _held(report, scene):
        yield f"not built afterwards: {again.code} {again.err[-300:]}"


def _not_told(ended: Ended) -> Iterator[str]:
    """A refusal has exit code 2, and says which folder, why, and what to do."""
    if ended.code not in (0, 2) or "Traceback" in ended.err:
        yield f"exit code {ended.code}: {ended.err[-800:]}"
    words = r"did not make|is a symbolic link|is not a folder"
    if ended.code == 2 and not re.search(rf"^error: /.*({words}).*\n  .+", ended.err, re.MULTILINE):
        yield f"no cause and remedy: {ended.err[-300:]}"


def _own(site: Digests) -> Digests:
    """A site without its mark, which lists what else was there for as long as it was."""
    return {name: digest for name, digest in site.items() if name != "filterbook.txt"}


def _held(report: Report, scene: Scene) -> bool:
    return all(report.objects.get(name) == digest for name, digest in scene.objects.items())


def _remove_empty(folder: Path, plants: Sequence[Plant]) -> None:
    """Folders that were made for the plants alone are taken away with them."""
    parents = {each for plant in plants for each in (folder / plant.place).parents}
    for parent in sorted(parents, reverse=True):
        if parent != folder and parent.is_relative_to(folder) and parent.is_dir():
            with suppress(OSError):  # something else is in it
                parent.rmdir()


def _state(folder: Path, plants: Sequence[Plant]) -> dict[str, str | bytes]:
    """What lies at the plants' places, or everywhere below a folder where there are none."""
    paths = [folder / plant.place for plant in plants] or sorted(folder.rglob("*"))
    return {str(path.relative_to(folder)): _content(path) for path in paths}


def _content(path: Path) -> str | bytes:
    if path.is_symlink():
        return str(path.readlink())
    if path.is_dir():
        return b"".join(each.read_bytes() for each in sorted(path.iterdir()))
    return path.read_bytes() if path.exists() else "gone"
