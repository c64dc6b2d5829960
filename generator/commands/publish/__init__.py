"""`publish`: commits the finished site to a branch of its own; pushes only if asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from generator.commands.options import DEFAULT_SPEC, SpecOption
from generator.commands.publish.repository import Repository
from generator.errors import ExitCode, ReportError
from generator.results import junit, read
from generator.site.docs import MARKER
from generator.site.manifest import MANIFEST, differences, read_manifest
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
MOST_NAMED = 10


def publish(
    site: Path, *, branch: str = BRANCH, remote: str = "", say: Callable[[str], None]
) -> ExitCode:
    """Write the site to a branch of the repository that it lies in, and push it if asked.

    The working tree, the index and the current branch stay as they are. The exit code is that of
    the report's gates: what failed is not published.

    Raises
    ------
    ReportError
        There is no finished site, or it is not as it was built; there is no repository, or the
        branch is checked out or is no site's.
    MachineError
        git fails, or refuses to push.
    """
    if not (site / MARKER).is_file():
        raise ReportError(f"{site} holds no finished site", "build it first: make site")
    files = _files(site)
    report = read.load(site / "results.json")
    if junit.verdict(report) is not ExitCode.DONE:
        for line in junit.told(report):
            say(line)
        say("nothing was published: a gate failed")
        return ExitCode.GATE_FAILED
    repository = Repository.around(site)
    _refuse(repository, branch)
    title = str(report.rest.get("title", "")).split("\n")[0][:60]
    message = MESSAGE.format(title=title)
    commit, is_new = repository.commit(site.resolve(), files, branch, message)
    short = commit[:10]
    say(f"{branch} is at {short}" if is_new else f"{branch} is up to date at {short}")
    if not remote:
        say(f"nothing was pushed; next: git push {_remote(repository)} {branch}")
        return ExitCode.DONE
    repository.git("push", "--", remote, f"refs/heads/{branch}:refs/heads/{branch}")
    say(f"pushed to {remote}; on GitHub, choose {branch} under Settings, Pages")
    return ExitCode.DONE


def _files(site: Path) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of every file of a site that is as it was built, its manifest included."""
    if site.is_symlink():
        raise ReportError(f"{site} is a link", "name the folder that it leads to with --out")
    files, manifest = read_manifest(site)
    wrong = differences(site, files)
    if wrong:
        listed = [f"  {site.name}/{each.path}: {each.reason}" for each in wrong[:MOST_NAMED]]
        more = [f"  and {len(wrong) - MOST_NAMED} more"] if len(wrong) > MOST_NAMED else []
        raise ReportError(
            "\n".join([f"{site} is not as it was built:", *listed, *more]),
            "take out what you added, then build again (make site); nothing was published",
        )
    own = len(manifest), hashlib.sha256(manifest).hexdigest()
    return {path: (each.size, each.sha256) for path, each in files.items()} | {MANIFEST: own}


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
