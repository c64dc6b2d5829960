"""`build`: from a spec to a site, one line per stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from generator import findings, plan, site, spec
from generator.artifacts.artifact import (
    Ablation,
    Artifacts,
    FeatureMaps,
    Occlusion,
    Recognition,
    Rendering,
    Responses,
    ScanResult,
    Trace,
)
from generator.artifacts.contributions import ConvWeights, LayerInputs
from generator.errors import ExitCode, ReportError
from generator.findings.findings import Findings
from generator.findings.preprocessing_check import judge
from generator.models import preprocessing
from generator.models.card import ModelCard
from generator.pipeline import folders, scan_images
from generator.pipeline.merge_models import merge_models
from generator.pipeline.precision_check import check_precisions
from generator.pipeline.read_study import read_study
from generator.pipeline.request import Request
from generator.pipeline.resources import engine_of, open_bench, store_of
from generator.plan import Step
from generator.site import work_folder
from generator.spec.study import Study
from generator.store.store import Store
from generator.system.console import Console
from generator.system.lock import file_lock
from generator.system.signals import delay_interrupts

if TYPE_CHECKING:
    from generator.lab.engines import Engine
    from generator.lab.engines.batching import TaskExecutor
    from generator.lab.loading.models import Bench

Kind = TypeVar(
    "Kind",
    Rendering,
    Responses,
    FeatureMaps,
    Occlusion,
    Ablation,
    Recognition,
    Trace,
    ConvWeights,
    LayerInputs,
)
Ledger = dict[str, plan.Parameters]


def build(request: Request) -> Findings:
    """Make whatever is missing, judge every claim, and put the site in place."""
    folders.check(request)
    study = read_study(request)
    store = store_of(request)
    check_precisions(request, study, store)
    with store.lock(request.console.say), _work_folder(request), engine_of(request) as engine:
        cards, made = _made(request, study, store, engine)
        left_out = scan_images.warnings(made.streamed.summaries) if made.streamed else ()
        study = replace(study, warnings=study.warnings + left_out)
        found = findings.find(study, cards, made)
        request.console.say("writing the site")
        site.build(
            found, request.folders.site, work=request.folders.work, warn=request.console.warn
        )
    return found


def scanned(request: Request) -> tuple[str, ...]:
    """Sum up the images of `scan:`, and say what came of it."""
    study = read_study(request)
    if scan_images.Scan.of(study, allow_outside=request.allow_outside) is None:
        raise ReportError("the report has no images to scan", "name some with `scan: {images: …}`")
    store = store_of(request)
    told: list[str] = []
    with store.lock(request.console.say), engine_of(request) as engine:
        for name, own in spec.alone(study):
            scan = scan_images.Scan.of(own, allow_outside=request.allow_outside)
            assert scan is not None  # noqa: S101 - it is the report's
            work = scan_images.ScanContext(store, engine, open_bench(request, own), request.console)
            summaries = scan_images.sum_up(scan, work)
            lines = scan_images.told(tuple(summaries.values()))
            told += (plan.entry(name, line) for line in lines)
    return tuple(told)


@contextmanager
def _work_folder(request: Request) -> Iterator[None]:
    """Keep other builds out of the work folder: reports side by side may have their own stores."""
    work, say = request.folders.work, request.console.say
    work_folder.check(work)
    with file_lock(work / "lock", lambda: say(f"another build works in {work.name}/: waiting")):
        yield


def _made(
    request: Request, study: Study, store: Store, engine: Engine
) -> tuple[tuple[ModelCard, ...], Artifacts]:
    """Every network's card and what its tasks left behind, one network after the other."""
    ledger: Ledger = {}
    parts = []
    for name, own in spec.alone(study):
        if name:
            request.console.say(f"{name}:")
        known = store.memory().of(name)
        runner = TaskRunner(request, store, engine, open_bench(request, own), known)
        parts.append((name, *_of_network(runner, own)))
        done = plan.ledger(runner.noted, runner.bench.card)
        ledger |= {plan.entry(name, task): parameters for task, parameters in done.items()}
    store.remember(ledger)
    return merge_models(parts)


