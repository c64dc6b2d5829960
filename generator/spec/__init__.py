"""YAML → Study: every check on what the user wrote, with file, line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from generator.errors import Problem, SpecError
from generator.images.metadata_cache import MetadataCache
from generator.models.layers import Catalogue
from generator.spec.classes import check_classes
from generator.spec.consistency import check_consistency, check_layers
from generator.spec.evidence_roles import EvidenceRoles, assign_roles
from generator.spec.library import load_library
from generator.spec.locations import Project
from generator.spec.multi_model import addressed, alone, named_models, places, written_out
from generator.spec.partial import PartialSpec, check_types
from generator.spec.photograph_cache import PhotographCache
from generator.spec.positions import SpecSource
from generator.spec.referenced_files import check_referenced_files, pages_folder
from generator.spec.report import Spec
from generator.spec.selection import Selector
from generator.spec.study import Evidence, RemovedPhotograph, Study
from generator.spec.text import MOST_PROBLEMS
from generator.spec.unactivated import unactivated_warnings
from generator.spec.yaml_reader import read

__all__ = [
    "Evidence",
    "RemovedPhotograph",
    "Spec",
    "SpecSource",
    "Study",
    "alone",
    "check_classes",
    "check_layers",
    "check_types",
    "named_models",
    "read",
    "review",
]


def review(
    source: SpecSource,
    *,
    catalogue: Callable[[str], Catalogue | None],
    allow_outside: bool = False,
    allow_network: bool = True,
    cache: MetadataCache | None = None,
) -> Study:
    """Check everything that a spec says, and find every photograph that it names.

    Parameters
    ----------
    source:
        What `read` made of the file.
    catalogue:
        Gives the layers of an architecture, or None where only the built model can tell; the
        caller then asks `check_layers` as soon as it can.
    allow_outside:
        Whether files may lie outside the project.
    allow_network:
        Whether the scan's images may lie on the network; commands that do not scan need not ask.
    cache:
        What is known of photographs by their content; what is measured of others is added.

    Raises
    ------
    SpecError
        Anything is wrong: all problems at once, in the order of their places.
    """
    draft = check_types(source)
    project = Project.around(source.path, allow_outside=allow_outside)
    shelf = PhotographCache(project, cache)
    library = load_library(draft, shelf)
    selector = Selector(draft, shelf, library)
    casts = [assign_roles(selector, claim) for claim in draft.entries("claims")]
    known = _catalogues(draft, catalogue)
    problems = [
        *source.faults,
        *draft.problems,
        *islice(check_consistency(draft, known), MOST_PROBLEMS + 1),
        *check_referenced_files(draft, project, allow_network=allow_network),
        *library.problems,
        *selector.without_library(),
        *(problem for cast in casts for problem in cast.problems),
    ]
    if problems or draft.spec is None:
        raise SpecError(_in_order(problems, source.text.file))
    spec = written_out(draft.spec.with_all(known))
    return Study(
        spec=spec,
        file=source.path,
        folder=project.folder,
        pages=pages_folder(draft, project),
        library=shelf.photographs,
        evidence=tuple(_evidence(draft.spec, casts)),
        warnings=(*shelf.warnings, *unactivated_warnings(spec, known)),
        lines=tuple(_lines(source, draft.spec)),
    )


def _catalogues(
    draft: PartialSpec, catalogue: Callable[[str], Catalogue | None]
) -> dict[str, Catalogue]:
    """The layers of each network that is known, by its name in the report."""
    written = ((name, draft.architecture(keys)) for name, keys in draft.networks.items())
    return {name: known for name, each in written if each and (known := catalogue(each))}


def _evidence(spec: Spec, casts: list[EvidenceRoles]) -> Iterable[Evidence]:
    titles = {entry.layer: entry.title for entry in written_out(spec).listed_layers}
    for claim, cast in zip(spec.claims, casts, strict=True):
        removed = tuple(sorted(cast.removed, key=lambda r: (r.role, r.photograph.name)))
        family = claim.id if claim.on else ""
        for each in places(claim):
            own = addressed(each)
            title = titles.get(own.layer, "")
            yield Evidence(own, **cast.roles, removed=removed, family=family, title=title)


def _lines(source: SpecSource, spec: Spec) -> Iterator[tuple[int, int]]:
    """Where each claim is written; one on several networks in the same lines for each.

    A question of the command line is written nowhere.
    """
    for claim, lines in zip(spec.claims, source.spans("claims"), strict=False):
        yield from (lines for _ in places(claim))


def _in_order(problems: list[Problem], spec: str) -> tuple[Problem, ...]:
    """Sort by place, the spec's own problems first, and show a hundred of them."""
    ordered = sorted(
        set(problems), key=lambda p: (p.file != spec, p.file, p.line, p.column, p.path)
    )
    if len(ordered) > MOST_PROBLEMS:
        ordered[MOST_PROBLEMS:] = [Problem(spec, 0, 0, "", "there are more problems than these")]
    return tuple(ordered)
