"""Refuses files that are no weights, by what their first bytes say."""

from __future__ import annotations

import zipfile
from pathlib import Path

from generator.errors import WeightsError

_HEAD = 512
_SAVE = "torch.save({state}, '{stem}-state.pth')"
_PLAIN = {  # how a file begins → what it is, and what to do
    b"version https://git-lfs": (
        "a Git LFS pointer: the file itself was not fetched",
        "`git lfs pull` fetches it; in Python:"
        " `import subprocess; subprocess.run(['git', 'lfs', 'pull'], check=True)`",
    ),
    b"\x89HDF\r\n\x1a\n": (
        "an HDF5 file, as Keras writes it",
        "convert it to the network's own names in PyTorch, then"
        " `torch.save(network.state_dict(), '{stem}.pth')`",
    ),
    b"\x1f\x8b": (
        "compressed with gzip",
        "`import gzip; open('{stem}-unpacked.pth', 'wb').write(gzip.open('{name}').read())`",
    ),
    b"\x93NUMPY": (
        "a single NumPy array",
        "`torch.save({{'NAME': torch.from_numpy(numpy.load('{name}'))}}, '{stem}.pth')`",
    ),
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
_ARRAYS = (
    "an archive of NumPy arrays",
    "`torch.save({{k: torch.from_numpy(v) for k, v in numpy.load('{name}').items()}},"
    " '{stem}-state.pth')`",
)
_KERAS = ("a Keras archive", _PLAIN[b"\x89HDF\r\n\x1a\n"][1])
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
    for start, kind in _PLAIN.items():
        if head.startswith(start):
            return kind
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
        return _PAGE
    if head[257:262] == b"ustar":
        return _TAR
    return _archive(path) if head.startswith(b"PK") and zipfile.is_zipfile(path) else None


def _archive(path: Path) -> tuple[str, str] | None:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    parts = {part for name in names for part in name.split("/")}
    if "serialized_exported_program.json" in parts or any("/models/" in n for n in names):
        return _EXPORTED
    if "constants.pkl" in parts or "code" in parts:
        return _SCRIPT
    if "model.weights.h5" in parts:
        return _KERAS
    return _ARRAYS if names and all(name.endswith(".npy") for name in names) else None
