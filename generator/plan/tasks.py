"""The kinds of tasks, each with all parameters that can change its result."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal, TypeVar

from generator.images.photographs import Photograph
from generator.models.preprocessing import LabelledPhotograph
from generator.plan.contributions import ConvWeightsTask, LayerInputsTask
from generator.plan.interventions import AblationTask, OcclusionTask
from generator.plan.traces import TraceTask
from generator.recipes.objective import Objective
from generator.recipes.presets import Precision, Recipe
from generator.spec.report import Pooling, Side

# Raised by hand when a change of code changes what a task leaves behind.
RENDER_VERSION = 2
SCAN_VERSION = 1
MAP_VERSION = 2
RECOGNITION_VERSION = 1
STREAM_VERSION = 3

Parameters = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RenderTask:
    """Make one picture.

    Attributes
    ----------
    variant:
        0 for the picture itself; picture k is kept away from those before it.
    precision:
        As asked for, not as it was done: a picture made on a GPU can be published elsewhere.
    role:
        ``main``, ``beside`` it for those of other recipes, or a small ``probe`` of its stability.
    """

    kind: ClassVar[str] = "RenderTask"
    layer: str
    objective: Objective
    recipe: Recipe
    seed: int
    variant: int = 0
    precision: Precision = "auto"
    role: Literal["main", "beside", "probe"] = "main"

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        channel = self.objective.channel
        unit = f":{channel}" if channel is not None else f", {self.objective.words}"
        if self.role == "probe":
            return f"probe {self.layer}{unit} from seed {self.seed}"
        variant = f", variant {self.variant + 1}" if self.variant else ""
        recipe = f" with {self.recipe.name}" if self.role == "beside" else ""
        return f"render {self.layer}{unit}{recipe}{variant}"

    def parameters(self) -> Parameters:
        """Everything beside the model that can change the picture.

        What is left at its default is left out, so that a new option makes no picture again.
        """
        made: Parameters = {
            "layer": self.layer,
            "recipe": self.recipe.constants,
            "seed": self.seed,
        }
        channel = self.objective.channel
        made |= {"objective": asdict(self.objective)} if channel is None else {"filter": channel}
        made |= {"variant": self.variant} if self.variant else {}
        made |= {"precision": self.precision} if self.precision != "auto" else {}
        return made | {"version": RENDER_VERSION}


@dataclass(frozen=True, slots=True)
class ResponseTask:
    """Measure how all channels of one layer respond to one photograph."""

    kind: ClassVar[str] = "ScanTask"
    layer: str
    photograph: Photograph

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        return f"scan {self.layer} {self.photograph.name}"

    def parameters(self) -> Parameters:
        """Everything beside the model that can change the responses."""
        return {"layer": self.layer, "image": self.photograph.sha256, "version": SCAN_VERSION}


@dataclass(frozen=True, slots=True)
class MapTask:
    """Keep the maps of some filters of a layer, in ascending order, on one photograph."""

    kind: ClassVar[str] = "MapTask"
    layer: str
    photograph: Photograph
    filters: tuple[int, ...]

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        return f"maps {self.layer} {self.photograph.name}"

    def parameters(self) -> Parameters:
        """Everything beside the model that can change the maps."""
        return {
            "layer": self.layer,
            "filters": self.filters,
            "image": self.photograph.sha256,
            "version": MAP_VERSION,
        }


@dataclass(frozen=True, slots=True)
class SummaryTask:
    """Sum up how a layer responds to all images of a shard, or of several that are done.

    ``fingerprint`` tells the shard's content; of several, their keys. ``top`` images of each unit
    are named.
    """

    kind: ClassVar[str] = "StreamTask"
    layer: str
    shard: str
    fingerprint: str
    pooling: Pooling
    unit: Side
    top: int

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        return f"stream {self.layer} {self.shard}"

    def parameters(self) -> Parameters:
        """Everything beside the model that can change the summary."""
        return {**asdict(self), "version": STREAM_VERSION}


@dataclass(frozen=True, slots=True)
class RecognitionTask:
    """Show the network photographs of known classes."""

    kind: ClassVar[str] = "RecognitionTask"
    known: tuple[LabelledPhotograph, ...]

    @property
    def name(self) -> str:
        """What it is, whatever its parameters: the same in the next build."""
        return "photographs of known classes"

    def parameters(self) -> Parameters:
        """Everything beside the model that can change what it names."""
        shown = [[each.photograph.sha256, *each.classes] for each in self.known]
        return {"shown": shown, "version": RECOGNITION_VERSION}


Task = (
    RenderTask
    | ResponseTask
    | MapTask
    | OcclusionTask
    | AblationTask
    | RecognitionTask
    | TraceTask
    | ConvWeightsTask
    | LayerInputsTask
    | SummaryTask
)
T = TypeVar(
    "T",
    RenderTask,
    ResponseTask,
    MapTask,
    OcclusionTask,
    AblationTask,
    RecognitionTask,
    TraceTask,
    ConvWeightsTask,
    LayerInputsTask,
)
