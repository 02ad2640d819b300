"""Nodes that train a reference and compare the model with it."""

from typing import Any

from gan_pipelines.pipelines.artifacts import KerasModel
from gan_pipelines.pipelines.construction.nodes import build_networks
from gan_pipelines.pipelines.training.nodes import train_networks
from gan_pipelines.pixels import to_bytes
from gan_pipelines.presets import deep_merge
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.checkpoint import CheckpointStore


def build_reference(
    training_images: ImageSet, networks: dict[str, Any], seed: int, reference: dict[str, Any]
) -> tuple[KerasModel, KerasModel]:
    """Builds the untrained generator and discriminator of the reference.

    Raises:
        UserError: As `gan_pipelines.pipelines.construction.nodes.build_networks`.
    """
    networks = deep_merge(networks, reference["networks"])
    seed = reference["training"].get("seed", seed)
    return build_networks(training_images, networks["architecture"], networks["latent_size"], networks["codes"], seed)


def train_reference(
    untrained_reference_generator: KerasModel,
    untrained_reference_discriminator: KerasModel,
    training_images: ImageSet,
    reference_checkpoints: CheckpointStore,
    networks: dict[str, Any],
    training: dict[str, Any],
    reference: dict[str, Any],
) -> tuple[KerasModel, dict[str, Any]]:
    """Trains the reference: as the model, but for what ``reference`` says.

    Returns:
        The trained generator, and the record of its training.

    Raises:
        UserError: As `train_gan`.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    generator, _, _, _, record, _ = train_networks(
        training_images.pixels,
        (untrained_reference_generator, untrained_reference_discriminator),
        reference_checkpoints,
        deep_merge(networks, reference["networks"]),
        deep_merge(training, reference["training"]),
        to_bytes,
        labels=training_images.labels,
        title="Reference",
    )
    return generator, record


def compare_with_reference(
    scores: dict[str, Any],
    reference_scores: dict[str, Any],
    training_record: dict[str, Any],
    reference_record: dict[str, Any],
    metric_network_report: dict[str, Any],
) -> dict[str, Any]:
    """Returns ``reference``: its distance, ``ratio`` of the model's distance to it, its steps and seconds.

    ``seconds_ratio`` is that of the model's training to the reference's, without compilation. Without scores,
    ``refused`` says why.
    """
    name = metric_network_report["features"]["distance"]
    if "refused" in reference_scores:
        return {"reference": {"refused": reference_scores["refused"]}}
    distance = reference_scores[name]["value"]
    seconds = reference_record["seconds"]
    return {
        "reference": {
            name: distance,
            "ratio": scores[name]["value"] / distance if distance else None,
            "steps": reference_record["steps"],
            "seconds": seconds,
            "seconds_ratio": training_record["seconds"] / seconds if seconds else None,
        }
    }
