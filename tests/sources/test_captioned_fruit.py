import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gan_pipelines.datasets.arrays import ImageSetDataset
from gan_pipelines.sources import CaptionedImagesParameters, ImageSet, read_images, split_images
from gan_pipelines.sources.captioned_fruit import (
    ATTRIBUTES,
    AVAILABLE,
    COMBINATIONS,
    RADIUS,
    RIPENESS,
    caption_of,
    captioned_scene,
    draw_captioned_fruit,
    heldout_combinations,
    values_of,
)
from gan_pipelines.training.randomness import random_generator
from tests.datasets.cases import facts

WORDS_OF = {
    "green": {"green", "unripe"},
    "yellow": {"yellow", "golden"},
    "orange": {"orange"},
    "red": {"red", "ripe"},
    "small": {"small", "little"},
    "large": {"large", "big"},
    "white": {"white"},
    "blue": {"blue"},
    "dark": {"dark"},
}


@pytest.fixture(scope="module")
def drawn() -> ImageSet:
    return draw_captioned_fruit(range(96), 32, seed=3)


def rows(images: ImageSet) -> set[tuple[int, ...]]:
    return {tuple(row) for row in images.attributes.tolist()}


def test_an_image_and_its_captions_are_a_function_of_seed_and_position(drawn: ImageSet) -> None:
    again = draw_captioned_fruit([7, 50], 32, seed=3)
    assert facts(again) == facts(drawn.take(np.array([7, 50])))
    other = draw_captioned_fruit([7, 50], 32, seed=4)
    assert not np.array_equal(other.pixels, again.pixels)
    assert other.captions != again.captions


