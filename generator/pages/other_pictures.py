"""A filter's other pictures: variants, recipes, objectives."""

from __future__ import annotations

from generator.artifacts.artifact import Rendering
from generator.findings.findings import FilterFinding, Findings, LayerFinding, ObjectiveFinding
from generator.findings.number_text import amount
from generator.pages import paths
from generator.pages.cards import SMALL
from generator.pages.formatting import command
from generator.pages.parts import ObjectiveView, OtherPictureView, Picture
from generator.results.paths import objective_path, other_path, slug
from generator.spec.study import Study

RECIPES = {
    "article": "by the article’s algorithm: unbounded pixels",
    "multiscale": "by bounded pixels, from coarse to fine",
    "fourier": "by a spectrum with decorrelated colours, robust to shifts, zooms and turns",
    "maco": "by the phases alone: how strong each wave is was taken from photographs",
}


def besides(findings: Findings, found: FilterFinding, title: str) -> tuple[OtherPictureView, ...]:
    """The pictures beside a filter's own."""
    unit = str(found.filter)
    return tuple(
        _beside(findings.study, made, unit=unit, title=title, original=found.original)
        for each in found.others
        for made in [
            (each.label, each.rendering, other_path(found.layer, found.filter, each.label))
        ]
    )


def objective_views(findings: Findings, layer: LayerFinding) -> tuple[ObjectiveView, ...]:
    """The pictures of a layer's other objectives."""
    return tuple(
        ObjectiveView(each.id, each.words, _of_objective(findings.study, layer, each))
        for each in layer.objectives
    )


def _of_objective(
    study: Study, layer: LayerFinding, found: ObjectiveFinding
) -> tuple[OtherPictureView, ...]:
    places = [(found.rendering.recipe, found.rendering, objective_path(layer.layer, found.id))]
    for each in found.others:
        places.append((each.label, each.rendering, other_path(layer.layer, found.id, each.label)))
    return tuple(_beside(study, place, unit=found.id, title=found.id) for place in places)


def _beside(
    study: Study,
    made: tuple[str, Rendering, str],
    *,
    unit: str,
    title: str,
    original: bool = True,
) -> OtherPictureView:
    label, picture, path = made
    return OtherPictureView(
        label=label,
        meaning="kept away from those before it" if picture.variant else RECIPES[picture.recipe],
        picture=Picture(
            small=paths.other(path, "small"),
            large=paths.other(path, "large"),
            evidence=path if original else "",
            side=picture.size,
            small_side=min(SMALL, picture.size),
            alt=f"Picture of {title}, {label}",
        ),
        activation=amount(picture.activation),
        dead=picture.dead,
        command=again(study, picture, unit, path),
    )


def again(study: Study, made: Rendering, unit: str, path: str) -> str:
    """The command that makes a picture again; its file is named after ``path`` in the site."""
    options = ["--recipe", made.recipe, "--size", str(made.size), "--seed", str(made.seed)]
    options += ["--variant", str(made.variant + 1)] if made.variant else []
    rest = path.removeprefix("pictures/").removeprefix(f"{made.layer}/")
    file = f"{slug(made.layer)}-{rest.removeprefix('objectives/').replace('/', '-')}"
    return command(study, "render", made.layer, unit, *options, "-o", file)
