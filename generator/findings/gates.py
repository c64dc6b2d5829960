"""Decides which of the spec's gates hold."""

from __future__ import annotations

from generator.findings.findings import ClaimFinding, Gate
from generator.spec.gates import SUPPORTED, Gates


def gates(wanted: Gates, claims: tuple[ClaimFinding, ...]) -> tuple[Gate, ...]:
    """Check every condition that the spec states; one that it does not state makes no gate."""
    held = []
    if wanted.min_supported:
        held.append(_enough_supported(wanted.min_supported, claims))
    if wanted.allow is not None:
        held.append(_only_allowed(wanted.allow, claims))
    if wanted.none_contradicted:
        held.append(_none_contradicted(claims))
    held += [_required(name, codes, claims) for name, codes in sorted(wanted.require.items())]
    return tuple(held)


def _enough_supported(least: int, claims: tuple[ClaimFinding, ...]) -> Gate:
    supported = sum(claim.verdict.code in SUPPORTED for claim in claims)
    verb = "is" if supported == 1 else "are"
    noun = "claim" if len(claims) == 1 else "claims"
    return Gate(
        "min_supported",
        supported >= least,
        f"{supported} of {len(claims)} {noun} {verb} supported; at least {least} wanted",
    )


def _only_allowed(allow: tuple[str, ...], claims: tuple[ClaimFinding, ...]) -> Gate:
    others = [claim for claim in claims if claim.verdict.code not in (*SUPPORTED, *allow)]
    allowed = ", ".join(_plain(code) for code in dict.fromkeys((*SUPPORTED, *allow)))
    named = ", ".join(f"{claim.claim.id} ({_plain(claim.verdict.code)})" for claim in others)
    detail = f"not allowed: {named}; allowed: {allowed}"
    return Gate("allow", not others, detail if others else f"every verdict is allowed: {allowed}")


def _none_contradicted(claims: tuple[ClaimFinding, ...]) -> Gate:
    named = [claim.claim.id for claim in claims if claim.verdict.code == "contradicted"]
    detail = f"contradicted: {', '.join(named)}" if named else "no claim is contradicted"
    return Gate("none_contradicted", not named, detail)


def _required(name: str, codes: tuple[str, ...], claims: tuple[ClaimFinding, ...]) -> Gate:
    found = next((each.verdict.code for each in claims if each.claim.id == name), None)
    wanted = " or ".join(map(_plain, codes))
    state = f"it is {_plain(found)}" if found else "the report has no such claim"
    # Localised is more than supported, so that it is no breach of a demand for that.
    enough = found in codes or (found in SUPPORTED and "supported" in codes)
    return Gate(f"require {name}", enough, f"{state}; {wanted} wanted")


def _plain(code: str) -> str:
    return code.replace("_", " ")
