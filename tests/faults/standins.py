"""Small things in the place of costly ones, put in before a command runs in a forked child."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

import generator.commands.plan
import generator.pipeline.build
import generator.pipeline.resources
import generator.site
from generator.lab.loading.models import Bench
from generator.models.card import ModelCard, Preprocessing
from generator.models.layers import Catalogue, Layer
from generator.spec.study import Study
from generator.system.glob import below


class Small(nn.Module):
    """Two convolutions at the places and with the widths of VGG-16's features.0 and features.5."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 3, stride=4),
            nn.ReLU(inplace=True),
            nn.Identity(),
            nn.Identity(),
            nn.Identity(),
            nn.Conv2d(64, 128, 1),
            nn.ReLU(inplace=True),
        )

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Feature maps (batch, 128, height / 4, width / 4)."""
        maps: torch.Tensor = self.features(pictures)
        return maps


def small_network() -> None:
    """A tiny network instead of VGG-16: pictures in a tenth of a second, by the same loop."""
    layers = (Layer("features.0", 64, "features.1"), Layer("features.5", 128, "features.6"))
    preprocessing = Preprocessing(64, 56, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    network = Small().eval().requires_grad_(False)
    catalogue = Catalogue("vgg16", layers)
    card = ModelCard("vgg16", "small", "0" * 64, "made here", "none", preprocessing, catalogue)
    bench = Bench(card, network, torch.device("cpu"))
    _opened_by(lambda *_: bench)


def thirteen_layers() -> None:
    """A network of VGG-16's thirteen convolutions, two filters wide, whose card quotes the spec."""
    torch.manual_seed(0)
    parts: list[nn.Module] = [nn.Identity() for _ in range(30)]
    places = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
    for place in places:
        parts[place] = nn.Conv2d(2 if place else 3, 2, 3, stride=1 if place else 4, padding=1)
        parts[place + 1] = nn.ReLU()
    network = nn.ModuleDict({"features": nn.Sequential(*parts)}).eval().requires_grad_(False)
    network.forward = network["features"].forward  # type: ignore[method-assign]
    layers = tuple(Layer(f"features.{at}", 2, f"features.{at + 1}") for at in places)
    preprocessing = Preprocessing(64, 56, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))

    def open_bench(_: object, study: Study) -> Bench:
        title, catalogue = study.spec.title, Catalogue("vgg16", layers)
        card = ModelCard("vgg16", title, "0" * 64, title, title, preprocessing, catalogue)
        return Bench(card, network, torch.device("cpu"))

    _opened_by(open_bench)


def _opened_by(open_bench: Callable[..., Bench]) -> None:
    """Whoever opens a bench gets it from there."""
    for module in (
        generator.pipeline.resources,
        generator.pipeline.build,
        generator.commands.plan,
    ):
        module.open_bench = open_bench


def plain_pages() -> None:
    """The pages' Markdown copied instead of built: what MkDocs does with a full disk is its own."""

    def copy(config: Path, to: Path) -> None:
        docs = config.parent / "docs"
        for path in below(docs):
            if path.is_file():
                target = to / path.relative_to(docs)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
        (to / "index.html").write_text("<p>built</p>")

    generator.site.run = copy
    generator.site.check_site = lambda _: ()
