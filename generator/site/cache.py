"""The cache of encoded images and charts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from generator.pages import charts
from generator.pages.charts import Chart, Svg
from generator.site.work_folder import ENCODED
from generator.system import own_folder
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
        """Remove images that this build did not use; files of other names are left alone."""
        names = (path.name for path in self._folder.iterdir())
        unused = (name for name in names if ENCODED.fullmatch(name) and name not in self._used)
        own_folder.remove(self._folder, unused)
