"""The whole site: built, checked, swapped, and the same bytes at every build."""

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from generator.errors import MachineError, ReportError, SiteError, SpecError
from generator.findings.findings import Findings
from generator.site import SiteReport, build
from generator.site.docs import MARKER
from generator.system import folder_mark
from generator.system.resources import frame
from tests import records
from tests.hostile import GROUPS


def digests(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Findings, Path, Path]:
    folder = tmp_path_factory.mktemp("project")
    findings = records.findings()
    build(findings, folder / "site", work=folder / "build")
    return findings, folder / "site", folder / "build"


def test_a_site_has_everything_that_a_reader_needs(built: tuple[Findings, Path, Path]):
    _, out, _ = built
    names = set(digests(out))
    assert names >= {
        "index.html",
        "claims/index.html",
        "claims/arches.html",
        "layers/features.28/index.html",
        "layers/features.28/501.html",
        "method.html",
        "provenance.html",
        "results.json",
        "data/claims.csv",
        "data/filters.csv",
        "data/photographs.csv",
        "data/photographs-readme.txt",
        "data/responses/arches.csv",
        "pictures/features.28/501.png",
        "search/search_index.js",
        MARKER,
    }
    assert json.loads((out / "results.json").read_text())["claims"][0]["id"] == "arches"


def test_the_search_reads_cells_as_words_of_their_own(built: tuple[Findings, Path, Path]):
    _, out, _ = built
    found = json.loads((out / "search" / "search_index.json").read_text())["docs"]
    texts = {each["location"]: each["text"] for each in found}
    assert "Name Value Meaning" in texts["method.html#tests"]
    assert "Licence CC-BY" in texts["provenance.html#the-network"].replace("\n", " ")
    # Claims are found on their own pages, and charts are no text.
    assert "claims/index.html#the-claims-one-by-one" not in texts
    assert "T1T2" not in (page := texts["claims/index.html"])
    assert "arches" not in page
    assert not [place for place, text in texts.items() if "0.20.4" in text]


def test_no_page_names_this_machine(built: tuple[Findings, Path, Path]):
    _, out, work = built
    for path in (*out.rglob("*.html"), *out.rglob("*.js*n"), work / "mkdocs.yml"):
        assert str(work.parent) not in path.read_text(encoding="utf-8")


def test_the_same_findings_give_the_same_bytes(built: tuple[Findings, Path, Path], tmp_path: Path):
    _, out, work = built
    before, encoded = digests(out), {p: p.stat().st_mtime_ns for p in (work / "assets").iterdir()}
    report = build(records.findings(), tmp_path / "elsewhere", work=work)
    assert digests(tmp_path / "elsewhere") == before
    assert {p: p.stat().st_mtime_ns for p in (work / "assets").iterdir()} == encoded
    assert isinstance(report, SiteReport)
    assert (report.files, report.pages) == (len(before), sum(n.endswith(".html") for n in before))


def test_pages_of_filters_that_are_gone_go_as_well(
    built: tuple[Findings, Path, Path], tmp_path: Path
):
    findings, _, work = built
    shutil.copytree(work, tmp_path / "build")
    layers = tuple(replace(y, filters=y.filters[:1]) for y in findings.layers)
    build(
        replace(findings, layers=layers, claims=findings.claims[:2]),
        tmp_path / "site",
        work=tmp_path / "build",
    )
    names = set(digests(tmp_path / "site"))
    assert "layers/features.28/501.html" in names
    assert not {n for n in names if "286" in n or "cats" in n}


def test_hand_written_pages_take_the_front(tmp_path: Path):
    pages = tmp_path / "pages"
    (pages / "notes").mkdir(parents=True)
    (pages / "index.md").write_text(
        "# Mine\n\n{{ figure('conv5_3', 501) }}\n\n{{ claim('arches') }}\n\n![Own](own.png)\n\n"
        "Rank {{ number('claims.arches.t3.value') }} is {{ verdict('arches') }}; "
        "see [method](method.md) and [more](notes/more.md).\n"
    )
    (pages / "notes" / "more.md").write_text("# More\n\n{{ gallery('features.24') }}\n")
    (pages / "own.png").write_bytes(records.rendering("x", 1, size=16).png.read())
    findings = records.findings(records.study(pages))
    build(findings, tmp_path / "site", work=tmp_path / "build")
    page = LexborHTMLParser((tmp_path / "site" / "index.html").read_text())
    assert [h.text() for h in page.css("h1")] == ["Mine"]
    assert "Rank 1 is" in page.css_first("article.md-content__inner").text()
    assert page.css_first("article .fb-card .fb-verdict").text() == "Supported"
    more = (tmp_path / "site" / "notes" / "more.html").read_text()
    assert "../layers/features.24/456.html" in more


