"""What a request names: its host and its path, checked, and the file that it leads to."""

from __future__ import annotations

import os
import stat
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote_to_bytes, urlsplit

_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_FOLDER = os.O_RDONLY | os.O_DIRECTORY


class RequestError(Exception):
    """A request that is refused, with the status of the answer."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


def check_host(headers: Message, hosts: frozenset[str]) -> None:
    """Refuse requests for another host: a page of another site may have its name lead here.

    Raises
    ------
    RequestError
        The Host header is missing, is there twice, or names none of ``hosts``.
    """
    named = headers.get_all("Host") or []
    if len(named) != 1:
        raise RequestError(HTTPStatus.BAD_REQUEST)
    if named[0].strip().lower() not in hosts:
        raise RequestError(HTTPStatus.MISDIRECTED_REQUEST)


def parts_of(written: str, hosts: frozenset[str]) -> tuple[list[str], bool]:
    """The names on the way to what a request's target names, and whether it is a folder.

    Raises
    ------
    RequestError
        It is no path, or one that no file of a site has.
    """
    path = written if written.startswith("/") else _path_of_address(written, hosts)
    try:
        text = unquote_to_bytes(path.split("?", 1)[0].split("#", 1)[0]).decode()
    except UnicodeDecodeError:
        raise RequestError(HTTPStatus.BAD_REQUEST) from None
    if not text.isprintable():
        raise RequestError(HTTPStatus.BAD_REQUEST)
    *folders, last = text.removeprefix("/").split("/")
    parts = [*folders, last] if last else folders
    if any(not part or part.startswith(".") for part in parts):
        raise RequestError(HTTPStatus.NOT_FOUND)
    return parts, not last


def _path_of_address(written: str, hosts: frozenset[str]) -> str:
    """The path of an absolute address, the form that proxies are sent."""
    try:
        scheme, host, path, *_ = urlsplit(written)
    except ValueError:
        raise RequestError(HTTPStatus.BAD_REQUEST) from None
    if scheme != "http" or host.lower() not in hosts:
        raise RequestError(HTTPStatus.BAD_REQUEST)
    return path or "/"


def opened(site: Path, parts: list[str]) -> BinaryIO | None:
    """A plain file below a site, no link followed on the way; None where there is none."""
    held: list[int] = []
    try:
        held.append(os.open(site, _FOLDER))
        for part in parts[:-1]:
            held.append(os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=held[-1]))
        handle = os.open(parts[-1], _FILE, dir_fd=held[-1])
    except OSError:
        return None
    finally:
        for folder in held:
            os.close(folder)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return None
    return os.fdopen(handle, "rb")
