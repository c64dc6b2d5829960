"""Whether a picture can be trusted, in words, and its growth."""

from __future__ import annotations

import math

from generator.artifacts.artifact import Rendering
from generator.findings.findings import FilterFinding
from generator.findings.number_text import NONE, amount, fixed, plural
from generator.findings.trust import LIKE, RISING, SELECTIVE, STABLE, PathSimilarity, Trust
from generator.pages import paths
from generator.pages.charts import axis, curve
from generator.pages.charts import path as path_chart
from generator.pages.filter_views import CurveView, Growth, Mark, PathView
from generator.pages.parts import Figure, Row
from generator.plan import MANY_FILTERS, PROBE_SIDE
from generator.spec.report import Spec

WORDS = {"good": "speaks for it", "bad": "speaks against it", "open": "not known"}
UNKNOWN = Trust(None, None, 0, None, 0.0)
FRAME = 128  # pixels: the side of a frame where the picture is not smaller


def figures(found: FilterFinding) -> tuple[Figure, ...]:
    """What readers compare filters by, in short: the same heads for every filter."""
    trust = found.trust or UNKNOWN
    activation = found.rendering.activation
    path = trust.path.value if trust.path else None
    return (
        Figure("strength", "Strength", _times(trust), _order(trust.strength)),
        Figure("selectivity", "Rank", _rank(trust), _order(trust.selectivity)),
        Figure("stability", "Stability", fixed(trust.stability), _order(trust.stability)),
        Figure("path", "Path", fixed(path), _order(path)),
        Figure("activation", "Activation", amount(activation), _order(activation)),
    )


def _order(value: float | None) -> str:
    return "" if value is None or not math.isfinite(value) else f"{value:.4g}"


def marks(found: FilterFinding, *, photographs: int, seeds: int) -> tuple[Mark, ...]:
    """The figures of one picture, each with what it means and which way it points.

    Parameters
    ----------
    photographs:
        How many photographs the report has.
    seeds:
        From how many seeds small pictures were made.
    """
    trust = found.trust or UNKNOWN
    missing = _missing(photographs)
    return (
        _strength(trust, found.rendering, missing),
        _selectivity(trust, missing),
        _stability(trust, seeds, missing),
        _path(trust, missing),
        _convergence(trust, found.rendering),
        _life(found.rendering),
    )


def _missing(photographs: int) -> str:
    if photographs == 0:
        return "The report has no photographs to compare with."
    return "Too few photographs could be measured to compare with."


def _mark(name: str, value: str, verdict: bool | None, meaning: str) -> Mark:
    tone = "open" if verdict is None else "good" if verdict else "bad"
    return Mark(name, value, tone, WORDS[tone], meaning)


def _times(trust: Trust) -> str:
    if trust.strength is None or not math.isfinite(trust.strength):
        return NONE
    return f"{fixed(trust.strength, 1 if abs(trust.strength) >= 0.95 else 2)} ×"


def _rank(trust: Trust) -> str:
    return NONE if trust.selectivity is None else f"{trust.selectivity} of {trust.of}"


def _strength(trust: Trust, picture: Rendering, missing: str) -> Mark:
    if trust.strength is None:
        unexcited = "No photograph raises the filter’s mean above 0: there is no scale for it."
        meaning = unexcited if trust.photographs else missing
    elif trust.strong:
        meaning = (
            f"Its activation, {amount(picture.activation)}, is that many times the strongest "
            "photograph’s, both before the activation function."
        )
    else:
        meaning = "The strongest photograph excites the filter more than the picture does."
    return _mark("Strength", _times(trust), trust.strong, meaning)


def _selectivity(trust: Trust, missing: str) -> Mark:
    if trust.selectivity is None:
        unmoved = "The filter responds to all photographs alike: there is no scale for it."
        meaning = unmoved if trust.photographs else missing
    elif trust.selectivity == 1:
        meaning = "Against photographs, no other filter of the layer stands out more on it."
    else:
        others = plural(trust.selectivity - 1, "other filter")
        verb = "stands" if trust.selectivity == 2 else "stand"
        meaning = f"Against photographs, {others} of the layer {verb} out more on it."
    value = f"rank {_rank(trust)}" if trust.selectivity is not None else NONE
    return _mark("Selectivity", value, trust.selective, meaning)


def _stability(trust: Trust, seeds: int, missing: str) -> Mark:
    if trust.stability is None:
        single = "Pictures from a single seed cannot be compared."
        compared = single if seeds < 2 else "The seeds could not be compared."
        meaning = compared if trust.photographs else missing
    elif trust.stable:
        meaning = f"Small pictures from {seeds} seeds excite the layer alike (mean correlation)."
    else:
        meaning = (
            f"Small pictures from {seeds} seeds excite the layer differently (mean correlation): "
            "this is one of several answers."
        )
    return _mark("Stability", fixed(trust.stability), trust.stable, meaning)


