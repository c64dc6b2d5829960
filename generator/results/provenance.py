"""provenance.json: what a site was built from, and whether that still holds.

With it, anyone can say without a GPU, torch or network whether the published report is that of the
spec, pages and photographs that lie there now. Weights are compared by their name, or by their file
where they have one: what their tensors hold only a build reads.
"""

from __future__ import annotations

import hashlib
import json
import operator
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generator import __version__
from generator.errors import ExitCode, MachineError, ReportError, visible
from generator.findings.findings import Findings
from generator.plan import MAP_VERSION, RENDER_VERSION, SCAN_VERSION
from generator.spec import named_models
from generator.spec.model import ModelSpec, is_file
from generator.spec.study import Study
from generator.system.files import UnreadableError, read_file, write_file
from generator.system.glob import below
from generator.system.locations import is_writable
from generator.system.output import check_output

MOST = 64 << 20
MOST_NAMED = 10
REMEDY = "make it with `build --record`"
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Program(_Part):
    """What made the report; the three versions are those of the algorithms."""

    version: str
    render: int
    scan: int
    map: int


class Model(_Part):
    """The network; ``digest`` is that of the tensors, ``file`` that of a file of the user's own."""

    architecture: str
    weights: str
    digest: str
    file: Digest | None = None


class Inputs(_Part):
    """Everything that decides what a site says, as digests (SHA-256)."""

    program: Program
    spec: dict[str, Digest]
    model: Model | None = None
    models: dict[str, Model] = Field(default={}, exclude_if=operator.not_)
    photographs: dict[str, Digest]
    captions: Digest
    pages: dict[str, Digest]


class Provenance(_Part):
    """What a site was built from, and what came out."""

    format: Literal[1]
    inputs: Inputs
    results: Digest
    verdicts: dict[str, str]


def beside(spec: Path) -> Path:
    """Where a report's provenance lies: beside its spec, under its name if that is another."""
    own = spec.name in ("report.yml", "report.yaml")
    return spec.with_name("provenance.json" if own else f"{spec.stem}.provenance.json")


def check_place(spec: Path) -> None:
    """Refuse to write where something else lies, or where nothing can be written.

    Raises
    ------
    ReportError
        The file is there already, and is no provenance.
    MachineError
        The folder cannot be written.
    """
    place = beside(spec)
    if place.is_symlink():
        raise ReportError(f"{place.name} is a symbolic link", "remove it yourself")
    check_output(place, _is_provenance)
    if not is_writable(place.parent):
        cause = f"{place.name} cannot be written beside the spec"
        raise MachineError(cause, "give rights to the folder, or build without --record")


def _is_provenance(data: bytes) -> bool:
    try:
        written = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(written, dict) and {"format", "inputs", "results"} <= written.keys()


def record(found: Findings, results: bytes, spec: Path) -> Path:
    """Write down what a build was made from; gives the file.

    Raises
    ------
    MachineError
        It cannot be written.
    """
    check_place(spec)
    study, place = found.study, beside(spec)
    made = Provenance(
        format=1,
        inputs=_inputs(study, {each.name: each.digest for each in found.models}),
        results=_digest(results),
        verdicts={claim.claim.id: str(claim.verdict.code) for claim in found.claims},
    )
    text = json.dumps(made.model_dump(mode="json"), indent=1, sort_keys=True, ensure_ascii=False)
    try:
        write_file(place, f"{text}\n".encode())
    except OSError as reason:
        raise MachineError(f"{place.name} cannot be written: {reason.strerror}") from None
    return place


