"""Who may import whom, read from the source; and what a fresh interpreter loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import generator

HOME = Path(generator.__file__).parent
LAB_MAY = (
    "generator.__version__",
    "generator.lab",
    "generator.artifacts",
    "generator.blobs",
    "generator.catalogue",
    "generator.circuits",
    "generator.plan",
    "generator.objectives",
    "generator.recipes",
    "generator.spectrum",
    "generator.errors",
    "generator.files",
    "generator.interventions",
    "generator.traces",
    "generator.masks",
    "generator.turns",
    "generator.photographs",
    "generator.recognition",
    "generator.scanning",
    "generator.sources.records",
    "generator.spec.models",
    "generator.spec.networks",
    "generator.spec.pictures",
)
SHELL = (
    "generator.lab",
    "generator.objects",
    "generator.store",
    "generator.site",
    "generator.pipeline",
)
PURE = ("findings", "statistics", "pages", "charts", "spec", "plan")
OWNERS = {  # library → the only package that may import it
    "torch": "generator.lab",
    "torchvision": "generator.lab",
    "onnx": "generator.lab",
    "timm": "generator.lab",
    "huggingface_hub": "generator.lab",
    "ray": "generator.lab.engines.cluster",
    "jinja2": "generator.markdown",
    "markupsafe": "generator.markdown",
    "yaml": "generator.spec",
    "fsspec": "generator.sources",
    "pyarrow": "generator.sources",
}


def name_of(path: Path) -> str:
    parts = path.relative_to(HOME.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    """Every module that a file imports, inside functions as well; ``from a import b`` is a.b."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by a relative name"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


MODULES = {name_of(path): imports_of(path) for path in sorted(HOME.rglob("*.py"))}


def below(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


@pytest.mark.parametrize("library", OWNERS)
def test_each_library_has_one_owner(library: str) -> None:
    users = {name for name, imports in MODULES.items() if any(below(i, library) for i in imports)}
    assert {name for name in users if not below(name, OWNERS[library])} == set()


def test_the_lab_sees_only_records() -> None:
    for name, imports in MODULES.items():
        if below(name, "generator.lab"):
            seen = {each for each in imports if below(each, "generator")}
            assert {each for each in seen if not below(each, *LAB_MAY)} == set(), name


@pytest.mark.parametrize("package", PURE)
def test_the_pure_stages_know_no_shell(package: str) -> None:
    for name, imports in MODULES.items():
        if below(name, f"generator.{package}"):
            assert {each for each in imports if below(each, *SHELL)} == set(), name


def test_statistics_knows_nothing_of_the_rest() -> None:
    for name, imports in MODULES.items():
        if below(name, "generator.statistics"):
            seen = {each for each in imports if below(each, "generator")}
            assert {each for each in seen if not below(each, "generator.statistics")} == set()


def test_only_the_command_line_stands_above_the_pipeline() -> None:
    users = {
        name
        for name, imports in MODULES.items()
        if any(below(each, "generator.pipeline") for each in imports)
    }
    commands = ("generator.commands", "generator.single", "generator.discovery")
    assert {name for name in users if not below(name, *commands)} == set()


def test_there_is_no_cycle_between_stages() -> None:
    """Stages are the entries of the top level; an import inside a function may close a circle."""
    edges: dict[str, set[str]] = {}
    for name, imports in MODULES.items():
        stage = ".".join(name.split(".")[:2])
        targets = {".".join(each.split(".")[:2]) for each in imports if below(each, "generator")}
        known = {".".join(module.split(".")[:2]) for module in MODULES}
        edges.setdefault(stage, set()).update((targets & known) - {stage, "generator"})
    done: set[str] = set()
    while len(done) < len(edges):
        ready = {stage for stage, targets in edges.items() if targets <= done} - done
        assert ready, f"a circle among {sorted(edges.keys() - done)}"
        done |= ready


def test_nothing_outside_the_lab_loads_torch() -> None:
    outside = [name for name in MODULES if not below(name, "generator.lab")]
    program = f"""
import importlib, sys
for name in {outside!r} + ["generator.lab"]:
    importlib.import_module(name)
    loaded = sorted({{"torch", "torchvision", "onnx"}} & set(sys.modules))
    assert not loaded, f"{{name}} loads {{loaded}}"
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
