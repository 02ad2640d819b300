"""Nodes that produce pictures, curves and the model card."""

import math
from collections.abc import Iterable
from typing import Any

from numpy.typing import NDArray
from PIL.Image import Image

from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, Figure, KerasModel
from gan_pipelines.pixels import normalise, to_bytes
from gan_pipelines.reporting.parameters import GridParameters
from gan_pipelines.scores.feature_parameters import FeatureParameters
from gan_pipelines.sources.image_set import ImageSet

_STAGE_WIDTH = 300
_NEAREST_SHOWN = 24
_FEW_EPOCHS = 10
_PAIRS_IN_A_ROW = 4


def draw_sample_grid(samples: Arrays, grid: dict[str, Any]) -> Image:
    """Returns a grid of the first samples; with labels or codes, one row per class or category."""
    from gan_pipelines.reporting.grid import class_rows, image_grid

    parameters = GridParameters.model_validate(grid)
    row_labels = _row_labels(samples)
    if row_labels is not None:
        rows = class_rows(row_labels, parameters.columns)
        return image_grid(samples["pixels"][rows.ravel()], rows.shape[1], margin=parameters.margin)
    return image_grid(samples["pixels"][: parameters.images], parameters.columns, margin=parameters.margin)


def animate_training(training_previews: Arrays, margin: int) -> list[Image]:
    """Returns the frames of the training animation: one grid per preview, captioned with step and epoch."""
    from gan_pipelines.reporting.animation import FRAME_WIDTH, animation_frames

    moments = range(len(training_previews["steps"]))
    pictures = preview_grids(training_previews, moments, FRAME_WIDTH, margin)
    return animation_frames(pictures, preview_captions(training_previews, moments))


def draw_stages(training_previews: Arrays, margin: int) -> Image:
    """Returns a contact sheet of evenly spaced previews, or of all if there are few."""
    from gan_pipelines.reporting.contact_sheet import contact_sheet, evenly_spaced

    moments = evenly_spaced(len(training_previews["steps"]))
    pictures = preview_grids(training_previews, moments, _STAGE_WIDTH, margin)
    return contact_sheet(pictures, preview_captions(training_previews, moments), columns=3)


def preview_grids(
    previews: Arrays, moments: Iterable[int], width: int, margin: int, scale: int | None = None
) -> list[Image]:
    """Returns the grids of the previews at the indices ``moments``, each about ``width`` pixels wide, or at a scale.

    With labels or codes, a grid has one row per class or category.
    """
    import numpy as np

    from gan_pipelines.reporting.grid import class_rows, image_grid

    images = previews["samples"].shape[1]
    order, columns = np.arange(images), math.ceil(math.sqrt(images))
    row_labels = _row_labels(previews)
    if row_labels is not None:
        rows = class_rows(row_labels, images)
        order, columns = rows.ravel(), rows.shape[1]
    grids = (previews["samples"][moment][order] for moment in moments)
    return [image_grid(grid, columns, margin=margin, scale=scale, target_width=width) for grid in grids]


def _row_labels(samples: Arrays) -> NDArray[Any] | None:
    """Returns the class or category that determines the row of each image; None if there is neither."""
    return samples.get("labels", samples.get("codes"))


def preview_captions(previews: Arrays, moments: Iterable[int]) -> list[str]:
    """Returns the step and epoch of each preview at the indices ``moments``, as captions."""
    steps, epochs = previews["steps"], previews["epochs"]
    return [f"step {steps[moment]:,} · {epoch_caption(epochs[moment])}" for moment in moments]


def epoch_caption(epoch: float) -> str:
    """Returns the epoch as a caption, with a decimal while epochs are few."""
    return f"epoch {epoch:.{1 if epoch < _FEW_EPOCHS else 0}f}"


def draw_nearest_images(
    samples: Arrays,
    metric_network: KerasModel,
    real_features: Arrays,
    training_images: ImageSet,
    features: dict[str, Any],
    margin: int,
) -> Image:
    """Returns the first samples, each to the left of its nearest training image in feature space."""
    import numpy as np

    from gan_pipelines.reporting.contact_sheet import contact_sheet
    from gan_pipelines.reporting.grid import image_grid
    from gan_pipelines.scores.distances import nearest_neighbours
    from gan_pipelines.scores.feature_extractor import build_feature_extractor

    shown = samples["pixels"][:_NEAREST_SHOWN]
    extractor = build_feature_extractor(metric_network, FeatureParameters.model_validate(features))
    sample_features, training_features = extractor(normalise(shown)).features, real_features["training_features"]
    nearest = nearest_neighbours(sample_features.astype(np.float64), training_features.astype(np.float64)).indices
    pairs = np.stack([shown, to_bytes(training_images.pixels[nearest])], axis=1).reshape(-1, *shown.shape[1:])
    picture = image_grid(pairs, columns=2 * _PAIRS_IN_A_ROW, margin=margin)
    return contact_sheet([picture], ["samples, each with the nearest training image to its right"], columns=1)


def plot_losses(training_history: DataFrame) -> Figure:
    """Returns the chart of losses and accuracies over the training steps."""
    from gan_pipelines.reporting.curves import loss_curves

    return loss_curves(training_history)


def plot_scores(snapshot_scores: dict[str, Any]) -> Figure:
    """Returns the chart of snapshot scores over the training steps, with the best snapshot marked."""
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
    """Returns the model card of a generator of images.

    Its scores are those of the final generator; the key ``best`` holds those of the best snapshot. ``further_scores``,
    which only some models have, are merged into them.
    """
    from gan_pipelines.adversarial.sampling import class_count, latent_size
    from gan_pipelines.pipelines.reporting import facts
    from gan_pipelines.reporting.model_card import usage_snippet
    from gan_pipelines.scores.network_weights import weight_norms

    chosen = NetworksParameters.model_validate(networks)
    images = f"pixels in [-1, 1] {(16, *generator.output_shape[1:])}"
    return facts.card(
        facts.gan_facts(generator, discriminator, chosen, "pixels in [-1, 1]"),
        facts.data_facts("images", ingestion_report, split_report),
        training,
        training_record,
        claims,
        {
            **scores,
            "best": facts.best_generator_facts(best_scores, snapshot_scores),
            "discriminator_weights": weight_norms(discriminator.get_weights()),
            **_merged(further_scores),
        },
        usage_snippet(
            "generator.keras",
            latent_size(generator),
            images,
            is_uniform=chosen.latent_distribution == "uniform",
            classes=class_count(generator),
            codes=() if chosen.codes is None else (chosen.codes.categories, chosen.codes.continuous),
        ),
    )


def _merged(reports: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Returns the scores of several reports without their ``conditions``, which stay in the reports."""
    return {name: score for report in reports for name, score in report.items() if name != "conditions"}
