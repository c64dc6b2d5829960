"""Studies and their responses, made from plain arrays: one row for each photograph."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from generator.artifacts.artifact import (
    Ablation,
    Artifacts,
    FeatureMaps,
    Occlusion,
    Rendering,
    Responses,
    Trace,
)
from generator.artifacts.blobs import Blob
from generator.findings import find
from generator.findings.findings import ClaimFinding, Findings
from generator.images.photographs import Photograph
from generator.models.card import ModelCard, Preprocessing
from generator.models.layers import Catalogue, Layer
from generator.spec.gates import Gates
from generator.spec.render import LayerSpec
from generator.spec.report import Claim, EvidenceSpec, Query, Spec
from generator.spec.study import Evidence, Study
from generator.spec.thresholds import Thresholds

Array = npt.NDArray[np.floating]
LAYER = "features.24"
PREPROCESSING = Preprocessing(256, 224, (0.5, 0.5, 0.5), (1.0, 1.0, 1.0))


@dataclass(frozen=True, slots=True)
class Case:
    """A study with everything that ``find`` needs."""

    study: Study
    model: ModelCard
    renderings: tuple[Rendering, ...]
    responses: tuple[Responses, ...]
    maps: tuple[FeatureMaps, ...] = ()
    coverings: tuple[Occlusion, ...] = ()
    ablations: tuple[Ablation, ...] = ()
    traces: tuple[Trace, ...] = ()

    def find(self) -> Findings:
        made = Artifacts(
            self.renderings,
            self.responses,
            self.maps,
            self.coverings,
            self.ablations,
            self.traces,
        )
        return find(self.study, (self.model,), made)

    def with_lines(self, lines: Thresholds) -> Case:
        """The same, judged by other lines."""
        spec = self.study.spec.model_copy(update={"thresholds": lines})
        return replace(self, study=replace(self.study, spec=spec))

    def claim(self) -> ClaimFinding:
        return self.find().claims[0]


def photographs(role: str, count: int) -> tuple[Photograph, ...]:
    return tuple(
        Photograph(f"{role}/{k:03}.jpg", f"/nowhere/{role}/{k}", f"{role}{k:05}".rjust(64, "0"))
        for k in range(count)
    )


def response(photograph: Photograph, values: Array, *, layer: str = LAYER) -> Responses:
    """``mean_after`` as given; the other three poolings told apart by their scale."""
    plain = np.asarray(values, dtype=np.float32)
    return Responses(layer, photograph.sha256, plain - 100, plain * 2 - 100, plain, plain * 2)


def claim(name: str = "claim", *, index: int = 0, layer: str = LAYER) -> Claim:
    query = Query(tags=("x",))
    return Claim(
        id=name, layer=layer, filter=index, statement="A thing", positives=query, controls=query
    )


def rendering(layer: str, index: int) -> Rendering:
    return Rendering(
        layer, index, "multiscale", 408, 0, Blob.of(b"png"), 12.5, (1.0,), (56,), False, "cpu"
    )


def model(channels: int, *layers: str) -> ModelCard:
    names = layers or (LAYER,)
    catalogue = Catalogue("vgg16", tuple(Layer(name, channels) for name in names))
    return ModelCard("vgg16", "W", "d" * 64, "wheel", "CC-BY-4.0", PREPROCESSING, catalogue)


def case(
    positives: Array,
    controls: Array,
    lookalikes: Array | None = None,
    *,
    index: int = 0,
    evidence: EvidenceSpec | None = None,
) -> Case:
    """One claim about filter ``index``; arrays of shape (photographs, channels)."""
    groups = {
        "positive": np.asarray(positives),
        "lookalike": np.empty((0, 1)) if lookalikes is None else np.asarray(lookalikes),
        "control": np.asarray(controls),
    }
    taken = {role: photographs(role, len(rows)) for role, rows in groups.items()}
    library = tuple(each for group in taken.values() for each in group)
    responses = tuple(
        response(photograph, row)
        for role, rows in groups.items()
        for photograph, row in zip(taken[role], rows, strict=True)
    )
    said = claim(index=index)
    spec = Spec(
        version=1,
        title="A report",
        layers=(LayerSpec(layer=LAYER, filters=(index,)),),
        claims=(said,),
        evidence=evidence or EvidenceSpec(),
    )
    tested = Evidence(said, taken["positive"], taken["lookalike"], taken["control"], (), ())
    study = Study(spec, Path("report.yml"), Path(), None, library, (tested,), ())
    channels = groups["control"].shape[1] if len(groups["control"]) else 1
    return Case(study, model(channels), (rendering(LAYER, index),), responses)


def noise(
    seed: int, *, sizes: tuple[int, int, int] = (20, 100, 40), channels: int = 40
) -> list[Array]:
    """Positives, controls and look-alikes of pure noise."""
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 1, (size, channels)) for size in sizes]


def detector(
    seed: int = 0,
    *,
    shift: float = 2.5,
    sizes: tuple[int, int, int] = (20, 100, 40),
    channels: int = 40,
) -> list[Array]:
    """Noise, with positives that excite filter 0 more than anything else."""
    groups = noise(seed, sizes=sizes, channels=channels)
    groups[0][:, 0] += shift
    return groups


def with_claims(base: Case, *claims: Claim, gates: Gates | None = None) -> Case:
    """The same photographs for several claims."""
    evidence = tuple(replace(base.study.evidence[0], claim=each) for each in claims)
    update: dict[str, object] = {"claims": claims, "gates": gates or Gates()}
    spec = base.study.spec.model_copy(update=update)
    pictures = {(each.layer, each.filter): rendering(each.layer, each.filter) for each in claims}
    pictures.setdefault((LAYER, 0), rendering(LAYER, 0))
    return replace(
        base,
        study=replace(base.study, spec=spec, evidence=evidence),
        renderings=tuple(pictures.values()),
    )
