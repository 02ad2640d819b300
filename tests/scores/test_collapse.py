import numpy as np
import pytest

from gan_pipelines.scores.collapse import collapse_section

NOISE = np.random.default_rng(0).integers(0, 255, (20, 4, 4, 1), dtype=np.uint8)
OPEN, DECIDED = np.full(50, 0.6), np.concatenate([np.full(45, 0.6), np.ones(5)])


def test_varied_samples_of_an_open_game_are_no_collapse():
    section = collapse_section(NOISE, [OPEN, OPEN])
    assert not section["generator"]
    assert not section["discriminator"]
    assert section["last_discriminator_accuracy"] == pytest.approx(0.6)


def test_one_image_over_and_over_is_a_collapsed_generator():
    section = collapse_section(np.repeat(NOISE[:1], 20, axis=0), [OPEN, OPEN])
    assert section["generator"]
    assert section["largest_pixel_deviation"] == 0


def test_a_decided_game_is_a_collapsed_discriminator_and_only_the_end_counts():
    assert collapse_section(NOISE, [DECIDED, DECIDED])["discriminator"]
    assert not collapse_section(NOISE, [DECIDED, OPEN])["discriminator"]
    assert not collapse_section(NOISE, [DECIDED[::-1], DECIDED[::-1]])["discriminator"]


def test_a_critic_tells_nothing_apart():
    section = collapse_section(NOISE, [])
    assert section["discriminator"] is None
    assert section["last_discriminator_accuracy"] is None
