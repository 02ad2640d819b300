"""Spectral normalisation: every layer of the discriminator is divided by its largest singular value.

Miyato, Kataoka, Koyama and Yoshida, "Spectral Normalization for Generative Adversarial Networks", 2018. Keras's layer
of that name overwrites the kernel at each call and lets no gradient through the singular value; here the kernel stays
what the optimizer moves, and what is used is the kernel over the value.

Networks are stored with plain layers only. They are normalised where their copy for training is made, and plain layers
with the normalised kernels baked in are what training gives back; so no file needs a class of this project to be read.
"""

from typing import Any

import numpy as np
from keras import ops

from gan_pipelines.errors import UserError
from gan_pipelines.training.backend import Tensor
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.randomness import draw

_EPSILON = 1e-12
_ITERATIONS = 3
"""Power iterations after each update. With the paper's one, singular values that come close to each other were up to
4.5 % off after 5,000 steps of `hinge_gan`; more cost products with vectors alone.
"""


class _SpectralKernel:
    """What both kinds of layers share: a singular vector beside the kernel.

    With the kernel as a matrix M of as many columns as outputs, and u the vector that was last iterated towards M's
    first right singular vector, the largest singular value is |M u|. It is differentiated with u held fast.
    """

    kernel: Any
    singular_vector: Any

    def add_singular_vector(self) -> None:
        """Adds u, ``(outputs,)``; to be called when the kernel is there."""
        self.singular_vector = self.add_weight(  # type: ignore[attr-defined]
            name="singular_vector", shape=(self.kernel.shape[-1],), initializer="ones", trainable=False
        )

    def normalised_kernel(self) -> Tensor:
        """Returns the kernel over its largest singular value."""
        kernel = ops.convert_to_tensor(self.kernel)
        product = ops.matmul(_as_matrix(kernel), ops.stop_gradient(ops.convert_to_tensor(self.singular_vector)))
        return kernel / ops.sqrt(ops.sum(ops.square(product)) + _EPSILON)

    def iterate(self) -> None:
        """Moves u some power iterations on."""
        matrix = ops.stop_gradient(_as_matrix(ops.convert_to_tensor(self.kernel)))
        vector = ops.convert_to_tensor(self.singular_vector)
        for _ in range(_ITERATIONS):
            vector = _unit(ops.matmul(ops.transpose(matrix), ops.matmul(matrix, vector)))
        self.singular_vector.assign(vector)


class _SpectralDense(_SpectralKernel, keras.layers.Dense):
    def build(self, input_shape: tuple[int | None, ...]) -> None:
        super().build(input_shape)
        self.add_singular_vector()

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:  # noqa: ARG002
        outputs = ops.matmul(inputs, self.normalised_kernel())
        if self.use_bias:
            outputs = outputs + self.bias
        return self.activation(outputs)


class _SpectralConv2D(_SpectralKernel, keras.layers.Conv2D):
    def build(self, input_shape: tuple[int | None, ...]) -> None:
        super().build(input_shape)
        self.add_singular_vector()

    def call(self, inputs: Tensor) -> Tensor:
        outputs = self.convolution_op(inputs, self.normalised_kernel())
        if self.use_bias:
            outputs = outputs + self.bias
        return self.activation(outputs)


_SPECTRAL: dict[type[keras.layers.Layer], type[keras.layers.Layer]] = {
    keras.layers.Dense: _SpectralDense,
    keras.layers.Conv2D: _SpectralConv2D,
}
_PLAIN = {spectral: plain for plain, spectral in _SPECTRAL.items()}


def spectrally_normalised(network: keras.Model, seed: int) -> keras.Model:
    """Copies a network with its weights; every Dense and Conv2D layer of the copy is normalised.

    Args:
        network: Of plain layers.
        seed: Decides from where the power iterations start.

    Raises:
        UserError: A kernel is zero, as in architectures whose blocks start by adding nothing; it has no scale.
    """
    copy = keras.models.clone_model(network, clone_function=lambda layer: _as_type(layer, _SPECTRAL))
    for number, (normalised, plain) in enumerate(zip(copy.layers, network.layers, strict=True)):
        for weight, value in zip(normalised.weights, plain.weights, strict=False):
            weight.assign(value)
        if isinstance(normalised, _SpectralKernel):
            if not np.any(plain.kernel):
                raise UserError(
                    f"networks.spectral_normalization divides each layer of the discriminator by its largest singular "
                    f"value, but the kernel of {plain.name!r} starts at zero. Set it to false, or choose a "
                    "networks.architecture whose layers start at random, such as 'mnist_critic'."
                )
            start = draw("normal", tuple(normalised.singular_vector.shape), seed, f"singular vector/{number}")
            normalised.singular_vector.assign(start / np.linalg.norm(start))
    return copy


def advance(network: keras.Model) -> None:
    """Moves the singular vector of every normalised layer of a network on; other layers stay as they are."""
    for layer in network.layers:
        if isinstance(layer, _SpectralKernel):
            layer.iterate()


def with_plain_layers(network: keras.Model) -> keras.Model:
    """Copies a network into plain layers with the normalised kernels; it computes the same."""
    copy = keras.models.clone_model(network, clone_function=lambda layer: _as_type(layer, _PLAIN))
    for plain, trained in zip(copy.layers, network.layers, strict=True):
        for weight, value in zip(plain.weights, trained.weights, strict=False):
            weight.assign(value)
        if isinstance(trained, _SpectralKernel):
            plain.kernel.assign(trained.normalised_kernel())
    return copy


def _as_type(
    layer: keras.layers.Layer, types: dict[type[keras.layers.Layer], type[keras.layers.Layer]]
) -> keras.layers.Layer:
    return types.get(type(layer), type(layer)).from_config(layer.get_config())


def _as_matrix(kernel: Tensor) -> Tensor:
    return ops.reshape(kernel, (-1, kernel.shape[-1]))


def _unit(vector: Tensor) -> Tensor:
    return vector / ops.sqrt(ops.sum(ops.square(vector)) + _EPSILON)
