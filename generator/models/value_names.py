"""Names of values in a network: a module's output, that of a later call, or of a function.

``layer1.0.relu`` is what a module gives when it is called first, ``layer1.0.relu#2`` when it is
called a second time, and ``layer1.0.bn1.relu()`` what a function makes of a module's output in the
network's own ``forward``. ``blocks.5.class_token`` is one token of a module's output.
"""

from __future__ import annotations

CLASS_SUFFIX = ".class_token"
_FUNCTION, _CALL = "()", "#"


def of_call(module: str, call: int) -> str:
    """The name of a module's output at a call, counted from 0."""
    return f"{module}{_CALL}{call + 1}" if call else module


def of_function(value: str, steps: tuple[str, ...]) -> str:
    """The name of what the functions ``steps`` make of a module's output."""
    return f"{value}.{'-'.join(dict.fromkeys(steps))}{_FUNCTION}"


def is_function(name: str) -> bool:
    """Whether it is what a function gives, and no module."""
    return name.endswith(_FUNCTION)


def module_of(name: str) -> str:
    """The module of a name: ``layer1.0.relu`` of ``layer1.0.relu#2``."""
    return _split(name)[0]


def call_of(name: str) -> int:
    """Which call of the module, counted from 0."""
    return _split(name)[1]


def _split(name: str) -> tuple[str, int]:
    whole = name.rpartition(".")[0] if is_function(name) else name.removesuffix(CLASS_SUFFIX)
    module, mark, number = whole.rpartition(_CALL)
    return (module, int(number) - 1) if mark and number.isdecimal() else (whole, 0)
