"""Builds the networks of StackGAN++: one generator draws pictures of several sizes, each has a discriminator.

Zhang, Xu, Li, Zhang, Wang, Huang and Metaxas, "StackGAN++: Realistic Image Synthesis with Stacked Generative
Adversarial Networks", 2017. Layers as in the authors' code, with orthogonal initial kernels. Captions are vectors,
whose numbers should have a deviation near 1 each.

Sizes are free. At the smallest picture the generator has its width, twice as much at each halving down to 4x4 px. All
models are flat and made of Keras's own layers, so they can be copied layer by layer, and saved files load anywhere.
"""

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
    gated,
    halves,
    initializer,
    normalized,
    normalized_convolution,
    pixels_of,
    start_network,
    strided_maps,
)
from gan_pipelines.networks.caption_parameters import StackGANTreeNetworksParameters
from gan_pipelines.networks.translation_blocks import leaky_relu
from gan_pipelines.training.configured_keras import keras

_INITIAL: Initial = "glorot_uniform"  # until the network is whole, see `_orthogonal`


def build_tree(
    parameters: StackGANTreeNetworksParameters, image_shape: Shape, caption_size: int, seed: int
) -> tuple[keras.Model, keras.Model]:
    """Builds an untrained generator of several pictures and the discriminators of all, as one model.

    Args:
        parameters: The section ``<model>.networks``.
        image_shape: Shape of the largest pictures, square, of 8, 16, 32, ... px; published: 256 px.
        caption_size: Numbers of a caption; published: 1024.
        seed: Seed of the initial weights.

    Returns:
        See `tree_generator` and `tree_discriminator`.

    Raises:
        UserError: If the networks do not draw this size and number of pictures.
    """
    generator = tree_generator(parameters, image_shape, caption_size, seed)
    return generator, tree_discriminator(parameters, image_shape, seed)


def tree_generator(
    parameters: StackGANTreeNetworksParameters, image_shape: Shape, caption_size: int, seed: int
) -> keras.Model:
    """Draws pictures of several sizes at once; 21,239,696 parameters as published, at 64, 128 and 256 px.

    Returns:
        A model from latents ``(batch, latent_size + condition_size)``, standard normal, whose last numbers spread the
        conditions around their means, and captions ``(batch, caption_size)`` to a list of pixels in [-1, 1]
        ``(batch, size, size, channels)``, smallest to largest; outputs are named ``pixels_<size>``.

    Raises:
        UserError: If the network does not draw this size and number of pictures.
    """
    first, *others = picture_sizes(parameters, image_shape)
    start_network(seed, "the tree's generator")
    latent = layers.Input((parameters.latent_size + parameters.condition_size,), name="latent")
    caption = layers.Input((caption_size,), name="caption")
    noise, spread = latent[:, : parameters.latent_size], latent[:, parameters.latent_size :]
    condition = _condition(caption, spread, parameters.condition_size)
    width = parameters.generator_width
    x = _first_features(layers.Concatenate()([condition, noise]), first, width)
    pictures = [pixels_of(x, image_shape[-1], _INITIAL, f"pixels_{first}")]
    for branch, size in enumerate(others, start=1):
        x = _joined(condition, x, parameters.residual_blocks)
        x = _doubled(x, max(width >> branch, 1))
        pictures.append(pixels_of(x, image_shape[-1], _INITIAL, f"pixels_{size}"))
    return _orthogonal(keras.Model([latent, caption], pictures, name="generator"))


def tree_discriminator(parameters: StackGANTreeNetworksParameters, image_shape: Shape, seed: int) -> keras.Model:
    """Judges the pictures of all sizes, each by a network of its own.

    With the published width 5,723,906 parameters at 64 px, 18,834,178 at 128 px and 71,269,122 at 256 px.

    Returns:
        A model from ``[pixels_<smallest>, ..., pixels_<largest>, mean]``, pixels in [-1, 1] ``(batch, size, size,
        channels)`` and means of the conditions ``(batch, condition_size)``, to logits ``(batch, 2 * pictures)``: in
        columns 0, 2, ... whether the first, second, ... picture fits its caption, in columns 1, 3, ... whether it looks
        real. Without unconditional judgements ``(batch, pictures)``.

    Raises:
        UserError: If the networks do not judge this size and number of pictures.
    """
    sizes = picture_sizes(parameters, image_shape)
    start_network(seed, "the tree's discriminators")
    pictures = [layers.Input((size, size, image_shape[-1]), name=f"pixels_{size}") for size in sizes]
    mean = layers.Input((parameters.condition_size,), name="mean")
    logits = []
    for size, pixels in zip(sizes, pictures, strict=True):
        x = _judged_features(pixels, parameters.discriminator_width)
        y = normalized_convolution(beside_maps(mean, x), x.shape[-1], 3, _INITIAL)
        logits.append(_logit(leaky_relu(y), f"{size}_fits"))
        if parameters.unconditional:
            logits.append(_logit(x, f"{size}_looks_real"))
    joined = layers.Concatenate(name="logits")(logits) if len(logits) > 1 else logits[0]
    return _orthogonal(keras.Model([*pictures, mean], joined, name="discriminator"))


