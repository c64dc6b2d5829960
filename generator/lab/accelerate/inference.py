"""Copy of a network with folded batch norms, for scoring many images.

Convolutions keep their weights in oneDNN's order and do the ReLU that follows, so that it is not
written and read again. What follows what is known from the catalogue of layers, which was found by
running the network; that nobody else reads what came before the ReLU is found by running both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from generator.lab.accelerate.onednn import PackedConvolution, packable
from generator.lab.accelerate.precision import twin
from generator.lab.hooks import record
from generator.lab.loading.models import Bench
from generator.models.layers import Layer
from generator.models.value_names import is_function, module_of

Layers = tuple[Layer, ...]
_latest: WeakKeyDictionary[nn.Module, tuple[Layers, nn.Module | None]] = WeakKeyDictionary()


def quick(bench: Bench, layers: Sequence[Layer]) -> nn.Module:
    """A network that says the same behind the activation functions of ``layers``, up to rounding.

    It shares the tensors of the bench's; where no quicker one does the same, it is that itself. The
    latest is kept.
    """
    if bench.device.type != "cpu":
        return bench.network
    known, made = _latest.get(bench.network, ((), None))
    if known != tuple(layers):
        made = _fused(bench.network, layers)
        if not _agree(bench, made, layers):
            made = None  # not the network itself, which would then be kept for ever
        _latest[bench.network] = tuple(layers), made
    return bench.network if made is None else made


def _fused(network: nn.Module, layers: Sequence[Layer]) -> nn.Module:
    made = twin(network)
    own = [each for each in layers if each.activation and not is_function(each.activation)]
    users = Counter(module_of(each.activation) for each in own)
    read = {each.module: module_of(each.activation) for each in own}
    relus = {module: relu for module, relu in read.items() if users[relu] == 1}
    for name, module in list(made.named_modules()):
        if type(module) is not nn.Conv2d or not packable(module):
            continue
        relu = relus.get(name, "")
        activated = bool(relu) and type(made.get_submodule(relu)) is nn.ReLU
        made.set_submodule(name, PackedConvolution(module, activated=activated))
        if activated:
            made.set_submodule(relu, nn.Identity())
    return made


def _agree(bench: Bench, other: nn.Module, layers: Sequence[Layer]) -> bool:
    """Whether both say the same of two images of noise."""
    side = bench.card.preprocessing.crop
    noise = torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    inputs = bench.prepare(noise)
    try:
        found = [_behind(network, layers, inputs) for network in (bench.network, twin(other))]
    except RuntimeError:  # the quicker modules are not what the network's own code asks for
        return False
    return all(map(_near, *found))


def _near(one: Tensor, two: Tensor) -> bool:
    """Equal but for rounding; what is not a number has to be none in both."""
    size = float(one.nan_to_num(0, 0, 0).abs().max())
    return torch.allclose(one, two, rtol=1e-3, atol=1e-4 * size, equal_nan=True)


def _behind(network: nn.Module, layers: Sequence[Layer], inputs: Tensor) -> list[Tensor]:
    with torch.no_grad(), record(network, layers, both_sides=True) as recorder:
        recorder.run(inputs)
        return [recorder.after.get(each.name, recorder.before[each.name]) for each in layers]
