"""Pictures: the same arithmetic as OpenCV's, noise that is one's own, files that come back."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
import torch

from generator.lab.optimize import image_ops

CPU = torch.device("cpu")


def sample(side: int) -> torch.Tensor:
    return torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(side))


def with_opencv(
    pictures: torch.Tensor, function: Callable[[np.ndarray], np.ndarray]
) -> torch.Tensor:
    done = [function(each.permute(1, 2, 0).numpy()) for each in pictures]
    return torch.from_numpy(np.stack(done)).permute(0, 3, 1, 2)


@pytest.mark.parametrize(("side", "larger"), [(56, 67), (67, 80), (237, 284), (64, 408)])
def test_enlarging_is_opencv_s_bicubic(side: int, larger: int) -> None:
    pictures = sample(side)
    wanted = with_opencv(
        pictures, lambda each: cv2.resize(each, (larger, larger), interpolation=cv2.INTER_CUBIC)
    )
    torch.testing.assert_close(
        image_ops.enlarge_on_device(pictures, larger), wanted, atol=2e-5, rtol=0
    )


@pytest.mark.parametrize("blur", [1, 2, 3, 4, 5])
def test_blurring_is_opencv_s_box(blur: int) -> None:
    pictures = sample(40)
    wanted = with_opencv(pictures, lambda each: cv2.blur(each, (blur, blur)))
    torch.testing.assert_close(
        image_ops.box_blur_on_device(pictures, blur), wanted, atol=1e-6, rtol=0
    )


def test_noise_is_in_the_article_s_range_and_each_picture_s_own() -> None:
    both = image_ops.noise([(0, 1), (0, 2)], 56, CPU)
    levels = both * 255
    assert levels.min() >= 150
    assert levels.max() < 180
    assert torch.equal(levels, levels.round())
    assert torch.equal(both[1:], image_ops.noise([(0, 2)], 56, CPU))
    assert not torch.equal(both[0], both[1])


def test_normalising_there_and_back() -> None:
    pictures = sample(8)
    torch.testing.assert_close(image_ops.denormalise(image_ops.normalise(pictures)), pictures)
    least, largest = image_ops.bounds(pictures)
    torch.testing.assert_close(image_ops.denormalise(least).flatten(), torch.zeros(3))
    torch.testing.assert_close(image_ops.denormalise(largest).flatten(), torch.ones(3))


def test_a_png_comes_back_as_the_reader_gets_it() -> None:
    pictures = sample(20) * 1.4 - 0.2
    levels = image_ops.to_levels(pictures)
    wanted = pictures.clamp(0, 1).mul(255).round().div(255)
    torch.testing.assert_close(image_ops.from_png(image_ops.to_png(levels[0])), wanted[0])
    torch.testing.assert_close(image_ops.from_levels(levels, CPU), wanted)


def test_on_the_cpu_it_is_opencv_itself() -> None:
    pictures = sample(40)
    blurred = with_opencv(pictures, lambda each: cv2.blur(each, (5, 5)))
    assert torch.equal(image_ops.box_blur(pictures, 5), blurred)
    assert torch.equal(image_ops.box_blur(pictures, 0), pictures)
    larger = with_opencv(
        pictures, lambda each: cv2.resize(each, (48, 48), interpolation=cv2.INTER_CUBIC)
    )
    assert torch.equal(image_ops.enlarge(pictures, 48), larger)
