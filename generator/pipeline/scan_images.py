"""Scans the images of `scan:` shard by shard.

A shard that is done is an object of the store for each layer. Whoever kills a scan loses the shard
in flight.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator import plan, summaries
from generator.errors import MachineError, ReportError
from generator.images.photographs import Photograph, open_photograph
from generator.images.sources import Shard, Source, UnreadableImageError, open_source, read
from generator.images.sources.base import SEVERAL
from generator.images.sources.sidecars import UNCREDITED
from generator.models.card import ModelCard
from generator.models.layers import Layer
from generator.plan import SummaryTask
from generator.spec.locations import Project
from generator.spec.report import Pooling, Side
from generator.spec.scan import ScanSpec
from generator.spec.study import Study
from generator.store.layout import COPIES
from generator.store.store import Store, put_aside
from generator.summaries import ImageId, Summary, identity
from generator.system.console import Console
from generator.system.files import raise_if_machine, write_file
from generator.system.signals import delay_interrupts

if TYPE_CHECKING:
    from generator.lab.engines import Engine
    from generator.lab.loading.models import Bench


@dataclass(frozen=True, slots=True)
class Scan:
    """What `scan:` asks for: a source, and how it is summed up for which layers."""

    wanted: ScanSpec
    source: Source
    layers: tuple[str, ...]
    pooling: Pooling
    unit: Side

    @classmethod
    def of(cls, study: Study, *, allow_outside: bool) -> Scan | None:
        """List the images of a report; None where it has no `scan:`.

        Raises
        ------
        ReportError
            If there are none.
        SourceError
            If the disk or the network refuses.
        """
        wanted, evidence = study.spec.scan, study.spec.evidence
        if wanted is None:
            return None
        border = None if allow_outside else Project.around(study.file, allow_outside=False).root
        source = open_source(wanted.images, study.folder, border=border, column=wanted.column)
        layers = tuple(layer.layer for layer in study.spec.reported_layers)
        return cls(wanted, source, layers, evidence.pooling, evidence.unit)

    def key(self, card: ModelCard, layer: str, shard: Shard) -> str:
        """Of a shard's summary in the store."""
        return self._key(card, layer, shard.name, shard.fingerprint)

    def total_key(self, card: ModelCard, layer: str) -> str:
        """Of the summary of all shards."""
        whole = hashlib.sha256()
        for shard in self.source.shards:
            whole.update(self.key(card, layer, shard).encode())
        return self._key(card, layer, "all", whole.hexdigest())

    def due(self, card: ModelCard, store: Store) -> int:
        """How many shards have to be scanned."""
        layers = [each for each in self.layers if not store.has(self.total_key(card, each))]
        return sum(
            any(not store.has(self.key(card, layer, shard)) for layer in layers)
            for shard in self.source.shards
        )

    def _key(self, card: ModelCard, layer: str, shard: str, fingerprint: str) -> str:
        task = SummaryTask(layer, shard, fingerprint, self.pooling, self.unit, self.wanted.top)
        return plan.key_of(plan.identity(task, card))


@dataclass(frozen=True, slots=True)
class ScanContext:
    """What a scan works with."""

    store: Store
    engine: Engine
    bench: Bench
    console: Console


def sum_up(scan: Scan, work: ScanContext) -> dict[str, Summary]:
    """Each layer's summary of all images: taken from the store, or scanned shard by shard.

    Raises
    ------
    SourceError
        If images cannot be had; the shards that are done are kept.
    ReportError
        If there is no image that can be read.
    """
    card, store, totals = work.bench.card, work.store, dict[str, Summary]()
    if scan.source.passed_over:
        work.console.warn(scan.source.passed_over)
    for layer in scan.layers:
        found = store.get(scan.total_key(card, layer))
        if isinstance(found, Summary):
            totals[layer] = found
    missing = [layer for layer in scan.layers if layer not in totals]
    if missing:
        totals |= _by_shard(scan, missing, work)
        for layer in missing:
            store.put(scan.total_key(card, layer), totals[layer])
    _refuse_none(scan, tuple(totals.values()))
    return {layer: totals[layer] for layer in scan.layers}


def _refuse_none(scan: Scan, summaries: Sequence[Summary]) -> None:
    if any(each.count for each in summaries):
        return
    reasons = warnings(summaries)[1:4] or ("there are no images in it.",)
    raise ReportError(
        f"{scan.wanted.images}: no image of the scan can be read: {' '.join(reasons)}"[:500],
        "docs/scan.md says what can be read",
    )


def _by_shard(scan: Scan, layers: Sequence[str], work: ScanContext) -> dict[str, Summary]:
    """Totals merge exactly, in whatever order shards are done."""
    card, store, console = work.bench.card, work.store, work.console
    known = [work.bench.layer(name) for name in layers]
    totals = {
        each.name: summaries.empty(each.name, each.channels, scan.wanted.top) for each in known
    }
    due: list[_Due] = []
    for shard in scan.source.shards:
        held = {name: store.get(scan.key(card, name, shard)) for name in layers}
        for name, summary in held.items():
            if isinstance(summary, Summary):
                totals[name] = summaries.merge(totals[name], summary)
        missing = tuple(each for each in known if held[each.name] is None)
        due += [_Due(scan, shard, missing)] if missing else []
    with (
        delay_interrupts(console.say) as patience,
        console.stage("shards of images", len(due)) as stage,
    ):
        for shard, made in work.engine.each(_summarise, due, work.bench, console.say):
            for summary in made:
                store.put(scan.key(card, summary.layer, shard), summary)
                totals[summary.layer] = summaries.merge(totals[summary.layer], summary)
            stage.advance(1)
            patience.check()
    return totals


