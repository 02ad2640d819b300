import keras
import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from gan_pipelines.errors import UserError
from gan_pipelines.networks.translation import (
    any_size,
    build_paired,
    build_unpaired,
    one_direction,
    reach,
    size_multiple,
)
from gan_pipelines.networks.translation_blocks import normalized
from gan_pipelines.networks.translation_parameters import (
    EncoderDecoderParameters,
    ImageDiscriminatorParameters,
    PairedNetworksParameters,
    PairedPatchesParameters,
    PatchesParameters,
    ResidualTranslatorParameters,
    ResidualUpsamplerParameters,
    StridedDiscriminatorParameters,
    UNetParameters,
    UnpairedNetworksParameters,
    UpscalingNetworksParameters,
)
from gan_pipelines.training.precision import copy_for_export, copy_for_training
from tests.backends import gradient


def unet(**settings):
    return UNetParameters(name="unet", **settings)


def residual_translator(**settings):
    return ResidualTranslatorParameters(name="residual_translator", **settings)


def encoder_decoder(**settings):
    return EncoderDecoderParameters(name="encoder_decoder", **settings)


def patches(**settings):
    return PatchesParameters(name="patches", **settings)


def paired_patches(**settings):
    return PairedPatchesParameters(name="patches", **settings)


def whole_image(**settings):
    return ImageDiscriminatorParameters(name="whole_image", **settings)


def strided(**settings):
    return StridedDiscriminatorParameters(name="strided", **settings)


PIX2PIX, CYCLEGAN, SRGAN = PairedNetworksParameters(), UnpairedNetworksParameters(), UpscalingNetworksParameters()
SMALL_SRGAN = UpscalingNetworksParameters(
    generator=ResidualUpsamplerParameters(width=32, blocks=4, normalization="none", end_kernel=5, passes_source=True),
    discriminator=strided(width=24, dense=256, normalization="none"),
)

PAIRED_COUNTS = [
    (PIX2PIX, (256, 256, 3), (256, 256, 3), (54_424_387, 2_770_497)),
    (SRGAN, (24, 24, 3), (96, 96, 3), (1_552_771, 23_567_361)),
    (SMALL_SRGAN, (24, 24, 3), (96, 96, 3), (162_275, 2_429_721)),
    (
        PairedNetworksParameters(
            generator=unet(width=32, normalization="instance"), discriminator=paired_patches(width=32, layers=2)
        ),
        (64, 64, 3),
        (64, 64, 3),
        (7_315_043, 169_377),
    ),
]

UNPAIRED_COUNTS = [
    ({}, (64, 64, 3), (11_383_427, 2_765_633)),
    (
        {"generator": residual_translator(blocks=6, upsampling="transposed")},
        (32, 32, 3),
        (7_841_411, 2_765_633),
    ),
    (
        {"generator": residual_translator(width=32, blocks=3), "discriminator": patches(width=32, layers=2)},
        (64, 64, 3),
        (1_080_643, 167_841),
    ),
    (
        {"generator": encoder_decoder(), "discriminator": whole_image()},
        (64, 64, 3),
        (5_516_547, 2_767_360),
    ),
    (
        {"generator": encoder_decoder(bottleneck=100), "discriminator": whole_image()},
        (64, 64, 3),
        (7_157_395, 2_767_360),
    ),
    (
        {"generator": encoder_decoder(width=32), "discriminator": whole_image(width=32)},
        (32, 32, 1),
        (1_379_969, 691_456),
    ),
]

