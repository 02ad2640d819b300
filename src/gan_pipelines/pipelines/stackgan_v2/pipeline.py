"""Pipeline of StackGAN++: encoder of captions, and pictures of several sizes that are trained together."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines import judging
from gan_pipelines.pipelines.artifacts import PURE, TRAINS_TOGETHER
from gan_pipelines.pipelines.captions.pipeline import (
    ingestion,
    model_card,
    pictures,
    sampling,
    scoring,
    text_encoding,
)
from gan_pipelines.pipelines.stackgan_v2 import nodes

_NETWORKS = ("untrained_generator", "untrained_discriminator")


def create_pipeline() -> Pipeline:
    """Returns the pipeline of all stages."""
    pure = [
        *ingestion(),
        *text_encoding(),
        _construction(),
        *sampling(),
        *scoring({"samples": "attribute_scores"}),
        *_sizes(),
        *pictures(),
    ]
    return Pipeline(pure, tags=PURE) + Pipeline([_training(), model_card()]) + judging.create_pipeline()


def _construction() -> Node:
    return Node(
        nodes.build_tree,
        ["training_images", "params:networks", "params:text_encoder.vector_size", "params:training.seed"],
        [*_NETWORKS],
        name="build_networks",
        namespace="construction",
    )


def _training() -> Node:
    return Node(
        nodes.train_tree,
        [*_NETWORKS, "training_images", "caption_vectors", "checkpoints", "params:training"],
        ["generator", "discriminator", "training_history", "training_previews", "training_record"],
        name="train_tree",
        namespace="training",
        tags=TRAINS_TOGETHER,
    )


def _sizes() -> list[Node]:
    return [
        Node(
            nodes.draw_sizes,
            ["generator", "caption_vectors", "samples"],
            "sample_sizes",
            name="draw_sizes",
            namespace="sampling",
        ),
        Node(
            nodes.score_sizes,
            ["sample_sizes", "attribute_scores"],
            "caption_scores",
            name="score_sizes",
            namespace="scoring",
        ),
        Node(
            nodes.draw_size_grid,
            ["sample_sizes", "samples", "heldout_images"],
            "sample_grid",
            name="draw_sample_grid",
            namespace="reporting",
        ),
    ]
