"""The architectures by name; a new one is a builder for each network and an entry here."""

from collections.abc import Callable
from dataclasses import dataclass

import keras

from gan_pipelines.errors import UserError
from gan_pipelines.networks import dense, mnist, upsampling
from gan_pipelines.networks.parameters import SIZE_STEPS, Architecture, ImageArchitecture, NetworksParameters
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
    "quadratic_mlp": ArchitectureEntry(
        dense.quadratic_generator,
        dense.quadratic_discriminator,
        latent_size=5,
        reference="The TensorFlow Workshop, chapter 11",
    ),
}


def build_networks(
    parameters: NetworksParameters, sample_shape: tuple[int, ...], seed: int
) -> tuple[keras.Model, keras.Model]:
    """Builds an untrained generator and discriminator.

    Layer names and initial weights depend on the arguments alone, not on what the process built before.

    Args:
        parameters: Which architecture, and the length of its latent vector.
        sample_shape: ``(height, width, channels)`` of the images to be learned, or ``(coordinates,)`` of points.
        seed: Decides the initial weights.

    Returns:
        The generator, latents ``(batch, latent_size)`` to samples (pixels in [-1, 1]); and the discriminator, samples
        to logits ``(batch, 1)``.

    Raises:
        UserError: The architecture cannot make images of this size.
    """
    architecture = parameters.architecture
    if architecture != "quadratic_mlp":
        _check_size(architecture, sample_shape)
    entry = ARCHITECTURES[architecture]
    specification = NetworkSpecification(sample_shape, parameters.latent_size or entry.latent_size)
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
