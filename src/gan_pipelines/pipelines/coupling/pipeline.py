"""Pipeline of a coupled GAN: the stages of an image GAN on pairs, and the scores of the pairs."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines import construction, ingestion, judging, reporting, sampling, scoring, training
from gan_pipelines.pipelines.artifacts import PURE
from gan_pipelines.pipelines.coupling import nodes
from gan_pipelines.pipelines.inputs import parameter_inputs
from gan_pipelines.scores.parameters import ClassifierTrainingParameters

_LEFT = {"samples": "left_samples"}
_LEFT_GENERATORS = {"generator": "left_generator", "untrained_samples": "untrained_left_samples"}
_BEST_LEFT = {"best_generator": "best_left_generator", "best_samples": "best_left_samples"}


def create_pipeline() -> Pipeline:
    """Returns the pipeline of all stages.

    Construction, training and sampling work on pairs. The scores of every image GAN compare the left images with real
    images; the pair scores are specific to coupled GANs.
    """
    pair_stages = construction.create_pipeline() + training.create_pipeline()
    reports = reporting.create_pipeline(["pair_scores"])
    nearest_images = reports.only_nodes("reporting.draw_nearest_images")
    return (
        ingestion.create_pipeline()
        + Pipeline(pair_stages, inputs={"training_images": "coupled_images"})
        + sampling.create_pipeline()
        + judging.create_pipeline()
        + Pipeline([*_pair_nodes(), *_score_nodes()], tags=PURE)
        + Pipeline(scoring.create_pipeline(), inputs=_LEFT | _LEFT_GENERATORS, outputs=_BEST_LEFT)
        + (reports - nearest_images)
        + Pipeline(nearest_images, inputs=_LEFT)
    )


def _pair_nodes() -> list[Node]:
    return [
        Node(
            nodes.couple_images,
            ["training_images", "params:images.seed"],
            "coupled_images",
            name="couple_images",
            namespace="ingestion",
        ),
        Node(nodes.extract_left_generator, "generator", "left_generator", name="take_left_half", namespace="scoring"),
        Node(
            nodes.restore_pair_generator,
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
    ]


def _score_nodes() -> list[Node]:
    return [
        Node(
            nodes.train_edge_metric_network,
            {
                "training_images": "training_images",
                "source": "params:images.source",
                **parameter_inputs("scoring.metric_network", ClassifierTrainingParameters),
            },
            "edge_metric_network",
            name="train_edge_metric_network",
            namespace="judging",
        ),
        Node(
            nodes.score_pairs,
            [
                "samples",
                "metric_network",
                "metric_network_report",
                "edge_metric_network",
                "heldout_images",
                "params:scoring.metric_network.minimum_accuracy",
            ],
            "pair_scores",
            name="score_pairs",
            namespace="scoring",
        ),
    ]
