"""How each kind of task runs: its function, batches and threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.lab.devices import MemoryBudget
from generator.lab.engines.batching import Family, Made, Say, TaskExecutor, grouped
from generator.lab.loading.models import Bench
from generator.lab.measure import contributions
from generator.lab.measure.ablation import ablate
from generator.lab.measure.activations import feature_maps, scan, trace
from generator.lab.measure.occlusion import covered
from generator.lab.measure.preprocessing_check import recognition
from generator.lab.optimize.render import PictureRequest, RenderSettings, picture
from generator.plan import MapTask, RecognitionTask, RenderTask, ResponseTask, Step, T
from generator.plan.contributions import ConvWeightsTask, LayerInputsTask
from generator.plan.interventions import AblationTask, OcclusionTask
from generator.plan.traces import TraceTask


def _render(batch: Sequence[Family[RenderTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Make pictures; those of one layer with one recipe share a batch."""
    like = batch[0][0].task
    subjects = [subject for family in batch for subject in _subjects(family)]
    way = RenderSettings(like.recipe, like.precision, say)
    made = picture(bench, bench.layer(like.layer), subjects, way)
    found = dict(zip(subjects, made, strict=True))
    yield tuple((step.key, found[_subject(step.task)]) for each in batch for step in each)


def _alike(steps: Sequence[Step[RenderTask]]) -> list[list[Family[RenderTask]]]:
    """Variants of one picture are a family; alike are those of one layer, recipe and arithmetic."""
    families = grouped(steps, lambda step: (step.task.objective, step.task.seed, _shared([step])))
    return grouped(families, lambda each: (_shared(each), len(_subjects(each))))


def _shared(family: Family[RenderTask]) -> tuple[object, ...]:
    """What pictures must share to be made in one batch."""
    return family[0].task.layer, family[0].task.recipe, family[0].task.precision


def _pictures(group: Sequence[Family[RenderTask]], space: MemoryBudget) -> int:
    return max(1, space.pictures(group[0][0].task.recipe.size) // len(_subjects(group[0])))


def _subjects(family: Family[RenderTask]) -> list[PictureRequest]:
    """The family's pictures, and the earlier variants that they are kept away from."""
    first = _subject(family[0].task)
    last = max(step.task.variant for step in family)
    return [replace(first, variant=number) for number in range(last + 1)]


def _subject(task: RenderTask) -> PictureRequest:
    return PictureRequest(task.objective, task.seed, task.variant)


def _respond(batch: Sequence[Family[ResponseTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Measure responses; a photograph goes through the network once for all its layers."""
    layers = [bench.layer(step.task.layer) for step in batch[0]]
    made = scan(bench, layers, [photograph[0].task.photograph for photograph in batch])
    due = [step for photograph in batch for step in photograph]
    yield tuple((step.key, responses) for step, responses in zip(due, made, strict=True))


def _by_layers(steps: Sequence[Step[ResponseTask]]) -> list[list[Family[ResponseTask]]]:
    """The layers of one photograph are a family; alike are those of the same layers."""
    photographs = grouped(steps, lambda step: step.task.photograph.sha256)
    return grouped(photographs, lambda family: tuple(step.task.layer for step in family))


def _locate(batch: Sequence[Family[MapTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Keep feature maps; a photograph goes through the network once for all that is wanted."""
    wanted = [
        (steps[0].task.photograph, [(bench.layer(s.task.layer), s.task.filters) for s in steps])
        for steps in batch
    ]
    made = (maps for photograph in feature_maps(bench, wanted) for maps in photograph)
    due = (step for photograph in batch for step in photograph)
    yield tuple((step.key, maps) for step, maps in zip(due, made, strict=True))


def _cover(batch: Sequence[Family[OcclusionTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Measure a photograph with parts covered; it goes through once for all filters wanted."""
    (due,) = batch
    wanted = [(bench.layer(step.task.layer), step.task.filter) for step in due]
    made = covered(bench, wanted, due[0].task.photograph)
    yield tuple((step.key, each) for step, each in zip(due, made, strict=True))


def _silence(batch: Sequence[Family[AblationTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Read the classifier without channels, of one photograph."""
    ((step,),) = batch
    task = step.task
    yield ((step.key, ablate(bench, bench.layer(task.layer), task.channels, task.photograph)),)


def _follow(batch: Sequence[Family[TraceTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Follow images through the layers on the way."""
    due = [step for family in batch for step in family]
    layers = [bench.layer(name) for name in due[0].task.layers]
    made = trace(bench, layers, [step.task.image for step in due])
    yield tuple((step.key, found) for step, found in zip(due, made, strict=True))


def _read_kernels(
    batch: Sequence[Family[ConvWeightsTask]], bench: Bench, say: Say
) -> Iterator[Made]:
    """Read weights, layer by layer."""
    for step in (step for family in batch for step in family):
        task = step.task
        yield ((step.key, contributions.kernels(bench, task.layer, task.filters, task.inputs)),)


def _listen(batch: Sequence[Family[LayerInputsTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Average what layers are given; the photographs run through the network once for all."""
    for family in batch:
        layers = [step.task.layer for step in family]
        for made in contributions.signals(bench, layers, family[0].task.photographs):
            yield tuple((step.key, each) for step, each in zip(family, made, strict=False))


def _recognise(batch: Sequence[Family[RecognitionTask]], bench: Bench, say: Say) -> Iterator[Made]:
    """Show the network photographs of known classes."""
    for step in (step for family in batch for step in family):
        say("showing the network photographs of known classes")
        yield ((step.key, recognition(step.task, bench)),)


def _one_by_one(steps: Sequence[Step[T]]) -> list[list[Family[T]]]:
    """Every step for itself, all alike."""
    return [[[step] for step in steps]]


def _by_photograph(steps: Sequence[Step[MapTask]]) -> list[list[Family[MapTask]]]:
    return [grouped(steps, lambda step: step.task.photograph.sha256)]


def _by_boxes(steps: Sequence[Step[OcclusionTask]]) -> list[list[Family[OcclusionTask]]]:
    return [grouped(steps, lambda step: (step.task.photograph.sha256, step.task.photograph.boxes))]


def _by_way(steps: Sequence[Step[TraceTask]]) -> list[list[Family[TraceTask]]]:
    return [[[s] for s in group] for group in grouped(steps, lambda step: step.task.layers)]


def _by_photographs(steps: Sequence[Step[LayerInputsTask]]) -> list[list[Family[LayerInputsTask]]]:
    return [grouped(steps, lambda step: step.task.photographs)]


def _photographs(_: Sequence[Family[T]], space: MemoryBudget) -> int:
    return space.photographs


def _one(_: Sequence[Family[T]], _space: MemoryBudget) -> int:
    return 1


RENDER = TaskExecutor(_render, _alike, _pictures)
RESPOND = TaskExecutor(_respond, _by_layers, _photographs)
FEATURE_MAPS = TaskExecutor(_locate, _by_photograph, _photographs)
OCCLUDE = TaskExecutor(_cover, _by_boxes, _one)
ABLATE = TaskExecutor(_silence, _one_by_one, _one)
TRACE = TaskExecutor(_follow, _by_way, _photographs)
READ_WEIGHTS = TaskExecutor(_read_kernels, _one_by_one, _one)
LAYER_INPUTS = TaskExecutor(_listen, _by_photographs, _one, uses_pool=True)
RECOGNISE = TaskExecutor(_recognise, _one_by_one, _one, uses_pool=True)
