import numpy as np
import pytest
from pydantic import ValidationError

from gan_pipelines.errors import UserError
from gan_pipelines.networks import stackgan_tree
from gan_pipelines.networks.caption_blocks import conditioning_view
from gan_pipelines.networks.caption_parameters import StackGANTreeNetworksParameters
from gan_pipelines.networks.stackgan_tree import build_tree, last_picture, tree_discriminator, tree_generator
from gan_pipelines.training.precision import copy_for_training
from tests.networks.copies import (
    arrays,
    assert_survives_copies,
    layer_names,
    random_inputs,
    slopes,
    with_random_weights,
)
from tests.networks.test_stackgan import learnt

PUBLISHED = StackGANTreeNetworksParameters()
SKETCH = StackGANTreeNetworksParameters(
    generator_width=16, discriminator_width=32, condition_size=32, latent_size=64, residual_blocks=1
)
TOY = StackGANTreeNetworksParameters(
    generator_width=4, discriminator_width=4, condition_size=5, latent_size=7, residual_blocks=1
)
TWO = TOY.model_copy(update={"pictures": 2})
ONE = TOY.model_copy(update={"pictures": 1, "unconditional": False})
CAPTION, SHAPE = 6, (32, 32, 3)
SIZES = [8, 16, 32]

TOY_NETWORKS = {
    "generator": lambda: tree_generator(TOY, SHAPE, CAPTION, 0),
    "generator_of_one": lambda: tree_generator(ONE, SHAPE, CAPTION, 0),
    "discriminator": lambda: tree_discriminator(TOY, SHAPE, 0),
    "deep_discriminator": lambda: tree_discriminator(ONE, (128, 128, 3), 0),
}


@pytest.mark.parametrize(
    ("parameters", "shape", "caption_size", "counts"),
    [
        (PUBLISHED, (256, 256, 3), 1024, (21_239_696, 5_723_906 + 18_834_178 + 71_269_122)),
        (SKETCH, (64, 64, 3), 64, (287_444, 1_809_158)),
    ],
)
def test_the_tree_has_the_published_numbers_of_parameters(parameters, shape, caption_size, counts, monkeypatch):
    monkeypatch.setattr(stackgan_tree, "_orthogonal", lambda network: network)  # takes a minute
    assert tuple(map(learnt, build_tree(parameters, shape, caption_size, 0))) == counts


@pytest.mark.parametrize("name", TOY_NETWORKS)
def test_copies_and_files_compute_the_same(name, tmp_path):
    assert_survives_copies(TOY_NETWORKS[name](), tmp_path / "network.keras")


@pytest.mark.parametrize("name", TOY_NETWORKS)
def test_every_weight_that_is_trained_moves_the_outputs(name):
    assert np.abs(slopes(TOY_NETWORKS[name]())).min() > 0


def test_xla_compiles_the_generator_and_its_gradients():
    found, expected = (slopes(tree_generator(TWO, (16, 16, 3), CAPTION, 0), jit=jit) for jit in (True, None))
    assert found == pytest.approx(expected, rel=1e-2, abs=1e-4 * float(np.abs(expected).max()))


def test_pictures_come_smallest_to_largest():
    generator = with_random_weights(TOY_NETWORKS["generator"]())
    assert generator.output_names == [f"pixels_{size}" for size in SIZES]
    pictures = arrays(generator(random_inputs(generator)))
    assert [picture.shape for picture in pictures] == [(3, size, size, 3) for size in SIZES]
    for picture in pictures:
        assert np.abs(picture).max() <= 1
        assert np.abs(picture[0] - picture[1]).max() > 1e-3


def test_the_last_picture_shares_the_weights_of_the_generator(tmp_path):
    generator = copy_for_training(tree_generator(TWO, (16, 16, 3), CAPTION, 0), "float32")
    view = last_picture(generator)
    with_random_weights(generator)
    inputs = random_inputs(generator)
    assert np.array_equal(np.asarray(view(inputs)), arrays(generator(inputs))[-1])
    assert_survives_copies(view, tmp_path / "generator.keras")


def test_the_generator_computes_mean_and_deviation_from_the_caption():
    generator = with_random_weights(TOY_NETWORKS["generator"]())
    view = conditioning_view(generator)
    captions = random_inputs(generator)[1]
    kernel, bias = view.get_weights()
    values, gates = np.split(captions @ kernel + bias, 2, axis=1)
    mean, log_variance = np.split(values / (1 + np.exp(-gates)), 2, axis=1)
    for found, expected in zip(arrays(view(captions)), (mean, log_variance / 2), strict=True):
        assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("unconditional", [True, False])
def test_each_picture_has_columns_of_its_own(unconditional):
    parameters = TOY.model_copy(update={"unconditional": unconditional})
    discriminator = with_random_weights(tree_discriminator(parameters, SHAPE, 0))
    assert [tensor.name for tensor in discriminator.inputs] == [*(f"pixels_{size}" for size in SIZES), "mean"]
    inputs = random_inputs(discriminator)
    before = np.asarray(discriminator(inputs))
    heads = 2 if unconditional else 1
    assert before.shape == (3, 3 * heads)
    for place, values in enumerate(inputs):
        changed = [*inputs[:place], values[::-1], *inputs[place + 1 :]]
        columns = np.flatnonzero(np.abs(np.asarray(discriminator(changed)) - before).max(0) > 1e-5)
        own = range(heads * place, heads * (place + 1))
        assert columns.tolist() == list(own if place < 3 else range(0, 3 * heads, heads))


@pytest.mark.parametrize("name", ["generator", "discriminator"])
def test_kernels_start_orthogonal(name):
    for weight in TOY_NETWORKS[name]().trainable_weights:
        if weight.name == "kernel":
            kernel = np.asarray(weight).reshape(-1, weight.shape[-1])
            kernel = kernel if kernel.shape[0] >= kernel.shape[1] else kernel.T
            assert kernel.T @ kernel == pytest.approx(np.eye(kernel.shape[1]), abs=1e-5)


@pytest.mark.parametrize("network", [0, 1], ids=["generator", "discriminator"])
def test_weights_and_names_depend_on_the_seed_alone(network):
    first, again, other = (build_tree(TWO, (16, 16, 3), CAPTION, seed)[network] for seed in (0, 0, 1))
    assert layer_names(first) == layer_names(again) == layer_names(other)
    assert all(np.array_equal(*each) for each in zip(first.get_weights(), again.get_weights(), strict=True))
    assert not all(np.array_equal(*each) for each in zip(first.get_weights(), other.get_weights(), strict=True))


@pytest.mark.parametrize(
    ("pictures", "shape", "message"),
    [
        (3, (48, 48, 3), "images.size.*48x48 px.*8, 16, 32, 64"),
        (3, (16, 16, 3), "networks.pictures is 3.*of 16 px at most 2 .*Set 1 to 2, or increase images.size"),
        (1, (4, 4, 3), "images.size.*4x4 px"),
    ],
)
def test_other_sizes_are_refused(pictures, shape, message):
    parameters = TOY.model_copy(update={"pictures": pictures})
    for build in (
        lambda: tree_generator(parameters, shape, CAPTION, 0),
        lambda: tree_discriminator(parameters, shape, 0),
    ):
        with pytest.raises(UserError, match=message):
            build()


@pytest.mark.parametrize("settings", [{"pictures": 0}, {"generator_width": 0}, {"unconditional": 1}])
def test_parameters_out_of_range_are_refused(settings):
    with pytest.raises(ValidationError, match=next(iter(settings))):
        StackGANTreeNetworksParameters(**settings)
