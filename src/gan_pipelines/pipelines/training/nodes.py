"""Nodes that train GANs."""

from typing import Any

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, KerasModel
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.checkpoint import CheckpointStore


def train_gan(
    untrained_generator: KerasModel,
    untrained_discriminator: KerasModel,
    training_images: ImageSet,
    checkpoints: CheckpointStore,
    training: dict[str, Any],
) -> tuple[KerasModel, KerasModel, DataFrame, Arrays, dict[str, Any]]:
    """Trains the generator against the discriminator, from the latest checkpoint if there is one.

    Returns:
        The trained generator and discriminator; the history, a row for each window of steps; the previews, ``pixels``
        ``(times, images, height, width, channels)`` with their ``steps`` and ``epochs``; and a record of how long it
        took and under which conditions.

    Raises:
        UserError: Too few images, no such device, a checkpoint of another configuration, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came.
    """
    import numpy as np

    from gan_pipelines.adversarial import training as adversarial_training
    from gan_pipelines.training.history import history_table

    parameters = AdversarialTrainingParameters.model_validate(training)
    trained = adversarial_training.train_gan(
        "Training", untrained_generator, untrained_discriminator, training_images.pixels, parameters, checkpoints
    )
    result = trained.result
    steps = np.array(result.frame_steps, np.int64)
    previews: Arrays = {
        "pixels": result.frames,
        "steps": steps,
        "epochs": steps / trained.steps_per_epoch,
    }
    history = history_table(result.logs, trained.images_per_step, trained.steps_per_epoch)
    return trained.generator, trained.discriminator, history, previews, trained.record()
