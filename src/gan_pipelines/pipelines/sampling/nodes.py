"""Nodes that draw images from generators."""

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
    """Draws images from seeded latents; the same seed gives every generator of a latent size the same latents.

    Returns:
        ``pixels``, uint8 ``(images, height, width, channels)``, and their ``latents`` ``(images, latent_size)``; of a
        generator that takes classes also ``labels`` ``(images,)``, those it was asked for, and where latents end in
        codes also ``codes`` ``(images,)``, the category of each: both in turn. Where latents are truncated also the
        ``truncation``, ``()``.
    """
    from gan_pipelines.adversarial.sampling import generate, rows_of

    parameters = SamplingParameters.model_validate(sampling)
    of_latents = LatentParameters.model_validate({"latent_distribution": latent_distribution, "codes": codes})
    latents = sampled_latents(generator, of_latents, parameters)
    samples = {"pixels": to_bytes(generate(generator, latents)), "latents": latents}
    return {**samples, **rows_of(generator, of_latents.codes, len(latents)), **truncation_of(parameters)}


def draw_interpolation(
    generator: KerasModel,
    latent_distribution: Distribution,
    codes: dict[str, Any] | None,
    seed: int,
    truncation: float | None,
    interpolation: dict[str, Any],
    margin: int,
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
    of_latents = LatentParameters.model_validate({"latent_distribution": latent_distribution, "codes": codes})
    ends = SamplingParameters(images=2 * rows, seed=seed, truncation=truncation)
    latents = sampled_latents(generator, of_latents, ends)
    paths = noise_paths(latents, columns, of_latents.latent_distribution, of_latents.codes)
    labels = labels_in_turn(generator, rows)
    along_rows = None if labels is None else np.repeat(labels, columns)
    pixels = to_bytes(generate(generator, paths.reshape(rows * columns, -1), along_rows))
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
    """Returns the ``truncation`` of the samples' latents, ``()``; nothing where they are drawn whole."""
    import numpy as np

    return {} if sampling.truncation is None else {"truncation": np.array(sampling.truncation)}


def with_truncation(scores: dict[str, Any], samples: Arrays) -> dict[str, Any]:
    """Adds to the conditions of scores how the samples' latents were truncated; None where they were drawn whole."""
    truncation = samples["truncation"].item() if "truncation" in samples else None
    return {**scores, "conditions": {**scores.get("conditions", {}), "truncation": truncation}}
