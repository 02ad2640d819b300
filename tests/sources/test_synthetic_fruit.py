import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gan_pipelines.sources import ImagesParameters, read_images
from gan_pipelines.sources.fruit.picture import draw_picture
from gan_pipelines.sources.fruit.scene import Fruit, random_scene
from gan_pipelines.sources.fruit.surface import bulge, visible_skin
from gan_pipelines.sources.seeded_choice import seeded_subset
from gan_pipelines.sources.synthetic_fruit import draw_fruit, read_synthetic_fruit
from gan_pipelines.training.randomness import random_generator


@pytest.fixture(scope="module")
def collection() -> NDArray[np.uint8]:
    return read_synthetic_fruit(ImagesParameters(source="synthetic_fruit", size=32)).images.pixels


def nearest_distances(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Mean absolute difference of each picture to the one most like it, in gray levels."""
    rows = pictures.reshape(len(pictures), -1).astype(np.float32)
    distances = np.stack([np.abs(rows - row).mean(axis=1) for row in rows])
    np.fill_diagonal(distances, np.inf)
    return distances.min(axis=1)


def test_a_picture_is_a_function_of_seed_and_position() -> None:
    pictures = draw_fruit(6, 48, seed=3)
    assert pictures.shape == (6, 48, 48, 3)
    assert pictures.dtype == np.uint8
    np.testing.assert_array_equal(draw_fruit(6, 48, seed=3), pictures)
    np.testing.assert_array_equal(draw_fruit(2, 48, seed=3), pictures[:2])
    others = draw_fruit(6, 48, seed=4)
    assert nearest_distances(np.concatenate([pictures, others])).min() > 5


def test_another_process_draws_the_same(tmp_path: Path) -> None:
    code = (
        "import hashlib; from gan_pipelines.sources.synthetic_fruit import draw_fruit; "
        "print(hashlib.sha256(draw_fruit(4, 32, 1).tobytes()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
    ).stdout.strip()
    assert printed == hashlib.sha256(draw_fruit(4, 32, 1).tobytes()).hexdigest()


@pytest.mark.parametrize("size", [8, 9, 130])
def test_each_size_shows_the_same_scenes(size: int) -> None:
    pictures = draw_fruit(3, size, seed=0)
    assert pictures.shape == (3, size, size, 3)
    for picture, larger in zip(pictures, draw_fruit(3, 3 * size, seed=0), strict=True):
        light = (larger.astype(float) ** 2).reshape(size, 3, size, 3, 3).mean(axis=(1, 3))
        assert np.abs(picture - np.sqrt(light)).mean() < 2


def test_pictures_vary_and_none_is_like_another(collection: NDArray[np.uint8]) -> None:
    distances = nearest_distances(collection)
    assert distances.min() > 6
    assert np.median(distances) > 12
    half = len(collection) // 2
    assert np.abs(collection[:half].astype(float) - collection[half:]).mean() > 25


def test_each_picture_is_a_fruit_on_a_pale_ground(collection: NDArray[np.uint8]) -> None:
    pixels = collection.astype(float)
    middle = pixels[:, 12:20, 12:20].mean(axis=(1, 2))
    top = pixels[:, :2].mean(axis=(1, 2))
    assert (middle[:, 0] > middle[:, 2] + 30).all()  # red, orange, yellow, and green more than blue
    assert 0.3 < (middle[:, 0] > 2 * middle[:, 1]).mean() < 0.8  # red ones
    assert (top.min(axis=1) > 110).all()
    assert (np.ptp(middle, axis=1) > np.ptp(top, axis=1)).mean() > 0.99


def test_the_fruit_takes_light_from_the_table_and_not_from_the_wall() -> None:
    scene = random_scene(random_generator(0, "test"))
    unshaded = replace(scene, backdrop=replace(scene.backdrop, shadow=0.0))
    lost = draw_picture(unshaded, 48).astype(float) - draw_picture(scene, 48)
    assert lost.min() >= 0
    assert lost[:12].max() <= 3
    assert lost[24:].max() > 40


def test_the_source_has_one_collection_of_which_a_limit_takes_a_seeded_subset(collection: NDArray[np.uint8]) -> None:
    assert collection.shape == (400, 32, 32, 3)
    np.testing.assert_array_equal(collection[:3], draw_fruit(3, 32, seed=0))
    some = read_synthetic_fruit(ImagesParameters(source="synthetic_fruit", size=32, limit=7, seed=5))
    np.testing.assert_array_equal(some.images.pixels, collection[seeded_subset(400, 7, 5)])
    assert some.available == 400
    assert some.images.labels is None
    assert some.images.class_names == ()


def test_the_registry_reads_it_as_photos_of_96_pixels() -> None:
    images, report = read_images(ImagesParameters(source="synthetic_fruit", limit=3, seed=9))
    assert images.pixels.shape == (3, 96, 96, 3)
    assert (report["available"], report["classes"], len(report["notes"])) == (400, {}, 1)


def test_gray_is_the_luma_of_the_same_pictures(collection: NDArray[np.uint8]) -> None:
    gray = read_synthetic_fruit(
        ImagesParameters(source="synthetic_fruit", size=32, colour="gray", limit=5)
    ).images.pixels
    assert gray.shape == (5, 32, 32, 1)
    colours = collection[seeded_subset(400, 5, 0)]
    np.testing.assert_allclose(gray[..., 0], colours @ np.array([0.299, 0.587, 0.114]), atol=0.51)


def some_fruit(**changes: object) -> Fruit:
    return replace(random_scene(random_generator(0, "test")).fruit, **changes)


def smooth_fruit(**changes: object) -> Fruit:
    fruit = some_fruit(centre=np.zeros(2, np.float32), radius=1.0, lobe_height=0.0, dimple_depth=0.0)
    return replace(fruit, dents=replace(fruit.dents, amplitude=0.0), **changes)


def test_the_skin_of_a_sphere() -> None:
    x, y = np.array([0, 0.6, 0, 0.48, 1.5], np.float32), np.array([0, 0, -0.8, 0.64, 0], np.float32)
    skin = visible_skin(x, y, smooth_fruit(flatness=1.0))
    np.testing.assert_allclose(skin.margin, [1, 0.4, 0.2, 0.2, -0.5], atol=1e-5)
    expected = [[0, 0, 1], [0.6, 0, 0.8], [0, -0.8, 0.6], [0.48, 0.64, 0.6], [1, 0, 0]]
    np.testing.assert_allclose(skin.normals.T, expected, atol=1e-5)


def test_the_skin_of_a_flat_spheroid_seen_from_its_side() -> None:
    axis_up = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], np.float32)
    x, y = np.array([0, 0.6, 0], np.float32), np.array([0.5, 0, 0.3], np.float32)
    skin = visible_skin(x, y, smooth_fruit(flatness=0.5, frame=axis_up))
    # x² + (y / 0.5)² + z² = 1, so that the normal points along (x, 4 y, z).
    np.testing.assert_allclose(skin.margin, [0, 0.4, 0.4], atol=1e-5)
    slanted = np.array([0, 1.2, 0.8]) / np.hypot(1.2, 0.8)
    np.testing.assert_allclose(skin.normals.T, [[0, 1, 0], [0.6, 0, 0.8], slanted], atol=2e-3)


def test_normals_stand_on_a_bulging_skin() -> None:
    fruit = some_fruit(centre=np.zeros(2, np.float32), radius=1.0, flatness=1.0, frame=np.eye(3), lobe_height=0.04)
    generator = random_generator(1, "test")
    x, y = generator.uniform(-0.5, 0.5, (2, 50)).astype(np.float32)
    skin = visible_skin(x, y, fruit)
    points = (1 + bulge(skin.directions, fruit)) * skin.directions
    for _ in range(3):
        aside = skin.directions + 1e-3 * generator.normal(size=(3, 50))
        aside /= np.linalg.norm(aside, axis=0)
        step = (1 + bulge(aside, fruit)) * aside - points
        along = (step * skin.normals).sum(axis=0) / np.linalg.norm(step, axis=0)
        np.testing.assert_allclose(along, 0, atol=0.02)
