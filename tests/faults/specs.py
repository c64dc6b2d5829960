"""Specs and indexes that nobody would write, by the hundred thousand: a study, or places."""

from __future__ import annotations

import copy
import json
import os
import random
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

import yaml

from generator.errors import Problem, SpecError, visible
from generator.images import near_duplicates
from generator.images.photographs import Photograph
from generator.models.layers import vgg
from generator.spec import Study, photograph_cache, read, review
from tests.hostile import HOSTILE
from tests.spec.conftest import INDEX, REPORT, photograph

SLOW = 2.0  # seconds of the processor's time that no spec may take
TOKENS = (
    *("- ", ": ", "? ", "[", "]", "{", "}", ", ", "&a ", "*a", "!!python/object/apply:os.system "),
    *("<<: ", "<<: *a\n", "|\n", ">\n", "'", '"', "#", "%YAML 1.2\n", "@", "`", "\n", "\n---\n"),
    *("\n...\n", "\t", "  ", "null", "~", "yes", "on", "012", "1e-3", "1:30", ".inf", ".nan", "-1"),
    *("99999999999999999999", "2026-13-41", "features.24", "**/*", "../..", "/", "\\", "\0", "é"),
    *("\x1b[2J", "\u202e", "\ufeff", "\ud800", "😀", "tags", "claims", "positives: ", "without"),
    *("images/*.jpg", "images/[", "**", "**/**/**/*", "/etc/passwd", "~/x", "file:///x", "C:\\x"),
    *("<query>", "<paths>", "\\u0000", '"\\e"', "x" * 3000, "9" * 400, "a: " * 60, "[" * 200),
    *HOSTILE,
)
SCALARS: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**63, 2**70, 0.5, -0.0, 1e308, float("inf")),
    *(float("nan"), "", " ", "x", "features.24", "456", "arch", "0x1f", "1_000", "2026-01-31"),
    *("\u0000", "\u202e", "a\nb", "é" * 300, "../../x", "images/*", "**", [], {}, [[]], [None]),
)
KEYS = ("", "x", "titel", "<<", "on", "version", "filter", "tags", "\u202e", "__class__", "é")
_DEEPEST = 60
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # a tenth of the time


def mutants(seed: int) -> Iterator[tuple[str, str]]:
    """Endlessly: a spec and an index, one of them or both mutated in text or in structure."""
    chance = random.Random(seed)
    index = library()
    bases = (REPORT, (Path(__file__).parents[2] / "report.yml").read_text(encoding="utf-8"))
    while True:
        base = chance.choice((bases[0], bases[0], bases[1]))
        which = chance.random()
        if which < 0.5:
            yield _restructured(base, chance), index
        elif which < 0.9:
            yield _edited(base, chance), index
        else:
            yield base if chance.random() < 0.7 else _edited(base, chance), _edited(index, chance)


def library() -> str:
    """The index of the small library."""
    rows = (f"{name},{name[:-4]},{tags},the author,CC0\n" for name, tags in INDEX)
    return "file,subject,tags,source,licence\n" + "".join(rows)


def _edited(text: str, chance: random.Random) -> str:
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        text = chance.choice(_EDITS)(text, chance)
    return text


