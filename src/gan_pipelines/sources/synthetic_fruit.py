"""Synthetic images of tomatoes: training data for networks of 96x96 pixels without a download."""

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.sources.frames import luminance
from gan_pipelines.sources.fruit.picture import draw_picture
from gan_pipelines.sources.fruit.scene import Scene, random_scene
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.reading import SourceReading
from gan_pipelines.sources.seeded_choice import seeded_subset
from gan_pipelines.training.randomness import random_generator

AVAILABLE = 400
COLLECTION_SEED = 0
NOTE = "The images are synthetic drawings of tomatoes; none is a photo."


def read_synthetic_fruit(parameters: ImagesParameters) -> SourceReading:
    """Draws the 400 images of the source, which are always the same, or a random subset of ``limit`` images.

    ``seed`` selects the subset; it does not change the images. There are no labels.
    """
    positions = seeded_subset(AVAILABLE, parameters.limit, parameters.seed).tolist()
    pixels = _draw(positions, parameters.image_size, COLLECTION_SEED)
    if parameters.colour == "gray":
        pixels = luminance(pixels)
    return SourceReading(images=ImageSet(pixels=pixels), available=AVAILABLE, notes=(NOTE,))


def draw_fruit(count: int, size: int, seed: int) -> NDArray[np.uint8]:
    """Draws images of tomatoes in the style of product photos, one tomato per image.

    Shape, ripeness, stem, rotation, position, light and background vary. Image k depends only on the seed and k: a
    larger count begins with the images of a smaller one.

    Args:
        count: Number of images.
        size: Width and height in pixels, at least 8.
        seed: Seed of the images.

    Returns:
        ``(count, size, size, 3)``, in [0, 255].
    """
    return _draw(list(range(count)), size, seed)


def fruit_scene(position: int, seed: int = COLLECTION_SEED) -> Scene:
    """Returns the scene of one image of the source."""
    return random_scene(random_generator(seed, "drawn_fruit", position))


def _draw(positions: list[int], size: int, seed: int) -> NDArray[np.uint8]:
    pictures = np.empty((len(positions), size, size, 3), dtype=np.uint8)
    for picture, position in zip(pictures, positions, strict=True):
        picture[...] = draw_picture(fruit_scene(position, seed), size)
    return pictures
