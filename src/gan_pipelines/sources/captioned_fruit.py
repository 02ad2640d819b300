"""Drawn tomatoes with captions of what they show: data for text-to-image without a download."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from gan_pipelines.sources.frames import luminance
from gan_pipelines.sources.fruit.picture import draw_picture
from gan_pipelines.sources.fruit.scene import Calyx, Scene, random_scene
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.reading import SourceReading
from gan_pipelines.sources.seeded_choice import seeded_subset
from gan_pipelines.sources.synthetic_fruit import COLLECTION_SEED, NOTE
from gan_pipelines.training.randomness import random_generator

RIPENESS = {"green": (0.0, 0.1), "yellow": (0.28, 0.36), "orange": (0.47, 0.55), "red": (0.74, 0.95)}
RADIUS = {"small": (0.34, 0.44), "large": (0.66, 0.78)}
ATTRIBUTES = (
    ("colour", tuple(RIPENESS)),
    ("size", tuple(RADIUS)),
    ("stem", ("with", "without")),
    ("background", ("white", "blue", "dark")),
)
"""Name and values of each attribute; their combinations are numbered as `itertools.product` yields them."""
COMBINATIONS = tuple(product(*(range(len(values)) for _, values in ATTRIBUTES)))
HELDOUT_PER_COLOUR = 2
"""Combinations of each colour that are in no training image."""
DRAWN_PER_COMBINATION = 40
AVAILABLE = DRAWN_PER_COMBINATION * len(COMBINATIONS)
WORDINGS = 3
"""Captions of each image."""
LEFT_OUT = 0.1
"""Probability that a caption is silent about an attribute; the first caption of each image names all of them."""

_OPENINGS = ("", "a photo of ", "a picture of ", "this is ")
_WORDS: dict[str, tuple[str, ...]] = {
    **{"green": ("green", "unripe"), "yellow": ("yellow", "golden"), "orange": ("orange",), "red": ("red", "ripe")},
    **{"small": ("small", "little"), "large": ("large", "big")},
    "with": ("with a stem", "with its green stem"),
    "without": ("without a stem", "with no stem"),
    "white": ("on a white background", "on a white table", "on white"),
    "blue": ("on a blue background", "on a blue table", "on blue"),
    "dark": ("on a dark background", "on a dark table", "before a dark wall"),
}
_MOST_SHOULDER, _LESS_BLUSH = 0.12, 0.3
"""A green shoulder or strong blotches would contradict the caption's colour."""


def read_captioned_fruit(parameters: ImagesParameters) -> SourceReading:
    """Draws the 1,920 images of the source, which are always the same, or a random subset of ``limit`` images.

    Each of the 48 combinations of attributes is in 40 images; those of 8 combinations are held out. ``seed`` selects
    the subset; it does not change the images.
    """
    positions = seeded_subset(AVAILABLE, parameters.limit, parameters.seed).tolist()
    images = draw_captioned_fruit(positions, parameters.image_size, COLLECTION_SEED)
    if parameters.colour == "gray":
        pixels = images.pixels
        assert isinstance(pixels, np.ndarray)  # noqa: S101  drawn in memory
        images = replace(images, pixels=luminance(pixels))
    return SourceReading(images=images, available=AVAILABLE, notes=(NOTE,))


def draw_captioned_fruit(positions: Sequence[int], size: int, seed: int) -> ImageSet:
    """Draws images with three captions each, their attributes, and whether their combination is held out.

    Image k depends only on the seed and k; any 48 images from a multiple of 48 on show each combination once.

    Args:
        positions: Numbers of the images.
        size: Width and height in pixels, at least 8.
        seed: Seed of images, captions and held-out combinations.

    Returns:
        Images ``(positions, size, size, 3)``, uint8.
    """
    pixels = np.empty((len(positions), size, size, 3), dtype=np.uint8)
    numbers = np.array([_combination_at(position, seed) for position in positions], dtype=np.int64)
    captions = []
    for picture, position, number in zip(pixels, positions, numbers.tolist(), strict=True):
        values = values_of(COMBINATIONS[number])
        picture[...] = draw_picture(captioned_scene(values, position, seed), size)
        generator = random_generator(seed, "captions of fruit", position)
        captions.append(tuple(caption_of(values, generator, LEFT_OUT if wording else 0) for wording in range(WORDINGS)))
    return ImageSet(
        pixels,
        is_heldout=np.isin(numbers, heldout_combinations(seed)),
        captions=tuple(captions),
        attributes=np.array(COMBINATIONS, dtype=np.int64)[numbers],
        attribute_names=ATTRIBUTES,
    )