def test_wrong_references_stop_the_build_before_anything_is_written(tmp_path: Path):
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.md").write_text("{{ claim('arhces') }}")
    with pytest.raises(SpecError, match="did you mean arches"):
        build(records.findings(records.study(pages)), tmp_path / "site", work=tmp_path / "build")
    assert not (tmp_path / "site").exists()


def test_dead_links_stop_the_build_before_anything_is_written(tmp_path: Path):
    pages, out = tmp_path / "pages", tmp_path / "site"
    pages.mkdir()
    (pages / "index.md").write_text("# T\n\n[gone](gone.md)\n")
    with pytest.raises(SpecError, match=r"index\.md:3:8: 'gone\.md' leads to no page"):
        build(records.findings(records.study(pages)), out, work=tmp_path / "build")
    assert not out.exists()


def test_what_the_checker_refuses_leaves_the_old_site(tmp_path: Path):
    pages, out = tmp_path / "pages", tmp_path / "site"
    pages.mkdir()
    out.mkdir()
    folder_mark.write(out, "", [MARKER])
    (pages / "large.png").write_bytes(
        records.rendering("x", 1, size=16).png.read() + bytes(400_000)
    )
    (pages / "index.md").write_text('# T\n\n<img src="large.png" loading="eager" alt="">\n')
    with pytest.raises(SiteError, match=r"most of it is large\.png"):
        build(records.findings(records.study(pages)), out, work=tmp_path / "build")
    assert [p.name for p in out.iterdir()] == [MARKER]


def test_mkdocs_by_hand_builds_the_same_pages(tmp_path: Path):
    """With the repository's own mkdocs.yml beside a spec, as `make site` leaves it."""
    shutil.copy(records.ROOT / "mkdocs.yml", tmp_path)
    study = replace(records.study(), folder=tmp_path)
    build(records.findings(study), tmp_path / "site", work=tmp_path / "build")
    pages = {n for n in digests(tmp_path / "site") if n.endswith(".html")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "mkdocs", "build", "--strict"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {n for n in digests(tmp_path / "site") if n.endswith(".html")} >= pages
    build(records.findings(study), tmp_path / "site", work=tmp_path / "build")


def test_a_project_may_bring_its_own_configuration(tmp_path: Path):
    (tmp_path / "mkdocs.yml").write_text("site_name: x\nnonsense_key: [\n")
    study = replace(records.study(), folder=tmp_path)
    with pytest.raises(SiteError, match="MkDocs refused"):
        build(records.findings(study), tmp_path / "site", work=tmp_path / "build")


@pytest.mark.parametrize("text", GROUPS, ids=range(len(GROUPS)))
def test_hostile_text_adds_no_node_anywhere(
    built: tuple[Findings, Path, Path], tmp_path: Path, text: str
):
    """Page by page, the elements are those of the harmless report: nothing more."""
    _, plain, work = built
    shutil.copytree(work, tmp_path / "build")  # images need not be encoded again
    build(records.with_text(text), tmp_path / "site", work=tmp_path / "build")
    for path in sorted(plain.rglob("*.html")):
        name = path.relative_to(plain)
        one = LexborHTMLParser(path.read_text(encoding="utf-8"))
        other = LexborHTMLParser((tmp_path / "site" / name).read_text(encoding="utf-8"))
        assert shape(other) == shape(one), name
        assert not [n for n in other.css("*") for a in n.attributes if a.startswith("on")]


def shape(tree: LexborHTMLParser) -> list[tuple[str, tuple[str, ...]]]:
    """Every element outside of lists whose length depends on the texts, with its attributes."""
    for node in tree.css(".fb-table tbody, .fb-gates, .fb-role"):
        node.decompose()
    skipped = {"wbr"}
    return [
        (node.tag or "", tuple(sorted(node.attributes)))
        for node in tree.css("*")
        if node.tag not in skipped
    ]


def test_a_folder_of_someone_elses_is_never_replaced(tmp_path: Path):
    out = tmp_path / "site"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    with pytest.raises(ReportError, match="did not make"):
        build(records.findings(), out, work=tmp_path / "build")
    assert (out / "thesis.txt").read_text() == "years of work"


def test_the_package_finds_its_own_templates():
    assert (frame() / "site_src" / "templates" / "claim.md.j2").is_file()
    assert (frame() / "mkdocs.yml").is_file()


def test_what_mkdocs_passes_over_is_no_fault_of_the_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = import_module("generator.site")
    build(records.findings(), tmp_path / "site", work=tmp_path / "build")
    before = digests(tmp_path / "site")
    honest = site.run

    def passes_over(config: Path, to: Path) -> None:
        honest(config, to)
        shutil.rmtree(to / "claims")

    monkeypatch.setattr(site, "run", passes_over)
    with pytest.raises(MachineError, match=r"left out .* \(claims/arches.html"):
        build(records.findings(), tmp_path / "site", work=tmp_path / "build")
    assert digests(tmp_path / "site") == before
