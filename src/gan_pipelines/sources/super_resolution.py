"""Images in high and in low resolution."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.reading import SourceReading
from gan_pipelines.sources.synthetic_fruit import read_synthetic_fruit
from gan_pipelines.sources.translation_parameters import UpscalingImagesParameters


def read_super_resolution(parameters: ImagesParameters) -> SourceReading:
    """Reads images in high resolution as pixels, and the same in low resolution as partners."""
    assert isinstance(parameters, UpscalingImagesParameters)  # noqa: S101  no other parameters name this source
    reading = read_synthetic_fruit(parameters)
    pixels = reading.images.pixels
    assert isinstance(pixels, np.ndarray)  # noqa: S101  drawn in memory
    return replace(reading, images=ImageSet(pixels, partners=reduced_bicubically(pixels, parameters.low_size)))


def reduced_bicubically(pixels: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Reduces images with Pillow's bicubic filter, which averages over all pixels that it covers.

    Other libraries' bicubic filters leave pixels out, which makes reductions that are easier or harder to enlarge.

    Args:
        pixels: ``(images, side, side, channels)``, in [0, 255].
        size: Width and height of the result in pixels.

    Returns:
        ``(images, size, size, channels)``, in [0, 255].
    """
    channels = pixels.shape[-1]
    result = np.empty((len(pixels), size, size, channels), dtype=np.uint8)
    for target, picture in zip(result, pixels, strict=True):
        image = Image.fromarray(picture[..., 0] if channels == 1 else picture)
        target[...] = np.asarray(image.resize((size, size), Image.Resampling.BICUBIC)).reshape(size, size, channels)
    return result
