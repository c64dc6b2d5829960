"""A git repository that takes a site as a commit, byte for byte, whatever its user configured."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import MachineError, ReportError

# Filters, hooks and forms of the index that a user's configuration may ask for. Attributes need no
# mention: nothing here reads a file through them.
NEUTRAL = {
    "commit.gpgSign": "false",
    "core.attributesFile": os.devnull,
    "core.autocrlf": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.ignoreCase": "false",
    "core.sparseCheckout": "false",
    "core.splitIndex": "false",
    "i18n.commitEncoding": "UTF-8",
    "index.sparse": "false",
}
AUTHOR = {  # for repositories without a user; whoever has one signs with it
    "GIT_AUTHOR_NAME": "Filterbook",
    "GIT_AUTHOR_EMAIL": "filterbook@localhost",
    "GIT_COMMITTER_NAME": "Filterbook",
    "GIT_COMMITTER_EMAIL": "filterbook@localhost",
}
# What a hook or an alias that runs this program would have git take for another repository.
ELSEWHERE = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
_AT_ONCE = 64 * 2**20  # bytes that are read back in one piece
_NOJEKYLL = ".nojekyll"  # or GitHub would leave out files named _…

Digests = Mapping[str, tuple[int, str]]  # path → size and SHA-256


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository, driven through git's own commands: ``folder`` is its git directory."""

    folder: Path

    @classmethod
    def around(cls, site: Path) -> Repository:
        """The repository that a site lies in.

        Raises
        ------
        ReportError
            It lies in none.
        """
        words = ("git", "rev-parse", "--absolute-git-dir")
        done = _run(*words, folder=site.resolve().parent)
        if done.returncode:
            raise ReportError(
                f"{site} lies in no git repository",
                f"git init there, or copy {site.name}/ to any web server: it is complete as it is",
            )
        return cls(Path(os.fsdecode(done.stdout).strip()))

    def git(self, *words: str, given: bytes = b"", index: Path | None = None) -> str:
        """Run git and give what it prints, without the last line break.

        Raises
        ------
        MachineError
            It fails, with its own words.
        """
        return os.fsdecode(self._printed(*words, given=given, index=index)).strip()

    def ask(
        self, *words: str, given: bytes = b"", index: Path | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run git, whatever it answers."""
        neutral = {"GIT_NO_REPLACE_OBJECTS": "1"}
        if index:
            neutral["GIT_INDEX_FILE"] = str(index)
        options = [word for key, value in NEUTRAL.items() for word in ("-c", f"{key}={value}")]
        if words[0] == "push":  # its hooks are about what leaves the machine
            neutral, options = {}, []
        if words[0] == "commit-tree" and not self.find_text("config", "user.email"):
            neutral |= AUTHOR
        command = ("git", f"--git-dir={self.folder}", *options, *words)
        return _run(*command, given=given, environment=neutral)

    def find_text(self, *words: str) -> str:
        """What git answers, or nothing where it has no answer."""
        done = self.ask(*words)
        return "" if done.returncode else os.fsdecode(done.stdout).strip()

    def commit(self, site: Path, files: Digests, branch: str, message: str) -> tuple[str, bool]:
        """Commit files of a folder as the whole tree of a branch; whether that made anything new.

        Raises
        ------
        MachineError
            git fails, or what it keeps is not what ``files`` says; the branch stays as it was.
        """
        tree = self._tree(site, files)
        self._compare(tree, {**files, _NOJEKYLL: (0, hashlib.sha256().hexdigest())})
        parent = self.find_text("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}")
        if parent and self.git("rev-parse", f"{parent}^{{tree}}") == tree:
            return parent, False
        parents = ("-p", parent) if parent else ()
        made = self.git("commit-tree", tree, *parents, "-m", message)
        self.git("update-ref", "-m", message, f"refs/heads/{branch}", made, parent)
        return made, True

    def _tree(self, site: Path, files: Digests) -> str:
        """Write files and their folders as objects, without filters; gives the tree's name."""
        paths = b"".join(os.fsencode(site / path) + b"\n" for path in files)
        blobs = self.git("hash-object", "-w", "--no-filters", "--stdin-paths", given=paths).split()
        empty = self.git("hash-object", "-w", "--stdin")
        entries = [*zip(files, blobs, strict=True), (_NOJEKYLL, empty)]
        listed = b"".join(b"100644 " + os.fsencode(f"{blob}\t{path}\0") for path, blob in entries)
        with tempfile.TemporaryDirectory() as folder:
            index = Path(folder) / "index"
            self.git("update-index", "-z", "--index-info", given=listed, index=index)
            return self.git("write-tree", index=index)

    def _compare(self, tree: str, files: Digests) -> None:
        """Read a tree back and hold its bytes against what they should be."""
        listed = self._printed("ls-tree", "-r", "-z", tree).split(b"\0")[:-1]
        blobs: dict[str, str] = {}
        for entry in listed:
            kind, _, path = entry.partition(b"\t")
            blobs[os.fsdecode(path)] = kind.split()[-1].decode()
        wrong = sorted(blobs.keys() ^ files.keys())
        wrong += [
            path for path, data in self._contents(blobs, files) if _entry(data) != files[path]
        ]
        if wrong:
            raise MachineError(
                f"git keeps {wrong[0]} otherwise than it lies in the site",
                "nothing was published: run the same command again",
            )

    def _contents(self, blobs: Mapping[str, str], files: Digests) -> Iterator[tuple[str, bytes]]:
        """The bytes that git keeps under each name, a few megabytes at a time."""
        paths = [path for path in blobs if path in files]
        while paths:
            part = _first(paths, files)
            paths = paths[len(part) :]
            request = "".join(f"{blobs[path]}\n" for path in part).encode()
            printed = self._printed("cat-file", "--batch", given=request)
            start = 0
            for path in part:
                head = printed.index(b"\n", start)
                size = int(printed[start:head].split()[-1])
                yield path, printed[head + 1 : head + 1 + size]
                start = head + size + 2

    def _printed(self, *words: str, given: bytes = b"", index: Path | None = None) -> bytes:
        done = self.ask(*words, given=given, index=index)
        if done.returncode:
            raise MachineError(f"git {words[0]}: {_cause(done)}")
        return done.stdout


def _first(paths: list[str], files: Digests) -> list[str]:
    """As many of the first paths as are read at once; one at least."""
    size = 0
    for place, path in enumerate(paths):
        size += files[path][0]
        if size > _AT_ONCE:
            return paths[: max(place, 1)]
    return paths


def _entry(data: bytes) -> tuple[int, str]:
    return len(data), hashlib.sha256(data).hexdigest()


def _cause(done: subprocess.CompletedProcess[bytes]) -> str:
    """The line of git's complaint that says why; advice stands around it."""
    text = (done.stderr or done.stdout).decode(errors="replace")
    said = text.strip().splitlines() or ["it failed"]
    named = (line for line in said if line.startswith(("fatal:", "error:", " ! ")))
    return next(named, said[-1]).removeprefix("fatal: ").removeprefix("error: ").strip()


def _run(
    *words: str,
    given: bytes = b"",
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    own = {key: value for key, value in os.environ.items() if key not in ELSEWHERE}
    try:
        return subprocess.run(  # noqa: S603 - git, and words that are checked
            words,
            cwd=folder,
            env=own | {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"} | dict(environment or {}),
            input=given,
            capture_output=True,
            check=False,
        )
    except OSError as reason:
        raise MachineError(f"git cannot be run: {reason.strerror}", "install git") from None
