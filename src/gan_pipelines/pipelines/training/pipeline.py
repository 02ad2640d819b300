"""Training pipeline: from untrained to trained networks."""

from kedro.pipeline import Node, Pipeline

from gan_pipelines.pipelines.artifacts import TRAINS_TOGETHER
from gan_pipelines.pipelines.training import nodes


def create_pipeline() -> Pipeline:
    """Returns the training pipeline."""
    return Pipeline(
        [
            Node(
                nodes.train_gan,
                [
                    "untrained_generator",
                    "untrained_discriminator",
                    "training_images",
                    "checkpoints",
                    "params:networks",
                    "params:training",
                ],
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