def test_another_process_draws_the_same(tmp_path: Path) -> None:
    code = (
        "import json; from gan_pipelines.sources.captioned_fruit import draw_captioned_fruit; "
        "images = draw_captioned_fruit([0, 1], 16, 5); print(json.dumps([images.pixels.tolist(), images.captions]))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    images = draw_captioned_fruit([0, 1], 16, 5)
    assert json.loads(printed.stdout) == [images.pixels.tolist(), json.loads(json.dumps(images.captions))]


def test_each_combination_is_drawn_once_in_each_block(drawn: ImageSet) -> None:
    assert drawn.pixels.shape == (96, 32, 32, 3)
    assert drawn.attribute_names == ATTRIBUTES
    for block in (slice(0, 48), slice(48, 96)):
        assert sorted(map(tuple, drawn.attributes[block].tolist())) == sorted(COMBINATIONS)
    assert not np.array_equal(drawn.attributes[:48], drawn.attributes[48:])


@pytest.mark.parametrize("seed", range(5))
def test_two_combinations_of_each_colour_are_held_out(seed: int) -> None:
    heldout = heldout_combinations(seed)
    combinations = np.array(COMBINATIONS)
    assert len(COMBINATIONS) == 48
    assert np.bincount(combinations[heldout, 0]).tolist() == [2, 2, 2, 2]
    learnt = np.delete(combinations, heldout, axis=0)
    assert len(learnt) == 40
    assert all(len(np.unique(learnt[:, column])) == len(values) for column, (_, values) in enumerate(ATTRIBUTES))
    assert heldout.tolist() != heldout_combinations(seed + 1).tolist()


def test_held_out_combinations_are_never_in_training(drawn: ImageSet) -> None:
    training, heldout, report = split_images(drawn, 0.5, seed=0)
    assert (report["split_by"], len(training), len(heldout)) == ("source", 80, 16)
    assert rows(heldout) == {COMBINATIONS[number] for number in heldout_combinations(3)}
    assert not rows(training) & rows(heldout)
    assert len(training.captions) == len(training.attributes) == 80


def values_in(caption: str) -> set[str]:
    """Returns the values that a caption states."""
    words = caption.replace("its green stem", "its stem").split()
    stated = {value for value, synonyms in WORDS_OF.items() if synonyms & set(words)}
    if "stem" in words:
        stated.add("without" if "without a stem" in caption or "with no stem" in caption else "with")
    return stated


def test_captions_are_true_and_each_attribute_is_left_out_at_times() -> None:
    generator, silent, count = random_generator(0, "test"), dict.fromkeys(dict(ATTRIBUTES), 0), 4_000
    seen, longest = set(), 0
    for number in range(count):
        values = values_of(COMBINATIONS[number % 48])
        caption = caption_of(values, generator, left_out=0.1)
        assert values_in(caption) <= set(values), caption
        assert not re.search(r"\ba [aeiou]|\ban [^aeiou]|  |^ | $", caption), caption
        for (name, _), value in zip(ATTRIBUTES, values, strict=True):
            silent[name] += value not in values_in(caption)
        seen |= set(caption.split())
        longest = max(longest, len(caption.split()))
    assert all(0.07 < missing / count < 0.13 for missing in silent.values()), silent
    assert longest <= 17
    assert 25 < len(seen) < 40


def test_the_first_caption_names_all_attributes(drawn: ImageSet) -> None:
    for captions, combination in zip(drawn.captions, drawn.attributes, strict=True):
        assert values_in(captions[0]) == set(values_of(combination)), captions[0]


def test_scenes_have_what_the_values_say() -> None:
    for position in range(96):
        colour, size, stem, background = values = values_of(COMBINATIONS[position % 48])
        scene = captioned_scene(values, position, seed=1)
        assert RIPENESS[colour][0] <= scene.fruit.ripeness <= RIPENESS[colour][1]
        assert RADIUS[size][0] <= scene.fruit.radius <= RADIUS[size][1]
        assert (scene.calyx.stem_length > 0) == (len(scene.calyx.azimuths) > 0) == (stem == "with")
        brightness, blueness = scene.backdrop.wall.mean(), scene.backdrop.wall[2] - scene.backdrop.wall[0]
        assert (brightness > 0.8, blueness > 0.3, brightness < 0.1) == tuple(
            background == name for name in ("white", "blue", "dark")
        )


def test_pictures_show_colour_and_background(drawn: ImageSet) -> None:
    corners = drawn.pixels[:, :3, :3].astype(float).mean(axis=(1, 2))
    white, blue, dark = (drawn.attributes[:, 3] == value for value in range(3))
    assert (corners[white].min(axis=1) > 150).all()
    assert (corners[blue, 2] > corners[blue, 0] + 40).all()
    assert (corners[dark].max(axis=1) < 80).all()
    large = drawn.take(np.flatnonzero(drawn.attributes[:, 1] == 1))
    red, green, _ = np.moveaxis(large.pixels[:, 10:22, 10:22].astype(float).mean(axis=(1, 2)), -1, 0)
    ratios = [np.median((green / red)[large.attributes[:, 0] == colour]) for colour in range(4)]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[0] > 1
    assert 0.9 > ratios[1] > 0.65 > ratios[2] > 0.5 > ratios[3]


def test_the_source_draws_a_seeded_subset_and_tells_what_is_held_out() -> None:
    images, report = read_images(CaptionedImagesParameters(limit=150, size=8, seed=1))
    again, _ = read_images(CaptionedImagesParameters(limit=150, size=8, seed=1))
    assert facts(again) == facts(images)
    assert (report["images"], report["available"], report["size"]) == (150, AVAILABLE, 8)
    assert report["heldout_by_source"] == images.is_heldout.sum()
    assert report["captions"]["count"] == 450
    assert 25 < report["captions"]["words"] < 40
    assert len(report["captions"]["heldout_attributes"]) == 8
    assert set(report["captions"]["heldout_attributes"][0]) == {"colour", "size", "stem", "background"}
    assert json.loads(json.dumps(report)) == report
    gray, _ = read_images(CaptionedImagesParameters(limit=2, colour="gray"))
    assert gray.pixels.shape == (2, 64, 64, 1)


@pytest.mark.parametrize("storage", ["memory", "disk"])
def test_captions_and_attributes_come_back_from_a_dataset(tmp_path: Path, storage: str) -> None:
    images, _ = read_images(CaptionedImagesParameters(limit=6, size=8, storage=storage))
    dataset = ImageSetDataset(filepath=str(tmp_path / "images.npz"))
    dataset.save(images)
    loaded = dataset.load()
    assert facts(loaded) == facts(images)
    assert isinstance(loaded.captions[0], tuple)
    assert isinstance(loaded.attribute_names[0][1], tuple)
