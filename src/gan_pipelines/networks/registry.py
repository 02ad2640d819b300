"""The architectures by name; a new one is a builder for each network and an entry here."""

from collections.abc import Callable
from dataclasses import dataclass

import keras

from gan_pipelines.errors import UserError
from gan_pipelines.networks import autoencoding, conditional, coupled, dense, information, mnist, residual, upsampling
from gan_pipelines.networks.parameters import (
    LABELLED_ARCHITECTURES,
    SIZE_STEPS,
    Architecture,
    ImageArchitecture,
    NetworksParameters,
)
from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.randomness import stream_seed

Builder = Callable[[NetworkSpecification], keras.Model]


@dataclass(frozen=True)
class ArchitectureEntry:
    """A pair of networks as it was published.

    Args:
        generator: Builds the generator.
        discriminator: Builds the discriminator.
        latent_size: Length of the latent vector in the publication.
        reference: Where it comes from.
    """

    generator: Builder
    discriminator: Builder
    latent_size: int
    reference: str


ARCHITECTURES: dict[Architecture, ArchitectureEntry] = {
    "mnist_transposed": ArchitectureEntry(
        mnist.transposed_generator,
        mnist.strided_discriminator,
        latent_size=100,
        reference="Getting Started with DCGANs (Paperspace blog); Radford, Metz, Chintala 2015",
    ),
    "mnist_critic": ArchitectureEntry(
        mnist.transposed_generator,
        mnist.strided_critic,
        latent_size=100,
        reference="Getting Started with DCGANs (Paperspace blog), the discriminator without dropout",
    ),
    "mnist_upsampling": ArchitectureEntry(
        mnist.upsampling_generator,
        mnist.pooled_discriminator,
        latent_size=256,
        reference="Mastering TensorFlow 1.x, chapter 14",
    ),
    "fashion_upsampling": ArchitectureEntry(
        upsampling.fashion_generator,
        upsampling.fashion_discriminator,
        latent_size=100,
        reference="Deep Learning for Vision Systems, chapter 8",
    ),
    "photo_upsampling": ArchitectureEntry(
        upsampling.photo_generator,
        upsampling.photo_discriminator,
        latent_size=200,
        reference="The TensorFlow Workshop, chapter 11",
    ),
    "residual": ArchitectureEntry(
        residual.generator,
        residual.discriminator,
        latent_size=64,
        reference="Huang, Gokaslan, Kuleshov, Tompkin 2024, much reduced",
    ),
    "mlp": ArchitectureEntry(
        dense.mlp_generator,
        dense.mlp_discriminator,
        latent_size=256,
        reference="Mastering TensorFlow 1.x, chapter 14",
    ),
    "photo_mlp": ArchitectureEntry(
        dense.photo_mlp_generator,
        dense.photo_mlp_discriminator,
        latent_size=200,
        reference="The TensorFlow Workshop, chapter 11 (the activity leaves the layers to the reader)",
    ),
    "conditional_transposed": ArchitectureEntry(
        conditional.conditional_generator,
        conditional.projection_discriminator,
        latent_size=62,
        reference="Mirza, Osindero 2014; Miyato, Koyama 2018; the bodies of Chen et al. 2016",
    ),
    "autoencoder": ArchitectureEntry(
        autoencoding.decoding_generator,
        autoencoding.autoencoding_discriminator,
        latent_size=16,
        reference="Berthelot, Schumm, Metz 2017, reduced",
    ),
    "information": ArchitectureEntry(
        information.generator,
        information.discriminator,
        latent_size=62,
        reference="Chen, Duan, Houthooft, Schulman, Sutskever, Abbeel 2016, with dropout for normalisation",
    ),
    "coupled": ArchitectureEntry(
        coupled.coupled_generator,
        coupled.coupled_discriminator,
        latent_size=100,
        reference="Liu, Tuzel 2016; the bodies of Chen et al. 2016",
    ),
    "quadratic_mlp": ArchitectureEntry(
        dense.quadratic_generator,
        dense.quadratic_discriminator,
        latent_size=5,
        reference="The TensorFlow Workshop, chapter 11",
    ),
}


def build_networks(
    parameters: NetworksParameters, sample_shape: tuple[int, ...], seed: int, classes: int = 0
) -> tuple[keras.Model, keras.Model]:
    """Builds an untrained generator and discriminator.

    Layer names and initial weights depend on the arguments alone, not on what the process built before.

    Args:
        parameters: Which architecture, and the length of its latent vector.
        sample_shape: ``(height, width, channels)`` of the images to be learned, or ``(coordinates,)`` of points.
        seed: Decides the initial weights.
        classes: How many the images have; 0 where they have none. Only architectures that take labels ask for them.

    Returns:
        The generator, latents ``(batch, latent_size)`` to samples (pixels in [-1, 1]); and the discriminator, samples
        to logits ``(batch, 1)`` or, where it rebuilds, to samples. Those that take labels get one-hot vectors
        ``(batch, classes)`` as a second input.

    Raises:
        UserError: The architecture cannot make images of this size, or takes labels and there are none.
    """
    architecture = parameters.architecture
    if architecture != "quadratic_mlp":
        _check_size(architecture, sample_shape)
    entry = ARCHITECTURES[architecture]
    takes_labels = architecture in LABELLED_ARCHITECTURES
    if takes_labels and not classes:
        raise UserError(
            f"The architecture {architecture!r} learns to draw images of a class, but these images have no classes. "
            "Give images.source some, such as a folder for each class, or change networks.architecture."
        )
    latent_size = parameters.latent_size or entry.latent_size
    codes = parameters.codes
    specification = NetworkSpecification(
        sample_shape,
        latent_size,
        classes=classes if takes_labels else 0,
        categories=0 if codes is None else codes.categories,
        numbers=0 if codes is None else codes.continuous,
    )
    return _seeded(entry.generator, specification, seed), _seeded(entry.discriminator, specification, seed)


def _check_size(architecture: ImageArchitecture, image_shape: tuple[int, ...]) -> None:
    height, width, _ = image_shape
    size_step = SIZE_STEPS[architecture]
    if height % size_step or width % size_step:
        raise UserError(
            f"The architecture {architecture!r} makes images whose size is a multiple of {size_step} px; "
            f"the images are {height}x{width} px. Change images.size or networks.architecture."
        )


def _seeded(builder: Builder, specification: NetworkSpecification, seed: int) -> keras.Model:
    keras.utils.clear_session(free_memory=False)  # layer names count up over a process; start them anew
    keras.utils.set_random_seed(stream_seed(seed, f"initial weights of {builder.__name__}"))
    return builder(specification)
