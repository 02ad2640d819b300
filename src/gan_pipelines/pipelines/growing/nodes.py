"""Nodes that train networks that grow."""

from typing import Any

from gan_pipelines.adversarial.stage_parameters import StagedTrainingParameters
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, KerasModel
from gan_pipelines.pipelines.training.nodes import trained_artifacts
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.checkpoint import CheckpointStore


def train_in_stages(
    training_images: ImageSet, checkpoints: CheckpointStore, networks: dict[str, Any], training: dict[str, Any]
) -> tuple[KerasModel, KerasModel, DataFrame, Arrays, dict[str, Any], Arrays]:
    """Trains networks through ``training.stages``, resuming from the latest checkpoint if any.

    Returns:
        As `gan_pipelines.pipelines.training.nodes.train_gan`.

    Raises:
        UserError: As `gan_pipelines.pipelines.training.nodes.train_gan`.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    from gan_pipelines.adversarial import stages
    from gan_pipelines.networks import progressive
    from gan_pipelines.networks.building import build_from

    network_parameters = NetworksParameters.model_validate(networks)
    parameters = StagedTrainingParameters.model_validate(training)
    channels = training_images.pixels.shape[-1]
    modules = {"progressive": progressive}  # not all architectures: an edit of others trains nothing anew

    def build(size: int, fades: bool) -> tuple[KerasModel, KerasModel]:
        return build_from(modules, network_parameters, (size, size, channels), parameters.seed, fades=fades)

    return trained_artifacts(
        stages.train_in_stages(
            "Training",
            build,
            training_images.pixels,
            parameters,
            latent_distribution=network_parameters.latent_distribution,
            spectral_normalization=network_parameters.spectral_normalization,
            store=checkpoints,
        )
    )
