"""Nodes that train GANs."""

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, KerasModel
from gan_pipelines.pixels import StoredPixels, to_bytes
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.checkpoint import CheckpointStore

TrainedArtifacts = tuple[KerasModel, KerasModel, DataFrame, Arrays, dict[str, Any], Arrays]


def train_gan(
    untrained_generator: KerasModel,
    untrained_discriminator: KerasModel,
    training_images: ImageSet,
    checkpoints: CheckpointStore,
    networks: dict[str, Any],
    training: dict[str, Any],
) -> tuple[KerasModel, KerasModel, DataFrame, Arrays, dict[str, Any], Arrays]:
    """Trains the generator against the discriminator on images, from the latest checkpoint if there is one.

    Returns:
        The trained generator and discriminator; the history, a row for each window of steps; the previews, ``samples``
        ``(times, images, height, width, channels)``, uint8, with their ``steps`` and ``epochs``, and with the
        ``labels`` or ``codes`` ``(images,)`` that they were drawn with, if any; a record of how long it took and under
        which conditions; and the generator's weights by the way, ``weights`` ``(times, parameters)``, with their
        ``steps`` and ``epochs``.

    Raises:
        UserError: Too few images, no such device, a checkpoint of another configuration, or divergence.
        StoppedBySignalError: Ctrl-C or SIGTERM came.
    """
    pair = untrained_generator, untrained_discriminator
    return train_on(
        training_images.pixels, pair, checkpoints, networks, training, to_bytes, labels=training_images.labels
    )


def train_on(
    samples: NDArray[Any] | StoredPixels,
    pair: tuple[KerasModel, KerasModel],
    checkpoints: CheckpointStore,
    networks: dict[str, Any],
    training: dict[str, Any],
    as_frame: Callable[[NDArray[Any]], NDArray[Any]],
    labels: NDArray[Any] | None = None,
) -> TrainedArtifacts:
    """Trains a pair of networks on samples of any kind; see `train_gan`."""
    from gan_pipelines.adversarial import training as adversarial_training
    from gan_pipelines.adversarial.sampling import rows_of
    from gan_pipelines.training.history import history_table

    of_networks = NetworksParameters.model_validate(networks)
    trained = adversarial_training.train_gan(
        "Training",
        pair,
        samples,
        AdversarialTrainingParameters.model_validate(training),
        labels=labels,
        latent_distribution=of_networks.latent_distribution,
        codes=of_networks.codes,
        spectral_normalization=of_networks.spectral_normalization,
        store=checkpoints,
        as_frame=as_frame,
    )
    result = trained.result
    previews, snapshots = (
        {
            name: result.recordings[recorder].values,
            "steps": result.recordings[recorder].steps,
            "epochs": result.recordings[recorder].steps / trained.steps_per_epoch,
        }
        for recorder, name in ((adversarial_training.PREVIEWS, "samples"), (adversarial_training.SNAPSHOTS, "weights"))
    )
    previews |= rows_of(trained.generator, of_networks.codes, previews["samples"].shape[1])
    history = history_table(result.logs, trained.samples_per_step, trained.steps_per_epoch)
    return trained.generator, trained.discriminator, history, previews, trained.record(), snapshots
