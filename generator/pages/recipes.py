"""Recipes in words, for the method page."""

from __future__ import annotations

from generator.findings.findings import Findings
from generator.findings.number_text import NONE, fixed
from generator.pages.parts import Row
from generator.pages.views import RecipeView
from generator.recipes.presets import RECIPES, Crops, Recipe, Scale


def recipe_views(findings: Findings) -> tuple[RecipeView, ...]:
    """Every recipe that a picture of the report was made with, in the order of their names."""
    made = {(each.recipe, each.size) for each in findings.renderings}
    return tuple(recipe_view(RECIPES[name](size)) for name, size in sorted(made))


def recipe_view(recipe: Recipe) -> RecipeView:
    """All constants of a recipe as texts."""
    return RecipeView(
        name=recipe.name,
        bounded=recipe.bounded,
        betas=" and ".join(f"{beta:g}" for beta in recipe.betas),
        weight_decay=f"{recipe.weight_decay:g}",
        cost=fixed(recipe.cost, 0),
        parameterisation=recipe.parameterisation,
        canvas=f"{recipe.canvas:g}" if recipe.canvas != 1 else "",
        contrast=f"{recipe.contrast:g}" if recipe.contrast else "",
        views=_views(recipe),
        seeing="Every step" if recipe.scales[-1].moved else "Until the last side, every step",
        scales=tuple(
            Row(f"{scale.side} px", (str(scale.steps), _rate(scale), _blur(scale)))
            for scale in recipe.scales
        ),
    )


def _views(recipe: Recipe) -> str:
    transforms = recipe.transforms
    if transforms is None:
        return ""
    if isinstance(transforms, Crops):
        least, most = transforms.share
        squares = "a square" if transforms.count == 1 else f"{transforms.count} squares"
        sides = [transforms.side(scale) for scale in recipe.scales]
        return (
            f"through {squares} of {least:.2g} to {most:.2g} of its side, shown at "
            f"{' and '.join(map(str, sides))} px under noise of deviation {transforms.noise:g}"
        )
    low, high = transforms.zoom
    return (
        f"shifted by up to {transforms.jitter:g} px each way, scaled by {low:g} to {high:g}, "
        f"turned by up to {transforms.degrees:g}° each way, and mirrored beyond its border"
    )


def _rate(scale: Scale) -> str:
    last = f" to {scale.rate * scale.fade:.3g}" if scale.fade != 1 else ""
    return f"{scale.rate:g}{last}"


def _blur(scale: Scale) -> str:
    return f"{scale.blur} px" if scale.blur else NONE
