"""Networks whose ``forward`` does more than convolve are traced, or refused with the reason."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import torchvision

from generator.errors import ReportError
from generator.lab.layers.discover import catalogue
from generator.lab.layers.trial import trial_of
from generator.lab.loading.models import assemble, class_names
from generator.lab.loading.networks import build
from tests import networks
from tests.lab.loading.models.test_assembly import weights

MORE = """\
import numpy, torch, torchvision
from torch import nn
from nets.plain import body

class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.fc = nn.Conv2d(3, 4, 3), nn.Linear(4, 3)
    def forward(self, x):
        return self.fc(self.conv(x).relu().mean((2, 3)))

class Broken(Deep):
    def forward(self, x):
        if x.sum() == x.sum():
            raise ValueError("this depth is not known")

class Two(Deep):
    def forward(self, x, mask):
        return super().forward(x) * mask

class Named(Deep):
    def forward(self, x):
        return {"logits": super().forward(x), "sum": float(x.sum())}

class Arrays(Deep):
    def forward(self, x):
        return super().forward(x) * float(x.cpu().numpy().max() > 0)

class Five(Deep):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(5, 4, 3)

class Part(Deep):
    def __init__(self):
        super().__init__()
        self.conv = torch.jit.script(self.conv)

class Loop(Deep):
    def forward(self, x):
        while x.abs().max() > 1:
            x = x / 2
        return super().forward(x)

def small_only():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 30 * 30, 7))
def odd_only():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 17 * 17, 7))
def broken(): return Broken()
def two(): return Two()
def named(): return Named()
def arrays(): return Arrays()
def five(): return Five()
def part(): return Part()
def loop(): return Loop()
def detection():
    return torchvision.models.detection.ssdlite320_mobilenet_v3_large(
        weights=None, weights_backbone=None)
def quantised(): return torch.ao.quantization.quantize_dynamic(body(), {nn.Linear})
def compiled(): return torch.compile(body())
def parallel(): return nn.DataParallel(body())
def traced(): return torch.jit.trace(body().eval(), torch.zeros(1, 3, 32, 32))
def pair(): return body(), 3
class Ends(Deep):
    def forward(self, x):
        raise SystemExit(3)
class Keyword(Deep):
    def forward(self, *, pixel_values):
        return super().forward(pixel_values)
class Volumes(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv3d(3, 8, 3, padding=1)
    def forward(self, x):
        return self.conv(x[:, :, None])
class Draws(Deep):
    def forward(self, x):
        return super().forward(nn.functional.dropout(x))
made = Deep()
def a_class(): return Deep
def state(): return Deep().state_dict()
def lazy(): return nn.Sequential(nn.LazyConv2d(8, 3), nn.ReLU())
def exported(): return torch.export.export(body(), (torch.zeros(1, 3, 32, 32),)).module()
def ends(): return Ends()
def leaves(): raise SystemExit(2)
def half(): return Deep().half()
def keyword(): return Keyword()
def volumes(): return Volumes()
def draws(): return Draws()
def draws_none(): return nn.Sequential(Deep(), nn.Dropout())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(Path(networks.__file__).parent, tmp_path / "nets")
    (tmp_path / "nets" / "more.py").write_text(MORE)
    catalogue.cache_clear()
    yield tmp_path
    trial_of.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == "nets"]:
        del sys.modules[name]


FORWARDS = ("norm1", "norm2", "norm3", "scale", "finite", "boolean", "nonz")


