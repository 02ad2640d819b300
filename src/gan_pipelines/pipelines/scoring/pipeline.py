"""Scoring pipeline: from samples, generator snapshots and features of real images to scores."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.artifacts import PURE
from gan_pipelines.pipelines.inputs import LATENTS, parameter_inputs, same_names
from gan_pipelines.pipelines.sampling.nodes import draw_samples
from gan_pipelines.pipelines.scoring import nodes
from gan_pipelines.scores.parameters import SampleScoringParameters, SnapshotScoringParameters

SCORING_INPUTS = same_names(
    *("untrained_samples", "real_features", "metric_network", "metric_network_report"),
    *("training_images", "heldout_images"),
)
"""Inputs shared by the scores of all generators of a model."""


def create_pipeline() -> Pipeline:
    """Returns the scoring pipeline."""
    scoring = {**SCORING_INPUTS, **parameter_inputs("scoring", SampleScoringParameters)}
    return Pipeline(
        [
            Node(
                nodes.score_snapshots,
                {
                    **same_names("generator", "generator_snapshots"),
                    **same_names("metric_network", "metric_network_report", "real_features"),
                    **LATENTS,
                    **parameter_inputs("scoring", SnapshotScoringParameters),
                },
                ["snapshot_scores", "best_generator"],
                name="score_snapshots",
                namespace="scoring",
            ),
            Node(
                draw_samples,
                {"generator": "best_generator", **LATENTS, "sampling": "params:sampling"},
                "best_samples",
                name="draw_best_samples",
                namespace="scoring",
            ),
            Node(
                nodes.score_images,
                {"samples": "best_samples", **scoring},
                "best_scores",
                name="score_best_samples",
                namespace="scoring",
            ),
            Node(
                nodes.score_samples,
                {**same_names("samples", "training_history"), **scoring},
                "scores",
                name="score_samples",
                namespace="scoring",
            ),
        ],
        tags=PURE,
    )
