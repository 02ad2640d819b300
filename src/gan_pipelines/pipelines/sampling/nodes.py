"""Nodes that draw images from generators."""

from typing import Any

from numpy.typing import NDArray
from PIL.Image import Image

from gan_pipelines.adversarial.parameters import InterpolationParameters, SamplingParameters
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.pipelines.artifacts import Arrays, KerasModel
from gan_pipelines.pixels import to_bytes
from gan_pipelines.reporting.parameters import GridParameters


def draw_samples(generator: KerasModel, networks: dict[str, Any], sampling: dict[str, Any]) -> Arrays:
    """Draws images from seeded latents; the same seed gives every generator of a latent size the same latents.

    Returns:
        ``pixels``, uint8 ``(images, height, width, channels)``, and their ``latents`` ``(images, latent_size)``; of a
        generator that takes classes also ``labels`` ``(images,)``, those it was asked for, and where latents end in
        codes also ``codes`` ``(images,)``, the category of each: both in turn. Where latents are truncated also the
        ``truncation``, ``()``.
    """
    from gan_pipelines.adversarial.sampling import generate, rows_of

    latents = sampled_latents(generator, networks, sampling)
    samples = {"pixels": to_bytes(generate(generator, latents)), "latents": latents}
    codes = NetworksParameters.model_validate(networks).codes
    return {**samples, **rows_of(generator, codes, len(latents)), **truncation_of(sampling)}


def draw_interpolation(
    generator: KerasModel,
    networks: dict[str, Any],
    sampling: dict[str, Any],
    interpolation: dict[str, Any],
    grid: dict[str, Any],
) -> Image:
    """Returns rows of images on the way from one latent to another; row k starts at sample k.

    Class, category and numbers of codes are those of the start and stay so along the row.
    """
    import numpy as np

    from gan_pipelines.adversarial.interpolation import noise_paths
    from gan_pipelines.adversarial.sampling import generate, labels_in_turn
    from gan_pipelines.reporting.grid import image_grid

    parameters = InterpolationParameters.model_validate(interpolation)
    rows, columns = parameters.rows, parameters.columns
    of_networks = NetworksParameters.model_validate(networks)
    latents = sampled_latents(generator, networks, sampling | {"images": 2 * rows})
    paths = noise_paths(latents, columns, of_networks.latent_distribution, of_networks.codes)
    labels = labels_in_turn(generator, rows)
    along_rows = None if labels is None else np.repeat(labels, columns)
    pixels = to_bytes(generate(generator, paths.reshape(rows * columns, -1), along_rows))
    return image_grid(pixels, columns, margin=GridParameters.model_validate(grid).margin)


def sampled_latents(generator: KerasModel, networks: dict[str, Any], sampling: dict[str, Any]) -> NDArray[Any]:
    """Returns the latents of the samples, ``(samples, latent_size)``, float32."""
    from gan_pipelines.adversarial.sampling import draw_latents

    parameters = SamplingParameters.model_validate(sampling)
    of_networks = NetworksParameters.model_validate(networks)
    return draw_latents(
        generator,
        parameters.images,
        of_networks.latent_distribution,
        parameters.seed,
        "samples",
        of_networks.codes,
        parameters.truncation,
    )


def truncation_of(sampling: dict[str, Any]) -> Arrays:
    """Returns the ``truncation`` of the samples' latents, ``()``; nothing where they are drawn whole."""
    import numpy as np

    truncation = SamplingParameters.model_validate(sampling).truncation
    return {} if truncation is None else {"truncation": np.array(truncation)}


def with_truncation(scores: dict[str, Any], samples: Arrays) -> dict[str, Any]:
    """Adds to the conditions of scores how the samples' latents were truncated; None where they were drawn whole."""
    truncation = samples["truncation"].item() if "truncation" in samples else None
    return {**scores, "conditions": {**scores.get("conditions", {}), "truncation": truncation}}
