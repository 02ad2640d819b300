"""Nodes that score the categorical code of a generator and draw traversals of all codes."""

from typing import Any

from PIL.Image import Image

from gan_pipelines.adversarial.parameters import SamplingParameters
from gan_pipelines.networks.parameters import LatentParameters
from gan_pipelines.pipelines.artifacts import Arrays, KerasModel
from gan_pipelines.pipelines.sampling.nodes import sampled_latents, with_truncation
from gan_pipelines.pixels import normalise, to_bytes
from gan_pipelines.training.codes import CodeParameters
from gan_pipelines.training.randomness import Distribution

_TRAVERSAL_ROWS = 10
_PICTURE_WIDTH = 560
_PICTURES_IN_A_ROW = 3


def score_codes(samples: Arrays, metric_network: KerasModel, metric_network_report: dict[str, Any]) -> dict[str, Any]:
    """Scores how well the categories of the samples match the classes predicted by the metric network.

    Returns:
        The accuracy of the best one-to-one assignment of categories to classes with its conditions, or the reason why
        it is missing.
    """
    from gan_pipelines.scores import codes
    from gan_pipelines.scores.metric_network import predict

    predicted = predict(metric_network, normalise(samples["pixels"])).classes
    return with_truncation(codes.score_codes(samples["codes"], predicted, metric_network_report), samples)


def draw_code_traversals(
    generator: KerasModel,
    latent_distribution: Distribution,
    codes: dict[str, Any] | None,
    seed: int,
    truncation: float | None,
    columns: int,
    margin: int,
) -> Image:
    """Returns a traversal grid for each code: one row per latent, along which only that code changes."""
    from gan_pipelines.adversarial.mutual_information import traversals
    from gan_pipelines.adversarial.sampling import generate
    from gan_pipelines.reporting.contact_sheet import contact_sheet
    from gan_pipelines.reporting.grid import image_grid

    latent_parameters = LatentParameters.model_validate({"latent_distribution": latent_distribution, "codes": codes})
    starts = SamplingParameters(images=_TRAVERSAL_ROWS, seed=seed, truncation=truncation)
    latents = sampled_latents(generator, latent_parameters, starts)
    pictures = {}
    for name, paths in traversals(latents, latent_parameters.codes or CodeParameters(), columns).items():
        pixels = to_bytes(generate(generator, paths.reshape(-1, paths.shape[-1])))
        pictures[name] = image_grid(pixels, paths.shape[1], margin=margin, target_width=_PICTURE_WIDTH)
    return contact_sheet([*pictures.values()], [*pictures], columns=_PICTURES_IN_A_ROW)
