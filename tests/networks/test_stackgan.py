import keras
import numpy as np
import pytest
from pydantic import ValidationError

from gan_pipelines.errors import UserError
from gan_pipelines.networks.caption_blocks import conditioning_view
from gan_pipelines.networks.caption_parameters import StackGANNetworksParameters
from gan_pipelines.networks.stackgan import (
    STAGE_ONE,
    both_stages,
    build_stage_one,
    build_stage_two,
    stage_discriminator,
    stage_one_generator,
    stage_two_generator,
)
from gan_pipelines.training.precision import copy_for_training
from tests.networks.copies import (
    arrays,
    assert_survives_copies,
    layer_names,
    random_inputs,
    slopes,
    with_random_weights,
)

PUBLISHED = StackGANNetworksParameters()
TOY = StackGANNetworksParameters(
    generator_width=4, discriminator_width=4, condition_size=5, latent_size=7, residual_blocks=1
)
CAPTION = 6
SMALL, LARGE = (16, 16, 3), (32, 32, 3)


def learnt(network):
    return sum(np.prod(weight.shape) for weight in network.trainable_weights)


def toy_stage_one(seed=0):
    return stage_one_generator(TOY, SMALL, CAPTION, seed)


TOY_NETWORKS = {
    "stage_one": toy_stage_one,
    "stage_two": lambda: stage_two_generator(TOY, SMALL, LARGE, CAPTION, 0),
    "both": lambda: both_stages(TOY, toy_stage_one(), LARGE, 0),
    "discriminator": lambda: stage_discriminator(TOY, SMALL, CAPTION, 0),
    "deep_discriminator": lambda: stage_discriminator(TOY, (128, 128, 1), CAPTION, 0),
}


@pytest.mark.parametrize(
    ("shape", "settings", "counts"),
    [
        ((64, 64, 3), {}, (14_264_192, 4_029_824)),
        (
            (32, 32, 3),
            {"generator_width": 24, "discriminator_width": 32, "condition_size": 32, "latent_size": 64},
            (659_216, 309_920),
        ),
    ],
)
def test_stage_one_has_the_published_numbers_of_parameters(shape, settings, counts):
    networks = build_stage_one(StackGANNetworksParameters(**settings), shape, 64 if settings else 1024, seed=0)
    assert tuple(map(learnt, networks)) == counts


def test_stage_two_has_the_published_numbers_of_parameters():
    stage_one = stage_one_generator(TOY, (64, 64, 3), 1024, seed=0)
    assert tuple(map(learnt, build_stage_two(PUBLISHED, stage_one, (256, 256, 3), 0))) == (26_290_080, 48_603_520)


@pytest.mark.parametrize("name", [name for name in TOY_NETWORKS if name != "stage_two"])  # is in both
def test_copies_and_files_compute_the_same(name, tmp_path):
    assert_survives_copies(TOY_NETWORKS[name](), tmp_path / "network.keras")


@pytest.mark.parametrize("name", [name for name in TOY_NETWORKS if name != "stage_two"])  # is in both
def test_every_weight_that_is_trained_moves_the_outputs(name):
    assert np.abs(slopes(TOY_NETWORKS[name]())).min() > 0


def test_xla_compiles_the_generator_and_its_gradients():
    found, expected = (slopes(TOY_NETWORKS["stage_one"](), jit=jit) for jit in (True, None))
    assert found == pytest.approx(expected, rel=1e-2, abs=1e-4 * float(np.abs(expected).max()))


def test_stage_two_also_enlarges_four_times():
    both = both_stages(TOY, stage_one_generator(TOY, (8, 8, 3), CAPTION, 0), LARGE, 0)
    assert both(random_inputs(both)).shape == (3, *LARGE)


@pytest.mark.parametrize("size", [8, 16, 32, 64])
def test_sizes_are_free(size):
    generator, discriminator = build_stage_one(TOY, (size, size, 1), CAPTION, 0)
    pixels = np.asarray(generator(random_inputs(generator)))
    assert pixels.shape == (3, size, size, 1)
    assert np.abs(pixels).max() <= 1
    assert discriminator([pixels, random_inputs(generator)[1]]).shape == (3, 1)


@pytest.mark.parametrize("name", ["stage_one", "stage_two", "both", "discriminator"])
def test_each_input_counts(name):
    network = with_random_weights(TOY_NETWORKS[name]())
    inputs = random_inputs(network)
    before = np.asarray(network(inputs))
    for place, values in enumerate(inputs):
        changed = [*inputs[:place], values[::-1], *inputs[place + 1 :]]
        assert np.abs(np.asarray(network(changed)) - before).max() > 1e-4


@pytest.mark.parametrize("name", ["stage_one", "stage_two", "both"])
def test_generators_compute_mean_and_deviation_from_the_caption(name):
    generator = copy_for_training(with_random_weights(TOY_NETWORKS[name]()), "float32")
    view = conditioning_view(generator)
    captions = random_inputs(generator)[-1]
    mean, log_deviation = arrays(view(captions))
    assert mean.shape == log_deviation.shape == (3, TOY.condition_size)
    kernel, bias = view.get_weights()
    expected = captions @ kernel + bias
    expected = np.where(expected > 0, expected, 0.2 * expected)
    assert np.concatenate([mean, log_deviation], axis=1) == pytest.approx(expected, abs=1e-5)
    assert all(any(weight is own for own in generator.trainable_weights) for weight in view.weights)


