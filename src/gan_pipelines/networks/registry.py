"""Builds networks by the name of their architecture."""

from collections.abc import Callable
from pkgutil import resolve_name

from gan_pipelines.errors import UserError
from gan_pipelines.networks.architectures import ARCHITECTURES, Architecture
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.randomness import stream_seed

Builder = Callable[[NetworkSpecification], keras.Model]


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
    architecture = ARCHITECTURES[parameters.architecture]
    if architecture.draws != "points":
        _check_size(parameters.architecture, architecture, sample_shape)
    takes_labels = "labels" in architecture.takes
    if takes_labels and not classes:
        raise UserError(
            f"The architecture {parameters.architecture!r} learns to draw images of a class, but these images have no "
            "classes. Give images.source some, such as a folder for each class, or change networks.architecture."
        )
    latent_size = parameters.latent_size or architecture.latent_size
    codes = parameters.codes
    specification = NetworkSpecification(
        sample_shape,
        latent_size,
        classes=classes if takes_labels else 0,
        categories=0 if codes is None else codes.categories,
        numbers=0 if codes is None else codes.continuous,
    )
    generator = _seeded(architecture.generator, specification, seed)
    return generator, _seeded(architecture.discriminator, specification, seed)


def _check_size(name: str, architecture: Architecture, image_shape: tuple[int, ...]) -> None:
    height, width, _ = image_shape
    multiple = architecture.size_multiple
    if height % multiple or width % multiple:
        raise UserError(
            f"The architecture {name!r} makes images whose size is a multiple of {multiple} px; "
            f"the images are {height}x{width} px. Change images.size or networks.architecture."
        )


def _seeded(place: str, specification: NetworkSpecification, seed: int) -> keras.Model:
    builder: Builder = resolve_name(place)
    keras.utils.clear_session(free_memory=False)  # layer names count up over a process; start them anew
    keras.utils.set_random_seed(stream_seed(seed, f"initial weights of {builder.__name__}"))
    return builder(specification)