def _of_network(runner: TaskRunner, study: Study) -> tuple[ModelCard, Artifacts]:
    """The report of one network: its card, and what its tasks left behind."""
    from generator.lab.engines import task_runners  # noqa: PLC0415 - it imports torch

    card = _recognised(runner)
    want, bench = runner.want, runner.bench
    renderings = want("pictures", plan.renders(study), task_runners.RENDER, Rendering)
    small = plan.probes(study)
    probes = want("small pictures from several seeds", small, task_runners.RENDER, Rendering)
    responses = want("responses", plan.scans(study), task_runners.RESPOND, Responses)
    shown = findings.wanted_maps(study, responses)
    maps = want("feature maps", shown, task_runners.FEATURE_MAPS, FeatureMaps)
    covers = findings.wanted_occlusions(study, responses)
    coverings = want("covered photographs", covers, task_runners.OCCLUDE, Occlusion)
    cuts = findings.wanted_ablations(study, bench.card, responses)
    ablations = want("silenced channels", cuts, task_runners.ABLATE, Ablation)
    ways = findings.wanted_traces(study, bench.card, renderings, responses)
    traces = want("ways through the network", ways, task_runners.TRACE, Trace)
    rows = findings.wanted_weights(study, bench.card)
    kernels = want("kernels", rows, task_runners.READ_WEIGHTS, ConvWeights)
    heard = findings.wanted_inputs(study, bench.card)
    signals = want("what layers are given", heard, task_runners.LAYER_INPUTS, LayerInputs)
    streamed, more = _streamed(runner, study)
    return card, Artifacts(
        (*renderings, *probes),
        responses,
        (*maps, *more),
        coverings,
        ablations,
        traces,
        kernels,
        signals,
        streamed,
    )


def _streamed(
    runner: TaskRunner, study: Study
) -> tuple[ScanResult | None, tuple[FeatureMaps, ...]]:
    """The images of `scan:` summed up; those that pages show, measured again with their maps."""
    from generator.lab.engines import task_runners  # noqa: PLC0415

    scan = scan_images.Scan.of(study, allow_outside=runner.request.allow_outside)
    if scan is None:
        return None, ()
    store, card = runner.store, runner.bench.card
    work = scan_images.ScanContext(store, runner.engine, runner.bench, runner.request.console)
    summaries = scan_images.sum_up(scan, work)
    copies = scan_images.copied(scan, findings.wanted_images(study, summaries), store)
    tasks, wanted = findings.wanted_of_scan(study, summaries, copies)
    steps = plan.steps(tasks, card, runner.known)
    responses = runner.make("responses to scanned images", steps, task_runners.RESPOND, Responses)
    located = plan.steps(wanted, card, runner.known)
    maps = runner.make(
        "feature maps of scanned images", located, task_runners.FEATURE_MAPS, FeatureMaps
    )
    return ScanResult(tuple(summaries.values()), copies, responses), maps


def _recognised(runner: TaskRunner) -> ModelCard:
    """The model's card with what photographs of known classes say of its preprocessing."""
    from generator.lab.engines import task_runners  # noqa: PLC0415

    card, known = runner.bench.card, preprocessing.labelled_photographs()
    task = plan.RecognitionTask(known)
    steps = plan.steps((task,) if known else (), card, runner.known)
    seen = runner.make("photographs of known classes", steps, task_runners.RECOGNISE, Recognition)
    found = judge(
        seen[0] if seen else None, preprocessing.preprocessing_variants(card.preprocessing)
    )
    if found.wrong:
        runner.request.console.warn(f"the preprocessing is {found.sentence}")
    return replace(card, checked=found.sentence)


@dataclass(frozen=True, slots=True)
class TaskRunner:
    """Takes what the store holds and makes the rest, batch by batch.

    ``known`` is what earlier builds left of this network; ``noted`` are the steps that the next
    build will be compared with.
    """

    request: Request
    store: Store
    engine: Engine
    bench: Bench
    known: plan.History
    noted: list[Step[Any]] = field(default_factory=list)

    def want(
        self, name: str, tasks: Iterable[plan.T], work: TaskExecutor[plan.T], kind: type[Kind]
    ) -> tuple[Kind, ...]:
        """``make`` the artifacts of these tasks, and note them."""
        steps = plan.steps(tasks, self.bench.card, self.known)
        self.noted.extend(steps)
        return self.make(name, steps, work, kind)

    def make(
        self, name: str, steps: Sequence[Step[plan.T]], work: TaskExecutor[plan.T], kind: type[Kind]
    ) -> tuple[Kind, ...]:
        """The artifacts of all steps, in their order; what is missing is made and stored first."""
        held = {step.key: self.store.get(step.key) for step in steps}
        # The same photograph under two names is one piece of work.
        due = list({step.key: step for step in steps if held[step.key] is None}.values())
        console = self.request.console
        with delay_interrupts(console.say) as patience, console.stage(name, len(due)) as stage:
            for made in self.engine.run(work, due, self.bench, console.say) if due else ():
                for key, artifact in made:
                    held[key] = self.store.put(key, artifact)
                stage.advance(len(made))
                patience.check()
        return tuple(cast(Kind, held[step.key]) for step in steps)


def report(found: Findings, folder: Path, console: Console) -> ExitCode:
    """Say what came out; the exit code is that of the gates."""
    for claim in found.claims:
        console.say(f"{claim.claim.id}: {claim.verdict.code.replace('_', ' ')}")
    for gate in found.gates:
        console.say(f"gate {gate.name}: {'held' if gate.held else 'FAILED'}: {gate.detail}")
    console.say(f"the site is in {folder}: open {folder / 'index.html'}")
    return ExitCode.DONE if all(gate.held for gate in found.gates) else ExitCode.GATE_FAILED
