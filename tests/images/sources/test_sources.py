"""Every kind of source, whole and spoiled, near and far."""

from __future__ import annotations

import gzip
import http.server
import json
import os
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generator.errors import ReportError
from generator.images.photographs import MAX_BYTES
from generator.images.sources import SourceError, open_source, read, shards
from generator.images.sources.filesystems import expanded
from generator.system.urls import is_address
from tests.images.sources.made import arrow, items, jpeg, loaded, parquet, tar

IMAGES = [jpeg(number) for number in range(7)]
MEMBERS = {f"a/{number:04}.jpg": data for number, data in enumerate(IMAGES)}


def test_a_folder_in_the_order_of_names(tmp_path: Path) -> None:
    for name in ("b/2.jpg", "a/1.PNG", "c.webp", ".hidden/3.jpg", "a/.4.jpg", "notes.txt"):
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(len(name)))
    read_, spoiled = loaded(open_source("images", tmp_path))
    assert [name for name, _ in read_] == ["a/1.PNG", "b/2.jpg", "c.webp"]
    assert not spoiled


def test_a_folder_is_cut_into_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "PER_SHARD", 3)
    for number, data in enumerate(IMAGES):
        (tmp_path / f"{number}.jpg").write_bytes(data)
    source = open_source(".", tmp_path)
    assert [shard.name for shard in source.shards] == [
        "files 1 to 3",
        "files 4 to 6",
        "files 7 to 7",
    ]
    assert [data for _, data in loaded(source)[0]] == IMAGES
    before = [shard.fingerprint for shard in source.shards]
    os.utime(tmp_path / "4.jpg", (1, 1))
    after = [shard.fingerprint for shard in open_source(".", tmp_path).shards]
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, False, True]


