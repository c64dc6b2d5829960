"""(Study, model) → Plan: every task with its key and the reason why it must run. No torch."""

from generator.plan.cost import Cost, Speed, cost
from generator.plan.keys import Step, identity, key_of, ledger, steps
from generator.plan.ledger import History, entry
from generator.plan.plan import (
    MANY_FILTERS,
    PROBE_SIDE,
    Plan,
    of_layer,
    pictures,
    plan,
    probes,
    renders,
    scans,
)
from generator.plan.report import explain, tell
from generator.plan.tasks import (
    MAP_VERSION,
    RECOGNITION_VERSION,
    RENDER_VERSION,
    SCAN_VERSION,
    MapTask,
    Parameters,
    RecognitionTask,
    RenderTask,
    ResponseTask,
    SummaryTask,
    T,
    Task,
)

__all__ = [
    "MANY_FILTERS",
    "MAP_VERSION",
    "PROBE_SIDE",
    "RECOGNITION_VERSION",
    "RENDER_VERSION",
    "SCAN_VERSION",
    "Cost",
    "History",
    "MapTask",
    "Parameters",
    "Plan",
    "RecognitionTask",
    "RenderTask",
    "ResponseTask",
    "Speed",
    "Step",
    "SummaryTask",
    "T",
    "Task",
    "cost",
    "entry",
    "explain",
    "identity",
    "key_of",
    "ledger",
    "of_layer",
    "pictures",
    "plan",
    "probes",
    "renders",
    "scans",
    "steps",
    "tell",
]