def _path(trust: Trust, missing: str) -> Mark:
    path = trust.path
    if path is None or path.value is None:
        return _mark("Path", NONE, None, _unfollowed(path, missing, photographs=trust.photographs))
    near = sum(value >= LIKE for value in path.told)
    reading = (
        f"At {near} of {plural(len(path.told), 'layer')} on the way the network processes it more "
        "like the photographs that excite the filter than like arbitrary ones"
    )
    return _mark("Path", f"{fixed(path.value)} of 1", path.like, f"{reading} (median).")


def _unfollowed(path: PathSimilarity | None, missing: str, *, photographs: int) -> str:
    if path is not None and len(path.stations) > 1:
        return "The photographs that excite it most are no more alike than arbitrary ones."
    return "There is no earlier layer, or too few photographs." if photographs else missing


def path_view(trust: Trust | None) -> PathView | None:
    """The way through the network as a chart; None where no layer on it can tell."""
    path = trust.path if trust else None
    if path is None or path.value is None:
        return None
    stations = path.stations
    rows = tuple(Row(each.layer, (fixed(each.value),)) for each in stations)
    told = "; ".join(f"{row.head}: {row.cells[0]}" for row in rows)
    alt = (
        "Likeness of the picture to the photographs that excite the filter, layer by layer, where "
        f"1 is theirs among themselves and 0 that of arbitrary photographs: {told}"
    )
    drawn = path_chart(
        [each.value for each in stations],
        [each.kin for each in stations],
        [each.arbitrary for each in stations],
        alt,
    )
    return PathView(drawn, stations[0].layer, stations[-1].layer, rows)


def _convergence(trust: Trust, picture: Rendering) -> Mark:
    if len(picture.curve) < 2:
        return _mark("Convergence", NONE, None, "The steps of this picture were not kept.")
    share = fixed(100 * abs(trust.gain), 1)
    change = f"The last step still {'added' if trust.gain >= 0 else 'took away'} {share}\u00a0%"
    if trust.converged:
        return _mark("Convergence", "converged", True, f"{change} of the objective.")
    return _mark("Convergence", "still rising", False, f"{change}: more steps would alter it.")


def _life(picture: Rendering) -> Mark:
    if picture.dead:
        meaning = "Never above the noise it began with: the picture shows nothing."
        return _mark("Response", "dead", False, meaning)
    return _mark("Response", "alive", True, "Above the noise that it began with.")


def growth(picture: Rendering, title: str) -> Growth | None:
    """The strip of frames; None where none was kept."""
    if not picture.growth or len(picture.frames) < 2:
        return None
    steps = tuple(str(taken) for taken in picture.frames)
    return Growth(
        strip=paths.growth(picture.layer, picture.filter),
        side=FRAME,
        steps=steps,
        alt=f"The picture of {title} as it grew, after {', '.join(steps)} steps",
        name=f"The picture of {title}",
    )


def curve_view(picture: Rendering) -> CurveView | None:
    """The objective over the steps, with a text that says the same."""
    if len(picture.curve) < 2:
        return None
    low, high = axis(picture.curve)
    steps = len(picture.curve)
    scales = "; ".join(
        f"{side} px: {amount(value)}"
        for side, value in zip(picture.sides, picture.history, strict=True)
    )
    alt = (
        f"The objective over {plural(steps, 'step')}: from {amount(picture.curve[0])} before the "
        f"first to {amount(picture.curve[-1])} before the last. At the end of each scale: {scales}"
    )
    svg = curve(picture.curve, picture.ends[:-1], alt)
    return CurveView(svg, _end(low), _end(high), plural(steps, "step"))


def _end(value: float) -> str:
    return amount(value) if value else "0"


def constants(spec: Spec) -> tuple[Row, ...]:
    """Every line and constant behind the figures, as the method page prints them."""
    return (
        Row("Strength", ("≥ 1", "The picture excites the filter as much as any photograph.")),
        Row(
            "Selectivity",
            (
                f"≤ {fixed(100 * SELECTIVE, 0)}\u00a0%",
                "The filter ranks first, or within that share of the layer.",
            ),
        ),
        Row("Path", (f"≥ {LIKE:g}", "Half way from arbitrary photographs to those of its kind.")),
        Row("Stability", (f"≥ {STABLE:g}", "Half of what differs between channels is shared.")),
        Row(
            "Seeds",
            (
                str(spec.render.stability),
                f"Small pictures of every filter, a seed each; where a layer shows more than "
                f"{MANY_FILTERS} filters, two at most.",
            ),
        ),
        Row("Small pictures", (f"{PROBE_SIDE} px", "Their side; recipe and layer are the same.")),
        Row(
            "Convergence",
            (f"≤ {fixed(100 * RISING, 0)}\u00a0%", "What the last step may add to the objective."),
        ),
    )
