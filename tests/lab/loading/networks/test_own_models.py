"""The user's own network: run only where that is allowed, refused with what is wrong about it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from torch import nn

from generator.errors import ReportError
from generator.lab.loading.models import catalogue
from generator.lab.loading.networks import build, code_digest

CODE = """\
import torch
from torch import nn

def make():
    return nn.Sequential(nn.Conv2d(3, 5, 3), nn.ReLU())

def with_values():
    network = make()
    network.scale = float(torch.linspace(0, 1, 3)[1])
    return network

def broken():
    raise ValueError("no such depth")

def nothing():
    return 3

size = 4
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "small.py").write_text(CODE)
    (tmp_path / "nets" / "spoiled.py").write_text("import nothing_of_that_name")
    path = list(sys.path)
    yield tmp_path
    assert sys.path == path
    for name in [name for name in sys.modules if name.partition(".")[0] == "nets"]:
        del sys.modules[name]


def test_a_function_beside_the_spec(folder: Path) -> None:
    found = catalogue("nets.small:make", code=folder)
    assert [(layer.name, layer.channels, layer.activation) for layer in found.layers] == [
        ("0", 5, "1"),
        ("1", 5, ""),
    ]
    assert isinstance(build("nets.small:make", code=folder, real=True)[0], nn.Conv2d)


def test_a_function_that_computes_while_it_makes(folder: Path) -> None:
    network = build("nets.small:with_values", code=folder)
    assert network.scale == 0.5
    assert next(network.parameters()).is_meta


def test_no_code_is_run_unless_that_is_allowed(folder: Path) -> None:
    (folder / "nets" / "small.py").write_text("raise SystemExit('it ran')")
    with pytest.raises(ReportError, match="was not allowed") as refusal:
        build("nets.small:make")
    assert "--allow-code" in refusal.value.remedy


@pytest.mark.parametrize(
    ("name", "cause", "remedy"),
    [
        ("nets.large:make", "nets.large cannot be imported", "nets/large.py"),
        ("nets.spoiled:make", "nothing_of_that_name", "nets/spoiled.py"),
        ("nets.small:mak", "no function 'mak'", "did you mean make"),
        ("nets.small:size", "no function 'size'", "it defines"),
        ("nets.small:broken", "ValueError: no such depth", "at line 13 of nets/small.py"),
        ("nets.small:nothing", "gives a value of type int, not", "return the network"),
        (":make", "cannot be imported", ""),
        ("nets.small:", "no function ''", "it defines"),
    ],
)
def test_what_is_wrong_with_it(folder: Path, name: str, cause: str, remedy: str) -> None:
    with pytest.raises(ReportError) as refusal:
        build(name, code=folder)
    assert cause in refusal.value.cause
    assert remedy in refusal.value.remedy


def test_a_change_of_the_code_is_another_network(folder: Path) -> None:
    before = code_digest("nets.small:make", code=folder)
    with (folder / "nets" / "small.py").open("a") as file:
        file.write("# changed")
    assert before != code_digest("nets.small:make", code=folder)
    assert code_digest("resnet18") == ""


def test_an_input_that_the_network_does_not_take(folder: Path) -> None:
    (folder / "nets" / "odd.py").write_text(
        "from torch import nn\ndef make(): return nn.Sequential(nn.Conv2d(4, 5, 3))\n"
    )
    with pytest.raises(ReportError, match="takes images of 4 channels") as refusal:
        catalogue("nets.odd:make", code=folder)
    assert "the 4 that the first layer reads" in refusal.value.remedy


def test_a_network_of_small_images(folder: Path) -> None:
    (folder / "nets" / "tiny.py").write_text(
        "from torch.nn import Conv2d, Flatten, Linear, Sequential\n"
        "def make(): return Sequential(Conv2d(3, 4, 2, 2), Flatten(), Linear(1024, 9))\n"
    )
    found = catalogue("nets.tiny:make", code=folder)
    assert (found.least, found.most) == (32, 32)
