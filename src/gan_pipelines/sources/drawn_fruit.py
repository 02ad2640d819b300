"""Drawn photos of one kind of fruit, tomatoes: pictures for networks of 96x96 pixels without a download."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gan_pipelines.sources.fruit.picture import draw_picture
from gan_pipelines.sources.fruit.scene import random_scene
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.reading import SourceReading
from gan_pipelines.sources.seeded_choice import seeded_subset
from gan_pipelines.training.randomness import random_generator

AVAILABLE = 400
COLLECTION_SEED = 0
NOTE = "The pictures are drawings of tomatoes, computed from random numbers; none is a photo."


def read_drawn_fruit(parameters: ImagesParameters) -> SourceReading:
    """Draws the source's 400 pictures, the same for each user, or those of them that ``limit`` leaves.

    ``seed`` decides which pictures these are; it does not change a picture. There are no labels.
    """
    positions = seeded_subset(AVAILABLE, parameters.limit, parameters.seed).tolist()
    pixels = _drawn(positions, parameters.image_size, COLLECTION_SEED)
    if parameters.colour == "gray":
        pixels = np.stack([np.asarray(Image.fromarray(picture).convert("L")) for picture in pixels])[..., np.newaxis]
    return SourceReading(images=ImageSet(pixels=pixels), available=AVAILABLE, notes=(NOTE,))


def draw_fruit(count: int, size: int, seed: int) -> NDArray[np.uint8]:
    """Draws tomatoes as a product photographer would take them, one a picture, each unlike the others.

    Shape, ripeness, stem, rotation, place, light and background differ. Picture k is a function of the seed and k: a
    larger count begins with the pictures of a smaller one.

    Args:
        count: Number of pictures.
        size: Their width and height in pixels, at least 8.
        seed: Any number; another one gives other pictures.

    Returns:
        ``(count, size, size, 3)``, in [0, 255].
    """
    return _drawn(list(range(count)), size, seed)


def _drawn(positions: list[int], size: int, seed: int) -> NDArray[np.uint8]:
    pictures = np.empty((len(positions), size, size, 3), dtype=np.uint8)
    for picture, position in zip(pictures, positions, strict=True):
        picture[...] = draw_picture(random_scene(random_generator(seed, "drawn_fruit", position)), size)
    return pictures