GENERATORS = {
    "unet": unet(width=4),
    "unet_nearest": unet(width=4, levels=2, normalization="instance", upsampling="nearest", dropout_levels=0),
    "residual": residual_translator(width=4, blocks=1),
    "residual_passing": residual_translator(width=4, blocks=1, upsampling="nearest", passes_source=True),
    "encoder": encoder_decoder(width=4, levels=2, normalization="instance", passes_source=True),
    "encoder_layer": encoder_decoder(width=4, levels=2, normalization="layer", upsampling="nearest"),
    "encoder_nearest": encoder_decoder(width=4, levels=2, upsampling="nearest"),
    "encoder_bottleneck": encoder_decoder(width=4, levels=2, bottleneck=5),
    "encoder_bottleneck_instance": encoder_decoder(width=4, levels=2, bottleneck=5, normalization="instance"),
    "upsampler": ResidualUpsamplerParameters(width=4, blocks=1),
    "upsampler_nearest": ResidualUpsamplerParameters(width=4, blocks=1, normalization="none", upsampling="nearest"),
    "upsampler_passing": ResidualUpsamplerParameters(width=4, blocks=1, passes_source=True, end_kernel=5),
}

DISCRIMINATORS = {
    "patches": paired_patches(width=4, layers=2),
    "patches_alone": paired_patches(width=4, layers=1, normalization="batch", sees_source=False),
    "pixels": paired_patches(width=4, layers=0, normalization="none"),
    "whole_image": whole_image(width=4, layers=3),
    "strided": strided(width=2, dense=4),
}

SIZE = 16


def random_images(size=SIZE, count=2, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (count, size, size, 3)).astype(np.float32)


SOURCES, IMAGES = random_images(), random_images(seed=1)


def build_generator(parameters, size=SIZE, seed=0):
    if isinstance(parameters, ResidualUpsamplerParameters):
        networks = UpscalingNetworksParameters(generator=parameters, discriminator=patches(width=1, layers=1))
        return build_paired(networks, (size, size, 3), (4 * size, 4 * size, 3), seed)[0]
    networks = PairedNetworksParameters(generator=parameters, discriminator=paired_patches(width=1, layers=1))
    return build_paired(networks, (size, size, 3), (size, size, 3), seed)[0]


def build_discriminator(parameters, shape=(SIZE, SIZE, 3)):
    return build_paired(PairedNetworksParameters(generator=unet(width=1), discriminator=parameters), shape, shape, 0)[1]


def build_toy_domains(**settings):
    parameters = {"generator": GENERATORS["residual"], "discriminator": patches(width=4, layers=2), **settings}
    return build_unpaired(UnpairedNetworksParameters(**parameters), (SIZE, SIZE, 3), seed=0)


def with_random_weights(network):
    """Gives a network weights that are all unlike, and keep the sizes of what passes through."""
    generator = np.random.default_rng(2)
    for weights in network.weights:
        if len(weights.shape) > 1 and weights.name == "kernel":
            values = generator.normal(size=weights.shape) / np.sqrt(np.prod(weights.shape[:-1]))
        else:  # variances must be positive
            values = generator.uniform(0.5, 1.0, weights.shape)
        weights.assign(values)
    return network


def arrays(outputs):
    return [np.asarray(output) for output in keras.tree.flatten(outputs)]


def inputs_of(network):
    images = {"source": SOURCES, "pixels": IMAGES, "first": SOURCES, "second": IMAGES}
    named = [images[tensor.name] for tensor in network.inputs]
    return named if len(named) > 1 else named[0]


def assert_survives_copies(network, path):
    """Copies and files of a network compute the same; in 16 bits nearly so, with outputs in float32."""
    with_random_weights(network)
    inputs = inputs_of(network)
    expected = arrays(network(inputs))
    network.save(path)
    loaded = keras.saving.load_model(path, safe_mode=True)
    for copy in (copy_for_training(network, "float32"), copy_for_export(network), loaded):
        assert all(np.array_equal(*both) for both in zip(arrays(copy(inputs)), expected, strict=True))
    half = copy_for_training(network, "mixed_bfloat16")
    assert "bfloat16" in {layer.compute_dtype for layer in half.layers}
    for output, exact in zip(arrays(half(inputs)), expected, strict=True):
        assert output.dtype == np.float32
        assert np.abs(output - exact).max() < 0.1 * max(1, np.abs(exact).max())


