import numpy as np
import pytest

from gan_pipelines.reporting.translation_sheet import detailed_crops, translation_sheet

RED, LIME, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def flat(colour, size, count=1):
    return np.full((count, size, size, len(colour)), colour, np.uint8)


def box(sheet, colour):
    """Bounds of the only rectangle of a colour: left, top, width, height."""
    places = np.argwhere((np.asarray(sheet) == colour).all(axis=-1))
    (top, left), (bottom, right) = places.min(axis=0), places.max(axis=0)
    assert len(places) == (bottom - top + 1) * (right - left + 1)
    return left, top, right - left + 1, bottom - top + 1


def is_dark(pixels):
    return bool((pixels < 128).all(axis=-1).any())


def test_pictures_of_any_size_stand_in_one_row_below_their_titles():
    columns = {"source": flat(RED, 24), "translation": flat(LIME, 96), "small": flat(BLUE, 36)}
    sheet = translation_sheet(columns)
    boxes = [box(sheet, colour) for colour in (RED, LIME, BLUE)]
    assert [each[2:] for each in boxes] == [(192, 192), (192, 192), (180, 180)]
    assert [each[0] for each in boxes] == sorted(each[0] for each in boxes)
    assert boxes[0][1] == boxes[1][1] == boxes[2][1] - 6, "smaller ones are centred"
    for left, top, width, _ in boxes:
        assert is_dark(np.asarray(sheet)[: top - 1, left : left + width])


def test_pictures_are_enlarged_without_interpolation():
    picture = np.random.default_rng(0).integers(0, 100, (1, 32, 32, 1), np.uint8)
    sheet = np.asarray(translation_sheet({"a": picture}))
    expected = np.repeat(picture[0], 3, axis=-1).repeat(4, axis=0).repeat(4, axis=1)
    (top, left), *_ = np.argwhere(np.lib.stride_tricks.sliding_window_view(sheet[..., 0], (4, 4)).max((2, 3)) < 100)
    assert np.array_equal(sheet[top : top + 128, left : left + 128], expected)


def test_numbers_stand_below_their_pictures():
    columns = {"source": flat(RED, 64, 2), "translation": flat(LIME, 64, 2)}
    sheet = translation_sheet(columns, {"translation": ["24.1 dB · 0.82", ""]}, rows=1)
    below = [
        np.asarray(sheet)[top + height :, left : left + width]
        for left, top, width, height in (box(sheet, colour) for colour in (RED, LIME))
    ]
    assert [is_dark(pixels) for pixels in below] == [False, True]


def test_rows_are_evenly_spaced_and_keep_their_numbers():
    levels = np.arange(1, 10, dtype=np.uint8).reshape(-1, 1, 1, 1) * np.ones((1, 8, 8, 1), np.uint8)
    lines = ["", "x", "x", "x", "", "x", "x", "x", ""]
    sheet = np.asarray(translation_sheet({"": levels}, {"": lines}, rows=3))
    shown = [level for level in range(1, 10) if (sheet == level).all(axis=-1).sum() == 128**2]
    assert shown == [1, 5, 9]
    assert set(np.unique(sheet)) == {1, 5, 9, 255}, "no line of another picture"


def test_a_column_is_as_wide_as_its_title():
    narrow, wide = (translation_sheet({title: flat(RED, 128)}) for title in ("a", "a title that is wide " * 3))
    assert wide.width > narrow.width == 128 + 2 * 8


@pytest.mark.parametrize(
    ("columns", "numbers", "rows", "message"),
    [
        ({}, None, 1, "at least 1 column"),
        ({"a": flat(RED, 8), "b": flat(RED, 8, 2)}, None, 1, "the same number of pictures"),
        ({"a": flat(RED, 8)}, {"a": ["1", "2"]}, 1, "the same number of pictures and lines"),
        ({"a": flat(RED, 8)}, {"b": ["1"]}, 1, "the same number of pictures and lines"),
        ({"a": flat((1, 2), 8)}, None, 1, r"shape \(1, 8, 8, 2\) in 'a'"),
        ({"a": flat(RED, 8).astype(float)}, None, 1, "not float64"),
        ({"a": flat(RED, 8)[:0]}, None, 1, "in 'a'"),
        ({"a": flat(RED, 8)}, None, 0, "at least 1 row"),
    ],
)
def test_what_makes_no_sheet_is_refused(columns, numbers, rows, message):
    with pytest.raises(ValueError, match=message):
        translation_sheet(columns, numbers, rows)


@pytest.mark.parametrize("place", [(0, 0), (8, 20), (24, 24)])
def test_all_columns_are_cut_where_the_truth_has_most_detail(place):
    top, left = place
    truth = np.tile(np.arange(32, dtype=np.uint8)[:, np.newaxis] * 3, (1, 1, 32, 1)).reshape(1, 32, 32, 1)
    truth[0, top : top + 8, left : left + 8] = np.random.default_rng(0).integers(0, 256, (8, 8, 1))
    low = np.arange(64, dtype=np.uint8).reshape(1, 8, 8, 1)
    crops = detailed_crops({"low": low, "truth": truth}, "truth", 8)
    assert np.array_equal(crops["truth"][0], truth[0, top : top + 8, left : left + 8])
    assert np.array_equal(crops["low"][0], low[0, top // 4 : top // 4 + 2, left // 4 : left // 4 + 2])


def test_a_square_can_be_the_whole_picture():
    truth = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), np.uint8)
    assert np.array_equal(detailed_crops({"truth": truth}, "truth", 16)["truth"], truth)


@pytest.mark.parametrize(("low", "side"), [(7, 8), (8, 6), (64, 8), (8, 36), (8, 0)])
def test_squares_that_do_not_divide_are_refused(low, side):
    with pytest.raises(ValueError, match=rf"Squares of {side} pixels cannot be cut"):
        detailed_crops({"low": flat(RED, low), "truth": flat(RED, 32)}, "truth", side)
