"""Links to the spec's lines in the repository."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from generator.pages.parts import Lines
from generator.spec.study import Study


def lines_of(study: Study, claim: int) -> Lines | None:
    """Where the claim of that index stands; None for a study that came from no file."""
    if claim >= len(study.lines):
        return None
    first, last = study.lines[claim]
    name, repository = study.file.name, study.spec.repository
    text = f"{name}, lines {first} to {last}" if first < last else f"{name}, line {first}"
    return Lines(text, _address(repository, name, first, last) if repository else "")


def _address(repository: str, file: str, first: int, last: int) -> str:
    """Lines of a file as GitHub and GitLab, and what speaks like them, address them."""
    base = repository.rstrip("/").removesuffix(".git")
    gitlab = "/-/" in base or "gitlab" in urlsplit(base).netloc
    if "/tree/" in base:
        base = base.replace("/tree/", "/blob/", 1)
    else:
        base += "/-/blob/HEAD" if gitlab else "/blob/HEAD"
    end = f"-{'' if gitlab else 'L'}{last}" if first < last else ""
    return f"{base}/{quote(file)}#L{first}{end}"
