"""Nodes that train GANs."""

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, KerasModel
from gan_pipelines.pixels import to_bytes
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.checkpoint import CheckpointStore

TrainedArtifacts = tuple[KerasModel, KerasModel, DataFrame, Arrays, dict[str, Any]]


def train_gan(
    untrained_generator: KerasModel,
    untrained_discriminator: KerasModel,
    training_images: ImageSet,
    checkpoints: CheckpointStore,
    networks: dict[str, Any],
    training: dict[str, Any],
) -> tuple[KerasModel, KerasModel, DataFrame, Arrays, dict[str, Any]]:
    """Trains the generator against the discriminator on images, from the latest checkpoint if there is one.

    Returns:
        The trained generator and discriminator; the history, a row for each window of steps; the previews, ``samples``
        ``(times, images, height, width, channels)``, uint8, with their ``steps`` and ``epochs``; and a record of how
        long it took and under which conditions.

    Raises:
        UserError: Too few images, no such device, a checkpoint of another configuration, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came.
    """
    pair = untrained_generator, untrained_discriminator
    return train_on(training_images.pixels, pair, checkpoints, networks, training, to_bytes)


def train_on(
    samples: NDArray[Any],
    pair: tuple[KerasModel, KerasModel],
    checkpoints: CheckpointStore,
    networks: dict[str, Any],
    training: dict[str, Any],
    as_frame: Callable[[NDArray[Any]], NDArray[Any]],
) -> TrainedArtifacts:
    """Trains a pair of networks on samples of any kind; see `train_gan`."""
    import numpy as np

    from gan_pipelines.adversarial import training as adversarial_training
    from gan_pipelines.training.history import history_table

    trained = adversarial_training.train_gan(
        "Training",
        pair,
        samples,
        AdversarialTrainingParameters.model_validate(training),
        latent_distribution=NetworksParameters.model_validate(networks).latent_distribution,
        store=checkpoints,
        as_frame=as_frame,
    )
    result = trained.result
    steps = np.array(result.frame_steps, np.int64)
    previews: Arrays = {
        "samples": result.frames,
        "steps": steps,
        "epochs": steps / trained.steps_per_epoch,
    }
    history = history_table(result.logs, trained.samples_per_step, trained.steps_per_epoch)
    return trained.generator, trained.discriminator, history, previews, trained.record()
