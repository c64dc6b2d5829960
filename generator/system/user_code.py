"""Words for failures of the user's own code: the exception, and its line of their file."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

from generator.errors import ReportError

_LONGEST = 200
_PROGRAM = Path(__file__).resolve().parents[1]
_folders: set[Path] = set()  # whose code was run


def remember(folder: Path) -> None:
    """Note that code of this folder is run: what it raises is no bug of the program."""
    _folders.add(folder.resolve())


def failure(reason: Exception) -> ReportError | None:
    """An exception that the user's own code raised, as a refusal; None if it was not running."""
    frames = traceback.extract_tb(reason.__traceback__)
    if not frames or Path(frames[-1].filename).resolve().is_relative_to(_PROGRAM):
        return None
    for folder in _folders:
        if where := place(reason, folder):
            return ReportError(f"the report's own code failed: {message(reason)}", where)
    return None


def message(reason: BaseException) -> str:
    """The exception's class and the first line of what it says."""
    lines = [line.strip() for line in str(reason).strip().splitlines() if line.strip()]
    text = lines[0][:_LONGEST] if lines else ""
    return f"{type(reason).__name__}: {text}" if text else type(reason).__name__


def place(reason: BaseException, code: Path | None) -> str:
    """The innermost line of a file in the folder ``code``; '' if none of them was running."""
    if code is None:
        return ""
    folder = code.resolve()
    frames = traceback.extract_tb(reason.__traceback__)
    own = [each for each in frames if _inside(each.filename, folder)]
    if isinstance(reason, SyntaxError) and reason.filename and reason.lineno:
        return f"at line {reason.lineno} of {_name(reason.filename, folder)}"
    if not own:
        return ""
    line = f": `{own[-1].line}`" if own[-1].line else ""
    return f"at line {own[-1].lineno} of {_name(own[-1].filename, folder)}{line}"


def definition(function: Callable[..., object], code: Path | None) -> str:
    """Where a function is defined, if that is in the folder ``code``."""
    body = getattr(function, "__code__", None)
    if code is None or body is None or not _inside(body.co_filename, code.resolve()):
        return ""
    return f"see line {body.co_firstlineno} of {_name(body.co_filename, code.resolve())}"


def _inside(file: str, folder: Path) -> bool:
    path = Path(file).resolve()
    installed = {".venv", "site-packages"} & set(path.parts)
    return path.is_relative_to(folder) and not installed and not path.is_relative_to(_PROGRAM)


def _name(file: str, folder: Path) -> str:
    path = Path(file).resolve()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
