"""Nodes that score samples."""

from typing import Any

from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, KerasModel
from gan_pipelines.pixels import normalise, to_bytes
from gan_pipelines.scores.parameters import ScoringParameters
from gan_pipelines.sources.image_set import ImageSet


def score_samples(
    samples: Arrays,
    untrained_samples: Arrays,
    real_judgements: Arrays,
    metric_network: KerasModel,
    metric_network_report: dict[str, Any],
    training_images: ImageSet,
    training_history: DataFrame,
    scoring: dict[str, Any],
) -> dict[str, Any]:
    """Scores the samples against held-out real images, between a floor of reals and a ceiling of noise.

    Returns:
        The scores with their conditions, or the reason why there are none; signs of memorisation and of collapse.
    """
    from gan_pipelines.scores.collapse import collapse_section
    from gan_pipelines.scores.evaluation import Judged
    from gan_pipelines.scores.evaluation import score_samples as score
    from gan_pipelines.scores.metric_network import Judgement, judge
    from gan_pipelines.scores.similarity import memorisation_section

    reals = {
        split: Judgement(real_judgements[f"{split}_features"], real_judgements[f"{split}_probabilities"])
        for split in ("training", "heldout")
    }
    judged = Judged(
        **reals,
        samples=judge(metric_network, normalise(samples["pixels"])),
        untrained=judge(metric_network, normalise(untrained_samples["pixels"])),
    )
    scores = score(judged, metric_network_report, ScoringParameters.model_validate(scoring))
    if "refused" not in scores:
        scores["memorisation"] = memorisation_section(
            judged.samples.features,
            judged.training.features,
            judged.heldout.features,
            samples["pixels"],
            to_bytes(training_images.pixels),
        )
    accuracies = (training_history[f"{kind}_accuracy"].to_numpy() for kind in ("real", "generated"))
    return {**scores, "collapse": collapse_section(samples["pixels"], *accuracies)}
