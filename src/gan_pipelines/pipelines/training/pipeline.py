"""Training pipeline: from untrained to trained networks."""

from collections.abc import Callable
from typing import Any

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.artifacts import TRAINS_TOGETHER
from gan_pipelines.pipelines.training import nodes

_NETWORKS = ("untrained_generator", "untrained_discriminator")


def create_pipeline(train: Callable[..., Any] = nodes.train_gan, networks: tuple[str, ...] = _NETWORKS) -> Pipeline:
    """Returns the training pipeline.

    Args:
        train: Trains networks; its outputs are those of `nodes.train_gan`.
        networks: Catalog names of the networks that it takes.
    """
    return Pipeline(
        [
            Node(
                train,
                [*networks, "training_images", "checkpoints", "params:networks", "params:training"],
                [
                    "generator",
                    "discriminator",
                    "training_history",
                    "training_previews",
                    "training_record",
                    "generator_snapshots",
                ],
                name="train_gan",
                namespace="training",
                tags=TRAINS_TOGETHER,
            )
        ]
    )
