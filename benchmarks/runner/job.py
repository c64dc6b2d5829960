"""What a tool is asked for, and the file formats in which it answers. No torch."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, order=True)
class Job:
    """One picture by one tool.

    ``budget`` multiplies the tool's default number of steps; ``size`` is in pixels; ``take``
    tells repetitions of the same job apart, which are made to see how far times agree.
    """

    tool: str
    layer: str
    filter: int
    seed: int
    size: int
    budget: float = 1.0
    take: int = 0

    @property
    def unit(self) -> str:
        """``features.28:501``."""
        return f"{self.layer}:{self.filter}"

    @property
    def slug(self) -> str:
        """A file name."""
        tool = self.tool.replace(" ", "-")
        take = f"_t{self.take}" if self.take else ""
        place = f"{self.layer}_{self.filter}_s{self.seed}_{self.size}px"
        return f"{tool}_{place}_x{self.budget:g}{take}"


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a job took, from the call to the finished pixels, in seconds.

    Attributes
    ----------
    wall, cpu:
        By the clock, and used by all threads of the process.
    threads:
        That the process was allowed.
    version:
        Of the tool: everything about it that could change the picture.
    run:
        Times of one run may be compared; 0 for a picture that was made without regard to time.
    """

    wall: float
    cpu: float
    threads: int
    version: str
    run: int

    @property
    def share(self) -> float:
        """How much of its cores the process used: well below 1, it was kept waiting."""
        return min(1.0, self.cpu / (self.wall * self.threads))


def eight_bits(picture: npt.ArrayLike) -> Pixels:
    """RGB in [0, 1], clipped and rounded to what a file holds."""
    levels: Pixels = np.round(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return levels


def write_jobs(path: Path, jobs: list[Job]) -> None:
    """For a worker to read."""
    path.write_text(json.dumps([asdict(job) for job in jobs]), encoding="utf-8")


def read_jobs(path: Path) -> list[Job]:
    """The inverse of ``write_jobs``."""
    return [Job(**fields) for fields in json.loads(path.read_text(encoding="utf-8"))]
