"""Nodes that score samples, and generators over their training."""

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
    from gan_pipelines.scores.metric_network import Judgement

logger = logging.getLogger(__name__)


def score_snapshots(
    generator: KerasModel,
    generator_snapshots: Arrays,
    metric_network: KerasModel,
    metric_network_report: dict[str, Any],
    real_judgements: Arrays,
    latent_distribution: Distribution,
    codes: dict[str, Any] | None,
    **scoring: object,
) -> tuple[dict[str, Any], KerasModel]:
    """Scores the generators that were kept by the way against training images, and finds the best of them.

    The scores that are reported compare with held-out images, which have no say in this choice; nor has how samples are
    drawn later, such as from truncated latents.

    Returns:
        The scores over the training, and the generator with the smallest distance.
    """
    from gan_pipelines.adversarial.sampling import draw_latents, generate
    from gan_pipelines.scores import snapshots
    from gan_pipelines.scores.evaluation import why_not_scored
    from gan_pipelines.scores.judge import open_judge
    from gan_pipelines.training.engine import set_flat_weights
    from gan_pipelines.training.precision import copy_for_export

    parameters = SnapshotScoringParameters.model_validate(scoring)
    of_latents = LatentParameters.model_validate({"latent_distribution": latent_distribution, "codes": codes})
    judge = open_judge(metric_network, parameters.features)
    latents = draw_latents(
        generator,
        parameters.snapshot_images,
        of_latents.latent_distribution,
        parameters.seed,
        "snapshots",
        of_latents.codes,
    )
    features = metric_network_report["features"]
    is_trusted = features["label"] != "metric_network" or why_not_scored(metric_network_report) is None
    reals = snapshots.Reals(
        _real_judgement(real_judgements, "training"), len(metric_network_report["class_names"]), is_trusted
    )
    kept, scored = copy_for_export(generator), []
    moments = zip(generator_snapshots["steps"].tolist(), generator_snapshots["epochs"].tolist(), strict=True)
    for moment, weights in zip(moments, generator_snapshots["weights"], strict=True):
        set_flat_weights(kept, weights)
        pixels = to_bytes(generate(kept, latents))
        scored.append(snapshots.score_snapshot(moment, judge(normalise(pixels)), pixels, reals))
    set_flat_weights(kept, generator_snapshots["weights"][snapshots.best_snapshot(scored)])
    conditions = {
        "distance": features["distance"],
        "feature_network": features,
        "real_split": "training",
        "real_images": len(reals.judgement.features),
        "generated_images": parameters.snapshot_images,
        "seed": parameters.seed,
    }
    report = snapshots.snapshots_report(scored, conditions)
    if report["collapsed_since_step"] is not None:
        logger.warning(
            "The generator has collapsed since step %s: its images hardly differ, or most classes are lost.",
            f"{report['collapsed_since_step']:,}",
        )
    return report, kept


def score_samples(
    samples: Arrays,
    untrained_samples: Arrays,
    real_judgements: Arrays,
    metric_network: KerasModel,
    metric_network_report: dict[str, Any],
    training_images: ImageSet,
    training_history: DataFrame,
    **scoring: object,
) -> dict[str, Any]:
    """Scores the samples against held-out real images, between a floor of reals and a ceiling of noise.

    Returns:
        The scores with their conditions, or the reason why there are none; signs of memorisation and of collapse; and
        how the figures of the training began and ended.
    """
    from gan_pipelines.reporting.curves import PROGRESS_COLUMNS
    from gan_pipelines.scores.collapse import collapse_section
    from gan_pipelines.scores.training_figures import training_figures

    scores = score_images(
        samples,
        untrained_samples,
        real_judgements,
        metric_network,
        metric_network_report,
        training_images,
        **scoring,
    )
    figures = {
        str(name): values.to_numpy() for name, values in training_history.drop(columns=[*PROGRESS_COLUMNS]).items()
    }
    accuracies = [values for name, values in figures.items() if name.endswith("_accuracy")]
    return {
        **scores,
        "collapse": collapse_section(samples["pixels"], accuracies),
        "training_figures": training_figures(figures),
    }


def score_images(
    samples: Arrays,
    untrained_samples: Arrays,
    real_judgements: Arrays,
    metric_network: KerasModel,
    metric_network_report: dict[str, Any],
    training_images: ImageSet,
    **scoring: object,
) -> dict[str, Any]:
    """Scores images as `score_samples` does, but for how the training ended."""
    from gan_pipelines.scores.evaluation import Judged
    from gan_pipelines.scores.evaluation import score_samples as score
    from gan_pipelines.scores.judge import open_judge
    from gan_pipelines.scores.similarity import memorisation_section

    parameters = SampleScoringParameters.model_validate(scoring)
    judge = open_judge(metric_network, parameters.features)
    judged = Judged(
        training=_real_judgement(real_judgements, "training"),
        heldout=_real_judgement(real_judgements, "heldout"),
        samples=judge(normalise(samples["pixels"])),
        untrained=judge(normalise(untrained_samples["pixels"])),
    )
    pixels = training_images.pixels
    scores = score(judged, metric_network_report, parameters)
    if "refused" not in scores:
        scores["memorisation"] = memorisation_section(
            judged.samples.features,
            judged.training.features,
            judged.heldout.features,
            samples["pixels"],
            pixels if isinstance(pixels, StoredPixels) else to_bytes(pixels),
        )
    return with_truncation(scores, samples)


def _real_judgement(real_judgements: Arrays, split: str) -> "Judgement":
    from gan_pipelines.scores.metric_network import Judgement

    return Judgement(real_judgements[f"{split}_features"], real_judgements[f"{split}_probabilities"])
