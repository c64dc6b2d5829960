"""The layout of a TIFF, checked before any library believes it.

Its first directory may claim millions of strips, tiles larger than the picture, or a preview of
the picture that is meant.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from generator.images.formats import FormatError

MOST_TAGS = 500
MOST_VALUES = 100_000  # of a tag: strips, tiles, colours
MOST_SIDE = 65_535
MOST_TILE = 50_000_000  # pixels
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
TEXTS = (1, 2, 6, 7)  # types that are handed on as bytes
SUBFILE, WIDTH, LENGTH, BITS, PHOTOMETRIC, SAMPLE = 254, 256, 257, 258, 262, 339
TILE_WIDTH, TILE_LENGTH, DNG = 322, 323, 50706
WHITE_IS_ZERO, REDUCED, FILTER_ARRAY = 0, 1, 32803
READ_BITS = (1, 2, 4, 8, 16)
UNSIGNED, UNDEFINED = 1, 4
WORN = "it is damaged (its TIFF directory makes no sense)"
RAW = "it is the raw picture of a camera: save it as JPEG"


@dataclass(frozen=True, slots=True)
class Directory:
    """Whole numbers of a TIFF's first directory by their tags; the first few of each.

    A tag of another type has none.
    """

    numbers: dict[int, tuple[int, ...]]

    def first(self, tag: int, default: int) -> int:
        """The first number of a tag."""
        return (self.numbers.get(tag) or (default,))[0]


def check_tiff(data: bytes) -> None:
    """Refuse what would take too much memory, or would be read as something else than it is.

    Raises
    ------
    FormatError
        With the reason.
    """
    try:
        directory = _directory(data)
    except (struct.error, IndexError) as error:
        raise FormatError(WORN) from error
    if DNG in directory.numbers or directory.first(PHOTOMETRIC, 1) == FILTER_ARRAY:
        raise FormatError(RAW)
    if directory.first(SUBFILE, 0) & REDUCED:
        raise FormatError(f"its first picture is a preview of another; perhaps {RAW}")
    _check_samples(directory)
    _check_tiles(directory)


def _check_samples(directory: Directory) -> None:
    bits = directory.numbers.get(BITS) or (1,)
    if wrong := [each for each in bits if each not in READ_BITS]:
        raise FormatError(f"its samples have {wrong[0]} bits: save it with 8 or 16")
    if any(each not in (UNSIGNED, UNDEFINED) for each in directory.numbers.get(SAMPLE, (1,))):
        raise FormatError("its samples are negative or no whole numbers: save it with 8 or 16 bits")
    if 16 in bits and directory.first(PHOTOMETRIC, 1) == WHITE_IS_ZERO:
        raise FormatError("its white is 0, with 16 bits: save it with black as 0")


def _check_tiles(directory: Directory) -> None:
    wide, high = directory.first(WIDTH, 0), directory.first(LENGTH, 0)
    tile = directory.first(TILE_WIDTH, 1), directory.first(TILE_LENGTH, 1)
    if not (0 < wide <= MOST_SIDE and 0 < high <= MOST_SIDE and min(tile) > 0):
        raise FormatError(WORN)
    if tile[0] * tile[1] > MOST_TILE or max(tile) > 2 * max(wide, high, 1024):
        raise FormatError("its tiles are larger than the picture")


def _directory(data: bytes) -> Directory:
    order = "<" if data.startswith(b"II") else ">"
    (offset,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, offset)
    if count > MOST_TAGS:
        raise FormatError(f"it has {count} tags, more than {MOST_TAGS}")
    numbers: dict[int, tuple[int, ...]] = {}
    for at in range(offset + 2, offset + 2 + 12 * count, 12):
        tag, kind, length = struct.unpack_from(f"{order}HHI", data, at)
        if kind not in TEXTS and length > MOST_VALUES:
            raise FormatError(f"a tag of it has {length} values, more than {MOST_VALUES}")
        is_whole = kind in (3, 4) and length > 0
        numbers.setdefault(tag, _values(data, order, at, (kind, length)) if is_whole else ())
    return Directory(numbers)


def _values(data: bytes, order: str, at: int, layout: tuple[int, int]) -> tuple[int, ...]:
    kind, length = layout
    place = at + 8
    if SIZES[kind] * length > 4:
        (place,) = struct.unpack_from(f"{order}I", data, at + 8)
    letter = "H" if kind == 3 else "I"
    return struct.unpack_from(f"{order}{min(length, 8)}{letter}", data, place)
