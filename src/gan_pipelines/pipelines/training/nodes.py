"""Nodes that train GANs."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from gan_pipelines.adversarial.parameters import AdversarialTrainingParameters
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, KerasModel
from gan_pipelines.pixels import StoredPixels, to_bytes
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.codes import CodeParameters

if TYPE_CHECKING:
    from gan_pipelines.adversarial.player_training import TrainedPlayers

TrainedArtifacts = tuple[KerasModel, KerasModel, DataFrame, Arrays, dict[str, Any], Arrays]


def train_gan(
    untrained_generator: KerasModel,
    untrained_discriminator: KerasModel,
    training_images: ImageSet,
    checkpoints: CheckpointStore,
    networks: dict[str, Any],
    training: dict[str, Any],
) -> tuple[KerasModel, KerasModel, DataFrame, Arrays, dict[str, Any], Arrays]:
    """Trains the generator against the discriminator on images, resuming from the latest checkpoint if any.

    Returns:
        The trained generator and discriminator; the history, one row per window of steps; the previews: ``samples``
        ``(times, images, height, width, channels)``, uint8, their ``steps`` and ``epochs``, and the ``labels`` or
        ``codes`` ``(images,)`` they were generated with, if any; the record: durations and environment; and the
        snapshots of the generator: ``weights`` ``(times, parameters)`` with their ``steps`` and ``epochs``.

    Raises:
        UserError: If there are too few images, the device is missing, a checkpoint belongs to another configuration, or
            a loss is not finite.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    pair = untrained_generator, untrained_discriminator
    return train_networks(
        training_images.pixels, pair, checkpoints, networks, training, to_bytes, labels=training_images.labels
    )


def train_networks(
    samples: NDArray[Any] | StoredPixels,
    pair: tuple[KerasModel, KerasModel],
    checkpoints: CheckpointStore,
    networks: dict[str, Any],
    training: dict[str, Any],
    postprocess: Callable[[NDArray[Any]], NDArray[Any]],
    labels: NDArray[Any] | None = None,
    title: str = "Training",
) -> TrainedArtifacts:
    """Trains generator and discriminator on images or points; see `train_gan`."""
    from gan_pipelines.adversarial import training as adversarial_training

    network_parameters = NetworksParameters.model_validate(networks)
    parameters = AdversarialTrainingParameters.model_validate(training)
    trained = adversarial_training.train_gan(
        title,
        pair,
        samples,
        parameters,
        labels=labels,
        latent_distribution=network_parameters.latent_distribution,
        codes=network_parameters.codes,
        spectral_normalization=network_parameters.spectral_normalization,
        store=checkpoints,
        postprocess=postprocess,
    )
    return trained_artifacts(trained, network_parameters.codes)


def trained_artifacts(trained: "TrainedPlayers", codes: CodeParameters | None = None) -> TrainedArtifacts:
    """Returns the outputs of a training node; see `train_gan`."""
    from gan_pipelines.adversarial.player_training import PREVIEWS, SNAPSHOTS
    from gan_pipelines.adversarial.sampling import conditioning
    from gan_pipelines.training.history import history_table

    result = trained.result
    previews, snapshots = (
        {
            name: result.recordings[recorder].values,
            "steps": result.recordings[recorder].steps,
            "epochs": trained.pace.epochs(result.recordings[recorder].steps),
        }
        for recorder, name in ((PREVIEWS, "samples"), (SNAPSHOTS, "weights"))
    )
    previews |= conditioning(trained.generator, codes, previews["samples"].shape[1])
    history = history_table(result.logs, trained.pace)
    return trained.generator, trained.discriminator, history, previews, trained.record(), snapshots
