"""The cache of encoded images and charts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from generator.pages import charts
from generator.pages.charts import Chart, Svg
from generator.system.files import write_file


class Cache:
    """A folder of finished files; a file that is there is whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, name: str, make: Callable[[], bytes]) -> Path:
        """The file of that name, made first if need be."""
        self._used.add(name)
        path = self._folder / name
        if not path.exists():
            write_file(path, make())
        return path

    def draw(self, chart: Chart) -> Svg:
        """A chart, drawn once for the same numbers."""
        digest = hashlib.sha256(f"{charts.VERSION} {chart!r}".encode()).hexdigest()

        def drawn() -> bytes:
            return charts.draw(chart).markup.encode()

        path = self.get(f"{digest}.svg", drawn)
        return Svg(path.read_text(encoding="utf-8"))

    def sweep(self) -> None:
        """Remove what this build did not use."""
        for path in self._folder.iterdir():
            if path.name not in self._used:
                path.unlink(missing_ok=True)
