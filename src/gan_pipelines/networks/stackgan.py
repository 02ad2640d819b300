"""Builds the networks of StackGAN: stage I draws small pictures from captions, stage II repaints them larger.

Zhang, Xu, Li, Zhang, Wang, Huang and Metaxas, "StackGAN: Text to Photo-realistic Image Synthesis with Stacked
Generative Adversarial Networks", 2016. Captions are vectors, whose numbers should have a deviation near 1 each.

Layers as in the authors' code, with these differences: layers that read captions start with Glorot's kernels; the
numbers that spread conditions are normal, there cut at two deviations; every convolution of stage I's discriminator but
the last is activated, as in stage II's; and stage I, once frozen, normalises by its running statistics, there by those
of the batch.

Sizes are free. Stage I has the published width at 4x4 px, whatever its size. All models are made of Keras's own layers,
so they can be copied layer by layer, and saved files load anywhere.
"""

from collections.abc import Callable

from keras import layers

from gan_pipelines.errors import UserError
from gan_pipelines.networks.caption_blocks import (
    LEAST,
    Initial,
    Shape,
    beside_maps,
    condition_of,
    convolution,
    doublings,
    halves,
    initializer,
    normalized,
    normalized_convolution,
    pixels_of,
    start_network,
    strided_maps,
)
from gan_pipelines.networks.caption_parameters import StackGANNetworksParameters
from gan_pipelines.networks.translation_blocks import leaky_relu
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.precision import copy_for_export

STAGE_ONE = "stage_one"
"""Name of the model of stage I within that of both stages."""

_TEXT: Initial = "glorot_uniform"  # kernels that read captions, see `StackGANNetworksParameters.initial_deviation`
_HALVINGS = 2  # of the picture of stage I, before it is joined with the caption


def build_stage_one(
    parameters: StackGANNetworksParameters, image_shape: Shape, caption_size: int, seed: int
) -> tuple[keras.Model, keras.Model]:
    """Builds an untrained generator and discriminator of stage I.

    Args:
        parameters: The section ``<model>.networks``.
        image_shape: Shape of the pictures of stage I, square, of 8, 16, 32, ... px; published: 64 px.
        caption_size: Numbers of a caption; published: 1024.
        seed: Seed of the initial weights.

    Returns:
        See `stage_one_generator` and `stage_discriminator`.

    Raises:
        UserError: If the networks do not draw this size.
    """
    generator = stage_one_generator(parameters, image_shape, caption_size, seed)
    return generator, stage_discriminator(parameters, image_shape, caption_size, seed)


def build_stage_two(
    parameters: StackGANNetworksParameters, stage_one: keras.Model, image_shape: Shape, seed: int
) -> tuple[keras.Model, keras.Model]:
    """Builds an untrained generator of stage II behind a trained one of stage I, and a discriminator.

    Args:
        parameters: The section ``<model>.networks`` of stage II.
        stage_one: The generator of stage I; it is copied.
        image_shape: Shape of the pictures of stage II, 2 or 4 times as large as those of stage I.
        seed: Seed of the initial weights.

    Returns:
        See `both_stages` and `stage_discriminator`.

    Raises:
        UserError: If the networks do not draw this size from that of stage I.
    """
    caption_size = stage_one.inputs[1].shape[-1]
    generator = both_stages(parameters, stage_one, image_shape, seed)
    return generator, stage_discriminator(parameters, image_shape, caption_size, seed)


