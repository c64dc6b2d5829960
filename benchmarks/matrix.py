"""Which pictures are made: all with ``--full``, else what a stated time allows. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from benchmarks.runner.job import Job
from benchmarks.tools import OURS, PEERS, TOOLS

# Four filters of each layer are the example report's; the other four were drawn, not chosen.
FILTERS: dict[str, tuple[int, ...]] = {
    "features.10": (7, 60, 130, 181, 20, 95, 200, 240),
    "features.21": (54, 137, 268, 389, 10, 200, 320, 450),
    "features.28": (501, 286, 303, 348, 20, 100, 200, 420),
}
SEEDS = (0, 1, 2)
SIZE = 224
PUBLISHED_SIZE = 408  # the article's own
BUDGETS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # of `multiscale`, to find how soon it reaches what

SHOWN = (4, 2, 2)  # of the recipes' sheet: how many filters of each layer, the deepest first

Units = Sequence[tuple[str, int]]


def units(filters: dict[str, tuple[int, ...]], each: int) -> list[tuple[str, int]]:
    """The first ``each`` filters of every layer, the deepest layer first."""
    layers = sorted(filters, key=lambda layer: -int(layer.rpartition(".")[2]))
    return [(layer, number) for layer in layers for number in filters[layer][:each]]


def shown(filters: dict[str, tuple[int, ...]]) -> list[tuple[str, int]]:
    """The filters of the recipes' sheet."""
    layers = _by_depth(filters)
    return [
        unit
        for layer, each in zip(layers, SHOWN, strict=False)
        for unit in units({layer: filters[layer]}, each)
    ]


def against_the_article(wanted: Units) -> list[Job]:
    """The default recipe before and after the article's code, so that drift favours neither."""
    jobs: list[Job] = []
    for layer, number in wanted:
        ours = Job("multiscale", layer, number, 0, PUBLISHED_SIZE)
        theirs = Job("article code", layer, number, 0, PUBLISHED_SIZE)
        jobs += [ours, theirs, replace(ours, take=1)]
    return jobs


def against_peers(wanted: Units, peers: Sequence[str]) -> list[Job]:
    """Each unit by every peer at its default budget, and by ours at several, in one go."""
    jobs: list[Job] = []
    for unit in wanted:
        jobs += [Job("multiscale", *unit, 0, SIZE, budget) for budget in BUDGETS]
        jobs += [Job(tool, *unit, 0, SIZE) for tool in (*OURS[1:], "article code")]
        jobs += [Job(peer, *unit, 0, TOOLS[peer].size or SIZE) for peer in peers]
    return jobs


def for_their_figures(wanted: Units, seeds: Sequence[int], tools: Sequence[str]) -> list[Job]:
    """Pictures that are judged; how long they took is of no account."""
    return [
        Job(tool, *unit, seed, TOOLS[tool].size or SIZE)
        for tool in tools
        for seed in seeds
        for unit in wanted
    ]


def timed(full: bool, filters: dict[str, tuple[int, ...]]) -> list[Job]:
    """What must come from one run, because its times are compared.

    By default the peers that take minutes; the one that takes half an hour a picture on deep layers
    makes one of the earliest.
    """
    quick = tuple(peer for peer in PEERS if peer != "horama")
    deep, middle, early = (units({layer: filters[layer]}, 8) for layer in _by_depth(filters))
    chosen = [*deep[:2], *middle[:1], *early[:1]]
    article = against_the_article(units(filters, 8) if full else chosen)
    peers = against_peers(units(filters, 1), PEERS if full else quick)
    return article + peers + ([] if full else for_their_figures(early[:1], SEEDS[:1], ("horama",)))


def judged(full: bool, filters: dict[str, tuple[int, ...]]) -> list[Job]:
    """What may be kept from earlier runs.

    By default every filter by those of our recipes that take seconds, and some of them by the
    others and from other seeds.
    """
    everything = (*OURS, "article code", *PEERS)
    if full:
        return for_their_figures(units(filters, 8), SEEDS, everything)
    quick = tuple(tool for tool in OURS if tool != "article")
    return [
        *for_their_figures(units(filters, 8), SEEDS[:1], quick),
        *for_their_figures(shown(filters), SEEDS[:1], ("article",)),
        *for_their_figures(units(filters, 8), SEEDS[:1], ("article code",)),
        *for_their_figures(units(filters, 2), SEEDS[:1], ("dreamlens", "lucent")),
        *for_their_figures(units(filters, 2), SEEDS[1:], ("multiscale",)),
    ]


def _by_depth(filters: dict[str, tuple[int, ...]]) -> list[str]:
    return [layer for layer, _ in units(dict.fromkeys(filters, (0,)), 1)]
