"""Ingestion pipeline: from the image source to training and held-out images."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.artifacts import PURE
from gan_pipelines.pipelines.ingestion import nodes


def create_pipeline() -> Pipeline:
    """Returns the ingestion pipeline."""
    return Pipeline(
        [
            Node(
                nodes.read_images,
                "params:images",
                ["raw_images", "ingestion_report"],
                name="read_images",
                namespace="ingestion",
            ),
            Node(
                nodes.split_images,
                ["raw_images", "params:images.heldout_fraction", "params:images.seed"],
                ["training_images", "heldout_images", "split_report"],
                name="split_images",
                namespace="ingestion",
            ),
        ],
        tags=PURE,
    )
