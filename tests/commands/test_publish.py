"""Publishing: a commit on a branch of its own, and nothing else touched or sent."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.commands.publish import publish, repository
from generator.commands.publish.repository import Digests, Repository
from generator.errors import MachineError, ReportError
from generator.results.write import results
from generator.site.docs import MARKER
from generator.site.manifest import MANIFEST, write_manifest
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
    write_manifest(made)
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
        MANIFEST,
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
    write_manifest(made)
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


def changed(made: Path) -> None:
    (made / "index.html").write_text("another page")


def added(made: Path) -> None:
    (made / "notes.txt").write_text("mine")


def removed(made: Path) -> None:
    (made / "layers" / "_private" / "a.html").unlink()


def linked(made: Path) -> None:
    (made / "secret").symlink_to(made.parent / ".gitignore")


def nested(made: Path) -> None:
    git(made, "init", "-q", ".")


def without_manifest(made: Path) -> None:
    (made / MANIFEST).unlink()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (changed, "site/index.html: it was changed after the build"),
        (added, "site/notes.txt: it was added after the build"),
        (removed, "site/layers/_private/a.html: it is missing"),
        (linked, "site/secret: it is a link"),
        (nested, "site/.git: it belongs to a git repository in the site"),
        (without_manifest, f"site/{MANIFEST}: there is no such file"),
    ],
)
def test_a_site_that_is_not_as_it_was_built_is_refused(
    project: Path, spoil: Callable[[Path], None], message: str
):
    made = site(project)
    spoil(made)
    with pytest.raises(ReportError, match=message) as refusal:
        publish(made, say=pytest.fail)
    assert "make site" in refusal.value.remedy
    assert "gh-pages" not in git(project, "branch")


def test_a_link_to_a_site_is_refused(project: Path):
    site(project).rename(project / "real")
    (project / "site").symlink_to("real")
    with pytest.raises(ReportError, match="site is a link"):
        publish(project / "site", say=pytest.fail)


def test_many_differences_are_named_and_counted(project: Path):
    made = site(project)
    for number in range(30):
        (made / f"{number:02}.txt").write_text("mine")
    with pytest.raises(ReportError, match="and 20 more"):
        publish(made, say=pytest.fail)


def committed(project: Path) -> dict[str, bytes]:
    names = git(project, "ls-tree", "-r", "-z", "--name-only", "gh-pages").split("\0")
    return {
        name: subprocess.run(
            ["git", "cat-file", "blob", f"gh-pages:{name}"],
            cwd=project,
            capture_output=True,
            check=True,
        ).stdout
        for name in filter(None, names)
    }


def test_the_user_s_filters_attributes_and_hooks_change_no_byte(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    made = site(project)
    (made / "ü b.html").write_bytes(b"$Id$\r\n\xff")
    write_manifest(made)
    before = {
        p.relative_to(made).as_posix(): p.read_bytes() for p in made.rglob("*") if p.is_file()
    }
    attributes = "* text=auto eol=lf ident filter=spoil working-tree-encoding=UTF-16\n"
    (project / ".gitattributes").write_text(attributes)
    (project / ".git" / "info" / "attributes").write_text(attributes)
    (tmp_path / "attributes").write_text(attributes)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-commit", "commit-msg", "reference-transaction", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran-{name}\nexit 1\n")
        (hooks / name).chmod(0o755)
    for key, value in {
        "core.attributesFile": str(tmp_path / "attributes"),
        "core.autocrlf": "input",
        "core.safecrlf": "true",
        "filter.spoil.clean": "tr a-z A-Z",
        "filter.spoil.required": "true",
        "core.splitIndex": "true",
        "core.sparseCheckout": "true",
        "index.sparse": "true",
        "core.hooksPath": str(hooks),
        "commit.gpgSign": "true",
        "gpg.program": "false",
        "i18n.commitEncoding": "ISO-8859-1",
    }.items():
        git(project, "config", key, value)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert publish(made, say=lambda _: None) == 0
    monkeypatch.undo()
    assert committed(project) == before | {".nojekyll": b""}
    assert not list(tmp_path.glob("ran-*"))


def test_a_file_that_changes_meanwhile_moves_no_branch(
    project: Path, monkeypatch: pytest.MonkeyPatch
):
    made = site(project)
    tree = Repository._tree

    def late(self: Repository, folder: Path, files: Digests) -> str:
        (made / "index.html").write_text("other")
        return tree(self, folder, files)

    monkeypatch.setattr(Repository, "_tree", late)
    with pytest.raises(MachineError, match=r"git keeps index\.html otherwise"):
        publish(made, say=pytest.fail)
    assert "gh-pages" not in git(project, "branch")


def test_objects_are_read_back_in_pieces(project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(repository, "_AT_ONCE", 3)
    assert publish(site(project), say=lambda _: None) == 0
    assert committed(project)["index.html"] == b"<p>\r\n"