def stage_one_generator(
    parameters: StackGANNetworksParameters, image_shape: Shape, caption_size: int, seed: int
) -> keras.Model:
    """Draws pictures from noise and captions; 14,264,192 parameters with the published widths at 64x64x3.

    Returns:
        A model from latents ``(batch, latent_size + condition_size)``, standard normal, whose last numbers spread the
        conditions around their means, and captions ``(batch, caption_size)`` to pixels in [-1, 1]
        ``(batch, size, size, channels)``.

    Raises:
        UserError: If the picture is not square, or its side is not 8, 16, 32, ... px.
    """
    count = doublings(image_shape)
    start_network(seed, "the generator of stage I")
    latent = layers.Input((parameters.latent_size + parameters.condition_size,), name="latent")
    caption = layers.Input((caption_size,), name="caption")
    noise, spread = latent[:, : parameters.latent_size], latent[:, parameters.latent_size :]
    condition = _condition(caption, spread, parameters)
    initial = _initial(parameters)
    width = 8 * parameters.generator_width
    dense = layers.Dense(LEAST * LEAST * width, kernel_initializer=initializer(initial))
    x = normalized(dense(layers.Concatenate()([condition, noise])))
    x = _bottleneck(layers.Reshape((LEAST, LEAST, width))(x), width // 4, initial, _relu)
    for step in range(1, count):
        x = normalized_convolution(layers.UpSampling2D()(x), max(width >> step, 1), 3, initial)
        x = _bottleneck(x, width // 8, initial, _relu) if step == 1 else _relu(x)
    pixels = pixels_of(layers.UpSampling2D()(x), image_shape[-1], initial)
    return keras.Model([latent, caption], pixels, name="generator")


def stage_two_generator(
    parameters: StackGANNetworksParameters, small_shape: Shape, image_shape: Shape, caption_size: int, seed: int
) -> keras.Model:
    """Repaints pictures of stage I larger; 26,290,080 parameters with the published widths, from 64 to 256 px.

    Args:
        parameters: The section ``<model>.networks`` of stage II.
        small_shape: Shape of the pictures of stage I.
        image_shape: Shape of the pictures of stage II, 2 or 4 times as large.
        caption_size: Numbers of a caption.
        seed: Seed of the initial weights.

    Returns:
        A model from pictures of stage I, pixels in [-1, 1] ``(batch, small_size, small_size, channels)``; standard
        normal numbers that spread the conditions around their means ``(batch, condition_size)``; and captions
        ``(batch, caption_size)`` to pixels in [-1, 1] ``(batch, size, size, channels)``.

    Raises:
        UserError: If the networks do not draw this size from that of stage I.
    """
    _check_enlargement(small_shape, image_shape)
    start_network(seed, "the generator of stage II")
    small = layers.Input(small_shape, name="small_pixels")
    spread = layers.Input((parameters.condition_size,), name="spread")
    caption = layers.Input((caption_size,), name="caption")
    pixels = _repainted(small, _condition(caption, spread, parameters), image_shape, parameters)
    return keras.Model([small, spread, caption], pixels, name="generator")


def both_stages(
    parameters: StackGANNetworksParameters, stage_one: keras.Model, image_shape: Shape, seed: int
) -> keras.Model:
    """Builds stage II behind stage I, which is frozen; their weights are those of `stage_two_generator` and stage I.

    Args:
        parameters: The section ``<model>.networks`` of stage II.
        stage_one: The generator of stage I, from latents and captions to pixels; it is copied.
        image_shape: Shape of the pictures of stage II, 2 or 4 times as large as those of stage I.
        seed: Seed of the initial weights of stage II.

    Returns:
        A model from latents and captions to pixels in [-1, 1] ``(batch, size, size, channels)``. Latents are those of
        stage I followed by ``condition_size`` numbers of stage II, as each stage spreads its own conditions: with the
        same sizes in both stages ``(batch, latent_size + 2 * condition_size)``. Its layer ``stage_one`` is the copy of
        stage I, which has no trainable weights.

    Raises:
        UserError: If the networks do not draw this size from that of stage I.
    """
    (_, stage_one_size), (_, caption_size) = (tensor.shape for tensor in stage_one.inputs)
    _check_enlargement(stage_one.output_shape[1:], image_shape)
    copy = copy_for_export(stage_one)
    start_network(seed, "the generator of stage II")
    frozen = keras.Model(copy.inputs, copy.outputs[0], name=STAGE_ONE)
    frozen.trainable = False
    latent = layers.Input((stage_one_size + parameters.condition_size,), name="latent")
    caption = layers.Input((caption_size,), name="caption")
    small = frozen([latent[:, :stage_one_size], caption])
    condition = _condition(caption, latent[:, stage_one_size:], parameters)
    return keras.Model([latent, caption], _repainted(small, condition, image_shape, parameters), name="generator")


def stage_discriminator(
    parameters: StackGANNetworksParameters, image_shape: Shape, caption_size: int, seed: int
) -> keras.Model:
    """Judges whether a picture is real and fits its caption; of either stage.

    With the published width 4,029,824 parameters at 64x64x3, stage I, and 48,603,520 at 256x256x3, stage II.

    Returns:
        A model from pixels in [-1, 1] ``(batch, size, size, channels)`` and captions ``(batch, caption_size)`` to
        logits ``(batch, 1)``.

    Raises:
        UserError: If the picture is not square, or its side is not 8, 16, 32, ... px.
    """
    doublings(image_shape)
    start_network(seed, "the discriminator of a stage")
    pixels = layers.Input(image_shape, name="pixels")
    caption = layers.Input((caption_size,), name="caption")
    initial, width = _initial(parameters), parameters.discriminator_width
    x = strided_maps(pixels, width, initial, widest=32 * width)
    while x.shape[-1] > 8 * width:
        x = normalized_convolution(leaky_relu(x), x.shape[-1] // 2, 1, initial)
    x = _bottleneck(x, 2 * width, initial, leaky_relu)
    text = leaky_relu(layers.Dense(parameters.condition_size, kernel_initializer=initializer(_TEXT))(caption))
    x = leaky_relu(normalized_convolution(beside_maps(text, x), x.shape[-1], 1, initial))
    logits = layers.Reshape((1,), name="logits")(convolution(x, 1, LEAST, initial, padding="valid"))
    return keras.Model([pixels, caption], logits, name="discriminator")


def _condition(
    caption: keras.KerasTensor, spread: keras.KerasTensor, parameters: StackGANNetworksParameters
) -> keras.KerasTensor:
    dense = layers.Dense(2 * parameters.condition_size, kernel_initializer=initializer(_TEXT))
    mean, log_deviation = halves(leaky_relu(dense(caption)))
    return condition_of(mean, log_deviation, spread)


def _repainted(
    small: keras.KerasTensor, condition: keras.KerasTensor, image_shape: Shape, parameters: StackGANNetworksParameters
) -> keras.KerasTensor:
    initial, width = _initial(parameters), parameters.generator_width
    x = _relu(convolution(small, width, 3, initial))
    for _ in range(_HALVINGS):
        x = _relu(normalized_convolution(x, 2 * x.shape[-1], 4, initial, strides=2))
    x = _relu(normalized_convolution(beside_maps(condition, x), x.shape[-1], 3, initial))
    for _ in range(parameters.residual_blocks):
        y = _relu(normalized_convolution(x, x.shape[-1], 3, initial))
        y = normalized_convolution(y, x.shape[-1], 3, initial)
        x = _relu(layers.Add()([x, y]))
    while x.shape[1] < image_shape[0]:
        x = normalized_convolution(layers.UpSampling2D()(x), max(x.shape[-1] // 2, 1), 3, initial)
        x = _relu(x)
    return pixels_of(x, image_shape[-1], initial)


def _bottleneck(
    x: keras.KerasTensor, width: int, initial: Initial, activation: Callable[[keras.KerasTensor], keras.KerasTensor]
) -> keras.KerasTensor:
    """Adds a branch of fewer channels and activates the sum."""
    y = activation(normalized_convolution(x, max(width, 1), 1, initial))
    y = activation(normalized_convolution(y, max(width, 1), 3, initial))
    return activation(layers.Add()([x, normalized_convolution(y, x.shape[-1], 3, initial)]))


def _relu(x: keras.KerasTensor) -> keras.KerasTensor:
    return layers.ReLU()(x)


def _initial(parameters: StackGANNetworksParameters) -> Initial:
    return "glorot_uniform" if parameters.initial_deviation is None else parameters.initial_deviation


def _check_enlargement(small_shape: Shape, image_shape: Shape) -> None:
    doublings(image_shape)
    (height, width, channels), (large_height, large_width, large_channels) = small_shape, image_shape
    if (large_height, large_width) not in {(2 * height, 2 * width), (4 * height, 4 * width)}:
        raise UserError(
            f"images.size: stage I draws {height}x{width} px, which stage II enlarges 2 or 4 times, but the pictures "
            f"are {large_height}x{large_width} px. Set {2 * height} or {4 * height}, or train stage I at another size."
        )
    if channels != large_channels:
        raise UserError(
            f"images.channels: stage I draws pictures of {channels} channels, which stage II repaints, but the "
            f"pictures have {large_channels}. Set {channels}, or train stage I on pictures of {large_channels}."
        )
