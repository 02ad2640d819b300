"""Pairs of images for a translator: label maps and pictures of fruit."""

import numpy as np

from gan_pipelines.sources.frames import luminance
from gan_pipelines.sources.fruit.label_map import draw_label_map
from gan_pipelines.sources.fruit.picture import draw_picture
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.reading import SourceReading
from gan_pipelines.sources.seeded_choice import seeded_subset
from gan_pipelines.sources.synthetic_fruit import AVAILABLE, NOTE, fruit_scene


def read_pairs(parameters: ImagesParameters) -> SourceReading:
    """Reads pairs: B as pixels, A as partners, both ``(pairs, size, size, channels)``."""
    return _drawn_pairs(parameters)


def _drawn_pairs(parameters: ImagesParameters) -> SourceReading:
    """Draws 400 pairs, which are always the same: label maps as A, pictures of ``synthetic_fruit`` as B."""
    positions = seeded_subset(AVAILABLE, parameters.limit, parameters.seed)
    scenes = [fruit_scene(int(position)) for position in positions]
    pictures, labels = (
        np.stack([draw(scene, parameters.image_size) for scene in scenes]) for draw in (draw_picture, draw_label_map)
    )
    if parameters.colour == "gray":
        pictures, labels = luminance(pictures), luminance(labels)
    return SourceReading(images=ImageSet(pictures, partners=labels), available=AVAILABLE, notes=(NOTE,))