def check(study: Study, spec: Path, site: Path, *, say: Callable[[str], None]) -> ExitCode:
    """Say whether the recorded report is that of the files which lie there now.

    Raises
    ------
    ReportError
        There is no record, or it is none that a build writes.
    """
    recorded = _load(beside(spec))
    results = site / "results.json"
    digests = {name: each.digest for name, each in _networks(recorded.inputs).items()}
    differences = list(_differences(recorded.inputs, _inputs(study, digests)))
    if results.is_file() and _digest(read_file(results, MOST * 4)) != recorded.results:
        differences.append(f"{site.name}/ is the site of another build than the recorded one")
    for line in differences:
        say(visible(line))
    if differences:
        say("not up to date: build again with `build --record`")
        return ExitCode.GATE_FAILED
    where = "" if results.is_file() else f" (there is no {site.name}/ here to compare)"
    say(f"up to date: spec, pages, photographs and program are those of {beside(spec).name}{where}")
    return ExitCode.DONE


def _load(place: Path) -> Provenance:
    try:
        return Provenance.model_validate_json(read_file(place, MOST))
    except UnreadableError as error:
        raise ReportError(f"{place.name}: {error.cause}", REMEDY) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(key) for key in first["loc"])[:80]
        cause = f"{place.name} is no provenance: {where}: {first['msg'][:160]}"
        raise ReportError(visible(cause), REMEDY) from None


def _networks(inputs: Inputs) -> dict[str, Model]:
    """Each network by its name in the report; the only one has none."""
    return inputs.models or ({"": inputs.model} if inputs.model else {})


def _inputs(study: Study, digests: dict[str, str]) -> Inputs:
    spec = study.spec
    models = {
        name: _model(study, written, digests.get(name, "")) for name, written in named_models(spec)
    }
    captions = [(p.name, p.subject, sorted(p.tags), p.source, p.licence) for p in study.library]
    return Inputs(
        program=Program(
            version=__version__, render=RENDER_VERSION, scan=SCAN_VERSION, map=MAP_VERSION
        ),
        spec={key: _of(value) for key, value in spec.model_dump(mode="json").items()},
        model=models.get(""),
        models={name: each for name, each in models.items() if name},
        photographs={p.name: p.sha256 for p in study.library},
        captions=_of(captions),
        pages=_pages(study),
    )


def _model(study: Study, written: ModelSpec, digest: str) -> Model:
    return Model(
        architecture=written.architecture,
        weights=written.weights,
        digest=digest,
        file=_file(study.folder / written.weights),
    )


def _pages(study: Study) -> dict[str, str]:
    """Every file in the folder of hand-written pages, and the report's own mkdocs.yml."""
    listed = list(below(study.pages)) if study.pages else []
    files = [*(path for path in listed if path.is_file()), study.folder / "mkdocs.yml"]
    return {
        path.relative_to(study.folder).as_posix(): _digest(path.read_bytes())
        for path in files
        if path.is_file() and path.is_relative_to(study.folder)
    }


def _differences(old: Inputs, new: Inputs) -> Iterator[str]:
    if new.program != old.program:
        yield f"the program is version {_version(new.program)}, not {_version(old.program)}"
    if _networks(new) != _networks(old):
        yield "the network or its weights are others"
    yield from _changes("the spec's", old.spec, new.spec)
    yield from _changes("photograph", old.photographs, new.photographs)
    if new.captions != old.captions and new.photographs.keys() == old.photographs.keys():
        yield "subjects, tags, sources or licences of photographs changed"
    yield from _changes("page", old.pages, new.pages)


def _version(program: Program) -> str:
    return f"{program.version} (algorithms {program.render}.{program.scan}.{program.map})"


def _changes(what: str, old: dict[str, str], new: dict[str, str]) -> Iterator[str]:
    lines = [
        f"{what} {key} {_how(old, new, key)}"
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    ]
    yield from lines[:MOST_NAMED]
    if len(lines) > MOST_NAMED:
        yield f"and {len(lines) - MOST_NAMED} more of this kind"


def _how(old: dict[str, str], new: dict[str, str], key: str) -> str:
    return "is new" if key not in old else "is gone" if key not in new else "changed"


def _file(path: Path) -> str | None:
    """The digest of a weights file, which may be large; None where the weights are a name."""
    if not is_file(path.name) or not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _of(value: object) -> str:
    return _digest(json.dumps(value, sort_keys=True, ensure_ascii=False).encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
