"""From images to pairs, and the stages of every GAN around them."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines import construction, ingestion, judging, reporting, sampling, scoring, training
from gan_pipelines.pipelines.artifacts import PURE
from gan_pipelines.pipelines.coupling import nodes
from gan_pipelines.pipelines.inputs import fields_of
from gan_pipelines.scores.parameters import ClassifierTrainingParameters

_LEFT = {"samples": "left_samples"}
_LEFT_GENERATORS = {"generator": "left_generator", "untrained_samples": "untrained_left_samples"}
_BEST_LEFT = {"best_generator": "best_left_generator", "best_samples": "best_left_samples"}


def create_pipeline() -> Pipeline:
    """Wires a whole GAN of pairs.

    It is built for pairs, trained on them and draws them. The scores of every GAN compare its left images with real
    ones; those of the pairs are its own.
    """
    on_pairs = construction.create_pipeline() + training.create_pipeline()
    reports = reporting.create_pipeline(["pair_scores"])
    beside_real_ones = reports.only_nodes("reporting.draw_nearest_images")
    return (
        ingestion.create_pipeline()
        + Pipeline(on_pairs, inputs={"training_images": "coupled_images"})
        + sampling.create_pipeline()
        + judging.create_pipeline()
        + _coupling()
        + Pipeline(scoring.create_pipeline(), inputs=_LEFT | _LEFT_GENERATORS, outputs=_BEST_LEFT)
        + (reports - beside_real_ones)
        + Pipeline(beside_real_ones, inputs=_LEFT)
    )


def _coupling() -> Pipeline:
    return Pipeline(
        [
            Node(
                nodes.couple_images,
                ["training_images", "params:images.seed"],
                "coupled_images",
                name="couple_images",
                namespace="ingestion",
            ),
            Node(nodes.take_left_half, "generator", "left_generator", name="take_left_half", namespace="scoring"),
            Node(
                nodes.with_weights_of,
                ["generator", "best_left_generator"],
                "best_generator",
                name="restore_best_generator",
                namespace="scoring",
            ),
            Node(nodes.take_left_images, "samples", "left_samples", name="take_left_images", namespace="sampling"),
            Node(
                nodes.take_left_images,
                "untrained_samples",
                "untrained_left_samples",
                name="take_untrained_left_images",
                namespace="sampling",
            ),
            Node(
                nodes.train_edge_network,
                {
                    "training_images": "training_images",
                    "source": "params:images.source",
                    **fields_of("scoring.metric_network", ClassifierTrainingParameters),
                },
                "edge_network",
                name="train_edge_network",
                namespace="judging",
            ),
            Node(
                nodes.score_pairs,
                [
                    "samples",
                    "metric_network",
                    "metric_network_report",
                    "edge_network",
                    "heldout_images",
                    "params:scoring.metric_network.accuracy_floor",
                ],
                "pair_scores",
                name="score_pairs",
                namespace="scoring",
            ),
        ],
        tags=PURE,
    )