@dataclass(frozen=True, slots=True)
class _Due:
    """A shard, and the layers of which it has not been summed up."""

    scan: Scan
    shard: Shard
    layers: tuple[Layer, ...]


def _summarise(
    due: _Due, bench: Bench, _: Callable[[str], None]
) -> tuple[Shard, tuple[Summary, ...]]:
    """One shard through the network, in whichever process."""
    from generator.lab.measure.streaming import Stream  # noqa: PLC0415 - imports torch

    scan, shard = due.scan, due.shard
    stream, items = Stream(bench, scan.pooling, scan.unit), read(scan.source.disk, shard)
    return shard, stream.summarise(due.layers, shard.name, items, top=scan.wanted.top)


def told(summaries: Sequence[Summary]) -> Iterator[str]:
    """What came of a scan, in lines."""
    for summary in summaries:
        left_out = summary.spoiled + summary.unsound
        known = f"{summary.layer}: {summary.count} images summed up for {summary.units} filters"
        yield f"{known}, {left_out} left out"
    yield from warnings(summaries)


def warnings(summaries: Sequence[Summary]) -> tuple[str, ...]:
    """What was left out and why, each image once, and what credits none; twenty are named."""
    lines = list(dict.fromkeys(fault for each in summaries for fault in each.faults))
    most = max((each.spoiled + each.unsound for each in summaries), default=0)
    named = sum(not line.endswith((UNCREDITED, SEVERAL)) for line in lines)
    rest = f"{most} image{'s' * (most > 1)} of the scan {'were' if most > 1 else 'was'} left out"
    more = f"{rest}; the first of them are named" if most > named else rest
    return (*([f"{more}."] if most else []), *(f"{line}." for line in lines))


def copied(scan: Scan, images: Iterable[ImageId], store: Store) -> dict[int, Photograph]:
    """Copies of images below the store, under their digests, by identity; found again if there.

    Raises
    ------
    ReportError
        If the source no longer holds what was scanned.
    MachineError
        If the disk or the network refuses.
    """
    folder = store.folder / COPIES
    found: dict[int, Photograph] = {}
    missing: dict[str, dict[int, ImageId]] = {}
    for image in images:
        kept = _kept(scan.wanted, folder, image)
        if kept is not None:
            found[identity(image.sha256)] = kept
        else:
            _name_damaged(folder / image.sha256, store)
            missing.setdefault(image.shard, {})[image.position] = image
    for shard in scan.source.shards:
        for image in _fetched(scan.source, shard, missing.pop(shard.name, {}), folder):
            kept = _kept(scan.wanted, folder, image)
            if kept is None:
                raise MachineError(f"{image.name} was copied and is not there", "run again")
            found[identity(image.sha256)] = kept
    return found


def _name_damaged(path: Path, store: Store) -> None:
    """Put aside a copy that is there and cannot be used, and say so."""
    if path.is_file():
        store.say(f"{path.name[:16]}… in {path.parent.name}/ is damaged: copied again")
        put_aside(path)


def _fetched(
    source: Source, shard: Shard, images: Mapping[int, ImageId], folder: Path
) -> Iterator[ImageId]:
    rest = dict(images)
    if not rest:
        return
    for item in read(source.disk, shard, tuple(images)):
        image = rest.pop(item.position, None)
        if image is None:
            continue
        try:
            data = item.load()
        except UnreadableImageError as error:
            raise _changed(image, error.cause) from None
        if hashlib.sha256(data).hexdigest() != image.sha256:
            raise _changed(image, "it holds something else")
        try:
            write_file(folder / image.sha256, data)
        except OSError as reason:
            raise_if_machine(reason)
            raise MachineError(f"{folder.name}/ cannot be written: {reason.strerror}") from None
        yield image
        if not rest:
            return
    raise _changed(next(iter(rest.values())), "it is not there")


def _changed(image: ImageId, reason: str) -> ReportError:
    return ReportError(
        f"{image.name} is not what was scanned: {reason}",
        "touch the file that holds it, so that its shard is scanned again",
    )


def _kept(wanted: ScanSpec, folder: Path, image: ImageId) -> Photograph | None:
    """The copy of an image as a photograph of the report; None if it is not there or spoiled."""
    path = folder / image.sha256
    if not path.is_file():
        return None
    try:
        photograph = open_photograph(path, image.name)
    except MachineError:
        raise
    except ReportError:
        return None
    if photograph.sha256 != image.sha256:
        return None
    return replace(
        photograph,
        subject=image.subject,
        source=image.source or wanted.source,
        licence=image.licence or wanted.licence,
    )
