"""Checks the classes that claims name against the classifier's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.errors import Problem
from generator.spec.messages import meant, quoted
from generator.spec.partial import check_types
from generator.spec.positions import SpecSource


def check_classes(source: SpecSource, names: Sequence[str], model: str = "") -> Iterator[Problem]:
    """Complain of every class that the classifier does not have, or has more than once.

    Parameters
    ----------
    names:
        Of the classifier's outputs; their numbers where no names are known.
    model:
        Which of several networks has that classifier: only claims about it are looked at.
    """
    draft = check_types(source)
    for claim in draft.entries("claims"):
        stands = [draft.text(*p, "model") or "" for p in draft.entries(*claim, "on")]
        if model not in (stands or [draft.text(*claim, "model") or ""]):
            continue
        for keys in draft.entries(*claim, "classes"):
            value = draft.sound(*keys)
            if isinstance(value, int) and value >= len(names):
                last = len(names) - 1
                message = f"the classifier has {len(names)} classes, 0 to {last}: no {value}"
                yield source.problem(keys, message)
            elif isinstance(value, str) and (message := _fault(value, names)):
                yield source.problem(keys, message)


def _fault(name: str, names: Sequence[str]) -> str:
    numbers = [n for n, each in enumerate(names) if each.casefold() == name.casefold()]
    if len(numbers) > 1:
        listed = " or ".join(map(str, numbers))
        return f"several classes are called {quoted(name)}: write the number, {listed}"
    if numbers:
        return ""
    return f"the classifier has no class {quoted(name)}{meant(name, names)}"
