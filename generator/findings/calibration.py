"""Reads the committed error rates of the evidence, made by simulation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Check:
    """A share ``found`` in ``count`` simulations, its 95 % interval, and what it should be."""

    question: str
    bound: str
    count: int
    found: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """All checks, and the command that makes them again."""

    command: str
    seed: int
    checks: tuple[Check, ...]


def calibration() -> Calibration:
    """What ``benchmarks/calibration.py`` found."""
    read = json.loads(files("generator.findings").joinpath("calibration.json").read_text("utf-8"))
    checks = tuple(Check(**row) for row in read["rows"])
    return Calibration(read["command"], read["seed"], checks)
