"""The loops that are compared: the training node, the same step by hand, the chapters' loop, and a PyTorch twin.

Each is a function from a number of steps to nothing that has trained when it returns; the first call compiles.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.adversarial.training import train_gan
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.networks.registry import build_networks
from gan_pipelines.training.checkpoint import CheckpointStore

Loop = Callable[[int], None]

_LEARNING_RATE = 2e-4


def _networks(architecture: str) -> tuple[keras.Model, keras.Model]:
    return build_networks(NetworksParameters(architecture=architecture), (28, 28, 1), seed=0)


def training_node(architecture: str, pixels: NDArray[np.float32], batch_size: int, jit: bool) -> Loop:
    """What the node does, with its checkpoints and previews; each call starts and compiles anew."""
    networks = _networks(architecture)

    def run(steps: int) -> None:
        settings = {"steps": steps, "batch_size": batch_size, "jit_compile": jit}
        parameters = AdversarialTrainingParameters.model_validate(settings)
        with tempfile.TemporaryDirectory() as folder:
            train_gan("Benchmark", networks, pixels, parameters, store=CheckpointStore(Path(folder)))

    return run


def bare_loop(architecture: str, pixels: NDArray[np.float32], batch_size: int, jit: bool) -> Loop:
    """The same simultaneous step written by hand around one ``tf.function``, and nothing else."""
    generator, discriminator = _networks(architecture)
    optimizers = [keras.optimizers.Adam(_LEARNING_RATE, beta_1=0.5) for _ in range(2)]
    for optimizer, network in zip(optimizers, (generator, discriminator), strict=True):
        optimizer.build(network.trainable_variables)
    data = tf.constant(pixels)

    def step(indices: tf.Tensor) -> None:
        latents = tf.random.stateless_normal((batch_size, generator.input_shape[-1]), [0, indices[0]])
        with tf.GradientTape(persistent=True) as tape:
            generated = discriminator(generator(latents, training=True), training=True)
            real = discriminator(tf.gather(data, indices), training=True)
            generator_loss = tf.reduce_mean(tf.nn.softplus(-generated))
            discriminator_loss = tf.reduce_mean(tf.nn.softplus(-real) + tf.nn.softplus(generated))
        for loss, optimizer, network in zip(
            (generator_loss, discriminator_loss), optimizers, (generator, discriminator), strict=True
        ):
            variables = network.trainable_variables
            optimizer.apply(tape.gradient(loss, [variable.value for variable in variables]), variables)

    compiled_step = tf.function(step, jit_compile=True) if jit else step

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.int32)])
    def loop(indices: tf.Tensor) -> None:
        for position in tf.range(tf.shape(indices)[0]):
            compiled_step(indices[position])

    random = np.random.default_rng(0)
    return lambda steps: loop(tf.constant(random.integers(0, len(pixels), (steps, batch_size)), tf.int32))


def chapters_loop(architecture: str, pixels: NDArray[np.float32], batch_size: int) -> Loop:
    """The books' loop: ``predict``, ``train_on_batch`` on real and on generated, then on the stacked model.

    ``trainable`` is toggled around each phase; set once before compiling, as printed, the discriminator of Keras 3
    would never learn.
    """
    generator, discriminator = _networks(architecture)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    discriminator.compile(keras.optimizers.Adam(_LEARNING_RATE, beta_1=0.5), loss)
    latent = keras.layers.Input((generator.input_shape[-1],))
    stacked = keras.Model(latent, discriminator(generator(latent)))
    stacked.compile(keras.optimizers.Adam(_LEARNING_RATE, beta_1=0.5), loss)
    ones, zeros = np.ones((batch_size, 1), np.float32), np.zeros((batch_size, 1), np.float32)
    random = np.random.default_rng(0)

    def run(steps: int) -> None:
        for _ in range(steps):
            latents = random.standard_normal((batch_size, generator.input_shape[-1]), np.float32)
            discriminator.trainable = True
            discriminator.train_on_batch(pixels[random.integers(0, len(pixels), batch_size)], ones)
            discriminator.train_on_batch(generator.predict(latents, verbose=0), zeros)
            discriminator.trainable = False
            stacked.train_on_batch(latents, ones)

    return run


def pytorch_twin(pixels: NDArray[np.float32], batch_size: int) -> Loop:
    """``mnist_transposed`` and the same simultaneous step in eager PyTorch, channels last.

    Raises:
        ImportError: PyTorch is not installed.
    """
    import torch
    from torch import nn

    torch.manual_seed(0)
    last: dict[str, Any] = {"memory_format": torch.channels_last}
    generator = nn.Sequential(
        nn.Linear(100, 12_544, bias=False),
        nn.BatchNorm1d(12_544),
        nn.LeakyReLU(0.3),
        nn.Unflatten(1, (256, 7, 7)),
        nn.ConvTranspose2d(256, 128, 5, 1, 2, bias=False),
        nn.BatchNorm2d(128),
        nn.LeakyReLU(0.3),
        nn.ConvTranspose2d(128, 64, 5, 2, 2, output_padding=1, bias=False),
        nn.BatchNorm2d(64),
        nn.LeakyReLU(0.3),
        nn.ConvTranspose2d(64, 1, 5, 2, 2, output_padding=1, bias=False),
        nn.Tanh(),
    ).to(**last)
    discriminator = nn.Sequential(
        nn.Conv2d(1, 64, 5, 2, 2),
        nn.LeakyReLU(0.3),
        nn.Dropout(0.3),
        nn.Conv2d(64, 128, 5, 2, 2),
        nn.LeakyReLU(0.3),
        nn.Dropout(0.3),
        nn.Flatten(),
        nn.Linear(6272, 1),
    ).to(**last)
    optimizers = [
        torch.optim.Adam(network.parameters(), _LEARNING_RATE, betas=(0.5, 0.999))
        for network in (generator, discriminator)
    ]
    data = torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy()).to(**last)
    softplus = nn.functional.softplus

    def run(steps: int) -> None:
        for _ in range(steps):
            generated = generator(torch.randn(batch_size, 100))
            real_logits = discriminator(data[torch.randint(len(data), (batch_size,))])
            fake_logits = discriminator(generated)
            generator_loss = softplus(-fake_logits).mean()
            discriminator_loss = (softplus(-real_logits) + softplus(fake_logits)).mean()
            for loss, optimizer, network in zip(
                (generator_loss, discriminator_loss), optimizers, (generator, discriminator), strict=True
            ):
                optimizer.zero_grad(set_to_none=True)
                loss.backward(retain_graph=network is generator, inputs=list(network.parameters()))
            for optimizer in optimizers:
                optimizer.step()

    return run
