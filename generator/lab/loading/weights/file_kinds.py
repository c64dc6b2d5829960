"""Refuses files that are no weights, by what their first bytes say."""

from __future__ import annotations

import zipfile
from pathlib import Path

from generator.errors import WeightsError
from generator.lab.loading.weights import foreign_formats

_HEAD = 512
_PLAIN = {  # how a file begins → what it is, and what to do
    b"version https://git-lfs": (
        "a Git LFS pointer: the file itself was not fetched",
        "`git lfs pull` fetches it; in Python:"
        " `import subprocess; subprocess.run(['git', 'lfs', 'pull'], check=True)`",
    ),
    b"\x89HDF\r\n\x1a\n": foreign_formats.HDF5,
    b"\x1f\x8b": (
        "compressed with gzip",
        "`import gzip; open('{stem}-unpacked.pth', 'wb').write(gzip.open('{name}').read())`",
    ),
    b"\x93NUMPY": foreign_formats.ARRAY,
}
_PAGE = (
    "a web page: the download gave a page in place of the file",
    "`torch.hub.download_url_to_file('https://…', '{name}')` with the address of the file itself"
    " (on GitHub /raw/ in place of /blob/, on Hugging Face /resolve/)",
)
_SCRIPT = (
    "a TorchScript archive, whose code would be run",
    "where you trust it: `torch.save(torch.jit.load('{name}').state_dict(), '{stem}-state.pth')`",
)
_EXPORTED = (
    "an exported program (torch.export)",
    "where you trust it: `torch.save(torch.export.load('{name}').state_dict, '{stem}-state.pth')`",
)
_CUT_OFF = ("cut off: its end is missing", "fetch or copy it again; compare the sizes")
_EMPTY = ("empty: the download or the copy broke off", "fetch or copy it again")
_TAR = (
    "a tar archive",
    "unpack it (`import tarfile; tarfile.open('{name}').extractall('{stem}', filter='data')`) and"
    " name the file of weights in it",
)
MODEL = (
    "a whole pickled model ({kind}), whose code would be run",
    "where you trust it and have its code:"
    " `torch.save(torch.load('{name}', weights_only=False){path}.state_dict(),"
    " '{stem}-state.pth')`",
)


def refuse_other_kinds(path: Path) -> None:
    """Refuse what is no file of weights, by what it is and how one is made of it.

    Raises
    ------
    WeightsError
        If its beginning, or the names in its archive, are those of another kind of file.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    kind = _kind(head, path)
    if kind is not None:
        raise kind_error(path.name, *kind)


def kind_error(name: str, what: str, remedy: str, **words: str) -> WeightsError:
    """The refusal of a file as what it is; ``words`` fill the sentences."""
    stem = name.partition(".")[0] or "weights"
    known = {"name": name, "stem": stem, **words}
    return WeightsError(
        f"the weights file {name} is {what.format(**known)}", remedy.format(**known)
    )


def _kind(head: bytes, path: Path) -> tuple[str, str] | None:
    if not head:
        return _EMPTY
    for start, kind in _PLAIN.items():
        if head.startswith(start):
            return kind
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
        return _PAGE
    if head[257:262] == b"ustar":
        return _TAR
    if head.startswith(b"PK"):
        return _archive(path) if zipfile.is_zipfile(path) else _CUT_OFF
    return foreign_formats.by_content(head)


def _archive(path: Path) -> tuple[str, str] | None:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    parts = {part for name in names for part in name.split("/")}
    if "serialized_exported_program.json" in parts or any("/models/" in n for n in names):
        return _EXPORTED
    if "constants.pkl" in parts or "code" in parts:
        return _SCRIPT
    if "model.weights.h5" in parts:
        return foreign_formats.KERAS
    return (
        foreign_formats.ARRAYS if names and all(name.endswith(".npy") for name in names) else None
    )
