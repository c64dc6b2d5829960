"""The extensions of Markdown that pages are written with; mkdocs.yml names the same."""

from __future__ import annotations

from typing import Any

from markdown import Markdown

TABLES = {"name": "table-caption", "prefix": "Table {}."}
EXTENSIONS: dict[str, dict[str, Any]] = {
    "abbr": {},
    "admonition": {},
    "attr_list": {},
    "def_list": {},
    "footnotes": {},
    "md_in_html": {},
    "tables": {},
    "toc": {"permalink": False, "toc_depth": "2-3"},
    "pymdownx.blocks.admonition": {},
    "pymdownx.blocks.caption": {"types": ["caption", TABLES]},  # figures have numbers already
    "pymdownx.blocks.details": {},
    "pymdownx.caret": {},
    "pymdownx.details": {},
    "pymdownx.highlight": {},
    "pymdownx.inlinehilite": {},
    "pymdownx.keys": {},
    "pymdownx.mark": {},
    "pymdownx.superfences": {},
    "pymdownx.tabbed": {"alternate_style": True},
    "pymdownx.tasklist": {},
    "pymdownx.tilde": {},
}
BOXES = ("attention", "caution", "danger", "error", "hint", "important", "note", "tip", "warning")
BLOCKS = ("admonition", *BOXES, "caption", "details", "table-caption")  # of `/// name`


def parser() -> Markdown:
    """A parser that reads pages as MkDocs does."""
    return Markdown(extensions=list(EXTENSIONS), extension_configs=EXTENSIONS)
