"""The cache of encoded images and charts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from generator.pages import charts
from generator.pages.charts import Chart, Svg
from generator.site.work_folder import ENCODED
from generator.system import own_folder
from generator.system.file_cache import FileCache


class Cache:
    """A folder of encoded files, each verified when it is used.

    ``warn`` is told of every file that is damaged: it is made again.
    """

    def __init__(self, folder: Path, warn: Callable[[str], None] = print) -> None:
        self._folder, self._files = folder, FileCache(folder, warn)
        self._used: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, key: str, suffix: str, make: Callable[[], bytes]) -> Path:
        """The file of that key, made first if need be."""
        return self._read(key, suffix, make)[0]

    def draw(self, chart: Chart) -> Svg:
        """A chart, drawn once for the same numbers."""
        key = hashlib.sha256(f"{charts.VERSION} {chart!r}".encode()).hexdigest()

        def drawn() -> bytes:
            return charts.draw(chart).markup.encode()

        return Svg(self._read(key, ".svg", drawn)[1].decode())

    def sweep(self) -> None:
        """Remove images that this build did not use; files of other names are left alone."""
        names = (path.name for path in self._folder.iterdir())
        unused = (name for name in names if ENCODED.fullmatch(name) and name not in self._used)
        own_folder.remove(self._folder, unused)

    def _read(self, key: str, suffix: str, make: Callable[[], bytes]) -> tuple[Path, bytes]:
        found = self._files.get(key, suffix)
        if found is None:
            data = make()
            found = self._files.put(key, suffix, data), data
        self._used.add(found[0].name)
        return found
