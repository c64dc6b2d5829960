"""Compares two results.json and attributes each difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.results.diff.changes import HEADINGS, Change, Kind, differences, same
from generator.results.read import Published, PublishedClaim, PublishedFilter, Response

UNEXPLAINED = "nothing that the files record: another device, or other code of the same version"
Digests = Mapping[str, str]
_OF_PICTURES = ("recipe", "size", "seed", "device")


def compare(
    old: Published,
    new: Published,
    *,
    pictures: tuple[Digests, Digests] = ({}, {}),
    images: tuple[Digests, Digests] = ({}, {}),
) -> tuple[Change, ...]:
    """Everything that differs, causes first.

    ``pictures`` are the SHA-256 of the picture files by filter, as far as they could be read;
    ``images`` those of all other images of the two sites, by path.
    Two numbers differ when they are further apart than one unit of the sixth digit, which is what
    results.json is rounded to.
    """
    causes = [*_global_causes(old, new), *_photographs(old, new)]
    causes += _membership("claims", [c.id for c in old.claims], [c.id for c in new.claims])
    causes += _membership("filters", [f.name for f in old.filters], [f.name for f in new.filters])
    found = list(causes)
    before = {claim.id: claim for claim in old.claims}
    for claim in new.claims:
        if claim.id in before:
            found += _claim(before[claim.id], claim, causes)
    earlier = {each.name: each for each in old.filters}
    for each in new.filters:
        if each.name in earlier:
            files = (pictures[0].get(each.name), pictures[1].get(each.name))
            found += _filter(earlier[each.name], each, causes, files=files)
    found += _images(*images, causes)
    found += [*_gates(old, new), *differences("text", "report", old.rest, new.rest)]
    order = list(HEADINGS)
    return tuple(sorted(found, key=lambda change: order.index(change.kind)))


def _membership(kind: Kind, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    before, after = set(old), set(new)
    yield from (Change(kind, name, "removed") for name in old if name not in after)
    yield from (Change(kind, name, "added") for name in new if name not in before)


def _global_causes(old: Published, new: Published) -> Iterator[Change]:
    yield from differences("weights", "model", old.model, new.model)
    yield from differences("weights", "models", old.models, new.models)
    yield from differences("thresholds", "thresholds", _lines(old), _lines(new))
    yield from differences("settings", "evidence", old.evidence, new.evidence)
    yield from differences("software", "software", old.software, new.software)


def _lines(found: Published) -> dict[str, float]:
    return {line.name: line.value for line in found.thresholds}


def _photographs(old: Published, new: Published) -> Iterator[Change]:
    """Photographs come to the claims of both reports or gone; and any whose file is another one."""
    both = {claim.id for claim in old.claims} & {claim.id for claim in new.claims}
    before, after = (
        _library([claim for claim in each.claims if claim.id in both]) for each in (old, new)
    )
    yield from _membership("photographs", [*before], [*after])
    before |= _library(old.filters)
    after |= _library(new.filters)
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            yield Change("photographs", name, "content", before[name], after[name])


def _library(owners: Sequence[PublishedClaim | PublishedFilter]) -> dict[str, str]:
    return dict(sorted((r.photograph, r.sha256) for owner in owners for r in owner.photographs))


def _claim(old: PublishedClaim, new: PublishedClaim, causes: Sequence[Change]) -> list[Change]:
    why = _reasons_of_claim(old, new, causes)
    found = list(differences("claims", new.id, _words(old), _words(new)))
    if old.verdict.code != new.verdict.code:
        codes = (old.verdict.code, new.verdict.code)
        found.append(Change("verdict", new.id, "verdict", *codes, why))
    found += differences("figure", new.id, old.rest, new.rest, why)
    found += _responses("response", new.id, old.photographs, new.photographs, why=why)
    if not found:
        sentences = {"sentence": old.verdict.sentence}, {"sentence": new.verdict.sentence}
        found += differences("text", new.id, *sentences, why)
    review = differences("text", new.id, {"review": old.review}, {"review": new.review})
    return [*found, *review, *differences("text", new.id, _out(old), _out(new))]


def _words(claim: PublishedClaim) -> dict[str, Any]:
    return {"layer": claim.layer, "filter": claim.filter, "statement": claim.statement}


def _out(claim: PublishedClaim) -> dict[str, Any]:
    return {"removed": list(claim.removed)}


def _reasons_of_claim(
    old: PublishedClaim, new: PublishedClaim, causes: Sequence[Change]
) -> tuple[str, ...]:
    reasons = []
    if (old.layer, old.filter) != (new.layer, new.filter):
        reasons.append("the claim names another filter")
    own = _own_photographs(old.photographs, new.photographs)
    kinds = {cause.kind for cause in causes}
    if own:
        reasons.append(f"its photographs ({own})")
    reasons += _general_reasons(kinds)
    if "thresholds" in kinds:
        reasons.append("thresholds")
    if "claims" in kinds:
        reasons.append("the number of claims (Holm)")
    return tuple(reasons) or (UNEXPLAINED,)


def _general_reasons(kinds: set[Kind]) -> list[str]:
    named: dict[Kind, str] = {
        "weights": "the network",
        "settings": "how photographs are scored",
        "software": "software",
    }
    return [words for kind, words in named.items() if kind in kinds]


def _own_photographs(old: Sequence[Response], new: Sequence[Response]) -> str:
    before = {r.photograph: (r.sha256, r.role) for r in old}
    after = {r.photograph: (r.sha256, r.role) for r in new}
    common = before.keys() & after.keys()
    counts = {
        "added": len(after.keys() - before.keys()),
        "removed": len(before.keys() - after.keys()),
        "with other content": sum(before[name][0] != after[name][0] for name in common),
        "in another role": sum(before[name][1] != after[name][1] for name in common),
    }
    return ", ".join(f"{count} {words}" for words, count in counts.items() if count)


def _responses(
    kind: Kind,
    subject: str,
    old: Sequence[Response],
    new: Sequence[Response],
    *,
    why: tuple[str, ...],
) -> Iterator[Change]:
    """One line for all photographs whose numbers changed though the photograph did not."""
    before = {(r.photograph, r.sha256): r.rest for r in old}
    common = [
        (r, before[r.photograph, r.sha256]) for r in new if (r.photograph, r.sha256) in before
    ]
    moved = [
        change
        for response, rest in common
        for change in list(differences(kind, response.photograph, rest, response.rest))[:1]
    ]
    if moved:
        first = moved[0]
        what = f"{len(moved)} of {len(common)} photographs, first {first.subject}: {first.what}"
        yield Change(kind, subject, what, first.old, first.new, why)


def _filter(
    old: PublishedFilter,
    new: PublishedFilter,
    causes: Sequence[Change],
    *,
    files: tuple[str | None, str | None],
) -> list[Change]:
    settings = [f"{key} {old.rest.get(key)} → {new.rest.get(key)}" for key in _OF_PICTURES
                if not same(old.rest.get(key), new.rest.get(key))]  # fmt: skip
    kinds = {cause.kind for cause in causes}
    why = (*settings, *_general_reasons(kinds - {"settings"})) or (UNEXPLAINED,)
    claims = {"claims": None}  # listed by claims added and removed already
    found = list(differences("picture", new.name, old.rest | claims, new.rest | claims, why))
    if None not in files and files[0] != files[1]:
        found.append(Change("picture", new.name, "file", *files, why))
    general = tuple(_general_reasons(kinds)) or (UNEXPLAINED,)
    found += _responses("response", new.name, old.photographs, new.photographs, why=general)
    names = [[r.photograph for r in each.photographs] for each in (old, new)]
    if names[0] != names[1]:
        shown = "photographs" if "photographs" in kinds else ""
        reasons = (*filter(None, [shown]), *_general_reasons(kinds)) or (UNEXPLAINED,)
        count = len(set(names[1]) - set(names[0]))
        what = f"other photographs excite it most ({count} new of {len(names[1])})"
        found.append(Change("response", new.name, what, why=reasons))
    return found


def _images(old: Digests, new: Digests, causes: Sequence[Change]) -> Iterator[Change]:
    """Images of both sites whose bytes differ: growth, other pictures, encoded photographs."""
    why = tuple(_general_reasons({cause.kind for cause in causes})) or (UNEXPLAINED,)
    for path in sorted(old.keys() & new.keys()):
        if old[path] != new[path]:
            folder, _, name = path.rpartition("/")
            yield Change("picture", folder, name, old[path], new[path], why)


def _gates(old: Published, new: Published) -> Iterator[Change]:
    yield from differences("gate", "gates", _by_name(old), _by_name(new))


def _by_name(found: Published) -> dict[str, dict[str, Any]]:
    count: Counter[str] = Counter()
    named = {}
    for gate in found.gates:
        count[gate.name] += 1
        again = f" ({count[gate.name]})" if count[gate.name] > 1 else ""
        named[gate.name + again] = {"held": gate.held, "detail": gate.detail}
    return named
