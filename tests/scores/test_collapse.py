import numpy as np
import pytest

from gan_pipelines.scores.collapse import collapse_section

NOISE = np.random.default_rng(0).integers(0, 255, (20, 4, 4, 1), dtype=np.uint8)


def test_varied_samples_of_an_open_game_are_no_collapse():
    section = collapse_section(NOISE, np.full(50, 1.3))
    assert not section["generator"]
    assert not section["discriminator"]
    assert section["last_discriminator_loss"] == pytest.approx(1.3)


def test_one_image_over_and_over_is_a_collapsed_generator():
    section = collapse_section(np.repeat(NOISE[:1], 20, axis=0), np.full(50, 1.3))
    assert section["generator"]
    assert section["largest_pixel_deviation"] == 0


def test_a_decided_game_is_a_collapsed_discriminator_and_only_the_end_counts():
    losses = np.concatenate([np.full(45, 1.0), np.zeros(5)])
    assert collapse_section(NOISE, losses)["discriminator"]
    assert not collapse_section(NOISE, losses[::-1])["discriminator"]
