"""Networks from the user's own Python files.

Importing a module runs it. A spec may be someone else's, so that no code is run unless the command
line allows it: ``code`` is the folder from which it may be, or None.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import nn

from generator.errors import ReportError
from generator.lab.loading.networks.unsupported import refusal, unwrapped
from generator.system import user_code


def build(architecture: str, code: Path | None, device: str) -> nn.Module:
    """Call the function without arguments: it gives the network, whose tensors are not looked at.

    Raises
    ------
    ReportError
        If code may not be run, the function cannot be found, or it fails or gives no network that
        can be reported.
    """
    function = _function(architecture, code)
    if isinstance(function, nn.Module):
        name = architecture.partition(":")[2]
        raise ReportError(
            f"{architecture} is a network that the file makes, not a function that returns one",
            f"write a function: `def make(): return {name}`, with what makes {name} in it",
        )
    if missing := _parameters(function):
        raise ReportError(
            f"{architecture} needs arguments ({', '.join(missing)}), and it is called without any",
            f"write a function without: `def make(): return {function.__name__}(...)`",
        )
    try:
        with _importable(code):
            network = unwrapped(_called(function, device))
    except (Exception, SystemExit) as reason:  # the user's own, whatever it is
        raise _failed(architecture, reason, code) from reason
    if not isinstance(network, nn.Module):
        raise _no_network(architecture, network)
    if refused := refusal(network):
        raise ReportError(f"{architecture} gives {refused[0]}", refused[1])
    try:
        return network.to(device).eval()
    except Exception as reason:  # a method of the user's own may refuse
        raise _failed(architecture, reason, code) from reason


def _no_network(architecture: str, given: object) -> ReportError:
    if isinstance(given, type):
        what, remedy = f"the class {given.__name__}", f"return a network: `{given.__name__}()`"
    elif isinstance(given, dict):
        what = "a dictionary, perhaps of weights"
        remedy = "return the network; `weights:` names the file of its weights"
    else:
        what, remedy = f"a value of type {type(given).__name__}", "return the network alone"
    return ReportError(f"{architecture} gives {what}, not a torch.nn.Module", remedy)


def _failed(architecture: str, reason: BaseException, code: Path | None) -> ReportError:
    return ReportError(
        f"{architecture} failed: {user_code.message(reason)}", user_code.place(reason, code)
    )


def _parameters(function: Callable[..., object]) -> list[str]:
    """The arguments that a function cannot be called without."""
    try:
        known = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):  # a function of C
        return []
    named = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed = (*named, inspect.Parameter.KEYWORD_ONLY)
    return [each.name for each in known if each.kind in needed and each.default is each.empty]


def _called(function: Callable[[], object], device: str) -> object:
    try:
        with torch.device(device):
            return function()
    except Exception:  # it may compute with tensors while it is made, which meta ones refuse
        return function()


def digest(architecture: str, code: Path | None) -> str:
    """SHA-256 of the file that defines the function: a change of it is another network."""
    file = inspect.getsourcefile(inspect.unwrap(_function(architecture, code)))
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""


def _function(architecture: str, code: Path | None) -> Callable[[], object]:
    if code is None:
        raise ReportError(
            f"the model is Python code of the report ({architecture}), and running it was not"
            " allowed",
            "read it, and if you trust it, add --allow-code (make site ARGS=--allow-code)",
        )
    module_name, _, name = architecture.partition(":")
    with _importable(code):
        try:
            module = importlib.import_module(module_name)
        except (Exception, SystemExit) as reason:  # whatever the user's module raises
            where = user_code.place(reason, code)
            raise ReportError(
                f"{module_name} cannot be imported: {user_code.message(reason)}",
                f"it is looked for beside the spec, as {module_name.replace('.', '/')}.py"
                + (f"; {where}" if where else ""),
            ) from reason
    function = getattr(module, name, None)
    if not callable(function):
        names = [each for each, value in vars(module).items() if callable(value)]
        near = difflib.get_close_matches(name, names, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"it defines {', '.join(names)}"
        raise ReportError(f"{module_name} has no function {name!r}", hint)
    found: Callable[[], object] = function
    return found


@contextmanager
def _importable(folder: Path | None) -> Iterator[None]:
    """The folder stands first among those where modules are looked for, and leaves them again."""
    if folder is None:
        raise RuntimeError("no folder whose code may be run")
    user_code.remember(folder)
    place = str(folder.resolve())
    sys.path.insert(0, place)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(place)
