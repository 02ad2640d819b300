"""Nodes that score samples and generator snapshots."""

import logging
from typing import TYPE_CHECKING, Any

from gan_pipelines.networks.parameters import LatentParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, KerasModel
from gan_pipelines.pipelines.sampling.nodes import with_truncation
from gan_pipelines.pixels import StoredPixels, normalise, to_bytes
from gan_pipelines.scores.parameters import SampleScoringParameters, SnapshotScoringParameters
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.randomness import Distribution

if TYPE_CHECKING:
    from gan_pipelines.scores.metric_network import ImageFeatures
    from gan_pipelines.scores.sliced_wasserstein import Pictures

logger = logging.getLogger(__name__)


def score_snapshots(
    generator: KerasModel,
    generator_snapshots: Arrays,
    metric_network: KerasModel,
    metric_network_report: dict[str, Any],
    real_features: Arrays,
    latent_distribution: Distribution,
    codes: dict[str, Any] | None,
    **scoring: object,
) -> tuple[dict[str, Any], KerasModel]:
    """Scores the snapshots of the generator against training images and selects the best one.

    Held-out images, which the reported scores use, do not influence this selection; nor do the sampling parameters, for
    example the truncation of latents.

    Returns:
        The scores of all snapshots, and the generator with the smallest distance.
    """
    from gan_pipelines.adversarial.sampling import draw_latents, generate
    from gan_pipelines.scores import snapshots
    from gan_pipelines.scores.evaluation import reason_not_scored
    from gan_pipelines.scores.feature_extractor import build_feature_extractor
    from gan_pipelines.training.engine import set_flat_weights
    from gan_pipelines.training.precision import copy_for_export

    parameters = SnapshotScoringParameters.model_validate(scoring)
    latent_parameters = LatentParameters.model_validate({"latent_distribution": latent_distribution, "codes": codes})
    extractor = build_feature_extractor(metric_network, parameters.features)
    latents = draw_latents(
        generator,
        parameters.snapshot_images,
        latent_parameters.latent_distribution,
        parameters.seed,
        "snapshots",
        latent_parameters.codes,
    )
    features = metric_network_report["features"]
    is_trusted = features["label"] != "metric_network" or reason_not_scored(metric_network_report) is None
    reals = snapshots.SnapshotReference(
        _real_image_features(real_features, "training"), len(metric_network_report["class_names"]), is_trusted
    )
    network, scored = copy_for_export(generator), []
    progress = zip(generator_snapshots["steps"].tolist(), generator_snapshots["epochs"].tolist(), strict=True)
    for step_and_epoch, weights in zip(progress, generator_snapshots["weights"], strict=True):
        set_flat_weights(network, weights)
        pixels = to_bytes(generate(network, latents))
        scored.append(snapshots.score_snapshot(step_and_epoch, extractor(normalise(pixels)), pixels, reals))
    set_flat_weights(network, generator_snapshots["weights"][snapshots.best_snapshot(scored)])
    conditions = {
        "distance": features["distance"],
        "feature_network": features,
        "real_split": "training",
        "real_images": len(reals.image_features.features),
        "generated_images": parameters.snapshot_images,
        "seed": parameters.seed,
    }
    report = snapshots.snapshots_report(scored, conditions)
    if report["collapsed_since_step"] is not None:
        logger.warning(
            "The generator has collapsed since step %s: its images are nearly identical, or it generates fewer than "
            "half of the classes.",
            f"{report['collapsed_since_step']:,}",
        )
    return report, network


def score_samples(
    samples: Arrays,
    untrained_samples: Arrays,
    real_features: Arrays,
    metric_network: KerasModel,
    metric_network_report: dict[str, Any],
    training_images: ImageSet,
    heldout_images: ImageSet,
    training_history: DataFrame,
    **scoring: object,
) -> dict[str, Any]:
    """Scores the samples against held-out images; baselines are training images and the untrained generator.

    Returns:
        The scores with their conditions, or the reason why they are missing; memorisation; collapse; and a summary of
        the training metrics.
    """
    from gan_pipelines.reporting.curves import PROGRESS_COLUMNS
    from gan_pipelines.scores.collapse import collapse_section
    from gan_pipelines.scores.training_metrics import training_metrics

    scores = score_images(
        samples,
        untrained_samples,
        real_features,
        metric_network,
        metric_network_report,
        training_images,
        heldout_images,
        **scoring,
    )
    metrics = {
        str(name): values.to_numpy() for name, values in training_history.drop(columns=[*PROGRESS_COLUMNS]).items()
    }
    accuracies = [values for name, values in metrics.items() if name.endswith("_accuracy")]
    return {
        **scores,
        "collapse": collapse_section(samples["pixels"], accuracies),
        "training_metrics": training_metrics(metrics),
    }


def score_images(
    samples: Arrays,
    untrained_samples: Arrays,
    real_features: Arrays,
    metric_network: KerasModel,
    metric_network_report: dict[str, Any],
    training_images: ImageSet,
    heldout_images: ImageSet,
    **scoring: object,
) -> dict[str, Any]:
    """Computes the scores of `score_samples` that need no training history."""
    from gan_pipelines.scores.evaluation import FeatureSets, PixelSets, sliced_wasserstein_sections
    from gan_pipelines.scores.evaluation import score_samples as score
    from gan_pipelines.scores.feature_extractor import build_feature_extractor
    from gan_pipelines.scores.similarity import memorisation_section

    parameters = SampleScoringParameters.model_validate(scoring)
    extractor = build_feature_extractor(metric_network, parameters.features)
    feature_sets = FeatureSets(
        training=_real_image_features(real_features, "training"),
        heldout=_real_image_features(real_features, "heldout"),
        samples=extractor(normalise(samples["pixels"])),
        untrained=extractor(normalise(untrained_samples["pixels"])),
    )
    pixel_sets = PixelSets(
        training=_bytes(training_images),
        heldout=_bytes(heldout_images),
        samples=samples["pixels"],
        untrained=untrained_samples["pixels"],
    )
    scores = score(feature_sets, metric_network_report, parameters)
    if "refused" not in scores:
        scores["memorisation"] = memorisation_section(
            feature_sets.samples.features,
            feature_sets.training.features,
            feature_sets.heldout.features,
            samples["pixels"],
            pixel_sets.training,
        )
    return with_truncation({**scores, **sliced_wasserstein_sections(pixel_sets, parameters)}, samples)


def _bytes(images: ImageSet) -> "Pictures":
    return images.pixels if isinstance(images.pixels, StoredPixels) else to_bytes(images.pixels)


def _real_image_features(real_features: Arrays, split: str) -> "ImageFeatures":
    from gan_pipelines.scores.metric_network import ImageFeatures

    return ImageFeatures(real_features[f"{split}_features"], real_features[f"{split}_probabilities"])
