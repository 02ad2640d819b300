"""What is drawn from generators: samples, truncated or not, and ways between them."""

import keras
import numpy as np
import pytest
from keras import layers

from gan_pipelines.errors import UserError
from gan_pipelines.models.sections import SECTIONS
from gan_pipelines.parameter_checks import check_parameters
from gan_pipelines.pipelines.points import nodes as of_points
from gan_pipelines.pipelines.sampling.nodes import draw_interpolation, draw_samples, with_truncation
from gan_pipelines.training.codes import CodeParameters
from tests import toy

CODES = {"categories": 3, "continuous": 2}
NORMAL = {"latent_distribution": "normal", "codes": None}
UNIFORM = NORMAL | {"latent_distribution": "uniform"}
CODED = {"codes": CODES}
INTERPOLATION = {"rows": 4, "columns": 5}
WHOLE = {"seed": 0, "truncation": None}
SIZE = toy.IMAGE_SHAPE[0]


def latents(drawn_from=NORMAL, generator=None, **sampling):
    return draw_samples(generator or toy.generator(), **drawn_from, sampling={"images": 200} | sampling)["latents"]


def interpolation(generator, drawn_from, sampling=WHOLE, section=INTERPOLATION):
    return tiles(draw_interpolation(generator, **drawn_from, **sampling, interpolation=section, margin=0))


def coded_mirror():
    """Its images hold their latents, 8 numbers, then zeros."""
    latent = layers.Input((8,), name="latent")
    zeros = layers.ZeroPadding1D((0, 8))(layers.Reshape((8, 1))(latent))
    return keras.Model(latent, layers.Reshape(toy.IMAGE_SHAPE)(zeros))


def conditional_mirror():
    """Its images hold their latents, 3 numbers, then zeros, then the one-hot class, 3 numbers."""
    latent, asked = layers.Input((3,), name="latent"), layers.Input((3,), name="label")
    zeros = layers.ZeroPadding1D((0, 10))(layers.Reshape((3, 1))(latent))
    pixels = layers.Concatenate()([layers.Flatten()(zeros), asked])
    return keras.Model([latent, asked], layers.Reshape(toy.IMAGE_SHAPE)(pixels))


def tiles(picture, columns=INTERPOLATION["columns"]):
    """The images of a grid without margins, flat: ``(rows, columns, pixels)``, as numbers in [-1, 1]."""
    pixels = np.asarray(picture)
    scale = pixels.shape[1] // (columns * SIZE)
    pixels = pixels[::scale, ::scale] / 127.5 - 1
    return pixels.reshape(-1, SIZE, columns, SIZE).transpose(0, 2, 1, 3).reshape(-1, columns, SIZE * SIZE)


@pytest.mark.parametrize("drawn_from", [NORMAL, UNIFORM])
def test_truncated_latents_keep_within_and_the_others_stay(drawn_from):
    plain, truncated = latents(drawn_from), latents(drawn_from, truncation=0.5)
    assert np.abs(truncated).max() <= 0.5
    inside = np.abs(plain) <= 0.5
    assert 0 < inside.mean() < 1
    assert np.array_equal(truncated[inside], plain[inside])
    assert np.array_equal(truncated, latents(drawn_from, truncation=0.5))


def test_codes_are_not_truncated():
    generator = toy.coded_pair(CodeParameters.model_validate(CODES))[0]
    plain, truncated = (latents(NORMAL | CODED, generator, truncation=size) for size in (None, 0.05))
    assert np.abs(truncated[:, : toy.LATENT_SIZE]).max() <= np.float32(0.05)
    assert np.array_equal(truncated[:, toy.LATENT_SIZE :], plain[:, toy.LATENT_SIZE :])
    assert np.abs(truncated[:, -2:]).max() > 0.9


def test_samples_tell_their_truncation():
    assert "truncation" not in draw_samples(toy.generator(), **NORMAL, sampling={"images": 2})
    assert (
        draw_samples(toy.generator(), **NORMAL, sampling={"images": 2, "truncation": 0.7})["truncation"].item() == 0.7
    )


def test_scores_of_truncated_samples_tell_it_among_their_conditions():
    scores = {"value": 1, "conditions": {"seed": 2}}
    truncated = draw_samples(toy.generator(), **NORMAL, sampling={"images": 2, "truncation": 0.7})
    assert with_truncation(scores, truncated) == {"value": 1, "conditions": {"seed": 2, "truncation": 0.7}}
    assert with_truncation({"value": 1}, {}) == {"value": 1, "conditions": {"truncation": None}}


