"""Nodes of a translator that is trained on pairs: ``pixels`` of an image set are targets, ``partners`` sources."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

from gan_pipelines.adversarial.translation_parameters import PairedTrainingParameters
from gan_pipelines.networks.translation_parameters import PairedNetworksParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, Figure, KerasModel
from gan_pipelines.pixels import to_bytes
from gan_pipelines.scores.parameters import TranslationScoringParameters
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.translation_parameters import PairedImagesParameters
from gan_pipelines.training.checkpoint import CheckpointStore

if TYPE_CHECKING:
    from gan_pipelines.adversarial.player_training import TrainedPlayers

Pictures = NDArray[np.uint8]


def read_pairs(images: dict[str, Any]) -> tuple[ImageSet, dict[str, Any]]:
    """Reads the pairs configured in ``<model>.images``.

    Raises:
        UserError: If the source cannot be read, or does not yield pairs.
    """
    from gan_pipelines.sources import registry

    return registry.read_images(PairedImagesParameters.model_validate(images))


def build_networks(
    training_images: ImageSet, generator: dict[str, Any], discriminator: dict[str, Any], seed: int
) -> tuple[KerasModel, KerasModel]:
    """Builds the untrained generator and discriminator for the sizes of sources and targets.

    Raises:
        UserError: If the networks do not support these sizes.
    """
    from gan_pipelines.networks.translation import build_paired

    parameters = PairedNetworksParameters.model_validate({"generator": generator, "discriminator": discriminator})
    return build_paired(parameters, image_shape(sources(training_images)), image_shape(training_images.pixels), seed)


def train_translator(
    untrained_generator: KerasModel,
    untrained_discriminator: KerasModel,
    training_images: ImageSet,
    heldout_images: ImageSet,
    checkpoints: CheckpointStore,
    generator_parameters: dict[str, Any],
    training: dict[str, Any],
) -> tuple[KerasModel, KerasModel, DataFrame, Arrays, dict[str, Any]]:
    """Trains the generator against the discriminator on pairs, resuming from the latest checkpoint if any.

    Returns:
        The trained generator, for pictures of any size if the network allows it, and discriminator; the history; the
        previews: ``samples`` ``(times, images, height, width, channels)``, uint8, held-out sources beside their
        translations and the truth, with their ``steps`` and ``epochs``; and the record: durations and environment.

    Raises:
        UserError: If there are too few pairs, the device is missing, a checkpoint belongs to another configuration, or
            a loss is not finite.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    from gan_pipelines.adversarial.translation_training import train_paired

    parameters = PairedTrainingParameters.model_validate(training)
    trained = train_paired(
        "Training",
        (untrained_generator, untrained_discriminator),
        paired_data(training_images),
        parameters,
        preview_of_pairs(heldout_images, parameters.preview.images),
        store=checkpoints,
    )
    network = PairedNetworksParameters.model_validate({"generator": generator_parameters}).generator
    return (
        exported(trained.generator, network),
        trained.discriminator,
        *results(trained),
    )


def translate_images(generator: KerasModel, heldout_images: ImageSet) -> Arrays:
    """Translates the held-out sources; returns ``pixels``, uint8 ``(images, height, width, channels)``."""
    return {"pixels": translations(generator, sources(heldout_images))}


def draw_baselines(training_images: ImageSet, heldout_images: ImageSet) -> Arrays:
    """Returns what simple methods make of the held-out sources, uint8 ``(images, height, width, channels)`` by name.

    ``mean_picture`` of the training targets; ``nearest_source``, the target of the training pair whose source is
    nearest; and ``unchanged_source`` if it has the size of the target.
    """
    from gan_pipelines.scores.translation_baselines import mean_picture, nearest_source

    targets, training_sources = to_bytes(training_images.pixels[:]), to_bytes(sources(training_images))
    heldout_sources = to_bytes(sources(heldout_images))
    baselines = {
        "mean_picture": mean_picture(targets, len(heldout_sources)),
        "nearest_source": nearest_source(training_sources, targets, heldout_sources),
    }
    if heldout_sources.shape[1:3] == targets.shape[1:3]:
        baselines["unchanged_source"] = with_channels(heldout_sources, targets.shape[-1])
    return baselines


def score_translations(
    samples: Arrays,
    baselines: Arrays,
    heldout_images: ImageSet,
    metric_network: KerasModel,
    metric_network_report: dict[str, Any],
    real_features: Arrays,
    **scoring: object,
) -> dict[str, Any]:
    """Scores the translations against the true pictures, beside simple methods.

    Returns:
        ``l1``, ``psnr`` and ``ssim``, the Frechet distance to the true pictures, and their conditions.
    """
    from gan_pipelines.scores.translation import score_translations as score
    from gan_pipelines.scores.translation_distance import score_distance

    parameters = TranslationScoringParameters.model_validate(scoring)
    return {
        "task": "pairs",
        **score(samples["pixels"], to_bytes(heldout_images.pixels[:]), baselines),
        **score_distance(
            (samples["pixels"], baselines),
            {split: real_features[f"{split}_features"] for split in ("training", "heldout")},
            metric_network,
            metric_network_report,
            parameters,
        ),
    }


