"""Nodes that generate images."""

from typing import Any

from numpy.typing import NDArray
from PIL.Image import Image

from gan_pipelines.adversarial.parameters import InterpolationParameters, SamplingParameters
from gan_pipelines.networks.parameters import LatentParameters
from gan_pipelines.pipelines.artifacts import Arrays, KerasModel
from gan_pipelines.pixels import to_bytes
from gan_pipelines.training.randomness import Distribution


def draw_samples(
    generator: KerasModel, latent_distribution: Distribution, codes: dict[str, Any] | None, sampling: dict[str, Any]
) -> Arrays:
    """Generates images from seeded latents; equal seeds and latent sizes give equal latents.

    Returns:
        ``pixels``, uint8 ``(images, height, width, channels)``, and their ``latents`` ``(images, latent_size)``. For a
        conditional generator also ``labels`` ``(images,)``, and for latents with codes also ``codes`` ``(images,)``,
        the categories; both cycle through all values. If latents are truncated, also ``truncation``, ``()``.
    """
    from gan_pipelines.adversarial.sampling import conditioning, generate

    parameters = SamplingParameters.model_validate(sampling)
    latent_parameters = LatentParameters.model_validate({"latent_distribution": latent_distribution, "codes": codes})
    latents = sampled_latents(generator, latent_parameters, parameters)
    samples = {"pixels": to_bytes(generate(generator, latents)), "latents": latents}
    return {**samples, **conditioning(generator, latent_parameters.codes, len(latents)), **truncation_of(parameters)}


def draw_interpolation(
    generator: KerasModel,
    latent_distribution: Distribution,
    codes: dict[str, Any] | None,
    seed: int,
    truncation: float | None,
    interpolation: dict[str, Any],
    margin: int,
) -> Image:
    """Returns rows of images interpolated between two latents; row k starts at sample k.

    Class and codes are those of the first latent and constant along the row.
    """
    import numpy as np

    from gan_pipelines.adversarial.interpolation import interpolate_latents
    from gan_pipelines.adversarial.sampling import cyclic_labels, generate
    from gan_pipelines.reporting.grid import image_grid

    parameters = InterpolationParameters.model_validate(interpolation)
    rows, columns = parameters.rows, parameters.columns
    latent_parameters = LatentParameters.model_validate({"latent_distribution": latent_distribution, "codes": codes})
    ends = SamplingParameters(images=2 * rows, seed=seed, truncation=truncation)
    latents = sampled_latents(generator, latent_parameters, ends)
    paths = interpolate_latents(latents, columns, latent_parameters.latent_distribution, latent_parameters.codes)
    labels = cyclic_labels(generator, rows)
    row_labels = None if labels is None else np.repeat(labels, columns)
    pixels = to_bytes(generate(generator, paths.reshape(rows * columns, -1), row_labels))
    return image_grid(pixels, columns, margin=margin)


def sampled_latents(generator: KerasModel, latents: LatentParameters, sampling: SamplingParameters) -> NDArray[Any]:
    """Returns the latents of the samples, ``(samples, latent_size)``, float32."""
    from gan_pipelines.adversarial.sampling import draw_latents

    return draw_latents(
        generator,
        sampling.images,
        latents.latent_distribution,
        sampling.seed,
        "samples",
        latents.codes,
        sampling.truncation,
    )


def truncation_of(sampling: SamplingParameters) -> Arrays:
    """Returns the ``truncation`` of the latents, ``()``; an empty dict if they are not truncated."""
    import numpy as np

    return {} if sampling.truncation is None else {"truncation": np.array(sampling.truncation)}


def with_truncation(scores: dict[str, Any], samples: Arrays) -> dict[str, Any]:
    """Adds ``truncation`` to the ``conditions`` of scores; None if the latents are not truncated."""
    truncation = samples["truncation"].item() if "truncation" in samples else None
    return {**scores, "conditions": {**scores.get("conditions", {}), "truncation": truncation}}
