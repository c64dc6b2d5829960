"""Which text of an archive credits which image, and how many images wait for texts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from generator.images.sources import Item, open_source, read
from generator.images.sources.sidecars import MAX_IMAGES, Samples, stem_of
from tests.images.sources.made import items, jpeg, tar

IMAGE = jpeg(0)


def told(name: str) -> bytes:
    """What a JSON file says: everything begins with its name."""
    return json.dumps(
        {"caption": f"{name} caption", "author": f"{name} author", "license": f"{name} licence"}
    ).encode()


def found(folder: Path, *names: str, texts: Mapping[str, bytes] | None = None) -> list[Item]:
    """Items of a tar with these members; a text says its own name, unless ``texts`` has it."""
    members = {
        name: (texts or {}).get(name)
        or (IMAGE if name.endswith("g") else told(name) if "json" in name else name.encode())
        for name in names
    }
    (folder / "x.tar").write_bytes(tar(members))
    return items(open_source("x.tar", folder))


def credited(folder: Path, *names: str) -> dict[str, tuple[str, str, str]]:
    """By image: the first word of caption, author and licence."""
    return {
        each.name.removeprefix("x.tar/"): tuple(
            value.split()[0] if value else "" for value in (each.subject, each.source, each.licence)
        )
        for each in found(folder, *names)
    }  # type: ignore[return-value]


def by(name: str) -> tuple[str, str, str]:
    return (name, name, name)


NOBODY = ("", "", "")
CASES: dict[str, tuple[list[str], dict[str, tuple[str, str, str]]]] = {
    "WebDataset": (
        ["1.jpg", "1.json", "2.jpg", "2.txt", "3.jpg"],
        {"1.jpg": by("1.json"), "2.jpg": ("2.txt", "", ""), "3.jpg": NOBODY},
    ),
    "numbers behind a dot": (
        ["22.00.jpg", "22.00.json", "22.01.jpg", "22.01.json", "22.02.jpg"],
        {"22.00.jpg": by("22.00.json"), "22.01.jpg": by("22.01.json"), "22.02.jpg": NOBODY},
    ),
    "texts before images": (
        ["22.00.json", "22.00.jpg", "22.01.json", "22.01.jpg"],
        {"22.00.jpg": by("22.00.json"), "22.01.jpg": by("22.01.json")},
    ),
    "two images without texts": (["a.1.jpg", "a.2.jpg"], {"a.1.jpg": NOBODY, "a.2.jpg": NOBODY}),
    "several images of a sample": (
        ["1.left.jpg", "1.right.jpg", "1.json", "2.left.jpg"],
        {"1.left.jpg": by("1.json"), "1.right.jpg": by("1.json"), "2.left.jpg": NOBODY},
    ),
    "the first dot is the only reading": (
        ["1.img.jpg", "1.meta.json"],
        {"1.img.jpg": by("1.meta.json")},
    ),
    "an ending of two parts": (["1.jpg", "1.caption.txt"], {"1.jpg": ("1.caption.txt", "", "")}),
    "its own name before a longer one": (
        ["1.jpg", "1.json", "1.meta.json"],
        {"1.jpg": by("1.json")},
    ),
    "a caption of its own, credits of the sample": (
        ["1.a.jpg", "1.a.txt", "1.b.jpg", "1.b.txt", "1.json"],
        {
            "1.a.jpg": ("1.json", "1.json", "1.json"),
            "1.b.jpg": ("1.json", "1.json", "1.json"),
        },
    ),
    "three levels": (
        ["s.1.a.jpg", "s.1.b.jpg", "s.1.json", "s.2.a.jpg", "s.2.json"],
        {"s.1.a.jpg": by("s.1.json"), "s.1.b.jpg": by("s.1.json"), "s.2.a.jpg": by("s.2.json")},
    ),
    "other folders": (["a/1.jpg", "b/1.json"], {"a/1.jpg": NOBODY}),
    "a dot in the folder": (["v1.0/1.jpg", "v1.0/2.json"], {"v1.0/1.jpg": NOBODY}),
}


@pytest.mark.parametrize("case", CASES)
def test_a_text_credits_the_image_whose_name_is_nearest(tmp_path: Path, case: str) -> None:
    names, wanted = CASES[case]
    assert credited(tmp_path, *names) == wanted
    assert not any(each.remarks for each in found(tmp_path, *names))


@pytest.mark.parametrize(
    ("names", "remark"),
    [
        (["1.jpg", "1.a.json", "1.b.json"], "1.a.json: several texts compete for an image"),
        (["1.jpg", "1.a.txt", "1.b.txt"], "1.b.txt: several texts compete for an image"),
        (["1.0.jpg", "1.1.json", "1.2.jpg"], "1.1.json: it may be of any of several images"),
    ],
)
def test_where_texts_compete_none_credits(tmp_path: Path, names: list[str], remark: str) -> None:
    made = found(tmp_path, *names)
    assert {(each.subject, each.source, each.licence) for each in made} == {NOBODY}
    remarks = [remark for each in made for remark in each.remarks]
    assert f"x.tar/{remark}: no image is credited by it" in remarks
    assert len(remarks) == len(set(remarks))


def test_texts_that_say_the_same_do_not_compete(tmp_path: Path) -> None:
    same = {"1.a.json": told("same"), "1.b.json": told("same")}
    (made,) = found(tmp_path, "1.jpg", "1.a.json", "1.b.json", texts=same)
    assert made.source == "same author"
    assert not made.remarks


def test_a_text_behind_too_many_images_credits_none(tmp_path: Path) -> None:
    names = [f"frame.{number:03}.jpg" for number in range(2 * MAX_IMAGES)]
    made = found(tmp_path, *names, "frame.json")
    assert len(made) == 2 * MAX_IMAGES
    assert {each.source for each in made} == {""}
    (remark,) = [remark for each in made for remark in each.remarks]
    assert remark.startswith("x.tar/frame.json: it comes after more than 32 images")
    first = found(tmp_path, "frame.json", *names)
    assert {each.source for each in first} == {"frame.json author"}
    few = found(tmp_path, *names[:MAX_IMAGES], "frame.json")
    assert {each.source for each in few} == {"frame.json author"}


def test_each_of_many_that_begin_alike_has_its_own_text(tmp_path: Path) -> None:
    stems = [f"22.{number:03}" for number in range(5 * MAX_IMAGES)]
    names = [f"{stem}.{ending}" for stem in stems for ending in ("jpg", "json")]
    made = found(tmp_path, *names)
    assert [each.source for each in made] == [f"{stem}.json author" for stem in stems]
    source = open_source("x.tar", tmp_path)
    some = list(read(source.disk, source.shards[0], {3, 90}))
    assert [each.source for each in some] == ["22.003.json author", "22.090.json author"]


def test_few_images_wait_however_many_begin_alike() -> None:
    waiting: list[int] = []
    handed: set[int] = set()

    def added(size: int) -> Iterator[int]:
        samples = Samples()
        for number in range(500):
            stem = stem_of("a", ("frame", f"{number}"))
            for item in (*samples.begin(stem), *samples.add(stem, size, _item(number))):
                handed.add(item.position)
            yield number + 1 - len(handed)
        handed.update(item.position for item in samples.flush())

    waiting = list(added(1_000))
    assert max(waiting) == MAX_IMAGES
    assert handed == set(range(500))
    handed.clear()
    assert max(added(10 << 20)) == 6
    handed.clear()
    assert max(added(64 << 20)) == 1


def _item(number: int) -> Item:
    return Item(number, f"{number}.jpg", lambda: b"")
