"""Which layers feed a convolution's input channels.

Activation functions, poolings and normalisations leave every channel to itself, and a concatenation
puts channels side by side: after them it is still known from which convolution each channel came.
So it is of a linear layer that reads every token, or every position, by itself. After a sum of
branches, a gate or a flattening it is not, and what reads such a tensor is not said to be fed by
anything. A kernel counts only if the operation is given the module's own weights: what computes
them anew (standardised, spectrally normalised) has no row to be read from the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

Part = tuple[str, int]  # a layer, and how many channels of it


@dataclass(frozen=True, slots=True)
class ChannelSource:
    """From which layers the channels of a tensor come, in their order; or ``why`` none are named.

    ``why`` is image, sum, product, flattened, reused or other; ``last`` says that the channels are
    the tensor's last axis, as linear layers have them, and not its second.
    """

    parts: tuple[Part, ...] = ()
    why: str = ""
    groups: int = 1
    last: bool = False


IMAGE, OTHER = ChannelSource(why="image"), ChannelSource(why="other")


class ChannelTracer(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's own is untyped
    """While it is entered, notes what feeds the network's convolutions and linear layers."""

    def __init__(self, network: nn.Module, image: Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.fed: dict[str, ChannelSource] = {}
        # The tensors are kept, so that no other one can take their identity.
        self._known: dict[int, tuple[Tensor, ChannelSource]] = {id(image): (image, IMAGE)}
        self._weights = weights_of(network)

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        """Let the operation happen and note where the channels of what it gives come from."""
        made = func(*args, **(kwargs or {}))
        first = made[0] if isinstance(made, tuple | list) and made else made
        name = func.overloadpacket.__name__.rstrip("_")
        if name == "t" and (owner := self._weights.get(id(args[0]))):
            self._weights[id(made)] = owner
        elif isinstance(first, Tensor) and (source := self._source(name, args, first)):
            self._known[id(first)] = (first, source)
            for rest in made[1:] if isinstance(made, tuple | list) else ():
                if isinstance(rest, Tensor):
                    self._known[id(rest)] = (rest, OTHER)
        return made

    def _of(self, value: Any) -> ChannelSource | None:
        found = self._known.get(id(value))
        return found[1] if found else None

    def _source(self, name: str, args: Sequence[Any], made: Tensor) -> ChannelSource | None:
        """Where channels come from after an operation; None for what does not see the image."""
        if name in KERNELS:
            return self._kernel(name, args, made)
        flat = [x for a in args for x in (a if isinstance(a, tuple | list) else (a,))]
        seen = [(x, source) for x in flat if (source := self._of(x))]
        if not seen:
            return None
        return _combined(name, args, seen, made)

    def _kernel(self, name: str, args: Sequence[Any], made: Tensor) -> ChannelSource | None:
        """What a convolution or a linear layer gives: its own channels."""
        place = KERNELS[name]
        read, owner = self._of(args[place]), self._weights.get(id(args[place + 1]))
        if read is None:
            return None
        if owner is None or (name == "convolution" and args[6]) or made.ndim not in (2, 4):
            return OTHER
        convolution = name == "convolution"
        groups = args[8] if convolution else 1
        twice = owner in self.fed
        self.fed[owner] = (
            ChannelSource(why="reused") if twice else ChannelSource(read.parts, read.why, groups)
        )
        return ChannelSource(((owner, made.shape[1]),), last=not convolution)


def weights_of(network: nn.Module) -> dict[int, str]:
    """The weights of convolutions and linear layers by identity, with their modules' names."""
    modules = ((n, m) for n, m in network.named_modules() if isinstance(m, nn.Conv2d | nn.Linear))
    return {id(module.weight): name for name, module in modules}


def _combined(
    name: str, args: Sequence[Any], seen: Sequence[tuple[Tensor, ChannelSource]], made: Tensor
) -> ChannelSource:
    """Where channels come from after an operation without a kernel on the tensors ``seen``."""
    sources = [source for _, source in seen]
    positions = sources[0].last and made.ndim > 2  # where the second axis is of channels else
    if name == "cat" and args[1:] == (1,) and all(each.parts for each in sources):
        return (
            OTHER if positions else ChannelSource(tuple(p for each in sources for p in each.parts))
        )
    if name in _APART and len(set(sources)) == 1:
        return OTHER if positions and name in _IN_SPACE else sources[0]
    if name in _RESHAPED:
        return _reshaped(seen[0][0], sources[0], made)
    if name == "native_layer_norm" and not sources[0].parts:
        return sources[0]  # of a sum is read what the sum was
    return ChannelSource(why=_WHY.get(name, "other"))


def _reshaped(before: Tensor, source: ChannelSource, made: Tensor) -> ChannelSource:
    """Maps of one position as a vector, or the other way round; else positions become channels.

    Where channels are the last axis, positions are joined or split beside them.
    """
    if (source.last or not source.parts) and made.shape[-1:] == before.shape[-1:]:
        return source
    channels = before.shape[1] if before.ndim > 1 else 0
    if made.ndim > 1 and made.shape[1] == channels and made.numel() == channels:
        return replace(source, last=False)
    return ChannelSource(why="flattened")


# Operations that multiply by a kernel: where what they read stands among their arguments, with the
# kernel after it.
KERNELS = {"convolution": 0, "addmm": 1, "mm": 0}
_IN_SPACE = frozenset(  # over the last two axes
    (
        *("max_pool2d_with_indices", "avg_pool2d", "_adaptive_avg_pool2d", "adaptive_max_pool2d"),
        *("upsample_nearest2d", "upsample_bilinear2d", "upsample_bicubic2d", "constant_pad_nd"),
    )
)
_APART = _IN_SPACE | frozenset(  # that leave every channel to itself
    (
        *("relu", "relu6", "leaky_relu", "elu", "celu", "selu", "gelu", "silu", "mish", "neg"),
        *("hardswish", "hardsigmoid", "hardtanh", "sigmoid", "tanh", "softplus", "exp", "abs"),
        *("_prelu_kernel", "log_sigmoid_forward", "threshold", "clamp", "clamp_min", "pow"),
        *("add", "sub", "mul", "div"),  # with numbers, or of one tensor with itself
        *("native_batch_norm", "_native_batch_norm_legit_no_training", "native_dropout", "dropout"),
        *("clone", "alias", "detach", "contiguous", "_to_copy", "lift_fresh"),
    )
)
_RESHAPED = frozenset(("view", "_unsafe_view", "reshape", "squeeze", "mean"))
_WHY = {"add": "sum", "sub": "sum", "mul": "product", "div": "product"}
