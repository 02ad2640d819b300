"""Pipeline of super-resolution: that of a paired translation, with a generator that is trained alone first."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines import judging
from gan_pipelines.pipelines.artifacts import PURE, TRAINS_TOGETHER
from gan_pipelines.pipelines.inputs import parameter_inputs
from gan_pipelines.pipelines.paired_translation.nodes import translate_images
from gan_pipelines.pipelines.paired_translation.pipeline import (
    construction,
    ingestion,
    model_card,
    pictures,
    sampling,
    scoring,
)
from gan_pipelines.pipelines.super_resolution import nodes
from gan_pipelines.scores.parameters import ContentNetworkParameters


def create_pipeline() -> Pipeline:
    """Returns the pipeline of all stages."""
    pure = [
        *ingestion(nodes.read_resolutions),
        construction(nodes.build_networks),
        _content_network(),
        *sampling(),
        *_baselines(),
        *scoring(),
        *pictures(),
    ]
    return Pipeline(pure, tags=PURE) + Pipeline([*_training(), model_card()]) + judging.create_pipeline()


def _content_network() -> Node:
    return Node(
        nodes.build_content_network,
        {"training_images": "training_images", **parameter_inputs("content_network", ContentNetworkParameters)},
        "content_network",
        name="build_content_network",
        namespace="pretraining",
    )


def _training() -> list[Node]:
    images = ["training_images", "heldout_images"]
    return [
        Node(
            nodes.pretrain_generator,
            ["untrained_generator", *images, "pretraining_checkpoints", "params:pretraining"],
            ["pretrained_generator", "pretraining_history"],
            name="pretrain_generator",
            namespace="pretraining",
            tags=TRAINS_TOGETHER,
        ),
        Node(
            nodes.train_upscaler,
            [
                "pretrained_generator",
                "untrained_discriminator",
                "content_network",
                *images,
                "checkpoints",
                "params:networks.generator",
                "params:training",
            ],
            ["generator", "discriminator", "training_history", "training_previews", "training_record"],
            name="train_translator",
            namespace="training",
            tags=TRAINS_TOGETHER,
        ),
    ]


def _baselines() -> list[Node]:
    return [
        Node(
            translate_images,
            ["pretrained_generator", "heldout_images"],
            "pretrained_samples",
            name="translate_by_pretrained_generator",
            namespace="sampling",
        ),
        Node(
            nodes.draw_baselines,
            ["pretrained_samples", "heldout_images"],
            "baselines",
            name="draw_baselines",
            namespace="scoring",
        ),
        Node(
            nodes.draw_details,
            ["samples", "baselines", "heldout_images", "params:grid.rows"],
            "detail_grid",
            name="draw_details",
            namespace="reporting",
        ),
    ]
