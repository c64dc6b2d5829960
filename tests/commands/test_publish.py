"""Publishing: a commit on a branch of its own, and nothing else touched or sent."""

import json
import subprocess
from pathlib import Path

import pytest

from generator.commands.publish import publish
from generator.errors import ReportError
from generator.results.write import results
from generator.site.docs import MARKER
from tests import records
from tests.conftest import Run

PERSON = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *PERSON, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def site(folder: Path, *, held: bool = True) -> Path:
    made = folder / "site"
    (made / "layers" / "_private").mkdir(parents=True)
    report = json.loads(results(records.findings()))
    report["gates"] = [{"name": "allow", "held": held, "detail": "x"}]
    (made / "results.json").write_text(json.dumps(report))
    (made / MARKER).write_text("made")
    (made / "index.html").write_bytes(b"<p>\r\n")
    (made / "layers" / "_private" / "a.html").write_text("a")
    return made


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / ".gitignore").write_text("/site/\n*.html\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "one")
    return folder


def test_the_site_becomes_a_commit_and_nothing_else_changes(project: Path):
    (project / "draft.txt").write_text("unsaved")
    (project / "staged.txt").write_text("staged")
    git(project, "add", "staged.txt")
    before = git(project, "status", "--porcelain"), git(project, "rev-parse", "HEAD")
    said: list[str] = []
    assert publish(site(project), say=said.append) == 0
    assert (git(project, "status", "--porcelain"), git(project, "rev-parse", "HEAD")) == before
    listed = git(project, "ls-tree", "-r", "--name-only", "gh-pages").splitlines()
    assert listed == [
        ".nojekyll",
        MARKER,
        "index.html",
        "layers/_private/a.html",
        "results.json",
    ]
    blob = subprocess.run(
        ["git", "show", "gh-pages:index.html"], cwd=project, capture_output=True, check=True
    )
    assert blob.stdout == b"<p>\r\n"
    assert said[-1] == "nothing was pushed; next: git push origin gh-pages"


def test_the_same_site_is_not_committed_twice(project: Path):
    made = site(project)
    publish(made, say=lambda _: None)
    first = git(project, "rev-parse", "gh-pages")
    said: list[str] = []
    publish(made, say=said.append)
    assert git(project, "rev-parse", "gh-pages") == first
    assert "up to date" in said[0]
    (made / "index.html").write_text("new")
    publish(made, say=lambda _: None)
    assert git(project, "rev-parse", "gh-pages^") == first


def test_it_is_pushed_where_it_is_asked_to_be(project: Path, tmp_path: Path):
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    git(project, "remote", "add", "there", str(tmp_path / "remote.git"))
    said: list[str] = []
    publish(site(project), say=said.append)
    assert git(tmp_path / "remote.git", "branch") == ""
    assert "git push there gh-pages" in said[-1]
    publish(project / "site", remote="there", say=said.append)
    pushed = git(tmp_path / "remote.git", "rev-parse", "gh-pages")
    assert pushed == git(project, "rev-parse", "gh-pages")


def test_a_failed_gate_publishes_nothing(project: Path):
    said: list[str] = []
    assert publish(site(project, held=False), say=said.append) == 1
    assert "gate allow: FAILED: x" in said
    assert "gh-pages" not in git(project, "branch")


def test_what_cannot_be_published_is_refused(project: Path, tmp_path: Path, run: Run):
    for folder, branch, message in (
        (project / "nowhere", "gh-pages", "holds no finished site"),
        (site(project), "main", "main is checked out"),
        (project / "site", "-x", "cannot be the name of a branch"),
        (site(tmp_path), "gh-pages", "lies in no git repository"),
    ):
        with pytest.raises(ReportError, match=message):
            publish(folder, branch=branch, say=lambda _: None)
    git(project, "branch", "thesis")
    with pytest.raises(ReportError, match="did not make"):
        publish(project / "site", branch="thesis", say=lambda _: None)
    refused = run("publish", "--spec", project / "report.yml", "--remote", "nowhere")
    assert refused.code == 3
    assert "git push: 'nowhere' does not appear to be a git repository" in refused.err
