"""Builds the networks of an architecture."""

from collections.abc import Callable, Mapping
from types import ModuleType

from gan_pipelines.errors import UserError
from gan_pipelines.networks.architectures import ARCHITECTURES, Architecture
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.networks.specification import NetworkSpecification
from gan_pipelines.training.configured_keras import keras
from gan_pipelines.training.randomness import stream_seed

Builder = Callable[[NetworkSpecification], keras.Model]


def build_from(
    modules: Mapping[str, ModuleType],
    parameters: NetworksParameters,
    sample_shape: tuple[int, ...],
    seed: int,
    classes: int = 0,
    *,
    fades: bool = False,
) -> tuple[keras.Model, keras.Model]:
    """Builds an untrained generator and discriminator.

    Layer names and initial weights depend only on the arguments, not on networks built earlier in the process.

    Args:
        modules: The modules that architectures name, by these names.
        parameters: The section ``<model>.networks``.
        sample_shape: ``(height, width, channels)`` of the images, or ``(coordinates,)`` of points.
        seed: Seed of the initial weights.
        classes: Number of classes of the images, 0 if they have none; ignored by architectures that take no labels.
        fades: Whether the newest resolution of networks that grow is faded in by a second input.

    Returns:
        The generator, from latents ``(batch, latent_size)`` to samples (pixels in [-1, 1]); and the discriminator, from
        samples to logits ``(batch, 1)`` or, if it is an autoencoder, to samples. Conditional networks take one-hot
        classes ``(batch, classes)`` as a second input.

    Raises:
        UserError: If the architecture does not support this image size, or takes labels and there are none.
    """
    architecture = ARCHITECTURES[parameters.architecture]
    if architecture.draws != "points":
        _check_size(parameters.architecture, architecture, sample_shape)
    takes_labels = "labels" in architecture.takes
    if takes_labels and not classes:
        raise UserError(
            f"The architecture {parameters.architecture!r} takes the class of each image, but these images have no "
            "classes. Choose an images.source with classes, such as one folder per class, or change "
            "networks.architecture."
        )
    latent_size = parameters.latent_size or architecture.latent_size
    codes = parameters.codes
    specification = NetworkSpecification(
        sample_shape,
        latent_size,
        classes=classes if takes_labels else 0,
        categories=0 if codes is None else codes.categories,
        continuous=0 if codes is None else codes.continuous,
        fades=fades,
    )
    generator = _build_seeded(modules, architecture.generator, specification, seed)
    return generator, _build_seeded(modules, architecture.discriminator, specification, seed)


def _check_size(name: str, architecture: Architecture, image_shape: tuple[int, ...]) -> None:
    height, width, _ = image_shape
    multiple = architecture.size_multiple
    if height % multiple or width % multiple:
        raise UserError(
            f"The architecture {name!r} needs heights and widths that are a multiple of {multiple} px; "
            f"the images are {height}x{width} px. Change images.size or networks.architecture."
        )


def _build_seeded(
    modules: Mapping[str, ModuleType], declared: str, specification: NetworkSpecification, seed: int
) -> keras.Model:
    module, _, name = declared.partition(":")
    builder: Builder = getattr(modules[module], name)
    keras.utils.clear_session(free_memory=False)  # resets the counters in layer names, which are global to the process
    keras.utils.set_random_seed(stream_seed(seed, f"initial weights of {name}"))
    return builder(specification)
