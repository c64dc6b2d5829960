"""Assigns one role to each photograph of a claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from generator.errors import Problem
from generator.images.near_duplicates import NearDuplicates
from generator.images.photographs import Photograph
from generator.spec.messages import listed
from generator.spec.partial import ROLES
from generator.spec.positions import Keys
from generator.spec.selection import SelectedPhotographs, Selector
from generator.spec.study import DISCOVERED, RemovedPhotograph, Role

_NAMES: dict[str, Role] = {
    "positives": "positive",
    "lookalikes": "lookalike",
    "controls": "control",
}

Photographs = tuple[Photograph, ...]


@dataclass(slots=True)
class EvidenceRoles:
    """The photographs of a claim's roles, disjoint, and those that had to go."""

    roles: dict[str, Photographs] = field(default_factory=dict)
    removed: list[RemovedPhotograph] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def drop(self, role: str, reasons: dict[str, str]) -> None:
        """Take photographs out of a role, for the reasons given by their content."""
        kept = tuple(p for p in self.roles[role] if p.sha256 not in reasons)
        gone = (p for p in self.roles[role] if p.sha256 in reasons)
        self.removed += [RemovedPhotograph(p, _NAMES[role], reasons[p.sha256]) for p in gone]
        self.roles[role] = kept


def assign_roles(selector: Selector, claim: Keys) -> EvidenceRoles:
    """Resolve a claim's selections and give each photograph, by its content, one role.

    A look-alike among the controls is a look-alike. What is both positive and look-alike is
    neither. What was used for discovery has no role at all. Equal files count once. The same goes
    for near-duplicates; a positive and a control that nearly repeat each other both go.
    """
    chosen = {role: selector.choose((*claim, role)) for role in ROLES}
    cast = EvidenceRoles({role: _sorted(found) for role, found in chosen.items()})
    cast.problems += [p for found in chosen.values() if found for p in found.problems]
    cast.problems += _overlap(selector, claim, cast.roles)
    lookalikes = _contents(cast.roles["lookalikes"])
    controls = cast.roles["controls"]
    cast.roles["controls"] = tuple(p for p in controls if p.sha256 not in lookalikes)
    for role in _NAMES:
        _drop_copies(cast, role)
    both = _contents(cast.roles["positives"]) & lookalikes.keys()
    discovery = _contents(cast.roles["discovery"])
    for role in _NAMES:
        cast.drop(role, {sha256: f"{DISCOVERED} ({discovery[sha256]})" for sha256 in discovery})
        cast.drop(role, dict.fromkeys(both, "both a positive and a look-alike"))
    _drop_twins(cast, selector.shelf.twins)
    cast.problems += _nothing_left(selector, claim, chosen, cast)
    return cast


def _sorted(chosen: SelectedPhotographs | None) -> Photographs:
    return tuple(sorted(chosen.photographs.values(), key=lambda p: p.name)) if chosen else ()


def _contents(photographs: Iterable[Photograph]) -> dict[str, str]:
    """Give each content's first name."""
    names: dict[str, str] = {}
    for photograph in photographs:
        names.setdefault(photograph.sha256, photograph.name)
    return names


def _drop_copies(cast: EvidenceRoles, role: str) -> None:
    first: dict[str, Photograph] = {}
    for photograph in cast.roles[role]:
        kept = first.setdefault(photograph.sha256, photograph)
        if kept is not photograph:
            cast.removed.append(
                RemovedPhotograph(photograph, _NAMES[role], f"the same file as {kept.name}")
            )
    cast.roles[role] = tuple(first.values())


def _drop_twins(cast: EvidenceRoles, twins: NearDuplicates) -> None:
    """Take out what nearly repeats another photograph, and name that other one.

    Pairs are found once, among all; a photograph that is out for one reason still counts against
    others, so that the order of the names decides nothing but which of two equals stays.
    """
    roles = [(role, p) for role in ("discovery", *_NAMES) for p in cast.roles[role]]
    gone: dict[str, dict[str, str]] = {role: {} for role in _NAMES}
    ordinary = len(cast.roles["controls"])  # they come last
    pairs = twins.among([p for _, p in roles], thorough=len(roles) - ordinary)
    for i, j in pairs:
        (first, one), (second, other) = roles[i], roles[j]
        if {first, second} <= {"discovery"} or one.sha256 == other.sha256:
            continue
        words = DISCOVERED if first == "discovery" else f"a {_NAMES[first]}"
        apart = first != second
        reason = f"nearly the same picture as {one.name}" + (f" ({words})" if apart else "")
        gone[second].setdefault(other.sha256, reason)
        if apart and first == "positives":
            back = f"nearly the same picture as {other.name} (a {_NAMES[second]})"
            gone[first].setdefault(one.sha256, back)
    for role, reasons in gone.items():
        cast.drop(role, reasons)


def _overlap(selector: Selector, claim: Keys, roles: dict[str, Photographs]) -> Iterator[Problem]:
    positives = _contents(roles["positives"])
    shared = [p for p in roles["controls"] if p.sha256 in positives]
    if shared:
        names = (
            p.name
            if any(p.path == other.path for other in roles["positives"])
            else f"{p.name} (the same file as {positives[p.sha256]})"
            for p in shared
        )
        verb = "is a positive" if len(shared) == 1 else "are positives"
        message = f"{listed(names)} {verb} as well: a control must not show what the claim names"
        yield selector.draft.source.problem((*claim, "controls"), message)


def _nothing_left(
    selector: Selector,
    claim: Keys,
    chosen: dict[str, SelectedPhotographs | None],
    cast: EvidenceRoles,
) -> Iterator[Problem]:
    for role, name in _NAMES.items():
        found = chosen[role]
        if found is None or found.problems or cast.roles[role]:
            continue
        gone = [r for r in cast.removed if r.role == name]
        if not found.lost and any(r.discovered for r in gone):
            continue  # a verdict, not a fault: the claim is invalid, and its page says why
        out = [f"{r.photograph.name} ({r.reason})" for r in gone]
        lost = [f"{lost} (missing or unreadable)" for lost in found.lost]
        reasons = listed(lost + out, 3) or _unmatched(role, found)
        message = f"no photograph is left: {reasons}"
        yield selector.draft.source.problem((*claim, role), message)


def _unmatched(role: str, found: SelectedPhotographs) -> str:
    if role == "controls" and found.photographs:
        return "every one of them is a look-alike"
    return "none in the library fits the query"