def test_the_last_latents_spread_the_condition_around_its_mean():
    """With a deviation near 0 they change nothing, and else they do."""
    generator = toy_stage_one()
    latent, caption = random_inputs(generator)
    other = latent.copy()
    other[:, TOY.latent_size :] += 1
    assert np.abs(np.asarray(generator([latent, caption]) - generator([other, caption]))).max() > 1e-4
    bias = conditioning_view(generator).weights[1]
    bias.assign(np.repeat([0.0, -1000.0], TOY.condition_size))
    assert np.array_equal(np.asarray(generator([latent, caption])), np.asarray(generator([other, caption])))


def test_both_stages_are_stage_two_behind_stage_one():
    stage_one, stage_two = toy_stage_one(seed=3), TOY_NETWORKS["stage_two"]()
    both = both_stages(TOY, stage_one, LARGE, seed=0)
    latent, caption = random_inputs(both)
    assert latent.shape[1] == TOY.latent_size + 2 * TOY.condition_size
    small = np.asarray(stage_one([latent[:, : -TOY.condition_size], caption]))
    expected = stage_two([small, latent[:, -TOY.condition_size :], caption])
    assert np.array_equal(np.asarray(both([latent, caption])), np.asarray(expected))
    assert stage_one.trainable
    assert stage_one.trainable_weights


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_training_moves_stage_two_alone(precision):
    both = copy_for_training(TOY_NETWORKS["both"](), precision)
    frozen = both.get_layer(STAGE_ONE)
    assert not frozen.trainable_weights
    assert len(both.trainable_weights) == len(TOY_NETWORKS["stage_two"]().trainable_weights)
    inputs = random_inputs(both)
    before, frozen_before = both.get_weights(), frozen.get_weights()
    both.compile(keras.optimizers.SGD(1.0), "mse", run_eagerly=False, jit_compile=False)
    both.train_on_batch(inputs, np.ones((3, *LARGE), np.float32))
    assert all(np.array_equal(*each) for each in zip(frozen.get_weights(), frozen_before, strict=True))
    moved = [not np.array_equal(*each) for each in zip(both.get_weights(), before, strict=True)]
    assert sum(moved) == len(moved) - len(frozen_before)


def test_kernels_start_as_chosen_and_those_that_read_captions_as_glorots():
    parameters = TOY.model_copy(update={"initial_deviation": 0.02, "generator_width": 16})
    networks = build_stage_one(parameters, SMALL, 64, 0)
    for network in networks:
        kernels = [np.asarray(weight) for weight in network.trainable_weights if weight.name == "kernel"]
        (reading,) = (kernel for kernel in kernels if kernel.shape[0] == 64 and kernel.ndim == 2)
        assert np.abs(reading).max() == pytest.approx(np.sqrt(6 / sum(reading.shape)), rel=0.1)
        others = np.concatenate([kernel.ravel() for kernel in kernels if kernel is not reading])
        assert others.std() == pytest.approx(0.02 * 0.88, rel=0.05)
        assert np.abs(others).max() <= 0.04
    plain = build_stage_one(TOY, SMALL, CAPTION, 0)[0].get_layer("pixels").kernel
    assert np.abs(np.asarray(plain)).max() == pytest.approx(np.sqrt(6 / (9 * (16 + 3))), rel=0.1)


@pytest.mark.parametrize("name", ["stage_one", "both", "discriminator"])
def test_weights_and_names_depend_on_the_seed_alone(name):
    first, again = (TOY_NETWORKS[name]() for _ in range(2))
    assert layer_names(first) == layer_names(again)
    assert all(np.array_equal(*each) for each in zip(first.get_weights(), again.get_weights(), strict=True))
    other = {"stage_one": toy_stage_one, "both": lambda seed: both_stages(TOY, toy_stage_one(), LARGE, seed)}.get(
        name, lambda seed: stage_discriminator(TOY, SMALL, CAPTION, seed)
    )(seed=1)
    assert not all(np.array_equal(*each) for each in zip(first.get_weights(), other.get_weights(), strict=True))


@pytest.mark.parametrize("shape", [(48, 48, 3), (4, 4, 3), (2, 2, 3), (32, 64, 3), (65, 65, 3)])
@pytest.mark.parametrize("build", [stage_one_generator, stage_discriminator])
def test_other_sizes_are_refused(build, shape):
    with pytest.raises(UserError, match=rf"images.size.*{shape[0]}x{shape[1]} px.*8, 16, 32, 64"):
        build(TOY, shape, CAPTION, 0)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((16, 16, 3), "images.size: stage I draws 16x16 px.*pictures are 16x16 px. Set 32 or 64"),
        ((128, 128, 3), "images.size: stage I draws 16x16 px.*pictures are 128x128 px. Set 32 or 64"),
        ((48, 48, 3), "images.size.*48x48 px"),
        ((32, 32, 1), "images.channels: stage I draws pictures of 3 channels.*have 1. Set 3"),
    ],
)
def test_stage_two_refuses_what_it_cannot_enlarge(shape, message):
    with pytest.raises(UserError, match=message):
        build_stage_two(TOY, toy_stage_one(), shape, 0)
    with pytest.raises(UserError, match=message):
        stage_two_generator(TOY, SMALL, shape, CAPTION, 0)


@pytest.mark.parametrize(
    "settings", [{"generator_width": 0}, {"condition_size": 0}, {"residual_blocks": -1}, {"initial_deviation": 0.0}]
)
def test_parameters_out_of_range_are_refused(settings):
    with pytest.raises(ValidationError, match=next(iter(settings))):
        StackGANNetworksParameters(**settings)
