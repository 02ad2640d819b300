"""Spectral normalisation: every kernel of the discriminator is divided by its largest singular value.

Miyato, Kataoka, Koyama and Yoshida, "Spectral Normalization for Generative Adversarial Networks", 2018. Keras's layer
of that name overwrites the kernel W in each call and treats the singular value sigma(W) as a constant; here the
optimizer updates W, the layer computes with W / sigma(W), and gradients pass through sigma(W).

Saved networks have plain layers only, so they load without classes of this project: the copy for training gets the
normalised layers, and training returns plain layers with the kernels W / sigma(W).
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
"""Power iterations per update. With one, as in the paper, sigma was up to 4.5 % off after 5,000 steps of `hinge_gan`
if the largest singular values were close; each further iteration costs two matrix-vector products only.
"""


class _SpectralKernel:
    """Mixin for layers with a normalised kernel.

    The kernel is reshaped to a matrix M ``(inputs, outputs)``. Power iteration updates u towards M's first right
    singular vector; the largest singular value is |M u|, differentiated with u constant.
    """

    kernel: Any
    singular_vector: Any

    def add_singular_vector(self) -> None:
        """Adds u, ``(outputs,)``; must be called after the kernel is built."""
        self.singular_vector = self.add_weight(  # type: ignore[attr-defined]
            name="singular_vector", shape=(self.kernel.shape[-1],), initializer="ones", trainable=False
        )

    def normalised_kernel(self) -> Tensor:
        """Returns the kernel divided by its largest singular value."""
        kernel = ops.convert_to_tensor(self.kernel)
        product = ops.matmul(_as_matrix(kernel), ops.stop_gradient(ops.convert_to_tensor(self.singular_vector)))
        return kernel / ops.sqrt(ops.sum(ops.square(product)) + _EPSILON)

    def power_iteration(self) -> None:
        """Updates u by `_ITERATIONS` power iterations."""
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


def add_spectral_norm(network: keras.Model, seed: int) -> keras.Model:
    """Returns a copy of a network with its weights, whose Dense and Conv2D layers are normalised.

    Args:
        network: A network of plain layers.
        seed: Seed of the initial singular vectors.

    Raises:
        UserError: If a kernel is zero, as in residual blocks with zero initialisation: its singular value is 0.
    """
    copy = keras.models.clone_model(network, clone_function=lambda layer: _as_type(layer, _SPECTRAL))
    for number, (normalised, plain) in enumerate(zip(copy.layers, network.layers, strict=True)):
        for weight, value in zip(normalised.weights, plain.weights, strict=False):
            weight.assign(value)
        if isinstance(normalised, _SpectralKernel):
            if not np.any(plain.kernel):
                raise UserError(
                    f"networks.spectral_normalization divides each kernel of the discriminator by its largest singular "
                    f"value, but the kernel of {plain.name!r} is initialised to zero. Set "
                    "networks.spectral_normalization to false, or choose a networks.architecture with random "
                    "initialisation of all kernels, such as 'mnist_critic'."
                )
            start = draw("normal", tuple(normalised.singular_vector.shape), seed, f"singular vector/{number}")
            normalised.singular_vector.assign(start / np.linalg.norm(start))
    return copy


def update_singular_vectors(network: keras.Model) -> None:
    """Updates the singular vectors of all normalised layers of a network by power iteration."""
    for layer in network.layers:
        if isinstance(layer, _SpectralKernel):
            layer.power_iteration()


def remove_spectral_norm(network: keras.Model) -> keras.Model:
    """Returns a copy with plain layers and the normalised kernels, which computes the same function."""
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