def _insert(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    end = place + chance.choice((0, 0, 1, 8, 40))
    return text[:place] + chance.choice(TOKENS) + text[end:]


def _cut(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _lines(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    first, second = (chance.randrange(len(lines)) for _ in range(2))
    match chance.randrange(5):
        case 0:
            lines[first], lines[second] = lines[second], lines[first]
        case 1:
            lines.insert(first, lines[second])
        case 2:
            del lines[first]
        case 3:
            lines[first] = " " * chance.randrange(1, 5) + lines[first]
        case _:
            lines[first] = lines[first].removeprefix("  ")
    return "\n".join(lines)


def _flip(text: str, chance: random.Random) -> str:
    if not text:
        return "\0"
    place = chance.randrange(len(text))
    return text[:place] + chr(ord(text[place]) ^ 1 << chance.randrange(8)) + text[place + 1 :]


def _repeat(text: str, chance: random.Random) -> str:
    begin = chance.randrange(len(text) + 1)
    part = text[begin : begin + chance.randrange(1, 200)]
    return text[:begin] + part * chance.choice((2, 3, 50)) + text[begin:]


_EDITS: tuple[Callable[[str, random.Random], str], ...] = (
    _insert,
    _insert,
    _insert,
    _cut,
    _lines,
    _lines,
    _flip,
    _repeat,
)


def _restructured(text: str, chance: random.Random) -> str:
    """The document with other values, keys and shapes, written as YAML or JSON."""
    tree = copy.deepcopy(_tree(text))
    for _ in range(chance.choice((1, 1, 2, 4))):
        places = list(_places(tree))
        if not places:
            break
        holder, key = chance.choice(places)
        _change(holder, key, chance)
    if chance.random() < 0.3:
        return json.dumps(tree, default=str)
    style = {"allow_unicode": chance.random() < 0.5, "sort_keys": False, "width": 200}
    try:
        return yaml.dump(tree, Dumper=_DUMPER, **style)
    except UnicodeEncodeError:  # half of a surrogate pair, which libyaml does not write
        return yaml.safe_dump(tree, **style)


@cache
def _tree(text: str) -> Any:
    return yaml.safe_load(text)


def _places(tree: Any, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    if isinstance(tree, dict | list) and depth < _DEEPEST:
        for key in tree if isinstance(tree, dict) else range(len(tree)):
            yield tree, key
            yield from _places(tree[key], depth + 1)


def _change(holder: Any, key: Any, chance: random.Random) -> None:
    match chance.randrange(8):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[chance.choice(KEYS)] = holder.pop(key)
        case 2 if isinstance(holder, list):
            holder.insert(0, holder[key])
        case 3:
            value = holder[key]
            for _ in range(chance.choice((1, 2, 55))):
                value = [value] if chance.random() < 0.5 else {"x": value}
            holder[key] = value
        case 4 if isinstance(holder[key], str):
            holder[key] = _edited(holder[key], chance)
        case 5 if isinstance(holder, list):
            holder[key:key] = [holder[key]] * chance.choice((2, 200))
        case 6:
            holder[key] = chance.choice(TOKENS)
        case _:
            holder[key] = json.loads(json.dumps(chance.choice(SCALARS)))


def complaint(folder: Path, spec: str, index: str) -> str:
    """What is wrong with how a spec is judged; '' if nothing is."""
    path = folder / "report.yml"
    path.write_bytes(spec.encode("utf-8", "surrogatepass"))
    (folder / "images" / "images.csv").write_bytes(index.encode("utf-8", "surrogatepass"))
    begin = time.process_time()
    try:
        result: Study | SpecError = review(read(path), catalogue=vgg)
    except SpecError as refusal:
        result = refusal
    except Exception:
        return traceback.format_exc(limit=-4)
    if (took := time.process_time() - begin) > SLOW:
        return f"took {took:.1f} s"
    if isinstance(result, Study):
        return "" if all(e.positives and e.controls for e in result.evidence) else "no photographs"
    sizes = {"report.yml": _height(spec), "images.csv": _height(index)}
    return next(filter(None, (_fault(each, sizes) for each in result.problems)), "")


def _height(text: str) -> int:
    return text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1


def _fault(problem: Problem, sizes: dict[str, int]) -> str:
    """What is wrong with a refusal: it has no place, a wrong one, or what a terminal obeys."""
    of_the_file = ("is empty", "more problems", "large, more than")
    whole = any(words in problem.message for words in of_the_file)
    lines = sizes[Path(problem.file).name]
    if not whole and not (1 <= problem.line <= lines + 1 and problem.column >= 1):
        return f"no place: {problem}"
    if any(visible(line) != line for line in str(problem).split("\n")):
        return f"not printable: {str(problem)!r}"
    return "" if problem.message else "no message"


@contextmanager
def remembered() -> Iterator[None]:
    """Photographs, which do not change here, opened once: what is tried is the spec."""
    opening, printing = photograph_cache.open_photograph, near_duplicates.NearDuplicates._print
    prints: dict[str, object] = {}

    def printed(self: near_duplicates.NearDuplicates, photograph: Photograph) -> object:
        if photograph.sha256 not in prints:
            prints[photograph.sha256] = printing(self, photograph)
        return prints[photograph.sha256]

    photograph_cache.open_photograph = cache(opening)  # type: ignore[assignment]
    near_duplicates.NearDuplicates._print = printed  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        photograph_cache.open_photograph, near_duplicates.NearDuplicates._print = opening, printing  # type: ignore[method-assign]


def project(folder: Path) -> Path:
    """A project of eight small photographs."""
    for seed, (name, _) in enumerate(INDEX):
        photograph(folder / "images" / name, seed)
    photograph(folder / "extra" / "found.jpg", 50)
    return folder


def try_specs(folder: Path, *, count: int, seconds: float, seed: int) -> tuple[int, list[str]]:
    """Judge up to ``count`` mutants within ``seconds``; each complaint with its spec."""
    project(folder)
    deadline, parent = time.monotonic() + seconds, parent_process()
    found: list[str] = []
    tried = 0
    with remembered():
        for spec, index in mutants(seed):
            if tried == count or time.monotonic() > deadline or len(found) > 20:
                break
            if parent and not parent.is_alive():
                break  # nobody is left to be told
            tried += 1
            if words := complaint(folder, spec, index):
                kept = folder.parent / f"found-{seed}-{tried}.yml"
                kept.write_bytes(spec.encode("utf-8", "surrogatepass"))
                found.append(f"{kept.name}: {words}")
    return tried, found


def try_specs_side_by_side(
    folder: Path, *, count: int, seconds: float, processes: int, seed: int = 0
) -> tuple[int, list[str]]:
    """The same in several processes, which leave the processor to whoever else wants it."""
    spawn = get_context("spawn")
    with ProcessPoolExecutor(processes, spawn, initializer=os.nice, initargs=(19,)) as pool:
        jobs = [
            pool.submit(
                try_specs,
                folder / str(n),
                count=count // processes,
                seconds=seconds,
                seed=seed * 1000 + n,
            )
            for n in range(processes)
        ]
        ended = [job.result() for job in jobs]
    return sum(tried for tried, _ in ended), [each for _, found in ended for each in found]
