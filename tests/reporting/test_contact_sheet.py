import numpy as np
import pytest
from PIL import Image

from gan_pipelines.reporting.contact_sheet import contact_sheet, evenly_spaced


def test_pictures_stand_in_their_cells_below_their_captions():
    pictures = [Image.new("RGB", (40, 30), colour) for colour in ("red", "lime", "blue")]
    sheet = np.asarray(contact_sheet(pictures, ["one", "two", "three"], columns=2))
    for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255)):
        assert (sheet == colour).all(axis=-1).sum() == 40 * 30
    reds = np.argwhere((sheet == (255, 0, 0)).all(axis=-1))
    blues = np.argwhere((sheet == (0, 0, 255)).all(axis=-1))
    assert reds[:, 1].min() == blues[:, 1].min()
    assert blues[:, 0].min() > reds[:, 0].max()
    above = sheet[: reds[:, 0].min(), reds[:, 1].min() : reds[:, 1].max()]
    assert (above < 128).any(), "the caption"


def test_gray_pictures_make_a_gray_sheet():
    assert contact_sheet([Image.new("L", (8, 8))], ["a"], columns=3).mode == "L"
    assert contact_sheet([Image.new("L", (8, 8)), Image.new("RGB", (8, 8))], ["a", "b"], columns=1).mode == "RGB"


@pytest.mark.parametrize(("pictures", "captions", "columns"), [(0, 0, 1), (2, 1, 1), (1, 1, 0)])
def test_pictures_without_captions_are_refused(pictures, captions, columns):
    with pytest.raises(ValueError, match="one caption each"):
        contact_sheet([Image.new("L", (8, 8))] * pictures, ["a"] * captions, columns)


def test_moments_are_chosen_evenly_with_both_ends():
    assert evenly_spaced(3) == [0, 1, 2]
    assert evenly_spaced(101) == [0, 20, 40, 60, 80, 100]
    assert evenly_spaced(1) == [0]
