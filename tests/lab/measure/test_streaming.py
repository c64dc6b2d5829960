"""Streamed images: the numbers of a plain scan, however many cores there are."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from generator.images.photographs import Photograph, open_photograph
from generator.images.sources.base import Item, UnreadableImageError, spoiled
from generator.lab import devices
from generator.lab.loading.models import Bench
from generator.lab.measure.activations import scan
from generator.lab.measure.streaming import Stream, highest
from generator.summaries import Summary, SummaryQuery
from tests.images.sources.made import jpeg
from tests.summaries.made import same

LAYERS = ("0", "2", "3", "5")


def item(position: int, data: bytes) -> Item:
    return Item(position, f"{position}.jpg", lambda: data)


def streamed(
    bench: Bench, items: list[Item], pooling: str = "mean", unit: str = "after", top: int = 3
) -> dict[str, Summary]:
    layers = [bench.layer(name) for name in LAYERS]
    stream = Stream(bench, pooling, unit)  # type: ignore[arg-type]
    made = stream.summarise(layers, "a.tar", items, top=top)
    return {each.layer: each for each in made}


@pytest.fixture
def photographs(tmp_path: Path) -> tuple[Photograph, ...]:
    paths = [tmp_path / f"{number}.jpg" for number in range(10)]
    for number, path in enumerate(paths):
        path.write_bytes(jpeg(number, side=60 + number))
    return tuple(open_photograph(path, path.name) for path in paths)


@pytest.mark.parametrize("unit", ["before", "after"])
@pytest.mark.parametrize("pooling", ["mean", "max"])
def test_the_numbers_are_those_of_a_plain_scan(
    bench: Bench, photographs: tuple[Photograph, ...], pooling: str, unit: str
) -> None:
    items = [item(at, Path(each.path).read_bytes()) for at, each in enumerate(photographs)]
    made = streamed(bench, items, pooling, unit)
    for name in LAYERS:
        layer, summary = bench.layer(name), made[name]
        responses = scan(bench, [layer], photographs)
        values = np.stack([getattr(each, f"{pooling}_{unit}") for each in responses])
        peaks = np.stack([getattr(each, f"max_{unit}") for each in responses])
        reading = SummaryQuery.of(summary)
        np.testing.assert_allclose(summary.high, values.max(axis=0), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(summary.low, values.min(axis=0), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(summary.peak, peaks.max(axis=0), rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(summary.active, (peaks > 0).sum(axis=0))
        for channel in range(layer.channels):
            assert reading.mean(channel) == pytest.approx(values[:, channel].mean(), abs=1e-5)
            best = reading.strongest(channel)
            wanted = np.sort(values[:, channel])[::-1][:3]
            assert [each.value for each in best] == pytest.approx(
                wanted.tolist(), rel=1e-5, abs=1e-6
            )


@pytest.mark.parametrize("channels", [1, 16, 31, 32, 40])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_highest_value_of_each_map(layout: torch.memory_format, channels: int) -> None:
    maps = torch.randn(3, channels, 6, 7).contiguous(memory_format=layout)
    np.testing.assert_array_equal(highest(maps), maps.flatten(2).numpy().max(axis=2))


def test_nothing_depends_on_how_many_cores_there_are(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [item(number, jpeg(number)) for number in range(23)]
    found = []
    for cores in (1, 2, 5):
        monkeypatch.setattr(devices, "usable_cores", lambda cores=cores: cores)
        found.append(streamed(bench, items))
    monkeypatch.undo()
    devices.settle(bench.device)
    for other in found[1:]:
        assert all(same(found[0][name], other[name]) for name in LAYERS)


def bomb() -> bytes:
    """A PNG of 20,000 × 20,000 pixels in 400 KB."""
    file = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    return file.getvalue()


def test_spoiled_images_are_counted_and_named_and_the_rest_goes_on(bench: Bench) -> None:
    items = [
        item(0, jpeg(0)),
        item(1, jpeg(1)[:300]),
        item(2, b""),
        item(3, b"<html>404</html>"),
        item(4, bomb()),
        Item(5, "5.jpg", spoiled("there is no such file")),
        Item(6, "rows", spoiled("50 rows from row 6 cannot be read"), rows=50),
        item(56, jpeg(2)),
    ]
    for summary in streamed(bench, items).values():
        assert (summary.count, summary.spoiled, summary.unsound) == (2, 55, 0)
        assert [fault.split(": ", 1)[0] for fault in summary.faults] == [
            "1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg", "rows",
        ]  # fmt: skip
        assert "4.jpg: it has more than 50 megapixels" in summary.faults
        assert [image.position for image in sorted(summary.images().values())] == [0, 56]


def test_only_spoiled_images_and_none(bench: Bench) -> None:
    assert streamed(bench, [item(0, b"")])["0"].spoiled == 1
    assert streamed(bench, [])["0"].count == 0


def test_a_network_that_gives_no_numbers(bench: Bench) -> None:
    with torch.no_grad():
        bench.network[3].bias[2] = float("nan")  # type: ignore[index]
    made = streamed(bench, [item(0, jpeg(0))])
    assert (made["0"].count, made["0"].unsound) == (1, 0)
    assert (made["3"].count, made["3"].unsound) == (0, 1)
    assert made["3"].faults == ("0.jpg: a response is not a finite number",)


def test_pictures_can_be_climbed_afterwards(bench: Bench) -> None:
    devices.colours.cache_clear()  # kept for the process: here they are first made by the scan
    streamed(bench, [item(0, jpeg(0))])
    pixels = torch.rand(1, 3, 56, 56, requires_grad=True)
    bench.network(bench.prepare(pixels)).sum().backward()
    assert pixels.grad is not None


def test_what_is_no_fault_of_an_image_ends_the_scan(bench: Bench) -> None:
    def broken(reason: Exception) -> bytes:
        raise reason

    for reason in (ConnectionResetError("the line broke"), MemoryError()):
        items = [item(0, jpeg(0)), Item(1, "1.jpg", partial(broken, reason))]
        with pytest.raises(type(reason)):
            streamed(bench, items)
    with pytest.raises(UnreadableImageError):
        spoiled("")()
