from pathlib import Path

import numpy as np
import pytest

from gan_pipelines.errors import UserError
from gan_pipelines.pixels import StoredPixels
from gan_pipelines.sources import ImageSet, ImagesParameters, PairedImagesParameters, read_images, split_images
from gan_pipelines.sources.pairs_by import HOLE_GRAY, thin_edges, with_holes, with_made_partners
from tests.sources.conftest import IdxWriter, mnist_arrays
from tests.sources.pictures import noise, reasons, save, save_noise


@pytest.mark.parametrize(("by", "channels"), [("edges", 1), ("gray", 1), ("hole", 3)])
def test_images_keep_all_that_they_have(by: str, channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 9, 9, 3), dtype=np.uint8)
    images = ImageSet(pixels, np.array([0, 1, 1, 0]), ("x", "y"), np.array([True, False, False, False]))
    made = with_made_partners(images, by, seed=0)
    assert made.partners is not None
    assert (made.partners.shape, made.partners.dtype) == ((4, 9, 9, channels), np.uint8)
    for name in ("pixels", "labels", "class_names", "is_heldout"):
        assert getattr(made, name) is getattr(images, name)


def test_gray_is_the_luminance() -> None:
    pixels = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [90, 90, 90]], dtype=np.uint8).reshape(1, 2, 2, 3)
    gray = with_made_partners(ImageSet(pixels), "gray", 0).partners
    assert gray.ravel().tolist() == [76, 150, 29, 90]


def test_edges_are_thin_lines_on_white() -> None:
    gray = np.full((1, 8, 8, 1), 20, np.uint8)
    gray[:, :, 4:] = 200
    edges = thin_edges(gray)[0, ..., 0]
    assert (edges[:, [0, 1, 2, 5, 6, 7]] == 255).all()
    assert ((edges == 0).sum(axis=1) == 1).all()
    np.testing.assert_array_equal(thin_edges(gray.swapaxes(1, 2))[0, ..., 0], edges.T)


def test_faint_slopes_are_no_edges_and_steep_ones_are_darker() -> None:
    gray = np.full((4, 8, 8, 1), 100, np.uint8)
    for picture, step in zip(gray, (0, 8, 20, 60), strict=True):
        picture[:, 4:] += step
    darkest = thin_edges(gray).min(axis=(1, 2, 3)).tolist()
    assert darkest[:2] == [255, 255]
    assert 255 > darkest[2] > darkest[3]


def test_a_disc_has_one_closed_outline() -> None:
    across = np.arange(32) - 15.5
    gray = np.clip(255 * (10.5 - np.hypot(across, across[:, None])), 0, 255).astype(np.uint8)
    is_edge = thin_edges(gray[None, ..., None])[0, ..., 0] < 128
    distance = np.hypot(across, across[:, None])[is_edge]
    assert 8.5 < distance.min() < distance.max() < 12
    angles = np.sort(np.arctan2(*(np.argwhere(is_edge) - 15.5).T))
    assert np.diff(angles).max() < 0.25


def test_holes_are_squares_of_half_the_side_at_places_of_their_own() -> None:
    pixels = np.full((30, 10, 10, 3), 7, np.uint8)
    holed = with_holes(pixels, seed=1)
    is_hole = (holed == HOLE_GRAY).all(axis=-1)
    assert (holed[~is_hole] == 7).all()
    corners = set()
    for mask in is_hole:
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        assert (mask.sum(), len(rows), len(columns)) == (25, 5, 5)
        corners.add((int(rows[0]), int(columns[0])))
    assert len(corners) > 15
    assert {0, 5} <= {row for row, _ in corners}
    np.testing.assert_array_equal(with_holes(pixels[:3], seed=1), holed[:3])
    assert not np.array_equal(with_holes(pixels, seed=2), holed)
    assert (pixels == 7).all()


def test_images_on_the_disk_are_refused_with_the_way_out() -> None:
    stored = ImageSet(StoredPixels(np.zeros((4, 8, 8, 1), np.uint8)))
    with pytest.raises(UserError, match=r"images\.storage: 4 images are on the disk.* images\.pairs_by"):
        with_made_partners(stored, "edges", 0)


def test_digits_keep_their_classes() -> None:
    images, report = read_images(PairedImagesParameters(source="digits", pairs_by="edges", limit=20))
    digits, _ = read_images(ImagesParameters(limit=20))
    np.testing.assert_array_equal(images.pixels, digits.pixels)
    np.testing.assert_array_equal(images.labels, digits.labels)
    np.testing.assert_array_equal(images.partners, thin_edges(digits.pixels))
    assert report["pairs"] == {"count": 20, "size": 28, "channels": 1, "pairs_by": "edges"}


def test_mnist_keeps_its_test_images(write_idx: IdxWriter) -> None:
    path = write_idx(mnist_arrays())
    images, _ = read_images(PairedImagesParameters(source="mnist", path=str(path), pairs_by="hole"))
    train, heldout, _ = split_images(images, 0.5, 0)
    assert (len(train), len(heldout)) == (6, 4)
    assert heldout.partners.shape == (4, 28, 28, 1)


def test_photos_are_coloured_from_gray(tmp_path: Path) -> None:
    save_noise(tmp_path, ["1.png", "2.png"], (16, 16))
    parameters = PairedImagesParameters(source="image_folder", path=str(tmp_path), size=8, pairs_by="gray")
    images, _ = read_images(parameters)
    assert (images.pixels.shape, images.partners.shape) == ((2, 8, 8, 3), (2, 8, 8, 1))
    with pytest.raises(UserError, match=r"images\.memory_limit"):
        read_images(parameters.model_copy(update={"memory_limit": 1e-9}))


def test_pictures_without_colours_are_rejected_for_colouring_alone(tmp_path: Path) -> None:
    save_noise(tmp_path, ["1.png", "2.png"], (16, 16))
    for name, mode in (("gray.png", "L"), ("of three channels.jpg", "RGB")):
        save(tmp_path / name, noise((16, 16), 3, "L").convert(mode))
    common = {"source": "image_folder", "path": str(tmp_path), "size": 8}
    with pytest.raises(UserError, match=r"2 of 4 image files .*gray\.png: no colours.* images\.max_bad_fraction"):
        read_images(PairedImagesParameters(**common, pairs_by="gray"))
    images, report = read_images(PairedImagesParameters(**common, pairs_by="gray", max_bad_fraction=0.5))
    assert len(images) == 2
    assert list(reasons(report["rejected"])) == ["gray.png", "of three channels.jpg"]
    assert len(read_images(PairedImagesParameters(**common, pairs_by="hole"))[0]) == 4