def last_picture(generator: keras.Model) -> keras.Model:
    """Returns a model that draws the largest pictures only; it shares the generator's weights."""
    return keras.Model(generator.inputs, generator.outputs[-1], name="generator")


def picture_sizes(parameters: StackGANTreeNetworksParameters, image_shape: Shape) -> list[int]:
    """Returns heights and widths of the pictures, smallest to largest.

    Raises:
        UserError: If the largest picture is not square, or a side is not 8, 16, 32, ... px.
    """
    allowed = doublings(image_shape)
    if parameters.pictures > allowed:
        raise UserError(
            f"networks.pictures is {parameters.pictures}, each half as large as the next, but of {image_shape[0]} px "
            f"at most {allowed} are 8 px or larger. Set 1 to {allowed}, or increase images.size."
        )
    return [image_shape[0] >> branch for branch in reversed(range(parameters.pictures))]


def _orthogonal(network: keras.Model) -> keras.Model:
    """Makes all kernels orthogonal, as published; no setting of the layers, or each copy would do it, in a minute."""
    for weights in network.trainable_weights:
        if weights.name == "kernel":
            weights.assign(keras.initializers.Orthogonal()(weights.shape))
    return network


def _condition(caption: keras.KerasTensor, spread: keras.KerasTensor, size: int) -> keras.KerasTensor:
    dense = layers.Dense(4 * size, kernel_initializer=initializer(_INITIAL))
    mean, log_variance = halves(gated(dense(caption)))
    return condition_of(mean, 0.5 * log_variance, spread)


def _first_features(x: keras.KerasTensor, size: int, width: int) -> keras.KerasTensor:
    """Maps vectors to features ``(batch, size, size, width)``, through more channels at smaller sizes."""
    channels = width * size // LEAST
    dense = layers.Dense(2 * LEAST * LEAST * channels, use_bias=False, kernel_initializer=initializer(_INITIAL))
    x = layers.Reshape((LEAST, LEAST, channels))(gated(normalized(dense(x))))
    while x.shape[1] < size:
        x = _doubled(x, x.shape[-1] // 2)
    return x


def _joined(condition: keras.KerasTensor, x: keras.KerasTensor, residual_blocks: int) -> keras.KerasTensor:
    """Joins features with the condition again and refines them; their shape stays."""
    width = x.shape[-1]
    x = _gated_convolution(beside_maps(condition, x), width)
    for _ in range(residual_blocks):
        y = normalized_convolution(_gated_convolution(x, width), width, 3, _INITIAL)
        x = layers.Add()([x, y])
    return x


def _doubled(x: keras.KerasTensor, width: int) -> keras.KerasTensor:
    return _gated_convolution(layers.UpSampling2D()(x), width)


def _gated_convolution(x: keras.KerasTensor, width: int) -> keras.KerasTensor:
    return gated(normalized_convolution(x, 2 * width, 3, _INITIAL))


def _judged_features(pixels: keras.KerasTensor, width: int) -> keras.KerasTensor:
    """Maps pictures to features ``(batch, 4, 4, channels)``, at most 8 times the width."""
    x = leaky_relu(strided_maps(pixels, width, _INITIAL, widest=32 * width))
    while x.shape[-1] > 8 * width:
        x = leaky_relu(normalized_convolution(x, x.shape[-1] // 2, 3, _INITIAL))
    return x


def _logit(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    x = convolution(x, 1, LEAST, _INITIAL, padding="valid", use_bias=True)
    return layers.Reshape((1,), name=name)(x)
