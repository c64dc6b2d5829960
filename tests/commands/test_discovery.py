"""`find` and `explore` on the small report, and the claim that `find` proposes, pasted."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from generator.findings.validity import find_fault
from generator.models.layers import vgg
from generator.spec import Study, read, review
from tests.conftest import LIBRARY, SMALL, Run


@pytest.fixture
def spec(built: Path, tmp_path: Path) -> Path:
    """A copy of the small report, its photographs a library now, its store filled."""
    shutil.copytree(built.parent, tmp_path / "report")
    spec = tmp_path / "report" / "report.yml"
    spec.write_text(SMALL.replace("render:", "images: photographs\nrender:"))
    return spec


def reviewed(spec: Path) -> Study:
    return review(read(spec), catalogue=vgg)


FISH = ("--layer", "5", "--positives", "tags:fish", "--controls", "tags:-fish", "--device", "cpu")


def test_find_after_build_scans_nothing(run: Run, spec: Path) -> None:
    ended = run("find", *FISH, "--spec", spec, "--top", 3)
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == (
        "# EXPLORATORY: all 128 filters of features.5, ranked on 4 positives, 4 controls"
    )
    rows = [line.split()[1:] for line in lines if re.match(r"# +\d+ +\d+ +[01]\.", line)]
    assert [row[0] for row in rows] == ["1", "2", "3"]
    areas = [float(row[2]) for row in rows]
    assert areas == sorted(areas, reverse=True)
    assert all(0 < float(row[3]) <= 1 and 0 < float(row[4]) <= 1 for row in rows)
    assert run("find", *FISH, "--spec", spec, "--top", 3).out == ended.out


def test_the_proposed_claim_counts_fresh_photographs_alone(run: Run, spec: Path) -> None:
    ended = run("find", *FISH, "--spec", spec)
    assert ended.code == 0, ended.err
    spec.write_text(spec.read_text() + ended.out)
    stale = reviewed(spec).evidence[1]
    assert (stale.positives, stale.controls) == ((), ())
    assert all(removed.discovered for removed in stale.removed)
    assert "chose the filter" in find_fault(stale, None)
    for kind in ("fish", "birds"):
        for fresh in sorted((LIBRARY / kind).glob("*.jpg"))[4:6]:
            shutil.copy(fresh, spec.parent / "photographs" / kind)
    evidence = reviewed(spec).evidence[1]
    assert len(evidence.discovery) == 8
    assert (len(evidence.positives), len(evidence.controls)) == (2, 2)
    used = {photograph.sha256 for photograph in evidence.discovery}
    assert not used & {photograph.sha256 for photograph in evidence.photographs}
    assert evidence.claim.layer == "features.5"


def test_a_copy_of_a_discovery_photograph_is_no_fresh_one(run: Run, spec: Path) -> None:
    spec.write_text(spec.read_text() + run("find", *FISH, "--spec", spec).out)
    fish = spec.parent / "photographs" / "fish"
    shutil.copy(next(fish.iterdir()), fish / "renamed.jpg")
    evidence = reviewed(spec).evidence[1]
    assert evidence.positives == ()
    assert "fish/renamed.jpg" in " ".join(r.photograph.name for r in evidence.removed)


def test_find_by_paths_and_with_lookalikes(
    run: Run, spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(spec.parent.parent)
    fish = sorted(path.name for path in (spec.parent / "photographs" / "fish").iterdir())
    ended = run(
        "find", "--layer", "conv2_1", "--device", "cpu", "--spec", spec,
        "--positives", f"report/photographs/fish/{fish[0]}",
        "--positives", f"report/photographs/fish/{fish[1]}",
        "--lookalikes", f"report/photographs/fish/{fish[2]}",
        "--controls", "report/photographs/b*/",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert "AUC look-alikes" in ended.out
    assert "ranked on 2 positives, 4 controls, 1 look-alikes" in ended.out
    assert f"positives: [photographs/fish/{fish[0]}, photographs/fish/{fish[1]}]" in ended.out
    assert 'controls: ["photographs/b*"]' in ended.out
    assert ended.out.count("\n      - photographs/") == 7


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tags:fisch"], "--positives: no photograph of the library has the tag 'fisch'; did you"),
        (["tags:"], "has an empty tag"),
        (["tags:fish,-"], "has an empty tag"),
        (["tags:fish", "photographs/birds"], "a query of tags stands alone"),
        ([""], "--positives: an empty path"),
        (["nowhere/*.jpg"], "--positives: no photograph is left: nowhere/*.jpg"),
        (["/etc"], "leads outside the project"),
        (["tags:birds"], "is a positive as well|are positives as well"),
    ],
)
def test_questions_that_are_refused(
    run: Run, spec: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(spec.parent)
    options = [part for word in words for part in ("--positives", word)]
    ended = run("find", "--layer", 5, *options, "--controls", "photographs/birds")
    assert (ended.code, ended.out) == (2, "")
    assert re.search(said.replace("*", r"\*"), ended.err), ended.err
    assert "tags:bird,-" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("command", ["find", "explore"])
def test_help(run: Run, command: str) -> None:
    ended = run(command, "--help")
    assert ended.code == 0
    assert "--store" in ended.out
    assert ("tags:bird" in ended.out) is (command == "find")


def test_no_such_layer_and_a_broken_spec(run: Run, spec: Path) -> None:
    ended = run("find", *FISH[2:], "--layer", "conv9", "--spec", spec)
    assert ended.code == 2
    assert "vgg16 has no layer 'conv9'" in ended.err
    spec.write_text(spec.read_text().replace("seed: 0", "sede: 0"))
    broken = run("find", *FISH, "--spec", spec)
    assert broken.code == 2
    assert "report.yml:4:" in broken.err
    spec.write_text(SMALL.replace("render:", "images: elsewhere\nrender:"))
    no_library = run("find", *FISH, "--spec", spec)
    assert no_library.code == 2
    assert "report.yml:3:" in no_library.err
    assert "claims" not in no_library.err


# ---- explore


def test_explore_after_build_scans_nothing(run: Run, spec: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "new" / "sheet"
    ended = run("explore", 5, 33, "-n", 2, "-o", sheet, "--device", "cpu", "--spec", spec)
    assert ended.code == 0, ended.err
    assert "responses" not in ended.err
    assert ended.out.startswith("features.5:33 on 8 photographs\n")
    ranks = [int(line.split()[0]) for line in ended.out.splitlines() if line[:6].strip().isdigit()]
    assert ranks[:2] == [1, 2]
    assert ranks[-2:] == [7, 8]
    assert len(ranks) == len(set(ranks)) == 6
    page = (sheet / "features.5-33.html").read_text(encoding="utf-8")
    assert page.count("<img") == 6
    assert not re.search(r'(src|href)="(?!data:)', page)


def test_explore_other_photographs(run: Run, spec: Path, tmp_path: Path) -> None:
    """A folder outside of the project; every response is kept in the store."""
    shutil.copytree(spec.parent / "photographs" / "fish", tmp_path / "mine")
    (tmp_path / "mine" / "broken.jpg").write_bytes(b"no photograph")
    images = ("--images", tmp_path / "mine", "--device", "cpu", "--spec", spec)
    ended = run("explore", "conv2_1", 12, *images)
    assert ended.code == 0, ended.err
    assert "broken.jpg was left out" in ended.err
    assert "responses:" not in ended.err  # the same files as the report's, under other names
    assert "features.5:12 on 4 photographs" in ended.out


def test_what_explore_refuses(run: Run, spec: Path, tmp_path: Path) -> None:
    beyond = run("explore", 5, 128, "--spec", spec)
    assert (beyond.code, beyond.out) == (2, "")
    assert "filters 0 to 127: no 128" in beyond.err
    (tmp_path / "empty").mkdir()
    empty = run("explore", 5, 1, "--images", tmp_path / "empty", "--spec", spec)
    assert empty.code == 2
    assert "--images: there is no photograph in this folder" in empty.err
    file = run("explore", 5, 1, "-o", spec, "--spec", spec)
    assert file.code == 3
    assert "name a folder with -o" in file.err
    assert run("explore", 5, 1, "-n", 0, "--spec", spec).code == 2
