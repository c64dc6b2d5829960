"""The tools that are compared, as a table. No torch."""

from __future__ import annotations

from dataclasses import dataclass

from generator.recipes.presets import RECIPES


@dataclass(frozen=True, slots=True)
class Tool:
    """How a tool is reached and named.

    Attributes
    ----------
    module:
        Has ``prepare``, ``picture`` and ``version``.
    words:
        Its name on the page.
    version:
        Of a peer, which runs in the peers' environment; "" for what is in this repository.
    size:
        The side of its pictures, where it is not the comparison's.
    view:
        The share of a picture's side that its optimiser sees at once, where it works on crops: it
        is judged by the middle of its picture, at the magnification at which it was optimised.
    """

    module: str
    words: str
    version: str = ""
    size: int = 0
    view: float = 1.0


TOOLS = {
    "multiscale": Tool("benchmarks.engine", "`multiscale`"),
    "fourier": Tool("benchmarks.engine", "`fourier`"),
    "maco": Tool("benchmarks.engine", "`maco`"),
    "article": Tool("benchmarks.engine", "`article`"),
    "article code": Tool("benchmarks.article_code", "the article’s code"),
    "dreamlens": Tool("benchmarks.peers.dreamlens_tool", "DreamLens", "0.1.1"),
    "lucent": Tool("benchmarks.peers.lucent_tool", "Lucent", "0.1.8"),
    "horama": Tool("benchmarks.peers.horama_tool", "Horama", "0.3.0", size=1280, view=0.275),
}
OURS = tuple(name for name in TOOLS if name in RECIPES)
PEERS = tuple(name for name, tool in TOOLS.items() if tool.version)
