"""The calibration page: error rates of the evidence."""

from __future__ import annotations

from generator.findings.calibration import calibration
from generator.findings.number_text import percent
from generator.pages import paths
from generator.pages.page import Page
from generator.pages.parts import Row
from generator.pages.views import CalibrationView


def calibration_page() -> Page:
    """The same for every report: figures of simulations that come with the program."""
    made = calibration()
    rows = tuple(
        Row(
            each.question,
            (
                str(each.count),
                percent(each.found),
                f"{percent(each.low)} to {percent(each.high)}",
                each.bound,
            ),
        )
        for each in made.checks
    )
    view = CalibrationView(rows, made.seed, made.command)
    return Page(paths.CALIBRATION, "Calibration", "calibration.md.j2", view)
