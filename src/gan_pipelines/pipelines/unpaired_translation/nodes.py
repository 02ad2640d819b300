"""Nodes of translators between two domains, A and B, whose pictures have the labels 0 and 1."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

from gan_pipelines.adversarial.translation_parameters import UnpairedTrainingParameters
from gan_pipelines.networks.translation_parameters import UnpairedNetworksParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, KerasModel
from gan_pipelines.pipelines.ingestion.nodes import images_sha256, split_images
from gan_pipelines.pipelines.paired_translation.nodes import (
    Pictures,
    exported,
    image_shape,
    numbered_sheet,
    parts,
    progress_report,
    results,
    translations,
)
from gan_pipelines.pixels import normalise, to_bytes
from gan_pipelines.scores.parameters import TranslationScoringParameters
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.translation_parameters import DomainImagesParameters
from gan_pipelines.training.checkpoint import CheckpointStore

_DIRECTIONS = {"b": 0, "a": 1}
"""Label of the source domain of the translations to each domain."""


def read_domains(images: dict[str, Any]) -> tuple[ImageSet, dict[str, Any]]:
    """Reads the pictures of two domains configured in ``<model>.images``.

    Raises:
        UserError: If the source cannot be read, or does not yield two domains.
    """
    from gan_pipelines.sources import registry

    return registry.read_images(DomainImagesParameters.model_validate(images))


def split_domains(
    raw_images: ImageSet, heldout_fraction: float, seed: int
) -> tuple[ImageSet, ImageSet, Arrays, dict[str, Any]]:
    """Splits the pictures of each domain; only the evaluation gets the true translations, if there are any.

    Returns:
        Training and held-out images, the ``true_translations`` of the held-out images (uint8, in their order; empty if
        unknown), and the report of the split.

    Raises:
        UserError: If one side would lack a domain, or the disk is full.
    """
    training, heldout, report = split_images(raw_images, heldout_fraction, seed, needs_every_class=True)
    if heldout.partners is None:
        return training, heldout, {}, report
    truths, pictures, is_source = to_bytes(heldout.partners), to_bytes(heldout.pixels[:]), _labels(heldout) == 0
    pairs = ImageSet(truths[is_source], partners=pictures[is_source])  # as a paired translator has them
    training, shown = (replace(images, partners=None) for images in (training, heldout))
    return training, shown, {"true_translations": truths}, {**report, "heldout_sha256": images_sha256(pairs)}


def build_networks(
    training_images: ImageSet, generator: dict[str, Any], discriminator: dict[str, Any], seed: int
) -> tuple[KerasModel, KerasModel]:
    """Builds the untrained translator, ``[a, b] -> [a in B, b in A]``, and discriminator, ``[a, b] -> logits``.

    Raises:
        UserError: If the networks do not support the size of the pictures.
    """
    from gan_pipelines.networks.translation import build_unpaired

    parameters = UnpairedNetworksParameters.model_validate({"generator": generator, "discriminator": discriminator})
    return build_unpaired(parameters, image_shape(training_images.pixels), seed)


def train_translators(
    untrained_generator: KerasModel,
    untrained_discriminator: KerasModel,
    training_images: ImageSet,
    heldout_images: ImageSet,
    checkpoints: CheckpointStore,
    generator_parameters: dict[str, Any],
    training: dict[str, Any],
) -> tuple[KerasModel, KerasModel, KerasModel, DataFrame, Arrays, dict[str, Any]]:
    """Trains the translators of both directions, resuming from the latest checkpoint if any.

    Returns:
        The generator from A to B, that from B to A, for pictures of any size if the network allows it; the
        discriminator; the history; the previews, see `paired_translation.nodes.train_translator`: held-out pictures of
        each domain, their translations, and those back; and the record: durations and environment.

    Raises:
        UserError: If there are too few pictures, the device is missing, a checkpoint belongs to another configuration,
            or a loss is not finite.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    from gan_pipelines.adversarial.translation_training import train_unpaired
    from gan_pipelines.networks.translation import one_direction

    parameters = UnpairedTrainingParameters.model_validate(training)
    trained = train_unpaired(
        "Training",
        (untrained_generator, untrained_discriminator),
        training_images.pixels,
        _labels(training_images),
        parameters,
        _preview(heldout_images, parameters.preview.images),
        store=checkpoints,
    )
    network = UnpairedNetworksParameters.model_validate({"generator": generator_parameters}).generator
    a_to_b = exported(one_direction(trained.generator, "a_to_b"), network)
    b_to_a = exported(one_direction(trained.generator, "b_to_a"), network)
    return a_to_b, b_to_a, trained.discriminator, *results(trained)


