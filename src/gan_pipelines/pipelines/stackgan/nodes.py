"""Nodes that build and train both stages of StackGAN, and compare them."""

from typing import Any

from PIL.Image import Image

from gan_pipelines.networks.caption_parameters import StagesNetworksParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, KerasModel
from gan_pipelines.pipelines.captions.nodes import train_captioned
from gan_pipelines.pixels import to_bytes
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.checkpoint import CheckpointStore


def build_stages(
    training_images: ImageSet, networks: dict[str, Any], vector_size: int, seed: int
) -> tuple[KerasModel, KerasModel, KerasModel, KerasModel]:
    """Builds the untrained generator and discriminator of stage I, and those of stage II.

    The generator of stage II contains that of stage I, whose weights it gets when stage I is trained.

    Raises:
        UserError: If the networks do not draw these sizes.
    """
    from gan_pipelines.networks import stackgan

    parameters = StagesNetworksParameters.model_validate(networks)
    _, height, width, channels = training_images.pixels.shape
    small = parameters.stage_one_size
    first = stackgan.build_stage_one(parameters.stage_one, (small, small, channels), vector_size, seed)
    return *first, *stackgan.build_stage_two(parameters.stage_two, first[0], (height, width, channels), seed)


def train_stage_one(
    untrained_stage_one_generator: KerasModel,
    untrained_stage_one_discriminator: KerasModel,
    training_images: ImageSet,
    caption_vectors: Arrays,
    stage_one_checkpoints: CheckpointStore,
    stage_one: dict[str, Any],
) -> tuple[KerasModel, DataFrame]:
    """Trains stage I on smaller pictures, resuming from the latest checkpoint if any.

    Returns:
        The trained generator, and the history.

    Raises:
        UserError: If there are too few pictures, the device is missing, a checkpoint belongs to another configuration,
            or a loss is not finite.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    pair = untrained_stage_one_generator, untrained_stage_one_discriminator
    generator, _, history, _, _ = train_captioned(
        "Stage I", "stage_one", pair, training_images, caption_vectors, stage_one_checkpoints, stage_one
    )
    return generator, history


def train_stage_two(
    untrained_generator: KerasModel,
    untrained_discriminator: KerasModel,
    stage_one_generator: KerasModel,
    training_images: ImageSet,
    caption_vectors: Arrays,
    checkpoints: CheckpointStore,
    training: dict[str, Any],
) -> tuple[KerasModel, KerasModel, DataFrame, Arrays, dict[str, Any]]:
    """Trains stage II behind the trained stage I, which stays as it is.

    Returns:
        The trained generator of both stages, the discriminator, the history, the previews, and the record.

    Raises:
        UserError: As `train_stage_one`.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    from gan_pipelines.networks.stackgan import STAGE_ONE

    untrained_generator.get_layer(STAGE_ONE).set_weights(stage_one_generator.get_weights())
    pair = untrained_generator, untrained_discriminator
    return train_captioned("Stage II", "training", pair, training_images, caption_vectors, checkpoints, training)


def enlarge_stage_one(stage_one_generator: KerasModel, caption_vectors: Arrays, samples: Arrays) -> Arrays:
    """Returns what stage I draws for each sample, from the same captions and latents, enlarged bicubically."""
    from gan_pipelines.scores.translation_baselines import enlarged
    from gan_pipelines.training.inference import infer

    vectors = caption_vectors["heldout"][samples["heldout"]]
    latents = samples["latents"][:, : stage_one_generator.inputs[0].shape[-1]]
    small = to_bytes(infer(stage_one_generator, [latents, vectors])[-1])
    return {**samples, "pixels": enlarged(small, samples["pixels"].shape[1] // small.shape[1])}


def compare_stages(
    scores: dict[str, Any],
    stage_one_scores: dict[str, Any],
    attribute_scores: dict[str, Any],
    stage_one_attribute_scores: dict[str, Any],
    metric_network_report: dict[str, Any],
) -> dict[str, Any]:
    """Returns ``stage_one``: the scores of stage I enlarged, and ``ratio``, the distance of stage II to it."""
    name = metric_network_report["features"]["distance"]
    if "refused" in stage_one_scores:
        return {**attribute_scores, "stage_one": {"refused": stage_one_scores["refused"]}}
    distance = stage_one_scores[name]["value"]
    agreement = stage_one_attribute_scores.get("attribute_agreement")
    found = {name: distance, "ratio": scores[name]["value"] / distance if distance else None}
    if agreement is not None:
        found |= {
            "attribute_agreement": agreement["value"],
            "agreement_difference": attribute_scores["attribute_agreement"]["value"] - agreement["value"],
        }
    return {**attribute_scores, "stage_one": found}


def draw_both_stages(samples: Arrays, stage_one_samples: Arrays, heldout_images: ImageSet) -> Image:
    """Returns stage I, stage II, and the real picture of some held-out captions."""
    from gan_pipelines.reporting.translation_sheet import translation_sheet

    columns = {
        "stage I, enlarged": stage_one_samples["pixels"],
        "stage II": samples["pixels"],
        "the caption's picture": to_bytes(heldout_images.pixels[samples["heldout"]]),
    }
    return translation_sheet(columns)
