"""Samples → one self-contained HTML file of photographs."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from PIL import Image

from generator.commands.explore.samples import SECTIONS, Sample
from generator.errors import visible
from generator.images.photographs import as_seen, decode
from generator.models.card import Preprocessing

_QUALITY = 85
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.4 system-ui, sans-serif }
body { max-width: 76rem; margin: 0 auto; padding: 1rem }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem;
  padding: 0; list-style: none }
img { width: 100%; height: auto }
figure { margin: 0 }
figcaption { overflow-wrap: anywhere; font-size: .85rem }
"""
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>Exploratory: what excites a filter suggests a claim, and is no evidence for it. Every photograph
is cut to what reaches the network.</p>
{sections}
</main>
</body>
</html>
"""


def is_contact_sheet(data: bytes) -> bool:
    """Whether a file is a page of `contact_sheet`."""
    return b"<p>Exploratory: what excites a filter suggests a claim" in data[:4096]


def contact_sheet(title: str, samples: Sequence[Sample], *, preprocessing: Preprocessing) -> str:
    """The whole page as text, its images within it."""
    sections = [
        f"<h2>{SECTIONS[section]}</h2>\n<ul>\n"
        + "\n".join(_figure(each, preprocessing) for each in group)
        + "\n</ul>"
        for section, group in groupby(samples, lambda each: each.section)
    ]
    return _PAGE.format(title=_safe(title), style=_STYLE, sections="\n".join(sections))


def _figure(each: Sample, preprocessing: Preprocessing) -> str:
    name = _safe(each.photograph.name)
    alt = _safe(each.photograph.subject or each.photograph.name)
    numbers = f"{each.place}. mean {each.mean:.4g}, max {each.max:.4g}, z {each.z:.2f}"
    return (
        f'<li><figure><img alt="{alt}" width="{preprocessing.crop}" height="{preprocessing.crop}"'
        f' src="data:image/jpeg;base64,{_jpeg(each, preprocessing)}">'
        f"<figcaption>{numbers}<br>{name}</figcaption></figure></li>"
    )


def _jpeg(each: Sample, wanted: Preprocessing) -> str:
    seen = as_seen(
        decode(Path(each.photograph.path)),
        resize=wanted.resize,
        crop=wanted.crop,
        interpolation=wanted.interpolation,
    )
    file = io.BytesIO()
    Image.fromarray(seen).save(file, "JPEG", quality=_QUALITY)
    return base64.b64encode(file.getvalue()).decode("ascii")


def _safe(text: str) -> str:
    return escape(visible(text), quote=True)
