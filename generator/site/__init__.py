"""Findings → a folder that a browser opens: written, built, checked, and only then put in place."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator.errors import MachineError, SiteError, SpecError
from generator.findings.findings import Findings
from generator.markdown import Names, Renderer, check_pages, read_bibliography, read_pages
from generator.pages import compose
from generator.site.atomic_replace import recover, refuse_foreign, swap
from generator.site.cache import Cache
from generator.site.check import check_site
from generator.site.docs import Places, write_docs
from generator.site.mkdocs import run, write_config
from generator.site.postprocess import finish
from generator.system.glob import below
from generator.system.resources import frame

__all__ = ["SiteReport", "build", "check_site", "recover"]

USELESS = ("404.html", "sitemap.xml", "sitemap.xml.gz")  # absolute addresses, which we do not have

_NEW = "site.new-"


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What was built: where it lies, how many pages and files it has, and its size in bytes."""

    out: Path
    pages: int
    files: int
    size: int


def build(findings: Findings, out: Path, *, work: Path) -> SiteReport:
    """Make the whole site and put it in the place of the old one.

    Parameters
    ----------
    findings:
        Everything that the pages may say.
    out:
        The finished site; replaced as a whole.
    work:
        Where Markdown, the generated ``mkdocs.yml`` and encoded images are kept between builds.

    Raises
    ------
    SpecError
        A hand-written page refers to something that does not exist.
    SiteError
        MkDocs or the site checker refused; the old site stays as it was.
    ReportError
        ``out`` holds files that are not a site of this program's making.
    """
    recover(out)
    refuse_foreign(out)
    if problems := check_pages(findings.study):
        raise SpecError(problems)
    write(findings, work)
    with _fresh(work) as new:
        _build_into(new, work)
        swap(new, out)
    return _report(out)


def write(findings: Findings, work: Path) -> None:
    """Write what MkDocs reads: Markdown, images and its configuration."""
    study = findings.study
    work.mkdir(parents=True, exist_ok=True)
    places = Places(work / "docs", study.folder, frame() / "site_src" / "assets")
    site, shelf = compose(findings), read_pages(study.pages, study.folder)
    cache = Cache(work / "assets")
    templates = frame() / "site_src" / "templates"
    renderer = Renderer(
        site,
        Names.of(study.spec),
        templates=templates,
        draw=cache.draw,
        library=read_bibliography(shelf.bibliographies),
    )
    write_docs(site, shelf, renderer, places=places, cache=cache)
    cache.sweep()
    write_config(work / "mkdocs.yml", site, shelf, base=_config(study.folder))


def _config(project: Path) -> Path:
    """The project's own configuration, or the one that comes with the package."""
    own = project / "mkdocs.yml"
    return own if own.is_file() else frame() / "mkdocs.yml"


@contextmanager
def _fresh(work: Path) -> Iterator[Path]:
    """An empty folder of this build alone, gone afterwards.

    Alone, because the MkDocs of a build that was killed may still be writing into its own.
    """
    for left in work.glob(f"{_NEW}*"):
        shutil.rmtree(left, ignore_errors=True)
    new = Path(tempfile.mkdtemp(dir=work, prefix=_NEW))
    try:
        new.chmod(0o755)  # temporary folders are their owner's alone; a site is for everybody
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _build_into(new: Path, work: Path) -> None:
    run(work / "mkdocs.yml", new)
    for name in USELESS:
        (new / name).unlink(missing_ok=True)
    finish(new)
    faults = check_site(new)
    if faults:
        _refuse_gaps(work / "docs", new)
        listed = "\n".join(f"  {fault}" for fault in faults[:40])
        more = f"\n  and {len(faults) - 40} more" if len(faults) > 40 else ""
        raise SiteError(
            f"the site checker found {len(faults)} faults:\n{listed}{more}",
            "the old site was left alone",
        )


def _refuse_gaps(docs: Path, new: Path) -> None:
    """MkDocs passes over folders that it cannot read, without a word: no fault of the pages."""
    written = (path.relative_to(docs) for path in below(docs) if path.is_file())
    made = (path.with_suffix(".html") if path.suffix == ".md" else path for path in written)
    gaps = [path.as_posix() for path in made if not (new / path).is_file()]
    if gaps:
        raise MachineError(
            f"MkDocs left out {len(gaps)} of the files that were written for it ({gaps[0]}…)",
            "see whether the disk is sound and its folders can be read; the old site stands",
        )


def _report(out: Path) -> SiteReport:
    files = [path for path in below(out) if path.is_file()]
    pages = sum(path.suffix == ".html" for path in files)
    return SiteReport(out, pages, len(files), sum(path.stat().st_size for path in files))
