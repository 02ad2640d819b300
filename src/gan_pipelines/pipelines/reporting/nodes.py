"""Nodes that make what people look at."""

import math
from collections.abc import Iterable
from typing import Any

from numpy.typing import NDArray
from PIL.Image import Image

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, Figure, KerasModel
from gan_pipelines.pixels import normalise, to_bytes
from gan_pipelines.reporting.parameters import GridParameters
from gan_pipelines.scores.feature_parameters import FeatureParameters
from gan_pipelines.sources.image_set import ImageSet

_STAGE_WIDTH = 300
_NEAREST_SHOWN = 24
_PAIRS_IN_A_ROW = 4


def draw_sample_grid(samples: Arrays, grid: dict[str, Any]) -> Image:
    """Returns the first samples side by side; of samples with labels or codes, a row for each."""
    from gan_pipelines.reporting.grid import class_rows, image_grid

    parameters = GridParameters.model_validate(grid)
    kinds = _kinds(samples)
    if kinds is not None:
        rows = class_rows(kinds, parameters.columns)
        return image_grid(samples["pixels"][rows.ravel()], rows.shape[1], margin=parameters.margin)
    return image_grid(samples["pixels"][: parameters.images], parameters.columns, margin=parameters.margin)


def animate_training(training_previews: Arrays, margin: int) -> list[Image]:
    """Returns the previews as pictures, one for each time, captioned with step and epoch."""
    from gan_pipelines.reporting.animation import FRAME_WIDTH, animation_frames

    moments = range(len(training_previews["steps"]))
    pictures = preview_grids(training_previews, moments, FRAME_WIDTH, margin)
    return animation_frames(pictures, preview_captions(training_previews, moments))


def draw_stages(training_previews: Arrays, margin: int) -> Image:
    """Returns the previews of a few moments side by side; all of them where few were drawn."""
    from gan_pipelines.reporting.contact_sheet import contact_sheet, evenly_chosen

    moments = evenly_chosen(len(training_previews["steps"]))
    pictures = preview_grids(training_previews, moments, _STAGE_WIDTH, margin)
    return contact_sheet(pictures, preview_captions(training_previews, moments), columns=3)


def preview_grids(previews: Arrays, moments: Iterable[int], width: int, margin: int) -> list[Image]:
    """Returns the grids of some moments, about as wide as asked for; with labels or codes, a row for each."""
    import numpy as np

    from gan_pipelines.reporting.grid import class_rows, image_grid

    images = previews["samples"].shape[1]
    order, columns = np.arange(images), math.ceil(math.sqrt(images))
    kinds = _kinds(previews)
    if kinds is not None:
        rows = class_rows(kinds, images)
        order, columns = rows.ravel(), rows.shape[1]
    grids = (previews["samples"][moment][order] for moment in moments)
    return [image_grid(grid, columns, margin=margin, target_width=width) for grid in grids]


def _kinds(samples: Arrays) -> NDArray[Any] | None:
    """Returns what sorts images into rows, if anything does."""
    return samples.get("labels", samples.get("codes"))


def preview_captions(previews: Arrays, moments: Iterable[int]) -> list[str]:
    """Returns a caption for each of some moments of a training."""
    return [f"step {previews['steps'][moment]:,} · epoch {previews['epochs'][moment]:.0f}" for moment in moments]


def draw_nearest_images(
    samples: Arrays,
    metric_network: KerasModel,
    real_judgements: Arrays,
    training_images: ImageSet,
    features: dict[str, Any],
    margin: int,
) -> Image:
    """Returns the first samples, each beside the training image whose features are nearest to its own."""
    import numpy as np

    from gan_pipelines.reporting.contact_sheet import contact_sheet
    from gan_pipelines.reporting.grid import image_grid
    from gan_pipelines.scores.distances import nearest_neighbours
    from gan_pipelines.scores.judge import open_judge

    shown = samples["pixels"][:_NEAREST_SHOWN]
    judge = open_judge(metric_network, FeatureParameters.model_validate(features))
    of_samples, of_training = judge(normalise(shown)).features, real_judgements["training_features"]
    nearest = nearest_neighbours(of_samples.astype(np.float64), of_training.astype(np.float64)).indices
    pairs = np.stack([shown, to_bytes(training_images.pixels[nearest])], axis=1).reshape(-1, *shown.shape[1:])
    picture = image_grid(pairs, columns=2 * _PAIRS_IN_A_ROW, margin=margin)
    return contact_sheet([picture], ["samples, each with the nearest training image to its right"], columns=1)


def plot_losses(training_history: DataFrame) -> Figure:
    """Returns losses and accuracies over the steps."""
    from gan_pipelines.reporting.curves import loss_curves

    return loss_curves(training_history)


def plot_scores(snapshot_scores: dict[str, Any]) -> Figure:
    """Returns the scores over the training, with the best moment marked."""
    from gan_pipelines.reporting.score_curves import score_curves

    return score_curves(snapshot_scores)


def write_model_card(  # noqa: PLR0913, PLR0917 - one argument for each artifact
    generator: KerasModel,
    discriminator: KerasModel,
    ingestion_report: dict[str, Any],
    split_report: dict[str, Any],
    training_record: dict[str, Any],
    scores: dict[str, Any],
    best_scores: dict[str, Any],
    snapshot_scores: dict[str, Any],
    networks: dict[str, Any],
    training: dict[str, Any],
    claims: dict[str, Any],
    *further_scores: dict[str, Any],
) -> dict[str, Any]:
    """Returns what a reader of the generator needs to know, with everything measured elsewhere.

    The scores are those of the last generator; ``best`` among them are those of the best one. Further scores, which
    only some models have, stand beside them.
    """
    from gan_pipelines.adversarial.sampling import classes_of, latent_size
    from gan_pipelines.pipelines.reporting import facts
    from gan_pipelines.reporting.model_card import usage_snippet
    from gan_pipelines.scores.network_weights import weight_figures

    chosen = NetworksParameters.model_validate(networks)
    images = f"pixels in [-1, 1] {(16, *generator.output_shape[1:])}"
    return facts.card(
        facts.gan_facts(generator, discriminator, chosen, "pixels in [-1, 1]"),
        facts.data_facts("images", ingestion_report, split_report),
        AdversarialTrainingParameters.model_validate(training),
        training_record,
        claims,
        {
            **scores,
            "best": facts.best_facts(best_scores, snapshot_scores),
            "discriminator_weights": weight_figures(discriminator.get_weights()),
            **_joined(further_scores),
        },
        usage_snippet(
            "generator.keras",
            latent_size(generator),
            images,
            is_uniform=chosen.latent_distribution == "uniform",
            classes=classes_of(generator),
            codes=() if chosen.codes is None else (chosen.codes.categories, chosen.codes.continuous),
        ),
    )


def _joined(reports: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Returns the scores of several reports, without the conditions of each, which stand in the report itself."""
    return {name: score for report in reports for name, score in report.items() if name != "conditions"}