def test_points_are_truncated_as_images_are():
    drawn = of_points.draw_samples(toy.generator(), **NORMAL, sampling={"images": 200, "truncation": 0.5})
    assert np.array_equal(drawn["latents"], latents(truncation=0.5))
    assert drawn["truncation"].item() == 0.5


def test_a_row_starts_at_a_sample_and_ends_at_another_of_its_class():
    generator = toy.conditional_pair(classes=2)[0]
    picture = interpolation(generator, NORMAL)
    samples = draw_samples(generator, **NORMAL, sampling={})["pixels"].reshape(-1, SIZE * SIZE) / 127.5 - 1
    # Two classes in turn and four rows: a sample four places later is of the same class.
    np.testing.assert_allclose(picture[:, 0], samples[:4], atol=0.01)
    np.testing.assert_allclose(picture[:, -1], samples[4:8], atol=0.01)
    steps = np.abs(np.diff(picture, axis=1)).max(axis=(0, 2))
    assert (steps > 0.02).all()
    assert steps.max() < np.abs(picture[:, 0] - picture[:, -1]).max()


def test_rows_keep_their_class_and_classes_come_in_turn():
    picture = interpolation(conditional_mirror(), UNIFORM)
    assert picture[:, :, -3:].argmax(axis=2).tolist() == [[0] * 5, [1] * 5, [2] * 5, [0] * 5]
    assert (picture[:, :, -3:].max(axis=2) > 0.99).all()
    assert (np.abs(np.diff(picture[:, :, :3], axis=1)).max(axis=2) > 0.02).all()


def test_rows_keep_their_codes_and_categories_come_in_turn():
    picture = interpolation(coded_mirror(), UNIFORM | CODED)
    of_codes = picture[:, :, 3:8]
    assert of_codes[:, 0, :3].argmax(axis=1).tolist() == [0, 1, 2, 0]
    assert np.array_equal(of_codes, np.repeat(of_codes[:, :1], 5, axis=1))
    assert (np.abs(np.diff(picture[:, :, :3], axis=1)).max(axis=2) > 0.02).all()


def test_the_ends_of_rows_are_truncated():
    picture = interpolation(coded_mirror(), UNIFORM | CODED, WHOLE | {"truncation": 0.25})
    assert 0.1 < np.abs(picture[:, :, :3]).max() < 0.26


def test_the_first_rows_of_a_longer_picture_start_where_those_of_a_shorter_do():
    few, many = (
        interpolation(coded_mirror(), UNIFORM | CODED, section={"rows": rows, "columns": 5}) for rows in (2, 6)
    )
    assert np.array_equal(few[:, 0], many[:2, 0])


@pytest.mark.parametrize(
    ("model", "section", "message"),
    [
        (
            "dcgan",
            {"sampling": {"truncation": 0.04}},
            r"`dcgan\.sampling\.truncation` is 0\.04; allowed: a number of at",
        ),
        ("dcgan", {"sampling": {"truncation": 11.0}}, r"`dcgan\.sampling\.truncation` is 11\.0; allowed:.*at most 10"),
        ("dcgan", {"sampling": {"truncation": "off"}}, r"truncation` is the text 'off'; allowed: .*or null"),
        ("quadratic_gan", {"sampling": {"truncation": 0.0}}, r"`quadratic_gan\.sampling\.truncation` is 0\.0"),
        ("dcgan", {"interpolation": {"rows": 0}}, r"`dcgan\.interpolation\.rows` is 0; allowed: a whole number of at"),
        ("dcgan", {"interpolation": {"columns": 1}}, r"`dcgan\.interpolation\.columns` is 1; allowed:.*at least 2"),
        ("dcgan", {"interpolation": {"columns": 41}}, r"`dcgan\.interpolation\.columns` is 41; allowed:.*at most 40"),
        ("dcgan", {"interpolation": {"colums": 8}}, r"`dcgan\.interpolation\.colums`.*did you mean `columns`"),
        ("quadratic_gan", {"interpolation": {}}, r"`quadratic_gan\.interpolation` is not known"),
    ],
)
def test_what_cannot_be_drawn_is_told_before_anything_runs(model, section, message):
    with pytest.raises(UserError, match=message):
        check_parameters({model: section}, SECTIONS, {model})


def test_what_can_be_drawn_passes():
    check_parameters(
        {"dcgan": {"sampling": {"truncation": 1}, "interpolation": {"rows": 1, "columns": 2}}},
        SECTIONS,
        {"dcgan"},
    )
