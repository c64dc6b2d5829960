"""Networks for reading many images: they say the same, or are left as they are."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from generator.images.sources.base import Item
from generator.lab.accelerate.inference import quick
from generator.lab.accelerate.onednn import PackedConvolution
from generator.lab.hooks import record
from generator.lab.loading.models import Bench
from generator.lab.measure.activations import stacked
from generator.lab.measure.streaming import Stream
from generator.models.card import ModelCard
from generator.models.layers import Catalogue, Layer
from tests.lab.conftest import LIBRARY, PREPROCESSING


class Fire(nn.Module):
    """As in SqueezeNet: modules that a forward of its own calls."""

    def __init__(self, *, aside: bool) -> None:
        super().__init__()
        self.one, self.relu = nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(inplace=False)
        self.two, self.other_relu = nn.Conv2d(8, 4, 1), nn.ReLU(inplace=True)
        self.aside = aside

    def forward(self, inputs: Tensor) -> Tensor:
        said = self.one(inputs)
        found: Tensor = self.other_relu(self.two(self.relu(said)))
        return torch.cat((found, said), dim=1) if self.aside else found


def bench_of(network: nn.Module, *layers: Layer) -> Bench:
    torch.manual_seed(0)
    card = ModelCard(
        "tiny", "random", "0" * 64, "here", "none", PREPROCESSING, Catalogue("tiny", layers)
    )
    return Bench(card, network.eval().requires_grad_(False), torch.device("cpu"))


ONE, TWO = Layer("one", 8, "relu"), Layer("two", 4, "other_relu")


def packed(network: nn.Module) -> list[bool]:
    return [m.activated for m in network.modules() if isinstance(m, PackedConvolution)]


def test_convolutions_do_the_relu_behind_them() -> None:
    bench = bench_of(Fire(aside=False), ONE, TWO)
    made = quick(bench, (ONE, TWO))
    assert packed(made) == [True, True]
    assert packed(bench.network) == []
    assert quick(bench, (ONE, TWO)) is made
    assert packed(quick(bench, (TWO,))) == [False, True]
    inputs = bench.prepare(stacked(bench, [np.full((56, 56, 3), 99, dtype=np.uint8)]))
    with torch.no_grad():
        torch.testing.assert_close(made(inputs), bench.network(inputs), rtol=1e-5, atol=1e-6)


def test_what_others_read_before_the_relu_is_left_to_them() -> None:
    for aside in (False, True):
        network = nn.Sequential(Fire(aside=aside))
        first, last = Layer("0.one", 8, "0.relu"), Layer("0", 12 if aside else 4)
        made = quick(bench_of(network, first, last), (first, last))
        assert (made is network) == aside


def test_a_relu_that_is_called_twice_stays() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.Conv2d(4, 4, 1))
    network.append(network[1])
    layers = (Layer("0", 4, "1"), Layer("2", 4, "1"))
    bench = bench_of(network, *layers)
    with record(network, layers, both_sides=True) as recorder, torch.no_grad():
        recorder.run(torch.rand(1, 3, 8, 8))
        plain = {name: maps.clone() for name, maps in recorder.after.items()}
    assert set(packed(quick(bench, layers))) <= {False}
    assert plain.keys() == {"0", "2"}


@pytest.mark.parametrize("unit", ["before", "after"])
def test_summaries_are_those_of_the_plain_network(
    unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = bench_of(Fire(aside=False), ONE, TWO)
    paths = sorted(LIBRARY.rglob("*.jpg"))[:9]
    found = []
    for way in (quick, lambda bench, _: bench.network):
        monkeypatch.setattr("generator.lab.measure.streaming.quick", way)
        stream = Stream(bench, "mean", unit)
        items = (Item(at, path.name, path.read_bytes) for at, path in enumerate(paths))
        found.append(stream.summarise((ONE, TWO), "here", items, top=3))
    for ours, plain in zip(*found, strict=True):
        np.testing.assert_array_equal(ours.top_ids, plain.top_ids)
        np.testing.assert_allclose(ours.top_values, plain.top_values, rtol=1e-4, atol=1e-6)