def translate_domains(generator: KerasModel, generator_b_to_a: KerasModel, heldout_images: ImageSet) -> Arrays:
    """Translates the held-out pictures of both domains there and back.

    Returns:
        ``in_b``, the pictures of A in B, and ``back_in_a``, and the same for B; uint8 ``(images, height, width,
        channels)`` each.
    """
    towards = {"b": generator, "a": generator_b_to_a}
    found: dict[str, Pictures] = {}
    for domain, label in _DIRECTIONS.items():
        other = "a" if domain == "b" else "b"
        found[f"in_{domain}"] = translations(towards[domain], _domain(heldout_images, label))
        found[f"back_in_{other}"] = translations(towards[other], normalise(found[f"in_{domain}"]))
    return found


def draw_baselines(training_images: ImageSet, heldout_images: ImageSet) -> Arrays:
    """Returns what simple methods make of the held-out pictures, uint8, for each domain that they are translated to.

    ``unchanged_source``; ``colour_transfer``, each channel with mean and deviation of the other domain; and the
    ``mean_picture`` of the other domain.
    """
    from gan_pipelines.scores.translation_baselines import colour_transfer, mean_picture

    found: dict[str, Pictures] = {}
    for domain, label in _DIRECTIONS.items():
        pictures, others = to_bytes(_domain(heldout_images, label)), to_bytes(_domain(training_images, 1 - label))
        found[f"unchanged_source_{domain}"] = pictures
        found[f"colour_transfer_{domain}"] = colour_transfer(pictures, others)
        found[f"mean_picture_{domain}"] = mean_picture(others, len(pictures))
    return found


def score_domains(
    samples: Arrays,
    baselines: Arrays,
    heldout_images: ImageSet,
    training_images: ImageSet,
    true_translations: Arrays,
    metric_network: KerasModel,
    metric_network_report: dict[str, Any],
    real_features: Arrays,
    **scoring: object,
) -> dict[str, Any]:
    """Scores the translations of both directions, beside simple methods.

    Returns:
        ``a_to_b`` and ``b_to_a``: ``l1``, ``psnr`` and ``ssim`` to the true translations, if there are any; the Frechet
        distance to the pictures of the other domain; and the ``cycle`` errors. ``smallest`` are those of the worse
        direction.
    """
    from gan_pipelines.scores.translation import both_directions, score_cycle, score_translations
    from gan_pipelines.scores.translation_distance import score_distance

    parameters = TranslationScoringParameters.model_validate(scoring)
    directions = []
    for domain, label in _DIRECTIONS.items():
        translated, methods = samples[f"in_{domain}"], _baselines_to(domain, baselines)
        is_target = {
            "training": _labels(training_images) == 1 - label,
            "heldout": _labels(heldout_images) == 1 - label,
        }
        features = {split: real_features[f"{split}_features"][chosen] for split, chosen in is_target.items()}
        truths = _truths(true_translations, heldout_images, label)
        directions.append(
            {
                **({} if truths is None else score_translations(translated, truths, methods)),
                **score_distance((translated, methods), features, metric_network, metric_network_report, parameters),
                **score_cycle(to_bytes(_domain(heldout_images, label)), samples[f"back_in_{'ab'[label]}"]),
            }
        )
    task = "pairs" if true_translations else "domains"
    return {"task": task, **both_directions(*directions)}