@pytest.mark.parametrize(("parameters", "source_shape", "target_shape", "counts"), PAIRED_COUNTS)
def test_paired_networks_have_the_published_numbers_of_parameters(parameters, source_shape, target_shape, counts):
    networks = build_paired(parameters, source_shape, target_shape, seed=0)
    assert tuple(network.count_params() for network in networks) == counts


@pytest.mark.parametrize(("settings", "shape", "counts"), UNPAIRED_COUNTS)
def test_unpaired_networks_have_twice_the_published_numbers_of_parameters(settings, shape, counts):
    networks = build_unpaired(UnpairedNetworksParameters(**settings), shape, seed=0)
    assert tuple(network.count_params() / 2 for network in networks) == counts


@pytest.mark.parametrize("name", GENERATORS)
def test_generators_give_pixels_that_depend_on_the_source(name):
    pixels = np.asarray(with_random_weights(build_generator(GENERATORS[name]))(SOURCES))
    scale = 4 if name.startswith("upsampler") else 1
    assert pixels.shape == (2, scale * SIZE, scale * SIZE, 3)
    if name != "upsampler_passing":  # a sum without tanh
        assert np.abs(pixels).max() <= 1
    assert np.abs(pixels[0] - pixels[1]).max() > 1e-3


@pytest.mark.parametrize("name", GENERATORS)
def test_copies_and_files_of_generators_compute_the_same(name, tmp_path):
    assert_survives_copies(build_generator(GENERATORS[name]), tmp_path / "generator.keras")


@pytest.mark.parametrize("name", DISCRIMINATORS)
def test_copies_and_files_of_discriminators_compute_the_same(name, tmp_path):
    assert_survives_copies(build_discriminator(DISCRIMINATORS[name]), tmp_path / "discriminator.keras")


def test_copies_and_files_of_joint_networks_compute_the_same(tmp_path):
    for network in build_toy_domains():
        assert_survives_copies(network, tmp_path / "network.keras")


@pytest.mark.parametrize(
    ("name", "shape"),
    [("patches", (4, 4)), ("patches_alone", (8, 8)), ("pixels", (16, 16)), ("whole_image", ()), ("strided", ())],
)
def test_logits_are_of_patches_or_images(name, shape):
    discriminator = with_random_weights(build_discriminator(DISCRIMINATORS[name]))
    logits = np.asarray(discriminator(inputs_of(discriminator)))
    assert logits.shape == (2, *shape, 1)
    assert np.abs(logits[0] - logits[1]).max() > 1e-3