def _combination_at(position: int, seed: int) -> int:
    block, place = divmod(position, len(COMBINATIONS))
    return int(random_generator(seed, "order of combinations", block).permutation(len(COMBINATIONS))[place])


def heldout_combinations(seed: int) -> NDArray[np.int64]:
    """Returns the numbers of the held-out combinations: two of each colour, so that the rest has every value."""
    generator, colours = random_generator(seed, "held-out combinations"), np.array(COMBINATIONS)[:, 0]
    drawn = [
        generator.choice(np.flatnonzero(colours == colour), HELDOUT_PER_COLOUR, replace=False)
        for colour in range(len(RIPENESS))
    ]
    return np.sort(np.concatenate(drawn))


def values_of(combination: Sequence[int]) -> tuple[str, ...]:
    """Returns the value of each attribute as in ``ATTRIBUTES``."""
    return tuple(values[index] for (_, values), index in zip(ATTRIBUTES, combination, strict=True))


def captioned_scene(values: Sequence[str], position: int, seed: int) -> Scene:
    """Returns the scene of one image: random but for colour, size, stem and background."""
    colour, size, stem, background = values
    generator = random_generator(seed, "captioned fruit", position)
    scene = random_scene(generator)
    while not scene.calyx.stem_length:
        scene = random_scene(generator)
    fruit = replace(
        scene.fruit,
        ripeness=generator.uniform(*RIPENESS[colour]),
        shoulder=min(scene.fruit.shoulder, _MOST_SHOULDER),
        blush=replace(scene.fruit.blush, amplitude=_LESS_BLUSH * scene.fruit.blush.amplitude),
        radius=generator.uniform(*RADIUS[size]),
    )
    if size == "small":
        fruit = replace(fruit, centre=generator.uniform(-0.3, 0.3, 2).astype(np.float32))
    wall = _wall(background, generator)
    table = np.clip(wall * generator.uniform(0.92, 1.05), 0, 1)
    backdrop = replace(scene.backdrop, wall=(wall**2).astype(np.float32), table=(table**2).astype(np.float32))
    return replace(scene, fruit=fruit, calyx=scene.calyx if stem == "with" else _bare(scene.calyx), backdrop=backdrop)


def _wall(background: str, generator: np.random.Generator) -> NDArray[np.float64]:
    """Returns the screen colour of a wall ``(3,)``, in [0, 1]."""
    lowest, highest = {
        "white": ([0.93, 0.93, 0.93], [1.0, 0.99, 0.98]),
        "blue": ([0.22, 0.42, 0.7], [0.45, 0.62, 0.92]),
        "dark": ([0.1, 0.1, 0.1], [0.22, 0.21, 0.22]),
    }[background]
    return np.asarray(lowest) + generator.uniform() * np.subtract(highest, lowest)


def _bare(calyx: Calyx) -> Calyx:
    """Returns no sepals, and a scar in place of the stem."""
    none = np.zeros(0, dtype=np.float32)
    return replace(calyx, azimuths=none, reaches=none, bends=none, curls=none, stem_length=0.0, stem_bend=np.zeros(2))


def caption_of(values: Sequence[str], generator: np.random.Generator, left_out: float) -> str:
    """Returns a caption that is true of the values: "a photo of a ripe tomato on blue".

    Args:
        values: The value of each attribute.
        generator: Draws the wording.
        left_out: Probability that it is silent about an attribute.
    """
    chosen = ["" if generator.uniform() < left_out else str(generator.choice(_WORDS[value])) for value in values]
    colour, size, stem, background = chosen
    order = 1 if generator.uniform() < 0.75 else -1
    noun = " ".join(word for word in (*(size, colour)[::order], "tomato") if word)
    article = "an" if noun[0] in "aeiou" else "a"
    tails = (stem, background)[:: int(generator.choice([1, -1]))]
    return " ".join(part for part in (f"{generator.choice(_OPENINGS)}{article} {noun}", *tails) if part)
