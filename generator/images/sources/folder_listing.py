"""The files of a folder, links to folders followed; what is passed over is kept as sentences."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.errors import ReportError
from generator.images.formats import unread_sentence, unread_title
from generator.images.sources.filesystems import Disk

NOT_A_TABLE = ("dataset_info.json", "state.json", "dataset_dict.json")
File = tuple[str, dict[str, Any]]  # name relative to the folder, and what the disk says of it


@dataclass(slots=True)
class FolderListing:
    """Lists folders of one disk.

    ``sentences`` say which links and which images were passed over, and why.
    """

    disk: Disk
    sentences: list[str] = field(default_factory=list)

    def files(self, folder: str) -> Iterator[File]:
        """Files below a folder: those of real folders in the order of names, then those of links.

        Raises
        ------
        ReportError
            If a link leads out of the project.
        """
        titles: list[str] = []
        links = [""]
        done: set[str] = set()
        while links:
            above = links.pop(0)
            if above and self._was_listed(folder, above, done):
                continue
            for name, info in self._below(folder, above, links, done):
                titles.append(unread_title(name))
                yield name, info
        if sentence := unread_sentence(titles, f"the folder {posixpath.basename(folder)}"):
            self.sentences.append(sentence)

    def _below(self, folder: str, above: str, links: list[str], done: set[str]) -> Iterator[File]:
        """Files of real folders; links to folders are put aside, hidden names passed over."""
        here = posixpath.join(folder, above) if above else folder
        done.add(self._goal(here))
        found = sorted(self.disk.files.ls(here, detail=True), key=lambda info: str(info["name"]))
        for info in found:
            name = posixpath.basename(str(info["name"]).rstrip("/"))
            if not name or name.startswith(".") or name in NOT_A_TABLE:
                continue
            inside = posixpath.join(above, name)
            if info.get("islink") and Path(folder, inside).is_dir():
                links.append(inside)
            elif info.get("islink") and "." not in name and not Path(folder, inside).exists():
                self.sentences.append(f"The link {inside} was passed over: it leads nowhere.")
            elif info["type"] == "directory":
                yield from self._below(folder, inside, links, done)
            else:
                yield inside, info

    def _was_listed(self, folder: str, link: str, done: set[str]) -> bool:
        path = posixpath.join(folder, link)
        if not self.disk.admits(path):
            raise ReportError(f"{link}/ leads outside the project", "allow it with --allow-outside")
        goal = self._goal(path)
        above = any(each.startswith(f"{goal.rstrip('/')}/") for each in done)
        if goal in done or above:
            what = "a folder above it" if above else "a folder that is read already"
            self.sentences.append(f"The folder {link} was passed over: it is a link to {what}.")
        return goal in done or above

    def _goal(self, path: str) -> str:
        return os.path.realpath(path) if self.disk.local else path
