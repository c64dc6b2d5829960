"""The measured parts of docs/architecture.md: ``python docs/architecture.py`` writes them anew.

They are the list of modules, by the first line of each docstring, and the figure of imports.
`tests/test_architecture.py` fails if the page differs from the code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).with_suffix(".md")
PACKAGE = ROOT / "generator"


def modules() -> str:
    """Every package and module below ``generator/`` with the first line of its docstring."""
    return "\n".join(_lines(PACKAGE, 0))


def _lines(folder: Path, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for path in sorted(folder.iterdir(), key=lambda path: (path.is_dir(), path.name)):
        if path.suffix == ".py" and path.name != "__init__.py":
            yield f"{indent}- `{path.name}`: {_summary(path)}"
        elif (path / "__init__.py").is_file():
            yield f"{indent}- **`{path.name}/`**: {_summary(path / '__init__.py')}"
            yield from _lines(path, depth + 1)


def _summary(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.split("\n")[0].replace("``", "`")


def imports() -> str:
    """Mermaid graph of imports between packages, without those that follow from others."""
    edges = _edges()
    reached = {package: _reached(package, edges) for package in edges}
    lines = []
    for package, targets in sorted(edges.items()):
        indirect = set().union(*(reached[target] for target in targets)) if targets else set()
        lines += [f"  {package} --> {target}" for target in sorted(targets - indirect)]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```"])


def _edges() -> dict[str, set[str]]:
    """Package → packages that it imports, without ``errors``, which every package imports."""
    edges: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        package = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if package in ("__init__", "__main__", "errors"):
            continue
        targets = edges.setdefault(package, set())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("generator"):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                targets |= {name.split(".")[1] for name in names}
    packages = edges.keys()
    return {package: (targets & packages) - {package} for package, targets in edges.items()}


def _reached(package: str, edges: dict[str, set[str]]) -> set[str]:
    """Every package that a package imports, directly or through others."""
    direct = edges[package]
    return direct.union(*(_reached(target, edges) for target in direct)) if direct else set()


def page(text: str) -> str:
    """The page with its measured parts written anew, each between two marks."""
    for name, part in (("modules", modules()), ("imports", imports())):
        mark = rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)"
        text = re.sub(
            mark, lambda found, part=part: f"{found[1]}{part}\n{found[2]}", text, flags=re.S
        )
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
