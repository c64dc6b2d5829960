"""A file that is not there says why, where its name tells."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from generator.system.missing_file import absence

NFD = unicodedata.normalize("NFD", "mésange.jpg")
NFC = unicodedata.normalize("NFC", "mésange.jpg")


@pytest.mark.parametrize(
    ("there", "written", "message"),
    [
        ("imgs/jay.jpg", "imgs\\jay.jpg", ": write imgs/jay.jpg, with /"),
        ("jay.jpg", "imgs\\other.jpg", ": folders are parted by /, not by \\"),
        (f"imgs/{NFD}", f"imgs/{NFC}", f"the disk writes {NFD!r} in another form of Unicode (NFD)"),
        (f"imgs/{NFC}", f"imgs/{NFD}", "in another form of Unicode (NFC): write it so"),
        (f"{NFD}/a.jpg", f"{NFC}/a.jpg", "in another form of Unicode (NFD)"),
        ("imgs/Jay.JPG", "imgs/jay.jpg", "the disk has 'Jay.JPG'"),
        ("Imgs/jay.jpg", "imgs/jay.jpg", "the disk has 'Imgs'"),
        ("a b.jpg", "a%20b.jpg", ": write a b.jpg"),
        ("jay.jpg", "https:/example.org/jay.jpg", "it is an address; download it"),
        ("jay.jpg", "s3://bucket/jay.jpg", "it is an address; download it"),
        ("jay.jpg", "~/jay.jpg", "~ is not read"),
    ],
)
def test_the_reason_is_told(there: str, written: str, message: str, tmp_path: Path):
    (tmp_path / there).parent.mkdir(exist_ok=True)
    (tmp_path / there).write_bytes(b"x")
    assert message in absence(tmp_path, written)


@pytest.mark.parametrize("written", ["gone.jpg", "a/b/c.jpg", "x" * 300, "a\0b", ""])
def test_a_file_that_is_just_not_there(written: str, tmp_path: Path):
    assert absence(tmp_path, written) == "there is no such file"