@pytest.mark.parametrize("layers", [0, 1, 2, 3])
def test_patches_are_as_wide_as_published(layers):
    """Pixels further away than the patch's width change nothing, the last within it do."""
    width = (1, 16, 34, 70)[layers]
    parameters = paired_patches(width=1, layers=layers, normalization="none", sees_source=False, initial_deviation=1.0)
    discriminator = with_random_weights(build_discriminator(parameters, (128, 128, 3)))
    gray = np.zeros((1, 128, 128, 3), np.float32)
    changed = gray.copy()
    changed[:, 64, 64] = 1
    difference = np.asarray(discriminator(changed) - discriminator(gray))[0, :, :, 0]
    step = 2**layers
    seeing = np.flatnonzero(np.abs(difference).max(0))
    assert len(seeing) in {width // step, -(-width // step)}


def test_a_discriminator_of_pairs_sees_both_images():
    discriminator = with_random_weights(build_discriminator(DISCRIMINATORS["patches"]))
    assert [tensor.name for tensor in discriminator.inputs] == ["source", "pixels"]
    before = np.asarray(discriminator([SOURCES, IMAGES]))
    for inputs in ([IMAGES, IMAGES], [SOURCES, SOURCES]):
        assert np.abs(np.asarray(discriminator(inputs)) - before).max() > 1e-4


@pytest.mark.parametrize("changed", [0, 1])
def test_the_halves_of_joint_networks_are_independent(changed):
    for network in build_toy_domains():
        before = arrays(network([SOURCES, IMAGES]))
        images = [SOURCES, IMAGES]
        images[changed] = random_images(seed=3)
        after = arrays(network(images))
        assert np.array_equal(before[1 - changed], after[1 - changed])
        assert not np.array_equal(before[changed], after[changed])
        halves = [keras.Model(network.inputs[half], network.outputs[half]) for half in (0, 1)]
        assert not {id(each) for each in halves[0].weights} & {id(each) for each in halves[1].weights}
        assert not np.array_equal(arrays(halves[0](SOURCES))[0], arrays(halves[1](SOURCES))[0])


def test_joint_networks_name_their_inputs_and_outputs():
    translator, discriminator = build_toy_domains()
    assert translator.output_names == ["first_to_second_pixels", "second_to_first_pixels"]
    assert discriminator.output_names == ["first_logits", "second_logits"]
    for network in (translator, discriminator):
        assert [tensor.name for tensor in network.inputs] == ["first", "second"]


def test_one_direction_shares_the_weights_of_the_translator(tmp_path):
    translator, _ = build_toy_domains()
    halves = [one_direction(translator, direction) for direction in ("a_to_b", "b_to_a")]
    with_random_weights(translator)
    for half, expected in zip(halves, arrays(translator([SOURCES, SOURCES])), strict=True):
        assert np.array_equal(np.asarray(half(SOURCES)), expected)
    halves[1].save(tmp_path / "b_to_a.keras")
    loaded = keras.saving.load_model(tmp_path / "b_to_a.keras", safe_mode=True)
    assert np.array_equal(np.asarray(loaded(SOURCES)), np.asarray(halves[1](SOURCES)))


FREE = ["unet_nearest", "residual", "residual_passing", "encoder", "encoder_nearest", *sorted(GENERATORS)[-3:]]


@pytest.mark.parametrize("name", FREE)
def test_a_generator_of_any_size_equals_one_that_is_built_for_the_size(name):
    parameters = GENERATORS[name]
    trained = with_random_weights(build_generator(parameters))
    other = build_generator(parameters, size=24)
    other.set_weights(trained.get_weights())
    free = any_size(trained, parameters)
    for generator in (trained, other):
        images = random_images(generator.input_shape[1])
        assert np.array_equal(np.asarray(free(images)), np.asarray(generator(images)))
    wide = np.concatenate([SOURCES, SOURCES], axis=2)
    predicted = free.predict(wide, verbose=0)  # compiled with an unknown size
    assert predicted == pytest.approx(np.asarray(free(wide)), abs=1e-4)


@pytest.mark.parametrize("name", ["unet", "encoder_bottleneck"])
def test_networks_down_to_one_pixel_keep_their_size(name):
    generator = build_generator(GENERATORS[name])
    assert any_size(generator, GENERATORS[name]) is generator


def test_one_direction_takes_any_size():
    translator, _ = build_toy_domains(generator=GENERATORS["residual_passing"])
    with_random_weights(translator)
    half = one_direction(translator, "b_to_a")
    free = any_size(half, GENERATORS["residual_passing"])
    assert np.array_equal(np.asarray(free(SOURCES)), np.asarray(half(SOURCES)))
    assert free(random_images(24)).shape == (2, 24, 24, 3)


@pytest.mark.parametrize(
    ("parameters", "multiple"),
    [
        (unet(width=1), 64),
        (unet(width=1, levels=5), 32),
        (unet(width=1, levels=3, upsampling="nearest"), 8),
        (residual_translator(width=1, blocks=1), 4),
        (encoder_decoder(width=1), 16),
        (encoder_decoder(width=1, levels=3, bottleneck=4), 64),
        (ResidualUpsamplerParameters(width=1, blocks=1), 1),
    ],
)
def test_sides_must_be_multiples(parameters, multiple):
    generator = any_size(build_generator(parameters, size=64), parameters)
    assert size_multiple(generator) == multiple
    if generator.inputs[0].shape[1] is None:
        assert generator(random_images(3 * multiple)).shape[1] % (3 * multiple) == 0


@pytest.mark.parametrize(
    ("parameters", "shapes", "message"),
    [
        (PIX2PIX, ((96, 96, 3), (96, 96, 3)), "multiple of 64 px.*96x96 px.*images.size or networks.generator.levels"),
        (PIX2PIX, ((32, 32, 3), (64, 64, 3)), "sources are 32x32 px and targets 64x64 px"),
        (SMALL_SRGAN, ((24, 24, 3), (72, 72, 3)), "power of 2.*24x24 px and targets 72x72"),
        (SMALL_SRGAN, ((24, 24, 3), (48, 96, 3)), "power of 2.*24x24 px and targets 48x96"),
        (SMALL_SRGAN, ((24, 24, 3), (12, 12, 3)), "power of 2.*24x24 px and targets 12x12"),
        (SMALL_SRGAN, ((24, 24, 3), (24, 24, 3)), "power of 2.*24x24 px and targets 24x24"),
        (SMALL_SRGAN, ((24, 24, 1), (96, 96, 3)), "passes_source.*sources have 1 channels and targets 3"),
    ],
)
def test_pairs_of_other_shapes_are_refused(parameters, shapes, message):
    with pytest.raises(UserError, match=message):
        build_paired(parameters, *shapes, seed=0)


@pytest.mark.parametrize(
    ("settings", "size", "message"),
    [
        ({"generator": encoder_decoder(bottleneck=100)}, 24, "multiple of 16 px.*24x24 px.*networks.generator.levels"),
        ({}, 18, "multiple of 4 px; the images are 18x18 px. Change images.size.$"),
        ({"generator": encoder_decoder(width=1, normalization="instance")}, 16, "1x1 px"),
        ({"discriminator": patches(width=1, layers=4)}, 16, "1x1 px"),
    ],
)
def test_domains_of_other_sizes_are_refused(settings, size, message):
    toy = {"generator": residual_translator(width=1, blocks=0), **settings}
    with pytest.raises(UserError, match=message):
        build_unpaired(UnpairedNetworksParameters(**toy), (size, size, 3), seed=0)


@pytest.mark.parametrize("normalization", ["none", "batch"])
def test_an_untrained_pixel_shuffle_leaves_no_grid(normalization):
    """Away from the edges, a gray image becomes one colour: each pixel's four kernels are equal."""
    parameters = ResidualUpsamplerParameters(width=8, blocks=1, end_kernel=3, normalization=normalization)
    gray = np.full((1, SIZE, SIZE, 3), 0.5, np.float32)
    pixels = np.asarray(build_generator(parameters)(gray))[0, 24:40, 24:40]
    assert np.abs(pixels).min() > 1e-5
    assert np.ptp(pixels, axis=(0, 1)) == pytest.approx(np.zeros(3), abs=1e-6)


@pytest.mark.parametrize("scale", [2, 4, 8])
def test_an_untrained_upsampler_that_passes_the_source_enlarges_it_as_pillow_does(scale):
    networks = UpscalingNetworksParameters(generator=GENERATORS["upsampler_passing"], discriminator=patches(width=1))
    generator, _ = build_paired(networks, (6, 10, 3), (scale * 6, scale * 10, 3), seed=0)
    source = SOURCES[0, :6, :10]
    enlarged = [
        Image.fromarray(channel).resize((scale * 10, scale * 6), Image.Resampling.BICUBIC)
        for channel in np.moveaxis(source, -1, 0).copy()
    ]
    pixels = np.asarray(copy_for_training(generator, "mixed_bfloat16")(source[None]))
    assert pixels[0] == pytest.approx(np.stack(enlarged, axis=-1), abs=1e-5)


@pytest.mark.parametrize("name", GENERATORS)
def test_xla_compiles_generators_and_their_gradients(name):
    generator = with_random_weights(build_generator(GENERATORS[name]))

    def loss(images):
        return keras.ops.mean(keras.ops.square(generator(images)))

    compiled, plain = (gradient(loss, SOURCES, jit=jit) for jit in (True, None))
    assert np.abs(compiled).max() > 1e-5
    assert compiled == pytest.approx(plain, abs=1e-4 * float(np.abs(plain).max()))


@pytest.mark.parametrize("name", ["residual_passing", "encoder"])
def test_a_translator_that_passes_the_source_starts_near_it(name):
    parameters = GENERATORS[name].model_copy(update={"initial_deviation": 1e-8})
    assert np.asarray(build_generator(parameters)(SOURCES)) == pytest.approx(np.tanh(1.5 * SOURCES), abs=1e-3)


def test_kernels_start_with_the_given_deviation_each_with_its_own_numbers():
    generator = build_generator(residual_translator(width=16, blocks=2))
    kernels = [np.asarray(each) for each in generator.weights if each.name == "kernel"]
    assert np.concatenate([kernel.ravel() for kernel in kernels]).std() == pytest.approx(0.02, rel=0.01)
    blocks = [kernel for kernel in kernels if kernel.shape == (3, 3, 64, 64)]
    assert len({kernel.tobytes() for kernel in blocks}) == len(blocks) == 4


def test_weights_and_names_depend_on_the_seed_alone():
    networks = [build_generator(GENERATORS["unet"], seed=seed) for seed in (0, 0, 1)]
    assert [layer.name for layer in networks[0].layers] == [layer.name for layer in networks[1].layers]
    first, same, other = [np.concatenate([weights.ravel() for weights in net.get_weights()]) for net in networks]
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_dropout_draws_in_training_only():
    generator = build_generator(unet(width=4, dropout_levels=1))
    assert np.array_equal(*[np.asarray(generator(SOURCES, training=False)) for _ in range(2)])
    dropping = [np.asarray(generator(SOURCES, training=True)) for _ in range(2)]
    assert not np.array_equal(*dropping)
    assert not [layer for layer in build_generator(GENERATORS["unet_nearest"]).layers if "dropout" in layer.name]


@pytest.mark.parametrize("section", [PairedNetworksParameters, UnpairedNetworksParameters, UpscalingNetworksParameters])
def test_only_discriminators_of_pairs_of_one_size_can_see_the_source(section):
    networks = {"discriminator": {"name": "patches", "sees_source": False}}
    if section is PairedNetworksParameters:
        assert section.model_validate(networks).discriminator == paired_patches(sees_source=False)
    else:
        with pytest.raises(ValidationError, match="sees_source"):
            section.model_validate(networks)


@pytest.mark.parametrize(("normalization", "axes"), [("instance", (1, 2)), ("layer", (1, 2, 3))])
def test_images_are_normalized_by_channel_or_by_all_channels(normalization, axes):
    images = keras.Input((SIZE, SIZE, 3))
    found = np.asarray(keras.Model(images, normalized(images, normalization))(SOURCES * 3 + 1))
    assert found.mean(axis=axes) == pytest.approx(0, abs=1e-5)
    assert found.std(axis=axes) == pytest.approx(1, abs=1e-3)
    if normalization == "layer":
        assert np.abs(found.mean(axis=(1, 2))).max() > 0.01


@pytest.mark.parametrize(
    ("parameters", "distance"),
    [
        (ResidualUpsamplerParameters(width=1, blocks=2, end_kernel=5), 2 + 4 + 1 + 2 + 2 + 2),
        (ResidualUpsamplerParameters(width=1, blocks=0, upsampling="nearest", normalization="none"), 4 + 1 + 2 + 4 + 2),
        (unet(width=1, levels=2), None),
        (residual_translator(width=1, blocks=0), None),
        (encoder_decoder(width=1, bottleneck=4), None),
    ],
)
def test_only_upsamplers_look_at_near_pixels_alone(parameters, distance):
    assert reach(any_size(build_generator(parameters), parameters)) == distance
