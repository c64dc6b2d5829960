"""Rows → Markdown tables: pure functions, so that the page says what was measured and no more."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import mean, median, stdev

from benchmarks.judge import PHOTOGRAPHS
from benchmarks.result_rows import MIDDLE, WHOLE, Results, Row
from benchmarks.tools import OURS, PEERS, TOOLS

NOTHING = "–"
DEFAULT = "multiscale"


def against_the_article(results: Results, size: int) -> str:
    """The article's code against the default recipe, unit by unit, from one run."""
    body = []
    for theirs in results.where(tool="article code", size=size, budget=1.0):
        place = {"layer": theirs.layer, "filter": theirs.filter, "seed": theirs.seed}
        ours = list(results.where(tool=DEFAULT, size=size, budget=1.0, run=theirs.run, **place))
        if not theirs.run or not ours:
            continue
        took = mean(row.seconds for row in ours)
        body.append(
            (
                f"{theirs.layer}:{theirs.filter}", clock(theirs), f"{theirs.activation:.0f}",
                _seconds(took, all(row.timed for row in ours)), f"{ours[0].activation:.0f}",
                f"{ours[0].activation / theirs.activation:.2f}", f"**{theirs.seconds / took:.1f}**",
            )
        )  # fmt: skip
    head = ("unit", "article’s code: seconds", "published activation", f"`{DEFAULT}`: seconds",
            "published activation", "ratio", "times faster")  # fmt: skip
    return table(head, body)


def by_layer(results: Results, layer: str) -> str:
    """Every tool at its default budget on the filters of a layer."""
    body = []
    for tool, view in _tools(results):
        rows = [
            row
            for row in results.where(tool=tool, layer=layer, budget=1.0, view=view, take=0)
            if row.size == _size(tool)
        ]
        if not rows:
            continue
        others = _compared(rows, results)
        body.append(
            (
                name(tool, view), amount(rows), clock_of(rows), _middle(r.activation for r in rows),
                _ratio(others), f"{sum(row.rank == 1 for row in rows)} of {len(rows)}",
                _middle(row.rank for row in rows), spread(rows),
            )
        )  # fmt: skip
    head = ("tool", "pictures", "seconds each", "published activation",
            f"in units of `{DEFAULT}`’s", "rank 1", "median rank", "machine 2AFC")  # fmt: skip
    return table(head, body)


def duels(results: Results) -> str:
    """When the default recipe reaches what a tool reached, and what it reaches in the same time."""
    body = []
    for tool in ("article code", *PEERS):
        view = views(tool)[0]
        for theirs in results.where(tool=tool, size=_size(tool), budget=1.0, view=view, seed=0):
            ladder = sorted(
                results.where(tool=DEFAULT, layer=theirs.layer, filter=theirs.filter, seed=0,
                              size=_size(DEFAULT), take=0),
                key=lambda row: row.budget,
            )  # fmt: skip
            if theirs.run and len(ladder) > 1:  # else its time may be another machine's
                body.append((name(tool, view), *duel(theirs, ladder)))
    head = (
        "tool",
        "unit",
        "its seconds",
        "its published activation, rank",
        f"`{DEFAULT}` reaches it in",
        "times faster",
        "in the same time it reaches",
        "ratio",
    )
    return table(head, body)  # fmt: skip


def duel(theirs: Row, ladder: Sequence[Row]) -> tuple[str, ...]:
    """One tool on one unit, against the recipe at several budgets.

    Equal means: at least the published activation, and at most the rank.
    """
    equal = [r for r in ladder if r.activation >= theirs.activation and r.rank <= theirs.rank]
    within = [row for row in ladder if row.seconds <= theirs.seconds]
    soon = min(equal, key=lambda row: row.seconds, default=None)
    best = max(within, key=lambda row: row.activation, default=None)
    mark = "" if soon is None or soon.run == theirs.run else "‡"
    return (
        f"{theirs.layer}:{theirs.filter}", clock(theirs), f"{theirs.activation:.0f}, {theirs.rank}",
        f"{clock(soon)} ({soon.budget:g} × its steps){mark}" if soon else "not within its budgets",
        f"**{theirs.seconds / soon.seconds:.1f}**" if soon else NOTHING,
        f"{best.activation:.0f}, {best.rank} ({best.budget:g} ×)" if best else NOTHING,
        f"**{best.activation / theirs.activation:.2f}**" if best else NOTHING,
    )  # fmt: skip


def agreements(results: Results) -> str:
    """Machine 2AFC of each tool over all its pictures at the default budget."""
    body = []
    for tool, view in (*_tools(results), (PHOTOGRAPHS, WHOLE)):
        rows = _asked(results, tool, view)
        if rows:
            body.append((name(tool, view), amount(rows), spread(rows)))
    return table(("tool", "pictures", "machine 2AFC"), body)


def differences(results: Results) -> str:
    """Machine 2AFC of our recipes less that of other tools on the same filters and seeds.

    The mean over filters ± its standard error, each filter's seeds averaged first: photographs of
    one filter are the same for all its seeds.
    """
    pairs = [((DEFAULT, WHOLE), (theirs, WHOLE)) for theirs in ("article code", "article")]
    for peer in ("lucent", "horama", "dreamlens"):
        pairs += [
            ((ours, WHOLE), (peer, view))
            for ours in ("fourier", "maco", DEFAULT)
            for view in views(peer)
        ]
    body = []
    for ours, theirs in pairs:
        own = {row.place: row.agreement or 0 for row in _asked(results, *ours)}
        both = [row for row in _asked(results, *theirs) if row.place in own]
        gaps = _by_filter(both, [own[row.place] - (row.agreement or 0) for row in both])
        if gaps:
            body.append((name(*ours), name(*theirs), amount(both), _signed(gaps)))
    return table(("recipe", "less", "pairs of pictures", "difference in 2AFC"), body)


