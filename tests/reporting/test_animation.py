import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from gan_pipelines.reporting.animation import animation_frames
from gan_pipelines.reporting.grid import image_grid


def _frames(moments: int, channels: int = 1) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (moments, 4, 28, 28, channels), dtype=np.uint8)


def _grids(moments: int, channels: int = 1) -> list[Image.Image]:
    return [image_grid(pixels, 2, target_width=480) for pixels in _frames(moments, channels)]


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB")])
def test_each_moment_is_a_picture_above_a_caption(channels: int, mode: str) -> None:
    grids = _grids(3, channels)
    pictures = animation_frames(grids, ["step 0", "step 10", "step 20"])
    assert [picture.mode for picture in pictures] == [mode] * 3
    assert len({picture.size for picture in pictures}) == 1
    for grid, picture in zip(grids, pictures, strict=True):
        assert picture.height > grid.height
        assert picture.crop((0, 0, *grid.size)).tobytes() == grid.tobytes()


def test_the_caption_is_drawn_in_the_band_only() -> None:
    grids = _grids(1)
    here, there = (np.asarray(animation_frames(grids, [text])[0]) for text in ("step 1,200 · epoch 28", "step 9"))
    differing = np.nonzero(here != there)[0]
    assert differing.size
    assert differing.min() > grids[0].height


def test_the_bar_fills_from_the_first_moment_to_the_last() -> None:
    pictures = animation_frames(_grids(5), [""] * 5)
    grid_height = _grids(1)[0].height
    bars = [np.asarray(picture)[grid_height + 1] for picture in pictures]
    done = [int((bar == bars[-1][10]).sum()) for bar in bars]
    assert done[0] == 0
    assert done[-1] == pictures[0].width - 8
    assert np.ptp(np.diff(done[1:])) <= 1


def test_the_frames_make_a_gif_that_moves() -> None:
    first, *others = animation_frames(_grids(4), ["a", "b", "c", "d"])
    stored = io.BytesIO()
    first.save(stored, "GIF", save_all=True, append_images=others, duration=100, loop=0)
    with Image.open(stored) as gif:
        assert gif.n_frames == 4
        assert gif.size == first.size


@pytest.mark.parametrize(("moments", "captions"), [(2, ["one"]), (0, [])], ids=["captions", "none"])
def test_pictures_without_their_captions_are_refused(moments: int, captions: list[str]) -> None:
    with pytest.raises(ValueError, match="one caption each"):
        animation_frames(_grids(moments), captions)
