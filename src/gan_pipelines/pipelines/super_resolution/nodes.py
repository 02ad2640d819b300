"""Nodes of super-resolution: the generator is trained alone, then against a discriminator."""

from pathlib import Path
from typing import Any

from PIL.Image import Image

from gan_pipelines.adversarial.translation_parameters import PairedTrainingParameters, PretrainingParameters
from gan_pipelines.networks.translation_parameters import UpscalingNetworksParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, KerasModel
from gan_pipelines.pipelines.paired_translation.nodes import (
    exported,
    image_shape,
    paired_data,
    preview_of_pairs,
    results,
    sources,
)
from gan_pipelines.pixels import to_bytes
from gan_pipelines.scores.parameters import ContentNetworkParameters
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.translation_parameters import UpscalingImagesParameters
from gan_pipelines.training.checkpoint import CheckpointStore


def read_resolutions(images: dict[str, Any]) -> tuple[ImageSet, dict[str, Any]]:
    """Reads the pictures configured in ``<model>.images`` in high and in low resolution.

    Raises:
        UserError: If the source cannot be read, or a picture is smaller than the high resolution.
    """
    from gan_pipelines.sources import registry

    return registry.read_images(UpscalingImagesParameters.model_validate(images))


def build_networks(
    training_images: ImageSet, generator: dict[str, Any], discriminator: dict[str, Any], seed: int
) -> tuple[KerasModel, KerasModel]:
    """Builds the untrained generator, from low to high resolution, and discriminator.

    Raises:
        UserError: If the networks do not support these sizes.
    """
    from gan_pipelines.networks.translation import build_paired

    parameters = UpscalingNetworksParameters.model_validate({"generator": generator, "discriminator": discriminator})
    return build_paired(parameters, image_shape(sources(training_images)), image_shape(training_images.pixels), seed)


def pretrain_generator(
    untrained_generator: KerasModel,
    training_images: ImageSet,
    heldout_images: ImageSet,
    pretraining_checkpoints: CheckpointStore,
    pretraining: dict[str, Any],
) -> tuple[KerasModel, DataFrame]:
    """Trains the generator alone (SRResNet), resuming from the latest checkpoint if any.

    Raises:
        UserError: If there are too few pictures, the device is missing, a checkpoint belongs to another configuration,
            or a loss is not finite.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    from gan_pipelines.adversarial.translation_training import pretrain

    parameters = PretrainingParameters.model_validate(pretraining)
    preview = preview_of_pairs(heldout_images, parameters.preview.images)
    data = paired_data(training_images)
    trained = pretrain("Pretraining", untrained_generator, data, parameters, preview, store=pretraining_checkpoints)
    history, _, _ = results(trained)
    return trained.generator, history


def build_content_network(training_images: ImageSet, **content_network: object) -> KerasModel:
    """Returns the network whose features the content loss compares: of rotations of these pictures, or VGG19.

    Raises:
        UserError: If there are too few pictures, the device is missing, a loss is not finite, the file of the network
            cannot be used, or VGG19 would see gray pictures.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    from gan_pipelines.scores import feature_networks
    from gan_pipelines.scores import metric_network as metric

    parameters = ContentNetworkParameters.model_validate(content_network)
    if parameters.path is not None:
        return feature_networks.vgg19_network(
            Path(parameters.path), training_images.pixels.shape[-1], parameters.sha256
        )
    pixels, labels, classes = metric.classification_data(training_images.pixels, None, 0)
    return metric.train_metric_network("Content network", pixels, labels, classes, parameters)


def train_upscaler(
    pretrained_generator: KerasModel,
    untrained_discriminator: KerasModel,
    content_network: KerasModel,
    training_images: ImageSet,
    heldout_images: ImageSet,
    checkpoints: CheckpointStore,
    generator_parameters: dict[str, Any],
    training: dict[str, Any],
) -> tuple[KerasModel, KerasModel, DataFrame, Arrays, dict[str, Any]]:
    """Trains the pretrained generator against the discriminator; see `paired_translation.nodes.train_translator`."""
    from gan_pipelines.adversarial.translation_training import train_paired

    parameters = PairedTrainingParameters.model_validate(training)
    trained = train_paired(
        "Training",
        (pretrained_generator, untrained_discriminator),
        paired_data(training_images),
        parameters,
        preview_of_pairs(heldout_images, parameters.preview.images),
        content_network=content_network,
        store=checkpoints,
    )
    network = UpscalingNetworksParameters.model_validate({"generator": generator_parameters}).generator
    return exported(trained.generator, network), trained.discriminator, *results(trained)


def draw_baselines(pretrained_samples: Arrays, heldout_images: ImageSet) -> Arrays:
    """Returns ``pretrained``, what the generator made before the adversarial training, and ``bicubic``."""
    from gan_pipelines.scores.translation_baselines import enlarged

    low = to_bytes(sources(heldout_images))
    scale = heldout_images.pixels.shape[1] // low.shape[1]
    return {"pretrained": pretrained_samples["pixels"], "bicubic": enlarged(low, scale)}


def draw_details(samples: Arrays, baselines: Arrays, heldout_images: ImageSet, rows: int) -> Image:
    """Returns the most detailed part of held-out pictures, enlarged: source, baselines, result and truth."""
    from gan_pipelines.reporting.translation_sheet import detailed_crops, translation_sheet

    truths = to_bytes(heldout_images.pixels[:])
    columns = {
        "source": to_bytes(sources(heldout_images)),
        "bicubic": baselines["bicubic"],
        "pretrained": baselines["pretrained"],
        "trained": samples["pixels"],
        "truth": truths,
    }
    scale = truths.shape[1] // columns["source"].shape[1]
    side = max(scale, truths.shape[1] // 3 // scale * scale)
    return translation_sheet(detailed_crops(columns, "truth", side), rows=rows)
