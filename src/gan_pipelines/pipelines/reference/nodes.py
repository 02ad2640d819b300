"""Nodes that train a reference and compare the model with it."""

from typing import Any

from gan_pipelines.pipelines.artifacts import KerasModel
from gan_pipelines.pipelines.construction.nodes import build_networks
from gan_pipelines.pipelines.training.nodes import train_networks
from gan_pipelines.pixels import to_bytes
from gan_pipelines.presets import deep_merge
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.checkpoint import CheckpointStore


def train_reference(
    training_images: ImageSet,
    reference_checkpoints: CheckpointStore,
    networks: dict[str, Any],
    training: dict[str, Any],
    reference: dict[str, Any],
) -> tuple[KerasModel, dict[str, Any]]:
    """Trains the reference: the same networks and training but for what ``reference`` says.

    Returns:
        The trained generator, and the record of its training.

    Raises:
        UserError: As `train_gan`.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    networks = deep_merge(networks, reference.get("networks", {}))
    training = deep_merge(training, reference.get("training", {}))
    pair = build_networks(
        training_images, networks["architecture"], networks["latent_size"], networks["codes"], training["seed"]
    )
    generator, _, _, _, record, _ = train_networks(
        training_images.pixels,
        pair,
        reference_checkpoints,
        networks,
        training,
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
