"""Who may import whom, read from the source; and what a fresh interpreter loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import generator
from tests.conftest import make_project

HOME = Path(generator.__file__).parent
ORDER = (  # lowest first: a package imports packages that stand before it, and no others
    "errors",
    "recipes",
    "statistics",
    "summaries",
    "system",
    "images",
    "models",
    "artifacts",
    "spec",
    "plan",
    "findings",
    "lab",
    "store",
    "results",
    "pages",
    "markdown",
    "site",
    "pipeline",
    "commands",
    "__main__",
)
LAB_MAY = (  # the lab reads records and settings, and never a finding
    "generator.__version__",
    "generator.lab",
    "generator.artifacts",
    "generator.errors",
    "generator.images",
    "generator.models",
    "generator.plan",
    "generator.recipes",
    "generator.spec.base",
    "generator.spec.model",
    "generator.spec.render",
    "generator.spec.report",
    "generator.summaries",
    "generator.system",
)
OWNERS = {  # library → the only package that may import it
    "torch": "generator.lab",
    "torchvision": "generator.lab",
    "onnx": "generator.lab",
    "timm": "generator.lab",
    "huggingface_hub": "generator.lab",
    "ray": "generator.lab.engines",
    "jinja2": "generator.markdown",
    "markupsafe": "generator.markdown",
    "markdown": "generator.markdown",
    "pymdownx": "generator.markdown",
    "yaml": "generator.spec",
    "fsspec": "generator.images.sources",
    "pyarrow": "generator.images.sources",
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


def package_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_packages_import_in_one_order() -> None:
    places = {package: place for place, package in enumerate(ORDER)}
    wrong = {
        f"{name} imports {each}"
        for name, imports in MODULES.items()
        for each in imports
        if below(each, "generator")
        and (package_of(each) in places and package_of(name) in places)
        and package_of(each) != package_of(name)
        and places[package_of(each)] > places[package_of(name)]
    }
    assert wrong == set()


def test_the_order_names_every_package() -> None:
    entries = {package_of(name) for name in MODULES} - {""}
    assert entries == set(ORDER)


def test_only_the_commands_stand_above_the_pipeline() -> None:
    users = {
        name
        for name, imports in MODULES.items()
        if any(below(each, "generator.pipeline") for each in imports)
    }
    assert {name for name in users if not below(name, "generator.commands")} == {
        name for name in users if below(name, "generator.pipeline")
    }


@pytest.mark.parametrize("package", ["lab", "store", "site"])
def test_only_the_shell_opens_device_and_disk(package: str) -> None:
    users = {
        name
        for name, imports in MODULES.items()
        if any(below(each, f"generator.{package}") for each in imports)
    }
    shell = ("generator.pipeline", "generator.commands", f"generator.{package}")
    assert {name for name in users if not below(name, *shell)} == set()


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


def test_a_check_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    """What makes it take longer than a second."""
    program = """
import sys
sys.argv = ["filterbook", "check", "--spec", sys.argv[1]]
from generator import __main__ as program
assert program._run() == 0
slow = ("torch", "scipy.stats", "scipy.special", "scipy.signal", "altair", "pandas", "mkdocs")
print(sorted({*slow} & {*sys.modules}))
"""
    command = [sys.executable, "-c", program, str(make_project(tmp_path))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