def test_a_csv_says_where_images_come_from(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(IMAGES[0])
    text = "file,licence,subject\na.jpg,CC0,a cat\nb.jpg,,\n"
    (tmp_path / "in" / "list.csv").write_text(text, encoding="utf-8")
    source = open_source("in/list.csv", tmp_path)
    first, *_ = items(source)
    assert (first.name, first.subject, first.licence) == ("a.jpg", "a cat", "CC0")
    assert first.load() == IMAGES[0]
    assert loaded(source)[1] == [("b.jpg", "there is no such file")]


@pytest.mark.parametrize("text", [b"name\na.jpg\n", b"", b"\xff\xfe\x00binary"])
def test_a_csv_that_is_none(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "list.csv").write_bytes(text)
    with pytest.raises(ReportError, match=r"list\.csv: it has no column `file`"):
        open_source("list.csv", tmp_path)


def test_rows_of_a_csv_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(IMAGES[0])
    (tmp_path / "b.jpg").write_bytes(IMAGES[1])
    rows = (
        b"file,subject", b"a.jpg,x", b",nothing", b"a.jpg,Caf\xe9",
        b"a.jpg," + b"y" * 200_000, b"b.jpg,last",
    )  # fmt: skip
    (tmp_path / "list.csv").write_bytes(b"\n".join(rows))
    read_, spoiled = loaded(open_source("list.csv", tmp_path))
    assert [name for name, _ in read_] == ["a.jpg", "b.jpg"]
    assert spoiled == [
        ("list.csv:3", "the row names no file"),
        ("list.csv:4", "the row is not in UTF-8"),
        ("list.csv:5", "the row is no CSV: field larger than field limit (131072)"),
    ]


@pytest.mark.parametrize(
    ("name", "mode"), [("x.tar", "w"), ("x.tar.gz", "w:gz"), ("x.tgz", "w:gz")]
)
def test_a_tar(tmp_path: Path, name: str, mode: str) -> None:
    (tmp_path / name).write_bytes(tar(MEMBERS, mode))
    source = open_source(name, tmp_path)
    assert [data for _, data in loaded(source)[0]] == IMAGES
    assert items(source)[0].name == f"{name}/a/0000.jpg"
    assert [item.load() for item in items(source, {2, 5})] == [IMAGES[2], IMAGES[5]]


def test_a_tar_says_where_images_come_from(tmp_path: Path) -> None:
    told = json.dumps({"license": "CC BY", "author": "somebody", "caption": "a\n dog"}).encode()
    members = {
        "1.json": told,
        "1.jpg": IMAGES[0],
        "2.jpg": IMAGES[1],
        "2.txt": b"a cat",
        "2.cls": b"7",
    }
    members |= {"3.png": IMAGES[2], "3.json": b"[[[", "4.jpg": IMAGES[3]}
    (tmp_path / "x.tar").write_bytes(tar(members))
    found = [
        (each.subject, each.source, each.licence) for each in items(open_source("x.tar", tmp_path))
    ]
    assert found == [("a dog", "somebody", "CC BY"), ("a cat", "", ""), ("", "", ""), ("", "", "")]


def test_links_and_giants_in_a_tar_are_named(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as archive:
        for name, kind in (("1.jpg", tarfile.SYMTYPE), ("2.jpg", tarfile.FIFOTYPE)):
            about = tarfile.TarInfo(name)
            about.type, about.linkname = kind, "/etc/passwd"
            archive.addfile(about)
    giant = tarfile.TarInfo("3.jpg")
    giant.size = MAX_BYTES + 1
    with path.open("r+b") as file:
        file.seek(2 * 512)
        file.write(giant.tobuf())
        file.seek(giant.size + 511 & ~511, os.SEEK_CUR)
        file.write(tar({"4.jpg": IMAGES[0]}))
    read_, spoiled = loaded(open_source("x.tar", tmp_path))
    assert [name for name, _ in read_] == ["x.tar/4.jpg"]
    assert [reason.split(" (")[0] for _, reason in spoiled] == [
        "it is no ordinary file",
        "it is no ordinary file",
        "it is larger than 64 MiB",
    ]


WHOLE = tar(MEMBERS)
BROKEN = {
    "cut short": WHOLE[:3000],
    "cut between members": WHOLE[: 2 * (512 + -(-len(IMAGES[0]) // 512) * 512)],
    "a header overwritten": WHOLE[:2048] + b"\xff" * 512 + WHOLE[2560:],
    "no tar": b"<html>not found</html>" * 100,
    "empty": b"",
    "a gz cut short": gzip.compress(WHOLE)[:-200],
    "a gz overwritten": gzip.compress(WHOLE)[:200] + b"\0" * 300,
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_tar_that_breaks_off_says_so(tmp_path: Path, kind: str) -> None:
    name = "x.tar.gz" if "gz" in kind else "x.tar"
    (tmp_path / name).write_bytes(BROKEN[kind])
    read_, spoiled = loaded(open_source(name, tmp_path))
    assert [data for _, data in read_] == IMAGES[: len(read_)]
    ((where, reason),) = spoiled
    assert where == name
    assert reason.startswith(f"the archive breaks off after {len(read_)} images")


def test_a_header_without_end_is_not_read_into_memory(tmp_path: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 40
    (tmp_path / "x.tar").write_bytes(header.tobuf() + b"0" * 5000)
    _, ((_, reason),) = loaded(open_source("x.tar", tmp_path))
    assert reason == "the archive breaks off after 0 images (ReadError)"


def test_parquet(tmp_path: Path) -> None:
    parquet(tmp_path / "x.parquet", IMAGES, group=2, caption=list("abcdefg"), license=["CC0"] * 7)
    source = open_source("x.parquet", tmp_path)
    assert [data for _, data in loaded(source)[0]] == IMAGES
    found = items(source)[3]
    assert (found.name, found.subject, found.licence) == ("x.parquet/row 3", "d", "CC0")
    assert [item.load() for item in items(source, {0, 5})] == [IMAGES[0], IMAGES[5]]


def test_large_parquet_files_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "PER_SHARD", 4)
    parquet(tmp_path / "x.parquet", IMAGES, group=2)
    source = open_source("x.parquet", tmp_path)
    assert [(shard.first, shard.last) for shard in source.shards] == [(0, 2), (2, 4)]
    assert [data for _, data in loaded(source)[0]] == IMAGES


def test_arrow_as_the_datasets_library_saves_it(tmp_path: Path) -> None:
    folder = tmp_path / "saved" / "train"
    folder.mkdir(parents=True)
    (tmp_path / "saved" / "dataset_dict.json").write_text("{}", encoding="utf-8")
    (folder / "state.json").write_text("{}", encoding="utf-8")
    arrow(folder / "data-00000-of-00001.arrow", IMAGES)
    source = open_source("saved", tmp_path)
    assert [data for _, data in loaded(source)[0]] == IMAGES
    assert [item.load() for item in items(source, {4})] == [IMAGES[4]]


def test_rows_without_images(tmp_path: Path) -> None:
    parquet(tmp_path / "x.parquet", [IMAGES[0], None, b"", IMAGES[1]])
    read_, spoiled = loaded(open_source("x.parquet", tmp_path))
    assert [data for _, data in read_] == IMAGES[:2]
    assert spoiled == [(f"x.parquet/row {row}", "the row holds no image") for row in (1, 2)]


def test_tables_of_another_schema_are_passed_over_and_named(tmp_path: Path) -> None:
    other = pa.table({"label": [1, 2]})
    for folder in ("parquet", "arrow"):
        (tmp_path / folder).mkdir()
    pq.write_table(other, tmp_path / "parquet" / "b.parquet")
    with pa.ipc.new_stream(tmp_path / "arrow" / "b.arrow", other.schema) as file:
        file.write_table(other)
    for number, name in enumerate("ac"):
        parquet(tmp_path / "parquet" / f"{name}.parquet", [IMAGES[number]])
        arrow(tmp_path / "arrow" / f"{name}.arrow", [IMAGES[number]])
    for folder in ("parquet", "arrow"):
        read_, ((name, reason),) = loaded(open_source(folder, tmp_path))
        assert [data for _, data in read_] == IMAGES[:2]
        assert name == f"b.{folder}"
        assert reason.startswith("it has no column of encoded images")


EMPTY = {"parquet": "no Parquet file", "arrow": "breaks off after 0", "tar": "breaks off after 0"}


@pytest.mark.parametrize("kind", EMPTY)
def test_files_that_are_none_among_others(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    if kind == "tar":
        path.write_bytes(tar({"1.jpg": IMAGES[0]}))
    else:
        (parquet if kind == "parquet" else arrow)(path, [IMAGES[0]])
    whole = path.read_bytes()
    (tmp_path / f"empty.{kind}").write_bytes(b"")
    (tmp_path / f"html.{kind}").write_bytes(b"<html>not found</html>" * 40)
    (tmp_path / f"cut.{kind}").write_bytes(whole[: min(700, len(whole) // 3)])
    os.mkfifo(tmp_path / f"pipe.{kind}")
    (tmp_path / f"link.{kind}").symlink_to(tmp_path / "nowhere")
    read_, spoiled = loaded(open_source(".", tmp_path))
    assert [data for _, data in read_] == [IMAGES[0]]
    reasons = dict(spoiled)
    assert len(reasons) == 5
    for name in ("empty", "html", "cut"):
        assert EMPTY[kind] in reasons[f"{name}.{kind}"]
    assert reasons[f"pipe.{kind}"] == "it is no ordinary file (a pipe or a device)"
    assert reasons[f"link.{kind}"] == "its symbolic link leads nowhere"


def test_what_else_a_pattern_names_is_passed_over_and_named(tmp_path: Path) -> None:
    for folder in ("data", "data/part.parquet"):
        (tmp_path / folder).mkdir()
    parquet(tmp_path / "data" / "part.parquet" / "0.parquet", [IMAGES[0]])
    (tmp_path / "data" / "README.md").write_text("# Data", encoding="utf-8")
    (tmp_path / "data" / "x.csv").write_text("name\n", encoding="utf-8")
    read_, spoiled = loaded(open_source("data/*", tmp_path))
    assert [data for _, data in read_] == [IMAGES[0]]
    assert spoiled == [
        ("README.md", "it is no folder, image, CSV, tar, Parquet or Arrow file"),
        ("x.csv", "it has no column `file`"),
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_archive_without_rights_is_named_and_scanned_when_it_has_them(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(WHOLE)
    path.chmod(0)
    before = open_source("x.tar", tmp_path)
    assert loaded(before)[1] == [("x.tar", "it may not be read (permission denied)")]
    path.chmod(0o600)
    after = open_source("x.tar", tmp_path)
    assert len(loaded(after)[0]) == 7
    assert before.shards[0].fingerprint != after.shards[0].fingerprint


def test_spoiled_parquet(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    parquet(path, IMAGES, group=3)
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    assert [name for name, _ in loaded(open_source("x.parquet", tmp_path))[1]] == ["x.parquet"]
    path.write_bytes(whole[:200] + b"\xff" * 3000 + whole[3200:])  # within the first row group
    source = open_source("x.parquet", tmp_path)
    read_, spoiled = loaded(source)
    assert len(read_) + sum(each.rows for each in items(source) if each.name == "x.parquet") == 7
    assert spoiled and read_[-1][1] == IMAGES[-1]


def test_spoiled_arrow(tmp_path: Path) -> None:
    path = tmp_path / "x.arrow"
    arrow(path, IMAGES)
    path.write_bytes(path.read_bytes()[:6000])
    read_, ((_, reason),) = loaded(open_source("x.arrow", tmp_path))
    assert reason.startswith(f"the table breaks off after {len(read_)} rows")
    assert [data for _, data in read_] == IMAGES[: len(read_)]


def test_many_files_by_glob_and_braces(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"x-{number:03}.tar").write_bytes(tar({f"{number}.jpg": IMAGES[number]}))
    for written in ("x-*.tar", "x-{000..002}.tar", "x-{000,001,002}.tar", "."):
        source = open_source(written, tmp_path)
        assert [data for _, data in loaded(source)[0]] == IMAGES[:3], written
    assert expanded("{a}{08..10}{x,y}") == (
        "{a}08x",
        "{a}08y",
        "{a}09x",
        "{a}09y",
        "{a}10x",
        "{a}10y",
    )
    for bomb in ("{0..999999999}", "{0..9999}{0..9999}"):
        with pytest.raises(ReportError, match="more than 100000"):
            expanded(bomb)


def test_a_folder_of_several_kinds(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(WHOLE)
    (tmp_path / "x.jpg").write_bytes(IMAGES[0])
    with pytest.raises(ReportError, match="several kinds of source: tar, images"):
        open_source(".", tmp_path)


@pytest.mark.parametrize("written", ["nowhere", "nowhere.tar", "*.tar", "x.zip"])
def test_nothing_there(tmp_path: Path, written: str) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK")
    with pytest.raises(ReportError):
        open_source(written, tmp_path)


def test_what_leads_outside(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "a.jpg").write_bytes(IMAGES[0])
    (outside / "x.tar").write_bytes(WHOLE)
    (inside / "a.jpg").symlink_to(outside / "a.jpg")
    (inside / "list.csv").write_text("file\n../out/a.jpg\n", encoding="utf-8")
    for written in (".", "list.csv"):
        source = open_source(written, inside, border=inside)
        assert [reason for _, reason in loaded(source)[1]] == ["it leads outside the project"]
        assert len(loaded(open_source(written, inside))[0]) == 1
    with pytest.raises(ReportError, match="leads outside the project"):
        open_source("../out/x.tar", inside, border=inside)


def test_memory_as_a_filesystem(tmp_path: Path) -> None:
    files = fsspec.filesystem("memory")
    files.pipe("/set/x.tar", WHOLE)
    files.pipe("/set/list.csv", b"file\n../secret.jpg\na/0.jpg\n")
    files.pipe("/set/a/0.jpg", IMAGES[0])
    files.pipe("/secret.jpg", IMAGES[1])
    try:
        assert len(loaded(open_source("memory://set/x.tar", tmp_path))[0]) == 7
        assert len(loaded(open_source("memory://set/a", tmp_path))[0]) == 1
        read_, spoiled = loaded(open_source("memory://set/list.csv", tmp_path))
        assert [name for name, _ in read_] == ["a/0.jpg"]
        assert spoiled == [("../secret.jpg", "it leads out of its folder")]
    finally:
        files.rm("/", recursive=True)


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    handler = partial(_Handler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        thread = threading.Thread(target=served.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()
        thread.join()


def test_http(tmp_path: Path, server: str) -> None:
    for number in range(2):
        (tmp_path / f"x-{number}.tar").write_bytes(WHOLE)
    (tmp_path / "list.csv").write_text("file\na.jpg\nb.jpg\n", encoding="utf-8")
    (tmp_path / "a.jpg").write_bytes(IMAGES[0])
    assert len(loaded(open_source(f"{server}/x-{{0..1}}.tar", tmp_path))[0]) == 14
    read_, spoiled = loaded(open_source(f"{server}/list.csv", tmp_path))
    assert read_ == [("a.jpg", IMAGES[0])]
    assert spoiled == [("b.jpg", "there is no such file")]
    with pytest.raises(ReportError):
        open_source(f"{server}/none.tar", tmp_path)


def test_a_line_that_breaks_is_no_fault_of_the_images(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(WHOLE)
    parquet(tmp_path / "x.parquet", IMAGES, group=2)
    for name in ("x.tar", "x.parquet"):
        source = open_source(name, tmp_path)
        broken = _Breaking(source.disk.files)
        disk = type(source.disk)(broken)
        with pytest.raises(SourceError, match="the line broke"):
            list(read(disk, source.shards[0]))


class _Breaking:
    """A filesystem whose files fail after 3,000 bytes."""

    def __init__(self, files: object) -> None:
        self.files = files

    def open(self, path: str, mode: str) -> object:
        file = self.files.open(path, mode)  # type: ignore[attr-defined]
        plain, left = file.read, [3000]

        def read_(size: int = -1) -> bytes:
            left[0] -= size if size >= 0 else 10**9
            if left[0] < 0:
                raise ConnectionResetError("the line broke")
            return bytes(plain(size))

        file.read = read_
        return file


@pytest.mark.parametrize("written", ["tar://x::memory://y.tar", "simplecache::s3://a/b.tar"])
def test_chains_are_refused(tmp_path: Path, written: str) -> None:
    with pytest.raises(ReportError):
        open_source(written, tmp_path)


def test_addresses_of_an_unknown_kind(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="cannot be read"):
        open_source("gopher9://somewhere/x.tar", tmp_path)
    assert is_address("s3://a/b") and is_address("http://a/b")
    assert not is_address("a/b.tar") and not is_address("file:///a") and not is_address("C:/a")


def two_columns(path: Path, kind: str) -> None:
    made = pa.table({"mask": IMAGES[3:6], "image": IMAGES[:3]})
    if kind == "parquet":
        pq.write_table(made, path)
    else:
        with pa.ipc.new_stream(path, made.schema) as file:
            file.write_table(made)


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_of_several_columns_of_images_one_is_named_and_another_can_be_chosen(
    tmp_path: Path, kind: str
) -> None:
    two_columns(tmp_path / f"x.{kind}", kind)
    source = open_source(f"x.{kind}", tmp_path)
    assert [data for _, data in loaded(source)[0]] == IMAGES[:3]
    (remark,) = [each for item in items(source) for each in item.remarks]
    assert "2 columns of images (image, mask), of which image is shown" in remark
    assert "`column: NAME` under `scan:`" in remark
    chosen = open_source(f"x.{kind}", tmp_path, column="mask")
    assert [data for _, data in loaded(chosen)[0]] == IMAGES[3:6]
    assert not any(item.remarks for item in items(chosen))
    assert chosen.shards[0].fingerprint != source.shards[0].fingerprint
    _, ((_, reason),) = loaded(open_source(f"x.{kind}", tmp_path, column="depth"))
    assert reason == "it has no column of images 'depth': it has mask, image"


@pytest.mark.parametrize("endings", [("jpg", "seg.png"), ("left.jpg", "right.jpg"), ("jpg", "png")])
def test_of_several_images_of_a_sample_one_can_be_chosen(
    tmp_path: Path, endings: tuple[str, str]
) -> None:
    names = [f"{number:03}.{ending}" for number in range(3) for ending in endings]
    (tmp_path / "x.tar").write_bytes(tar(dict(zip(names, IMAGES, strict=False))))
    source = open_source("x.tar", tmp_path)
    assert len(items(source)) == 6
    (remark,) = [each for item in items(source) for each in item.remarks]
    assert f"several images ({', '.join(endings)}), of which all are shown" in remark
    chosen = open_source("x.tar", tmp_path, column=endings[1])
    assert [data for _, data in loaded(chosen)[0]] == [IMAGES[1], IMAGES[3], IMAGES[5]]
    assert not any(item.remarks for item in items(chosen))


def test_a_folder_has_no_columns(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(IMAGES[0])
    with pytest.raises(ReportError, match="has no columns"):
        open_source(".", tmp_path, column="image")
