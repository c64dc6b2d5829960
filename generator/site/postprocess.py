"""Postprocesses built pages: content security policy, image sizes."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape, unescape
from pathlib import Path

from generator.site.image_tags import sized
from generator.system.glob import below

SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)
TYPE = re.compile(r"""\btype\s*=\s*["']?([^"'\s>]+)""")
RUNS = frozenset({"", "module", "text/javascript", "application/javascript"})
KEPT = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2>)", re.DOTALL)
IDLE = re.compile(r"\s*\n\s*")
TITLE = re.compile(r"(?<=<title>)[^<]+(?=</title>)")
TWICE = re.compile(r"^(.+) - \1$", re.DOTALL)
# The theme names a list of pages after a label that holds an icon alone; its title is beneath.
UNNAMED = re.compile(
    r'aria-labelledby="__nav_[^"]+"(?P<between>[^>]*>\s*<label class="md-nav__title"[^>]*>'
    r'\s*<span class="md-nav__icon md-icon"></span>)(?P<title>[^<]+)'
)
CHARSET = '<meta charset="utf-8">'
SOURCES = (
    "default-src 'none'",
    "img-src 'self' data:",
    "font-src 'self'",
    "style-src 'self' 'unsafe-inline'",  # the theme and Markdown's tables write style attributes
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "media-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
)


def finish(root: Path) -> None:
    """Write the policy into every page of a built site.

    The theme has a few scripts of one line inside its pages: their digests are the only inline
    scripts that the policy lets run, so a script that came in with a text could not.
    """
    for path in [path for path in below(root) if path.suffix == ".html"]:
        page = sized(path.read_text(encoding="utf-8"), path.parent)
        path.write_text(finished(page), encoding="utf-8")


def named(page: str) -> str:
    """A page whose lists of pages say to a screen reader what they list."""
    return UNNAMED.sub(_named, page)


def _named(found: re.Match[str]) -> str:
    label = escape(unescape(found["title"].strip()))
    return f'aria-label="{label}"{found["between"]}{found["title"]}'


def finished(page: str) -> str:
    """A page with its policy, and without the blank lines that templates leave.

    The theme names the site after each page's title; where both are one, it is said once.
    """
    short = TITLE.sub(lambda title: TWICE.sub(r"\1", title[0]), squeezed(named(page)), count=1)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(short)}">'
    return short.replace(CHARSET, f"{CHARSET}{meta}", 1)


def policy(page: str) -> str:
    """What a page may load and run; every inline script of its own by digest."""
    digests = sorted({_digest(body) for body in _inline(page)})
    scripts = " ".join(["script-src 'self'", *(f"'sha256-{each}'" for each in digests)])
    return "; ".join((*SOURCES, scripts))


def _inline(page: str) -> list[str]:
    return [
        found["body"]
        for found in SCRIPT.finditer(page)
        if " src=" not in found["attributes"] and _runs(found["attributes"])
    ]


def _runs(attributes: str) -> bool:
    named = TYPE.search(attributes)
    return (named[1].lower() if named else "") in RUNS


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def squeezed(page: str) -> str:
    """Lines that are not inside of code, scripts or styles, without what indents them."""
    parts = KEPT.split(page)
    # Every match gives two groups: the whole element, and its name, which is dropped.
    texts, kept = parts[0::3], [*parts[1::3], ""]
    return "".join(IDLE.sub("\n", text) + whole for text, whole in zip(texts, kept, strict=True))
