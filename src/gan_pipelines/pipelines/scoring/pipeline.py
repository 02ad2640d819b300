"""From samples, generators of the training and the judgement of reals to scores."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.artifacts import PURE
from gan_pipelines.pipelines.inputs import LATENTS, fields_of, named
from gan_pipelines.pipelines.sampling.nodes import draw_samples
from gan_pipelines.pipelines.scoring import nodes
from gan_pipelines.scores.parameters import SampleScoringParameters, SnapshotScoringParameters

_JUDGED = named("untrained_samples", "real_judgements", "metric_network", "metric_network_report", "training_images")
"""What samples are scored with, whichever generator drew them."""


def create_pipeline() -> Pipeline:
    """Wires the stage."""
    scoring = {**_JUDGED, **fields_of("scoring", SampleScoringParameters)}
    return Pipeline(
        [
            Node(
                nodes.score_snapshots,
                {
                    **named("generator", "generator_snapshots"),
                    **named("metric_network", "metric_network_report", "real_judgements"),
                    **LATENTS,
                    **fields_of("scoring", SnapshotScoringParameters),
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
                {**named("samples", "training_history"), **scoring},
                "scores",
                name="score_samples",
                namespace="scoring",
            ),
        ],
        tags=PURE,
    )
