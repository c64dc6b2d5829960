"""Sizes of image files, of all that browsers show."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from generator.images.sizes import SizeError, data_of, fit, measure

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" '


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
def test_pictures_say_their_size(kind: str):
    file = io.BytesIO()
    Image.new("RGB", (30, 20)).save(file, kind)
    assert measure(file.getvalue()) == (30, 20)
    with pytest.raises(SizeError, match="damaged"):
        measure(file.getvalue()[:12])


@pytest.mark.parametrize(
    ("svg", "size"),
    [
        (f'{HEAD}width="30" height="20"/>', (30, 20)),
        (f'{HEAD}width="30px" height=" 20 "/>', (30, 20)),
        (f'{HEAD}width="1in" height="72pt"/>', (96, 96)),
        (f'{HEAD}viewBox="0 0 24 12"/>', (24, 12)),
        (f'{HEAD}viewBox="-5,-5,24.5,12"/>', (24.5, 12)),
        (f'{HEAD}width="48" viewBox="0 0 24 12"/>', (48, 24)),
        (f'{HEAD}height="6" viewBox="0 0 24 12"/>', (12, 6)),
        (f'{HEAD}width="100%" height="100%" viewBox="0 0 24 12"/>', (24, 12)),
        (f'\ufeff<?xml version="1.0"?>\n<!-- a -->\n{HEAD}viewBox="0 0 2 1"></svg>', (2, 1)),
        (f'<!DOCTYPE svg [<!ENTITY a "b">]>{HEAD}viewBox="0 0 2 1"/>', (2, 1)),
        ('<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 2 1"/>', (2, 1)),
    ],
)
def test_an_svg_says_its_size(svg: str, size: tuple[float, float]):
    assert measure(svg.encode()) == size
    if svg.startswith("<?xml"):
        assert measure(svg.encode("utf-16")) == size


@pytest.mark.parametrize(
    ("svg", "message"),
    [
        (f"{HEAD}/>", "without a size"),
        (f'{HEAD}width="30"/>', "without a size"),
        (f'{HEAD}viewBox="0 0 x y"/>', "without a size"),
        (f'{HEAD}viewBox="0 0 0 4"/>', "without a size"),
        ('<svg width="3" height="3"/>', 'write <svg xmlns="http://www.w3.org/2000/svg"'),
        ("<html><body/></html>", "it begins with <html>"),
        (f"{HEAD}><g></svg>", "is no SVG: mismatched tag"),
        ("<", "is no SVG"),
        ("version https://git-lfs", "is no PNG, JPEG, WebP, GIF, AVIF or SVG"),
        ("", "is no PNG"),
    ],
)
def test_what_is_no_image_or_has_no_size(svg: str, message: str):
    with pytest.raises(SizeError, match=re.escape(message)):
        measure(svg.encode())


@pytest.mark.parametrize(
    ("width", "height", "message"),
    [
        ("20em", None, "has width='20em'"),
        ("0", None, "has width='0'"),
        (None, "50%", "a height is a number of pixels"),
        ("wide", "3", "300 or 50%"),
        (None, None, "does not say its size"),
    ],
)
def test_sides_that_are_none(width: str | None, height: str | None, message: str):
    with pytest.raises(SizeError, match=re.escape(message)):
        fit(width, height, (3, 2) if width or height else None)


def test_no_side_is_empty_or_endless():
    assert (sides := fit("1", None, (1000, 1))).height == sides.width == 1
    assert fit("100000", None, (1, 1000)).height == 100_000


def test_addresses_that_hold_their_data():
    assert data_of("data:image/png;base64,aGk=") == b"hi"
    assert data_of("data:,a%20b") == b"a b"
    assert data_of("data:;base64,a") == b""
