"""A plan in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from generator.plan.cost import Cost, Speed
from generator.plan.keys import Step
from generator.plan.plan import Plan
from generator.plan.tasks import RenderTask

LISTED = 12  # pictures of a layer that are due for one reason, each in a line; more are counted


def explain(planned: Plan) -> Iterator[str]:
    """What is due, each with its reason; many of a kind are counted, not listed."""
    yield from _listed(planned.renders, "pictures")
    yield from _listed(planned.probes, "small pictures")
    for reason, count in Counter(step.reason for step in planned.scans if step.reason).items():
        yield f"scan {count} responses of a layer to a photograph: {reason}"
    due = sum(bool(step.reason) for step in (*planned.renders, *planned.probes))
    scans = sum(bool(step.reason) for step in planned.scans)
    pictures = len(planned.renders) + len(planned.probes)
    yield (
        f"{due} of {pictures} pictures and {scans} of {len(planned.scans)} responses "
        "are due; the feature maps shown depend on them"
    )


def _listed(steps: Sequence[Step[RenderTask]], kind: str) -> Iterator[str]:
    groups: dict[tuple[str, str], list[Step[RenderTask]]] = {}
    for step in steps:
        if step.reason:
            groups.setdefault((step.task.layer, step.reason), []).append(step)
    for (layer, reason), group in groups.items():
        if len(group) > LISTED:
            yield f"render {layer}, {len(group)} {kind}: {reason}"
        else:
            yield from (f"{step.task.name}: {reason}" for step in group)


def tell(cost: Cost, pace: Speed, *, free: int) -> Iterator[str]:
    """Time and room in words, with what they were estimated from; ``free`` is in bytes."""
    whose = "of one core" if pace.cores else f"on {pace.device}"
    parts = (
        ("pictures", cost.pictures),
        ("small pictures", cost.small),
        ("photographs", cost.photographs),
        ("pages", cost.pages),
    )
    spent = ", ".join(f"{name} {duration(seconds)}" for name, seconds in parts if seconds)
    total = f"time: about {duration(cost.seconds)} {whose} ({spent})"
    if pace.cores > 1:
        total += f"; at best {duration(cost.seconds / pace.cores)} on {pace.cores} cores"
    yield total
    room = f"disk: about {size(cost.store)} more in the store, {size(cost.site)} for the site"
    short = cost.store + 2 * cost.site > free  # a site is built beside the old one
    yield f"{room}; {size(free)} free{': TOO LITTLE' if short else ''}"
    layers = ", ".join(name for name, _ in pace.steps)
    steps = f"steps at {layers}" if layers else "nothing of pictures"
    yield (
        f"estimated from {steps} and two photographs, timed just now on {pace.device}; sizes as of "
        "the example report; without what claims need (T6, T7)"
    )


def duration(seconds: float) -> str:
    """Seconds in the two units that say most."""
    whole = round(seconds)
    if whole < 60:
        return f"{max(whole, 1)} s"
    if whole < 3600:
        return f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def size(count: int) -> str:
    """Bytes in MB or GB, of ten."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(1, round(count / 1e6))} MB"
