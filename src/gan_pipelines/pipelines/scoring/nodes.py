"""Nodes that score samples."""

from typing import TYPE_CHECKING, Any

from gan_pipelines.pixels import normalise
from gan_pipelines.scores.parameters import ScoringParameters

if TYPE_CHECKING:
    import keras
    from numpy.typing import NDArray


def score_samples(
    samples: "dict[str, NDArray[Any]]",
    untrained_samples: "dict[str, NDArray[Any]]",
    real_judgements: "dict[str, NDArray[Any]]",
    metric_network: "keras.Model",
    metric_network_report: dict[str, Any],
    scoring: dict[str, Any],
) -> dict[str, Any]:
    """Scores the samples against held-out real images, between a floor of reals and a ceiling of noise.

    Returns:
        The scores with their conditions, or the reason why there are none.
    """
    from gan_pipelines.scores.evaluation import Judged
    from gan_pipelines.scores.evaluation import score_samples as score
    from gan_pipelines.scores.metric_network import Judgement, judge

    reals = {
        split: Judgement(real_judgements[f"{split}_features"], real_judgements[f"{split}_probabilities"])
        for split in ("training", "heldout")
    }
    judged = Judged(
        **reals,
        samples=judge(metric_network, normalise(samples["pixels"])),
        untrained=judge(metric_network, normalise(untrained_samples["pixels"])),
    )
    return score(judged, metric_network_report, ScoringParameters.model_validate(scoring))
