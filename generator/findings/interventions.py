"""Which photographs to occlude and which channels to ablate (T6, T7)."""

from __future__ import annotations

from generator.artifacts.artifact import Responses
from generator.findings.claim_tests.t7_network_uses_it import chosen, peers
from generator.findings.response_table import Table, table_of, tabulate
from generator.findings.validity import find_fault
from generator.images.occlusion_masks import masked
from generator.models.card import ModelCard
from generator.plan.interventions import AblationTask, OcclusionTask
from generator.spec.report import EvidenceSpec
from generator.spec.study import Evidence, Study

_COLUMNS = (("mean", "before"), ("max", "before"), ("mean", "after"), ("max", "after"))


def column(evidence: EvidenceSpec) -> int:
    """Which of a covering's four numbers decides."""
    return _COLUMNS.index((evidence.pooling, evidence.unit))


def wanted_occlusions(study: Study, responses: tuple[Responses, ...]) -> tuple[OcclusionTask, ...]:
    """A task for each positive on which it is known where the thing is, each once."""
    tables = tabulate(study.spec.evidence, responses)
    wanted = (
        OcclusionTask(evidence.claim.layer, evidence.claim.filter, photograph)
        for evidence, _ in _usable(study, tables)
        for photograph in evidence.positives
        if masked(photograph)
    )
    return tuple(dict.fromkeys(wanted))


def wanted_ablations(
    study: Study, card: ModelCard, responses: tuple[Responses, ...]
) -> tuple[AblationTask, ...]:
    """A task for each of the chosen positives of each claim, where there is a classifier."""
    if not card.classes:
        return ()
    tables = tabulate(study.spec.evidence, responses)
    wanted = (
        AblationTask(claim.layer, peers(table, evidence.positives, claim.filter), photograph)
        for evidence, table in _usable(study, tables)
        for claim in (evidence.claim,)
        for photograph in chosen(evidence.positives)
    )
    return tuple(dict.fromkeys(wanted))


def _usable(study: Study, tables: tuple[Table, ...]) -> list[tuple[Evidence, Table]]:
    """The claims that can be tested, with their layer's table."""
    pairs = ((each, table_of(tables, each.claim.layer)) for each in study.evidence)
    return [(each, table) for each, table in pairs if table and not find_fault(each, table)]