def score_previews(training_previews: Arrays, baselines: Arrays) -> dict[str, Any]:
    """Scores the translations in the previews over the training; see `progress_report`."""
    from gan_pipelines.scores.translation_progress import score_progress

    _, translated, truths = parts(training_previews, 3)
    methods = {name: with_channels(each[: len(truths[0])], truths.shape[-1]) for name, each in baselines.items()}
    return progress_report(training_previews, {"Translation": score_progress(list(translated), truths[0], methods)})


def parts(previews: Arrays, count: int) -> list[Pictures]:
    """Returns the pictures that ``strips`` joined, each ``(times, images, height, width, channels)``."""
    return np.split(previews["samples"], count, axis=3)


def progress_report(previews: Arrays, curves: dict[str, Any]) -> dict[str, Any]:
    """Returns ``steps``, ``epochs``, the number of ``pictures``, and ``curves``: scores by the title of a direction."""
    progress = {name: previews[name].tolist() for name in ("steps", "epochs")}
    return {**progress, "pictures": previews["samples"].shape[1], "curves": curves}


def plot_scores(preview_scores: dict[str, Any]) -> Figure:
    """Returns the chart of the scores over the training."""
    from gan_pipelines.reporting.translation_curves import translation_curves

    return translation_curves(preview_scores)


def draw_sheet(samples: Arrays, baselines: Arrays, heldout_images: ImageSet, rows: int) -> Image:
    """Returns held-out sources, their translations, the truth and the baselines side by side, with PSNR and SSIM."""
    truths = to_bytes(heldout_images.pixels[:])
    columns = {"source": to_bytes(sources(heldout_images)), "translation": samples["pixels"], "truth": truths}
    return numbered_sheet(columns, baselines, truths, rows)


def numbered_sheet(columns: Arrays, baselines: Arrays, truths: Pictures | None, rows: int) -> Image:
    """Returns a sheet of these columns and the baselines; pictures that are to be like the truth have numbers.

    Those of the unchanged source are below the source.
    """
    from gan_pipelines.reporting.translation_sheet import translation_sheet
    from gan_pipelines.scores.translation import captions

    methods = {name.replace("_", " "): pictures for name, pictures in baselines.items() if name != "unchanged_source"}
    titled = {**columns, **methods}
    if truths is None:
        return translation_sheet(titled, rows=rows)
    compared = {"translation": columns["translation"], **methods}
    if "unchanged_source" in baselines:
        compared["source"] = baselines["unchanged_source"]
    return translation_sheet(titled, {title: captions(each, truths) for title, each in compared.items()}, rows)


def paired_data(images: ImageSet) -> dict[str, NDArray[Any]]:
    """Returns sources and targets by the names that the training uses."""
    return {"source": sources(images), "target": images.pixels[:]}


def preview_of_pairs(heldout_images: ImageSet, count: int) -> Callable[[KerasModel], Pictures]:
    """Returns a function that draws strips of source, translation and truth with a generator."""
    from gan_pipelines.reporting.translation_sheet import strips

    shown = slice(0, count)
    shown_sources, truths = sources(heldout_images)[shown], to_bytes(heldout_images.pixels[shown])

    def preview(generator: KerasModel) -> Pictures:
        return strips([to_bytes(shown_sources), translations(generator, shown_sources), truths])

    return preview


def translations(generator: KerasModel, pictures: NDArray[np.float32]) -> Pictures:
    """Translates pictures in [-1, 1] to uint8."""
    from gan_pipelines.training.inference import infer

    return to_bytes(infer(generator, pictures)[0])


def exported(generator: KerasModel, parameters: Any) -> KerasModel:  # noqa: ANN401 - parameters of any generator
    """Returns the generator for pictures of any size, if the network allows it."""
    from gan_pipelines.networks.translation import any_size

    return any_size(generator, parameters)


def results(trained: "TrainedPlayers") -> tuple[DataFrame, Arrays, dict[str, Any]]:
    """Returns history, previews and record of a training."""
    from gan_pipelines.adversarial.player_training import PREVIEWS
    from gan_pipelines.training.history import history_table

    recording = trained.result.recordings[PREVIEWS]
    previews = {
        "samples": recording.values,
        "steps": recording.steps,
        "epochs": trained.pace.epochs(recording.steps),
    }
    history = history_table(trained.result.logs, trained.pace)
    return history, previews, trained.record()


def sources(images: ImageSet) -> NDArray[Any]:
    """Returns the sources of the pairs."""
    assert images.partners is not None  # noqa: S101 - the readers of pairs give every image one
    return images.partners


def with_channels(pictures: Pictures, channels: int) -> Pictures:
    """Repeats a single channel as often as needed."""
    return pictures if pictures.shape[-1] == channels else np.repeat(pictures[..., :1], channels, axis=-1)


def image_shape(pictures: Any) -> tuple[int, int, int]:  # noqa: ANN401 - an array, or pixels on the disk
    """Returns ``(height, width, channels)``."""
    _, height, width, channels = pictures.shape
    return height, width, channels
