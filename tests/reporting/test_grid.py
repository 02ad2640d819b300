import numpy as np
import pytest
from numpy.typing import NDArray

from gan_pipelines.reporting.grid import class_rows, image_grid


def test_gray_images_row_by_row_pixel_for_pixel() -> None:
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 2, 2, 1)
    grid = image_grid(pixels, 2, margin=1, background=200, scale=1)
    assert grid.mode == "L"
    b = 200
    np.testing.assert_array_equal(
        np.asarray(grid),
        [
            [b, b, b, b, b, b, b],
            [b, 0, 1, b, 4, 5, b],
            [b, 2, 3, b, 6, 7, b],
            [b, b, b, b, b, b, b],
            [b, 8, 9, b, b, b, b],
            [b, 10, 11, b, b, b, b],
            [b, b, b, b, b, b, b],
        ],
    )


def test_colour_images_are_enlarged_without_blur() -> None:
    pixels = np.array([[[[255, 0, 0], [0, 0, 255]]], [[[0, 255, 0], [9, 9, 9]]]], dtype=np.uint8)
    grid = image_grid(pixels, 2, margin=0, scale=2)
    assert grid.mode == "RGB"
    row = [[255, 0, 0], [255, 0, 0], [0, 0, 255], [0, 0, 255], [0, 255, 0], [0, 255, 0], [9, 9, 9], [9, 9, 9]]
    np.testing.assert_array_equal(np.asarray(grid), [row, row])


@pytest.mark.parametrize(("size", "columns", "width"), [(28, 10, 884), (28, 16, 964), (28, 8, 708), (96, 10, 1004)])
def test_the_scale_comes_near_the_target_width(size: int, columns: int, width: int) -> None:
    assert image_grid(np.zeros((2 * columns, size, size, 1), np.uint8), columns).width == width


def test_fewer_images_than_columns_make_a_short_row() -> None:
    assert image_grid(np.zeros((3, 8, 8, 1), np.uint8), 10, margin=2, scale=1).size == (32, 12)


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros((2, 4, 4), np.uint8), "images, height, width, 1 or 3"),
        (np.zeros((2, 4, 4, 2), np.uint8), "images, height, width, 1 or 3"),
        (np.zeros((0, 4, 4, 1), np.uint8), "images, height, width, 1 or 3"),
        (np.zeros((2, 4, 4, 1), np.int64), "not int64 of"),
        (np.zeros((2, 4, 4, 1), np.float32), "not float32 of"),
    ],
)
def test_other_pixels_are_refused(pixels: NDArray[np.uint8], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        image_grid(pixels, 2)


def test_classes_get_a_row_each_as_long_as_the_shortest() -> None:
    labels = np.array([2, 0, 2, 0, 7, 2, 7, 0])
    assert class_rows(labels, 10).tolist() == [[1, 3], [0, 2], [4, 6]]
    assert class_rows(labels, 1).tolist() == [[1], [0], [4]]