def noise(results: Results) -> str:
    """How quiet the cores were while times were taken, in one sentence."""
    timed = [row for row in results.rows if row.run]
    if not timed:
        return "No times were taken."
    shares = [min(1.0, row.cpu / (row.wall * row.threads)) for row in timed]
    waiting = sum(not row.timed for row in timed)
    last = sum(row.run == results.run for row in timed)
    return (
        f"{len(timed)} pictures were timed, {last} of them in the last run; their processes used "
        f"{100 * median(shares):.0f} % of their cores in the median, {100 * min(shares):.0f} % at "
        f"least. {waiting} had less than 85 % and are marked †: their seconds are the processors’ "
        "time divided by the number of cores, not the clock’s."
    )


def table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """Markdown; a sentence where there is nothing to show."""
    rows = list(body)
    if not rows:
        return "Not measured."
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def name(tool: str, view: str) -> str:
    """As the page calls it."""
    if tool == PHOTOGRAPHS:
        return "the most exciting photographs"
    words = f"{TOOLS[tool].words} {TOOLS[tool].version}".strip()
    if TOOLS[tool].view == 1:
        return words
    return f"{words}, {'its middle, magnified' if view == MIDDLE else 'whole picture'}"


def views(tool: str) -> tuple[str, ...]:
    """What of its pictures is judged."""
    return (MIDDLE, WHOLE) if TOOLS[tool].view < 1 else (WHOLE,)


def amount(rows: Sequence[Row]) -> str:
    """``24 (8 filters × 3 seeds)``."""
    filters = len({(row.layer, row.filter) for row in rows})
    seeds = len(rows) / filters
    words = f"{seeds:.0f}" if seeds == round(seeds) else f"1 to {max(_per_filter(rows))}"
    return f"{len(rows)} ({filters} filter{'s' * (filters > 1)} × {words})"


def clock(row: Row) -> str:
    """Seconds, marked where they are not the clock's."""
    return _seconds(row.seconds, row.timed)


def clock_of(rows: Sequence[Row]) -> str:
    """The median of a run's rows that were timed; of all of them, marked, where none was.

    Rows of no run may come from another machine, and say nothing of time.
    """
    runs = [row for row in rows if row.run]
    timed = [row for row in runs if row.timed]
    return _seconds(median(row.seconds for row in timed or runs), bool(timed)) if runs else NOTHING


def spread(rows: Sequence[Row]) -> str:
    """Mean ± standard error over filters, each filter's seeds averaged first."""
    judged = [row for row in rows if row.agreement is not None]
    means = _by_filter(judged, [row.agreement or 0 for row in judged])
    if not means:
        return NOTHING
    return f"{mean(means):.3f}{_error(means)}"


def _by_filter(rows: Sequence[Row], values: Sequence[float]) -> list[float]:
    """Means over the seeds of each filter."""
    found: dict[tuple[str, int], list[float]] = {}
    for row, value in zip(rows, values, strict=True):
        found.setdefault((row.layer, row.filter), []).append(value)
    return [mean(each) for each in found.values()]


def _tools(results: Results) -> list[tuple[str, str]]:
    found = [(tool, view) for tool in (*OURS, "article code", *PEERS) for view in views(tool)]
    return [each for each in found if any(results.where(tool=each[0], view=each[1]))]


def _size(tool: str) -> int:
    return TOOLS[tool].size or 224


def _asked(results: Results, tool: str, view: str) -> list[Row]:
    size = 224 if tool == PHOTOGRAPHS else _size(tool)
    rows = results.where(tool=tool, view=view, budget=1.0, take=0, size=size)
    return [row for row in rows if row.agreement is not None]


def _compared(rows: Sequence[Row], results: Results) -> list[tuple[float, float]]:
    """Published activations beside the default recipe's on the same filters and seeds."""
    own = {row.place: row.activation for row in results.where(
        tool=DEFAULT, size=_size(DEFAULT), budget=1.0, take=0)}  # fmt: skip
    return [(row.activation, own[row.place]) for row in rows if row.place in own]


def _ratio(pairs: Sequence[tuple[float, float]]) -> str:
    """Geometric mean; a negative activation has no ratio."""
    logs = [math.log(a / b) for a, b in pairs if a > 0 and b > 0]
    return f"{math.exp(mean(logs)):.2f}" if logs else NOTHING


def _signed(gaps: Sequence[float]) -> str:
    return f"{mean(gaps):+.3f}{_error(gaps)}".replace("-", "−")


def _error(values: Sequence[float]) -> str:
    return f" ± {stdev(values) / math.sqrt(len(values)):.3f}" if len(values) > 1 else ""


def _per_filter(rows: Sequence[Row]) -> list[int]:
    units = [(row.layer, row.filter) for row in rows]
    return [units.count(unit) for unit in units]


def _middle(values: Iterable[float]) -> str:
    return f"{median(values):.0f}"


def _seconds(seconds: float, timed: bool) -> str:
    return f"{seconds:.{0 if seconds >= 100 else 1}f}{'' if timed else '†'}"
