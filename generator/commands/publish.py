"""`publish`: commits the finished site to a branch of its own; pushes only if asked."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from generator.commands.options import DEFAULT_SPEC, SpecOption
from generator.errors import ExitCode, MachineError, ReportError
from generator.results import junit, read
from generator.site.docs import MARKER
from generator.system.locations import locations_beside


def command(
    spec: SpecOption = DEFAULT_SPEC,
    out: Annotated[Path | None, typer.Option(help="The site's folder [site by the spec].")] = None,
    branch: Annotated[str, typer.Option(help="Where the site is committed.")] = "gh-pages",
    remote: Annotated[str, typer.Option(help="Push there; nothing is pushed without.")] = "",
) -> int:
    """Commit the finished site to a branch of its own; 1 if a gate failed."""
    return publish(locations_beside(spec, out=out).site, branch=branch, remote=remote, say=print)


BRANCH = "gh-pages"
MESSAGE = "site: {title}"
PLAIN = ("-c", "core.autocrlf=false", "-c", "core.fsmonitor=false")  # bytes as they are
AUTHOR = {  # for repositories without a user; whoever has one signs with it
    "GIT_AUTHOR_NAME": "Filterbook",
    "GIT_AUTHOR_EMAIL": "filterbook@localhost",
    "GIT_COMMITTER_NAME": "Filterbook",
    "GIT_COMMITTER_EMAIL": "filterbook@localhost",
}


def publish(
    site: Path, *, branch: str = BRANCH, remote: str = "", say: Callable[[str], None]
) -> ExitCode:
    """Write the site to a branch of the repository that it lies in, and push it if asked.

    The working tree, the index and the current branch stay as they are. The exit code is that of
    the report's gates: what failed is not published.

    Raises
    ------
    ReportError
        There is no finished site, no repository, or the branch is checked out or is no site's.
    MachineError
        git fails, or refuses to push.
    """
    if not (site / MARKER).is_file():
        raise ReportError(f"{site} holds no finished site", "build it first: make site")
    report = read.load(site / "results.json")
    if junit.verdict(report) is not ExitCode.DONE:
        for line in junit.told(report):
            say(line)
        say("nothing was published: a gate failed")
        return ExitCode.GATE_FAILED
    repository = _repository(site)
    _refuse(repository, branch)
    title = str(report.rest.get("title", "")).split("\n")[0][:60]
    commit, is_new = repository.commit(site.resolve(), branch, MESSAGE.format(title=title))
    short = commit[:10]
    say(f"{branch} is at {short}" if is_new else f"{branch} is up to date at {short}")
    if not remote:
        say(f"nothing was pushed; next: git push {_remote(repository)} {branch}")
        return ExitCode.DONE
    repository.git("push", "--", remote, f"refs/heads/{branch}:refs/heads/{branch}")
    say(f"pushed to {remote}; on GitHub, choose {branch} under Settings, Pages")
    return ExitCode.DONE


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository, spoken to by git itself: ``folder`` is its git directory."""

    folder: Path

    def git(self, *words: str, index: Path | None = None, tree: Path | None = None) -> str:
        """Run git and give what it prints; ``index`` and ``tree`` stand in for the repository's.

        Raises
        ------
        MachineError
            It fails, with its own words.
        """
        done = self.ask(*words, index=index, tree=tree)
        if done.returncode:
            raise MachineError(f"git {words[0]}: {_cause(done)}")
        return done.stdout.strip()

    def ask(
        self, *words: str, index: Path | None = None, tree: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run git, whatever it answers."""
        where = [f"--git-dir={self.folder}", *([f"--work-tree={tree}"] if tree else [])]
        environment = dict(os.environ) | ({"GIT_INDEX_FILE": str(index)} if index else {})
        if words[0] == "commit-tree" and not self.find_text("config", "user.email"):
            environment |= AUTHOR
        return _run("git", *where, *PLAIN, *words, folder=tree, environment=environment)

    def find_text(self, *words: str) -> str:
        """What git answers, or nothing where it has no answer."""
        done = self.ask(*words)
        return "" if done.returncode else done.stdout.strip()

    def commit(self, site: Path, branch: str, message: str) -> tuple[str, bool]:
        """Commit a folder as the whole tree of a branch; whether that made anything new."""
        with tempfile.TemporaryDirectory() as folder:
            index = Path(folder) / "index"
            self.git("add", "--force", "--all", ".", index=index, tree=site)
            empty = self.git("hash-object", "-w", os.devnull)
            entry = f"100644,{empty},.nojekyll"  # or GitHub would leave out files named _…
            self.git("update-index", "--add", "--cacheinfo", entry, index=index)
            tree = self.git("write-tree", index=index)
        parent = self.find_text("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}")
        if parent and self.git("rev-parse", f"{parent}^{{tree}}") == tree:
            return parent, False
        parents = ("-p", parent) if parent else ()
        made = self.git("commit-tree", tree, *parents, "-m", message)
        self.git("update-ref", "-m", message, f"refs/heads/{branch}", made, parent)
        return made, True


def _repository(site: Path) -> Repository:
    words = ("git", "rev-parse", "--absolute-git-dir")
    done = _run(*words, folder=site.resolve().parent, environment=dict(os.environ))
    if done.returncode:
        raise ReportError(
            f"{site} lies in no git repository",
            f"git init there, or copy {site.name}/ to any web server: it is complete as it is",
        )
    return Repository(Path(done.stdout.strip()))


def _refuse(repository: Repository, branch: str) -> None:
    """Refuse branches that somebody works on, or that hold something else than a site."""
    if repository.ask("check-ref-format", "--branch", branch).returncode:
        raise ReportError(f"{branch!r} cannot be the name of a branch", "gh-pages is usual")
    listed = repository.git("worktree", "list", "--porcelain").splitlines()
    if f"branch refs/heads/{branch}" in listed:
        raise ReportError(f"{branch} is checked out", "publish to a branch of its own: gh-pages")
    there = repository.find_text("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}")
    if there and repository.ask("cat-file", "-e", f"{there}:{MARKER}").returncode:
        raise ReportError(
            f"{branch} holds something that this program did not make",
            "choose another branch with --branch, or delete that one yourself",
        )


def _remote(repository: Repository) -> str:
    remotes = repository.find_text("remote").split()
    return "origin" if "origin" in remotes or not remotes else remotes[0]


def _cause(done: subprocess.CompletedProcess[str]) -> str:
    """The line of git's complaint that says why; advice stands around it."""
    said = (done.stderr or done.stdout).strip().splitlines() or ["it failed"]
    named = (line for line in said if line.startswith(("fatal:", "error:", " ! ")))
    return next(named, said[-1]).removeprefix("fatal: ").removeprefix("error: ").strip()


def _run(
    *words: str, folder: Path | None, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - git, and words that are checked
            words,
            cwd=folder,
            env=environment | {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as reason:
        raise MachineError(f"git cannot be run: {reason.strerror}", "install git") from None
