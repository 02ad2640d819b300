"""Handwritten digits of scikit-learn: real images without a download."""

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.sources.frames import resized, to_frames
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.parameters import DIGIT_SIZE, ImagesParameters
from gan_pipelines.sources.reading import SourceReading

DIGIT = 20
DARKEST_INK = 16


def read_digits(parameters: ImagesParameters) -> SourceReading:
    """Reads 1,797 digits of 8x8 pixels and converts them to the layout of MNIST.

    Each digit is enlarged to 20x20 and placed on a black 28x28 frame with its centre of mass in the middle, as in
    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition" (1998). For any other
    ``size``, the 28x28 frame is resized.
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    frames = _centred(_as_bytes(bunch.images))
    images = ImageSet(
        pixels=to_frames(frames, parameters.image_size, parameters.colour or "gray"),
        labels=bunch.target.astype(np.int64),
        class_names=tuple(str(digit) for digit in range(10)),
    )
    return SourceReading(images=images, available=len(images))


def _as_bytes(images: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.rint(images * (255 / DARKEST_INK)).astype(np.uint8)


def _centred(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    frames = np.zeros((len(pictures), DIGIT_SIZE, DIGIT_SIZE), dtype=np.uint8)
    for frame, digit in zip(frames, resized(pictures, DIGIT), strict=True):
        top, left = _offset(digit.sum(axis=1)), _offset(digit.sum(axis=0))
        frame[top : top + DIGIT, left : left + DIGIT] = digit
    return frames


def _offset(intensity: NDArray[np.unsignedinteger]) -> int:
    """Returns the offset along one axis that centres the mass of the digit in the frame, as far as it fits."""
    centre = float(np.average(np.arange(DIGIT), weights=intensity))
    return int(np.clip(round((DIGIT_SIZE - 1) / 2 - centre), 0, DIGIT_SIZE - DIGIT))
