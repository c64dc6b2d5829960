"""Findings → a folder that a browser opens: written, built, checked, and only then put in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator.errors import MachineError, SiteError, SpecError
from generator.findings.findings import Findings
from generator.markdown import Names, Renderer, check_pages, read_bibliography, read_pages
from generator.pages import compose
from generator.site import work_folder
from generator.site.atomic_replace import recover, refuse_foreign, swap, tidy
from generator.site.cache import Cache
from generator.site.check import check_site
from generator.site.docs import MARKER, Places, names_of, write_docs
from generator.site.in_place import NOTE, files_of
from generator.site.manifest import MANIFEST, write_manifest
from generator.site.mkdocs import run, write_config
from generator.site.postprocess import finish
from generator.system import folder_mark
from generator.system.files import write_file
from generator.system.glob import below
from generator.system.resources import frame
from generator.system.scratch import scratch

__all__ = ["SiteReport", "build", "check_site", "recover"]

USELESS = ("404.html", "sitemap.xml", "sitemap.xml.gz")  # absolute addresses, which we do not have


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What was built: where it lies, how many pages and files it has, and its size in bytes."""

    out: Path
    pages: int
    files: int
    size: int


def build(
    findings: Findings, out: Path, *, work: Path, warn: Callable[[str], None] = print
) -> SiteReport:
    """Make the whole site and put it in the place of the old one.

    Parameters
    ----------
    findings:
        Everything that the pages may say.
    out:
        The finished site; replaced as a whole, or file by file where its folder must stay.
    work:
        Where Markdown, the generated ``mkdocs.yml`` and encoded images are kept between builds.
    warn:
        Says which folders of earlier versions were kept, and which cached images were damaged.

    Raises
    ------
    SpecError
        A hand-written page refers to something that does not exist.
    SiteError
        MkDocs or the site checker refused; the old site stays as it was.
    ReportError
        ``out`` or ``work`` hold files of somebody else.
    """
    tidy(out)
    refuse_foreign(out)
    work_folder.check(work)
    if problems := check_pages(findings.study):
        raise SpecError(problems)
    write(findings, work, warn)
    with _fresh(work) as new:
        _build_into(new, work)
        kept = swap(new, out)
    _say_kept(kept, out, warn)
    return _report(out)


def write(findings: Findings, work: Path, warn: Callable[[str], None] = print) -> None:
    """Write what MkDocs reads: Markdown, images and its configuration."""
    study = findings.study
    _say_kept(work_folder.claim(work), work / work_folder.DOCS, warn)
    places = Places(work / work_folder.DOCS, study.folder, frame() / "site_src" / "assets")
    site, shelf = compose(findings), read_pages(study.pages, study.folder)
    cache = Cache(work / work_folder.ASSETS, warn)
    templates = frame() / "site_src" / "templates"
    renderer = Renderer(
        site,
        Names.of(study.spec),
        templates=templates,
        draw=cache.draw,
        library=read_bibliography(shelf.bibliographies),
    )
    names = names_of(site, shelf, places.assets)
    work_folder.begin_docs(work, names)
    write_docs(site, shelf, renderer, places=places, cache=cache)
    work_folder.end_docs(work, names)
    cache.sweep()
    write_config(work / work_folder.CONFIG, site, shelf, base=_config(study.folder))


def _config(project: Path) -> Path:
    """The project's own configuration, or the one that comes with the package."""
    own = project / "mkdocs.yml"
    return own if own.is_file() else frame() / "mkdocs.yml"


@contextmanager
def _fresh(work: Path) -> Iterator[Path]:
    """An empty folder of this build alone, gone afterwards.

    Alone, because the MkDocs of a build that was killed may still be writing into its own.
    """
    with scratch(work, work_folder.NEW) as folder:
        new = folder / "site"
        new.mkdir()
        new.chmod(0o755)  # whatever the umask: a site is for everybody
        yield new


def _build_into(new: Path, work: Path) -> None:
    run(work / work_folder.CONFIG, new)
    for name in USELESS:
        (new / name).unlink(missing_ok=True)
    finish(new)
    faults = check_site(new)
    if faults:
        _refuse_gaps(work, new)
        listed = "\n".join(f"  {fault}" for fault in faults[:40])
        more = f"\n  and {len(faults) - 40} more" if len(faults) > 40 else ""
        raise SiteError(
            f"the site checker found {len(faults)} faults:\n{listed}{more}",
            "the old site was left alone",
        )
    _list_files(new, work)
    write_manifest(new)


def _list_files(new: Path, work: Path) -> None:
    """List the site's files in its mark; MkDocs run by hand copies the mark from ``docs/``."""
    mark = folder_mark.encode(NOTE, files_of(new) | {MARKER, MANIFEST})
    write_file(new / MARKER, mark)
    write_file(work / work_folder.DOCS / MARKER, mark)


def _say_kept(kept: Path | None, folder: Path, warn: Callable[[str], None]) -> None:
    if kept is not None:
        warn(
            f"{folder} held files that no list of this program names: they are kept in {kept}; "
            "delete that folder if nothing in it is yours"
        )


def _refuse_gaps(work: Path, new: Path) -> None:
    """MkDocs passes over folders that it cannot read, without a word: no fault of the pages."""
    written = map(Path, sorted(work_folder.docs_of(work)))
    made = (_built(path) for path in written)
    gaps = [path.as_posix() for path in made if not (new / path).is_file()]
    if gaps:
        raise MachineError(
            f"MkDocs left out {len(gaps)} of the files that were written for it ({gaps[0]}…)",
            "see whether the disk is sound and its folders can be read; the old site stands",
        )


def _built(path: Path) -> Path:
    """The file of the site that MkDocs makes of one that was written for it."""
    if path.suffix != ".md":
        return path
    return path.with_name("index.html") if path.name == "README.md" else path.with_suffix(".html")


def _report(out: Path) -> SiteReport:
    files = [path for path in below(out) if path.is_file()]
    pages = sum(path.suffix == ".html" for path in files)
    return SiteReport(out, pages, len(files), sum(path.stat().st_size for path in files))
