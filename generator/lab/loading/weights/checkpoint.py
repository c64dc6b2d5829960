"""Finds a network's tensors in a checkpoint, below whatever containers and prefixes.

A file is taken as one table of dotted names (``state_dict.module.conv1.weight``). A reading of it
is a prefix without which names are the network's own; parts that training puts anywhere into names
(``module``, ``_orig_mod``) do not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from generator.lab.loading.weights import tensor_shapes
from generator.lab.loading.weights.tensor_kinds import equal
from generator.lab.loading.weights.tensor_shapes import Target

_WRAPPERS = frozenset(
    ("module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_forward_module")
)
_DEEPEST = 6
_SHARE = 0.3  # of the network's tensors, below one of its own prefixes
_TRAINING = frozenset(
    ("loss", "criterion", "loss_fn", "loss_func", "metric", "metrics", "train_acc", "val_acc")
)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A way to read a checkpoint: tensors by the network's names, and what does not fit.

    Attributes
    ----------
    state:
        What the spec may call it: the prefix in the file, empty for the file itself.
    superfluous:
        Names of the file, below the prefix, that the network lacks.
    unfit:
        The network's names whose tensors have another shape, with both shapes.
    """

    state: str
    tensors: dict[str, Tensor]
    missing: tuple[str, ...]
    superfluous: tuple[str, ...]
    unfit: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the network has all of its tensors."""
        return not self.missing and not self.unfit

    @property
    def partial(self) -> bool:
        """Whether what there is fits, and nothing is there that the network lacks."""
        return bool(self.tensors) and not self.unfit and not self.superfluous

    def same(self, other: Reading) -> bool:
        """Whether both give the network the same tensors."""
        one, two = self.tensors, other.tensors
        return one.keys() == two.keys() and all(equal(one[name], two[name]) for name in one)


def flattened(loaded: object, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Tensor]]:
    """Every tensor below names, by its dotted name; what lies in lists is an optimiser's.

    A file that is itself a list (``(state, optimiser)``) is read by the numbers of its entries.
    """
    if depth == 0 and isinstance(loaded, list | tuple):
        loaded = {str(number): each for number, each in enumerate(loaded)}
    if not isinstance(loaded, Mapping) or depth > _DEEPEST:
        return
    for key, value in loaded.items():
        if not isinstance(key, str):
            continue
        if isinstance(value, Tensor):
            yield prefix + key, value.to_dense() if value.layout == torch.sparse_coo else value
        else:
            yield from flattened(value, f"{prefix}{key}.", depth + 1)


def readings(loaded: object, target: Target) -> list[Reading]:
    """Every reading of which some tensors are the network's, the fullest first."""
    table = {_plain(name): (name, tensor) for name, tensor in flattened(loaded)}
    own = {_plain(name): name for name in target.shapes}
    found: list[Reading] = []
    for before, within in _prefixes(table, own):
        reading = _reading(before, within, table, own, target)
        if reading.tensors and not any(reading.same(each) for each in found):
            found.append(reading)
    return sorted(found, key=lambda each: -len(each.tensors) + len(each.unfit))


def _plain(name: str) -> str:
    """A name without the parts that training puts into it."""
    return ".".join(part for part in name.split(".") if part not in _WRAPPERS)


def _splits(name: str) -> Iterator[tuple[str, str]]:
    """Every beginning of a dotted name, and the rest."""
    parts = name.split(".")
    for at in range(len(parts)):
        yield "".join(f"{part}." for part in parts[:at]), ".".join(parts[at:])


def _prefixes(table: Mapping[str, object], own: Mapping[str, str]) -> list[tuple[str, str]]:
    """Pairs of prefixes, in the file and in the network, behind which names are the same."""
    inner = Counter(before for name in own for before, _ in _splits(name))
    within = [each for each, count in inner.items() if count >= _SHARE * len(own)]
    votes: Counter[tuple[str, str]] = Counter()
    for name in table:
        for before, rest in _splits(name):
            votes.update((before, each) for each in within if each + rest in own)
    most = max(votes.values(), default=0)
    likely = [pair for pair, count in votes.items() if count >= most / 2]
    return sorted(likely, key=lambda pair: (-votes[pair], len(pair[1])))


def _reading(
    before: str,
    within: str,
    table: Mapping[str, tuple[str, Tensor]],
    own: Mapping[str, str],
    target: Target,
) -> Reading:
    below = {
        name.removeprefix(before): each for name, each in table.items() if name.startswith(before)
    }
    named = {own[within + rest]: each[1] for rest, each in below.items() if within + rest in own}
    rest = {within + name: each for name, each in below.items() if within + name not in own}
    beside = before[: before.rstrip(".").rfind(".") + 1]
    siblings = {
        name.removeprefix(beside): each
        for name, each in table.items()
        if before and name.startswith(beside) and not name.startswith(before)
    }
    fitted = tensor_shapes.fitted(named, {**siblings, **rest}, target)
    used = fitted.used
    superfluous = tuple(
        name
        for plain, (name, tensor) in rest.items()
        if plain not in used and not _of_training(plain, tensor)
    )
    left_out = [
        name for plain, (name, _) in rest.items() if plain not in used and name not in superfluous
    ]
    notes = (
        *fitted.notes,
        *([f"left out of the file: {', '.join(left_out[:5])}"] if left_out else []),
    )
    missing = tuple(
        name for name in target.shapes if name not in fitted.tensors and not _is_counter(name)
    )
    return Reading(before.rstrip("."), fitted.tensors, missing, superfluous, fitted.unfit, notes)


def _is_counter(name: str) -> bool:
    return name.endswith("num_batches_tracked")


def _of_training(name: str, tensor: Tensor) -> bool:
    """Whether it is a counter of training, or a part of its loss."""
    return tensor.ndim == 0 or name.partition(".")[0] in _TRAINING