def score_previews(
    training_previews: Arrays, baselines: Arrays, heldout_images: ImageSet, true_translations: Arrays
) -> dict[str, Any]:
    """Scores the translations in the previews over the training, or without true ones the way there and back."""
    from gan_pipelines.scores.translation_progress import score_progress

    found = dict(zip(("a", "in_b", "back_in_a", "b", "in_a", "back_in_b"), parts(training_previews, 6), strict=True))
    shown = slice(found["a"].shape[1])
    curves = {}
    for domain, label in _DIRECTIONS.items():
        source, truths = "ab"[label], _truths(true_translations, heldout_images, label)
        title = f"{source.upper()} to {domain.upper()}"
        if truths is None:
            curves[f"{title} and back"] = score_progress(list(found[f"back_in_{source}"]), found[source][0])
        else:
            methods = {name: pictures[shown] for name, pictures in _baselines_to(domain, baselines).items()}
            curves[title] = score_progress(list(found[f"in_{domain}"]), truths[shown], methods)
    return progress_report(training_previews, curves)


def draw_sheet(
    samples: Arrays, baselines: Arrays, heldout_images: ImageSet, true_translations: Arrays, rows: int
) -> Image:
    """Returns pictures of A, their translations there and back, the truth and colour transfer side by side."""
    return _sheet("b", samples, baselines, heldout_images, true_translations, rows)


def draw_sheet_b_to_a(
    samples: Arrays, baselines: Arrays, heldout_images: ImageSet, true_translations: Arrays, rows: int
) -> Image:
    """Returns the same for pictures of B."""
    return _sheet("a", samples, baselines, heldout_images, true_translations, rows)


def _sheet(
    domain: str, samples: Arrays, baselines: Arrays, heldout_images: ImageSet, true_translations: Arrays, rows: int
) -> Image:
    label = _DIRECTIONS[domain]
    truths = _truths(true_translations, heldout_images, label)
    columns = {
        "source": to_bytes(_domain(heldout_images, label)),
        "translation": samples[f"in_{domain}"],
        "and back": samples[f"back_in_{'ab'[label]}"],
        **({} if truths is None else {"truth": truths}),
    }
    methods = _baselines_to(domain, baselines)
    shown = {name: methods[name] for name in ("unchanged_source", "colour_transfer")}
    return numbered_sheet(columns, shown, truths, rows)


def _truths(true_translations: Arrays, heldout_images: ImageSet, label: int) -> Pictures | None:
    found = true_translations.get("true_translations")
    return None if found is None else found[_labels(heldout_images) == label]


def _baselines_to(domain: str, baselines: Arrays) -> Arrays:
    ending = f"_{domain}"
    return {name.removesuffix(ending): pictures for name, pictures in baselines.items() if name.endswith(ending)}


def _preview(heldout_images: ImageSet, count: int) -> Callable[[KerasModel], Pictures]:
    """Returns a function that draws strips: a, in B, back in A, and b, in A, back in B."""
    from gan_pipelines.reporting.translation_sheet import strips
    from gan_pipelines.training.inference import infer

    pictures = [_domain(heldout_images, label) for label in (0, 1)]
    fewest = min(count, *(len(each) for each in pictures))
    a, b = (each[:fewest] for each in pictures)

    def preview(translator: KerasModel) -> Pictures:
        in_b, in_a = infer(translator, [a, b])
        back_b, back_a = infer(translator, [in_a, in_b])
        return strips([to_bytes(each) for each in (a, in_b, back_a, b, in_a, back_b)])

    return preview


def _domain(images: ImageSet, label: int) -> NDArray[np.float32]:
    return np.asarray(images.pixels[np.flatnonzero(_labels(images) == label)])


def _labels(images: ImageSet) -> NDArray[np.int64]:
    assert images.labels is not None  # noqa: S101 - the readers of domains give every picture one
    return images.labels
