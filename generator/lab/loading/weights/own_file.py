"""Chooses the reading of the user's own file that fits the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor

from generator.errors import WeightsError
from generator.lab.loading.weights import tensor_kinds
from generator.lab.loading.weights.checkpoint import Reading, flattened, readings
from generator.lab.loading.weights.tensor_shapes import Target

_AVERAGED = ("ema", "swa", "teacher", "average", "shadow")  # in the names of states
_NAMED = 5


def state_of(
    loaded: object, target: Target, *, file: str, state: str, say: Callable[[str], None]
) -> Reading:
    """The reading that fits; of several the plain one, unless ``state`` names another.

    Raises
    ------
    WeightsError
        If none fits: with the nearest reading, what it lacks and what it has besides.
    """
    found = readings(loaded, target)
    if state:
        found = _named(found, state, file)
    fits = [each for each in found if each.complete] or _fullest(found)
    if not fits:
        raise _refusal(found, target, file, loaded)
    chosen = next((each for each in fits if not _is_average(each)), fits[0])
    if len(fits) > 1:
        others = " or ".join(f"`state: {each.state}`" for each in fits if each is not chosen)
        names = ", ".join(each.state or "the file itself" for each in fits)
        say(
            f"{file} holds {len(fits)} states that fit ({names}):"
            f" {chosen.state or 'the file itself'} is used; {others} under `model:` takes another"
        )
    elif chosen.superfluous:
        say(
            f"{file} holds {len(chosen.superfluous)} tensors for which {target.network} has no"
            f" place, and which are not used: {_listed(chosen.superfluous)}"
        )
    tensor_kinds.refuse_other_kinds(chosen.tensors, target.kinds, file)
    return chosen


def _fullest(found: Sequence[Reading]) -> list[Reading]:
    """Those that end early and hold nothing else, if they hold equally much."""
    partial = [each for each in found if each.partial]
    return [each for each in partial if len(each.tensors) == len(partial[0].tensors)]


def _is_average(reading: Reading) -> bool:
    return any(word in reading.state.lower() for word in _AVERAGED)


def _named(found: list[Reading], state: str, file: str) -> list[Reading]:
    """Those that the spec means: the whole name of a state, its beginning or its end."""
    meant = [each for each in found if each.state == state] or [
        each
        for each in found
        if f".{each.state}.".endswith(f".{state}.") or f".{each.state}.".startswith(f".{state}.")
    ]
    if not meant:
        names = ", ".join(dict.fromkeys(each.state for each in found if each.state))
        raise WeightsError(
            f"{file} has no state {state!r} that fits any of the network's names",
            f"it has {names}: correct model.state" if names else "leave model.state out",
        )
    return meant


def _refusal(found: Sequence[Reading], target: Target, file: str, loaded: object) -> WeightsError:
    wanted = [name for name in target.shapes if not name.endswith("num_batches_tracked")]
    what = target.network
    if not found:
        return WeightsError(
            f"the weights file {file} has none of the {len(wanted)} tensors of {what}:"
            f" it holds {_content(loaded)}",
            f"{what} wants {_listed(wanted)}: is that the right architecture?",
        )
    near = found[0]
    unfit = {name for name, _, _ in near.unfit}
    fitting = sum(name in near.tensors and name not in unfit for name in wanted)
    lines = [
        f"the weights {file!r} do not fit {what}",
        f"the nearest reading is {near.state or 'the file itself'}:"
        f" {fitting} of {len(wanted)} tensors fit",
    ]
    if near.missing:
        lines.append(f"missing ({len(near.missing)}): {_listed(near.missing)}")
    if near.superfluous:
        lines.append(f"superfluous ({len(near.superfluous)}): {_listed(near.superfluous)}")
    lines += [
        f"{name!r} has the shape {_shape(shape)} instead of {_shape(own)}"
        for name, shape, own in near.unfit[:_NAMED]
    ]
    return WeightsError(
        "\n  ".join(lines),
        "correct model.architecture, or save the tensors by the network's names:"
        " `torch.save(network.state_dict(), FILE)`",
    )


def _content(loaded: object) -> str:
    """What a file holds, in words."""
    if names := [name for name, _ in flattened(loaded)]:
        return _listed(names)
    values = list(loaded.values()) if isinstance(loaded, dict) else []
    if any(getattr(each, "kind", "").startswith("numpy.") for each in values):
        return "NumPy arrays; make tensors of them: `{name: torch.from_numpy(array) …}`"
    if isinstance(loaded, Tensor):
        return "a single tensor without a name"
    if isinstance(loaded, dict | list | tuple | str) and not loaded:
        return "nothing"
    kind = "list" if isinstance(loaded, list | tuple) else type(loaded).__name__
    return f"no tensors by names, but {kind if kind != 'dict' else 'other data'}"


def _shape(shape: Sequence[int]) -> str:
    return f"({', '.join(map(str, shape))})"


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