@pytest.mark.parametrize(
    ("name", "layer", "channels", "activation", "classes"),
    [
        *((f"forwards:{name}", "b.3", 16, "b.4", 10) for name in FORWARDS),
        ("forwards:coord", "c", 8, "c.relu()", 5),
        ("forwards:np_", "c", 8, "c.relu()", 5),
        ("plain:branch", "c1", 8, "c1.relu()", 5),
        ("more:named", "conv", 4, "conv.relu()", 0),
        ("more:arrays", "conv", 4, "conv.relu()", 3),
        ("more:loop", "conv", 4, "conv.relu()", 3),
        ("more:compiled", "3", 16, "4", 10),
        ("more:parallel", "3", 16, "4", 10),
        ("more:small_only", "0", 4, "", 7),
    ],
)
def test_networks_that_compute_with_values(  # noqa: PLR0917
    folder: Path, name: str, layer: str, channels: int, activation: str, classes: int
) -> None:
    found = catalogue(f"nets.{name}", code=folder)
    known = found.find(layer)
    assert known is not None
    assert (known.channels, known.activation) == (channels, activation)
    assert len(class_names(f"nets.{name}", (), code=folder)) == classes


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("name", "cause", "remedy"),
    [
        ("forwards:grey1", "takes images of 1 channel, and", "give a network of three"),
        ("more:five", "takes images of 5 channels, and", "the 5 that the first layer reads"),
        ("forwards:needs_arg", "needs arguments (n)", "`def make(): return needs_arg(...)`"),
        (
            "more:broken",
            "fails on an RGB image (1, 3, side, side): ValueError: this depth is not known",
            'at line 15 of nets/more.py: `raise ValueError("this depth is not known")`',
        ),
        (
            "more:two",
            "missing 1 required positional argument: 'mask'",
            "see line 18 of nets/more.py",
        ),
        ("more:odd_only", "mat1 and mat2 shapes cannot be multiplied", "sides tried: 224, 32"),
        ("plain:scripted", "a scripted network", "before torch.jit.script"),
        ("more:traced", "a scripted network", "before torch.jit.script"),
        ("more:part", "whose part conv is a scripted network", "before torch.jit.script"),
        ("more:quantised", "a quantised network", "in floating point"),
        ("more:detection", "a detection model", "return network.backbone"),
        ("more:pair", "gives a value of type tuple, not", "return the network alone"),
        ("more:a_class", "gives the class Deep, not a torch.nn.Module", "`Deep()`"),
        ("more:state", "gives a dictionary, perhaps of weights", "`weights:` names the file"),
        ("more:made", "is a network that the file makes", "`def make(): return made`"),
        ("more:lazy", "a network with lazy modules", "`network(torch.zeros(1, 3, 224, 224))`"),
        ("more:exported", "an exported program", "before torch.export.export"),
        ("more:ends", "it ends the program (SystemExit: 3)", "at line"),
        ("more:leaves", "more:leaves failed: SystemExit: 2", "at line"),
        ("more:half", "should be the same", "torch.float16: return `network.float()`"),
        ("more:keyword", "takes 1 positional argument", "gives it the image alone"),
        ("more:volumes", "has no layer whose output has channels", "a layer is a module"),
    ],
)
def test_what_cannot_be_reported_says_why(folder: Path, name: str, cause: str, remedy: str) -> None:
    with pytest.raises(ReportError) as refusal:
        catalogue(f"nets.{name}", code=folder)
    assert cause in refusal.value.cause
    assert remedy in refusal.value.remedy


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("fasterrcnn_resnet50_fpn", "is a detection model"),
        ("quantized_resnet18", "is a quantised network"),
        ("r3d_18", "is a network for several images at once"),
        ("raft_small", "is a network for several images at once"),
        ("fcn_resnet50", "is a segmentation model"),
    ],
)
def test_torchvision_s_models_that_are_no_classifiers(name: str, cause: str) -> None:
    assert name in torchvision.models.list_models()
    with pytest.raises(ReportError) as refusal:
        build(name)
    assert cause in refusal.value.cause
    assert refusal.value.remedy


def test_the_trial_that_needs_values_runs_on_the_cpu(folder: Path) -> None:
    assert trial_of("nets.forwards:norm1", code=folder).device == "cpu"
    assert trial_of("nets.plain:shared", code=folder).device == "meta"


def test_a_network_that_draws_random_numbers_is_refused(folder: Path) -> None:
    cpu = torch.device("cpu")
    for name in ("draws", "draws_none"):
        tensors = build(f"nets.more:{name}", code=folder, real=True).state_dict()
        if name == "draws":
            with pytest.raises(ReportError, match="gives other numbers each time"):
                assemble(f"nets.more:{name}", weights(dict(tensors)), cpu, code=folder)
        else:
            assemble(f"nets.more:{name}", weights(dict(tensors)), cpu, code=folder)


def test_a_module_that_leaves_while_it_is_imported(folder: Path) -> None:
    (folder / "nets" / "script.py").write_text("import sys\nsys.exit(2)\n")
    with pytest.raises(ReportError) as refusal:
        catalogue("nets.script:make", code=folder)
    assert "cannot be imported: SystemExit: 2" in refusal.value.cause
    assert "at line 2 of nets/script.py" in refusal.value.remedy
