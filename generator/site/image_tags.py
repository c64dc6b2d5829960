"""The tags of images on built pages, each with its width and height."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from generator.images.sizes import Sides, SizeError, data_of, fit, measure

# Elements whose text is no HTML come first, so that nothing in them is taken for a tag.
TAG = re.compile(
    r"<(?:script|style|textarea)\b.*?</(?:script|style|textarea)>|<!--.*?-->"
    r"""|<img(?=[\s/>])(?P<attributes>(?:\s++|/(?!>)|[^\s>"'/]++|"[^"]*"|'[^']*')*+)(?P<end>/?>)""",
    re.DOTALL | re.IGNORECASE,
)
ATTRIBUTE = re.compile(r"""([^\s=>"'/]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
NUMBER = re.compile(r"[1-9]\d*")
LOGO = "assets/logo.svg"  # the theme gives it no size
LOGO_SIDE = "24"
SIDES = ("width", "height")
MOST = 64 << 20  # bytes of a file that is measured


def sized(page: str, folder: Path) -> str:
    """A page whose images all have their width and height, so that nothing jumps as they come.

    Those of hand-written pages need none: what is missing is read from the files.
    """
    return TAG.sub(lambda tag: _sized(tag, folder), page)


def _sized(tag: re.Match[str], folder: Path) -> str:
    if tag["attributes"] is None:
        return tag[0]
    attributes = dict(_attributes(tag["attributes"]))
    source = _value(attributes, "src")
    is_logo = bool(source and source.endswith(LOGO))
    has_sides = all(NUMBER.fullmatch(_value(attributes, name) or "") for name in SIDES)
    if has_sides and ("loading" in attributes or is_logo):
        return tag[0]
    if is_logo:
        attributes |= {"width": LOGO_SIDE, "height": LOGO_SIDE}
    try:
        natural = _natural(source, folder)
        sides = fit(_value(attributes, "width"), _value(attributes, "height"), natural)
    except SizeError:
        return tag[0]  # the site checker says what is wrong with it
    return _tag(attributes, sides, tag["end"])


def _attributes(text: str) -> Iterator[tuple[str, str | None]]:
    """Attributes as they are written; of those written twice, browsers take the first."""
    found: dict[str, str | None] = {}
    for name, value in ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), value or None)
    yield from found.items()


def _value(attributes: dict[str, str | None], name: str) -> str | None:
    value = attributes.get(name)
    return None if value is None else unescape(value.strip("\"'"))


def _natural(source: str | None, folder: Path) -> tuple[float, float] | None:
    if not source:
        return None
    try:
        if source.startswith("data:"):
            return measure(data_of(source))
        path = folder / unquote(urlsplit(source).path)
        return measure(path.read_bytes()) if path.stat().st_size <= MOST else None
    except (OSError, ValueError, SizeError):
        return None


def _tag(attributes: dict[str, str | None], sides: Sides, end: str) -> str:
    rest = {name: value for name, value in attributes.items() if name not in SIDES}
    written = [f'width="{sides.width}"', f'height="{sides.height}"']
    if "loading" not in rest and not (_value(rest, "src") or "").endswith(LOGO):
        written.append('loading="lazy"')
    if sides.share:
        style = (_value(rest, "style") or "").replace('"', "&quot;")
        rest["style"] = f'"width: {sides.share:g}%; height: auto; {style}"'
    written += [name if value is None else f"{name}={value}" for name, value in rest.items()]
    return f"<img {' '.join(written)}{' /' if end == '/>' else ''}>"
