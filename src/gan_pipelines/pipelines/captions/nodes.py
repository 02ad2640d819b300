"""Nodes of all models that draw pictures from captions."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from PIL.Image import Image

from gan_pipelines.adversarial.caption_parameters import CaptionTrainingParameters
from gan_pipelines.captions.parameters import CaptionSamplingParameters, EncoderTrainingParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, KerasModel
from gan_pipelines.pixels import to_bytes
from gan_pipelines.scores.parameters import ClassifierTrainingParameters
from gan_pipelines.sources.caption_parameters import CaptionedImagesParameters
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.training.checkpoint import CheckpointStore

if TYPE_CHECKING:
    from gan_pipelines.scores.attributes import Names
logger = logging.getLogger(__name__)
_SCORING_SEED = 1  # of the drawn pictures that scoring networks are trained on; those of the source have another


def read_captioned_images(images: dict[str, Any]) -> tuple[ImageSet, dict[str, Any]]:
    """Reads the pictures and captions configured in ``<model>.images``.

    Raises:
        UserError: If a picture or a caption cannot be read, or one has no other.
    """
    from gan_pipelines.sources import registry

    return registry.read_images(CaptionedImagesParameters.model_validate(images))


def build_vocabulary(training_images: ImageSet) -> dict[str, Any]:
    """Returns the words of the training captions, as of `Vocabulary.to_json`."""
    from gan_pipelines.captions.words import caption_vocabulary

    return caption_vocabulary(text for each in captions_of(training_images) for text in each).to_json()


def captions_of(images: ImageSet) -> tuple[tuple[str, ...], ...]:
    """Returns the wordings of the captions of each picture."""
    assert images.captions is not None  # noqa: S101  every source of these models has captions
    return images.captions


def train_text_encoder(training_images: ImageSet, vocabulary: dict[str, Any], **text_encoder: object) -> KerasModel:
    """Trains an encoder of captions, together with one of pictures that is not kept.

    Raises:
        UserError: If there are too few pictures, the device is missing, or a loss is not finite.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    from gan_pipelines.captions.encoders import train_encoders
    from gan_pipelines.headlines.vocabulary import Vocabulary

    parameters = EncoderTrainingParameters.model_validate(text_encoder)
    words = Vocabulary.from_json(vocabulary)
    captions = captions_of(training_images)
    encoder, _ = train_encoders("Text encoder", training_images.pixels, captions, words, parameters)
    return encoder


def encode_captions(
    text_encoder: KerasModel, vocabulary: dict[str, Any], training_images: ImageSet, heldout_images: ImageSet
) -> Arrays:
    """Returns vectors of all wordings of training captions, how many each picture has, and of held-out captions.

    Returns:
        ``training`` ``(images, most wordings, vector_size)``, ``training_wordings`` ``(images,)``; and ``heldout``, of
        the first captions ``(images, vector_size)``.
    """
    from gan_pipelines.captions.encoders import encode, encode_wordings
    from gan_pipelines.headlines.vocabulary import Vocabulary

    words = Vocabulary.from_json(vocabulary)
    training = encode_wordings(text_encoder, captions_of(training_images), words)
    heldout = encode(text_encoder, [captions[0] for captions in captions_of(heldout_images)], words)
    return {"training": training.values, "training_wordings": training.counts, "heldout": heldout}


def train_captioned(
    title: str,
    section: str,
    pair: tuple[KerasModel, KerasModel],
    training_images: ImageSet,
    caption_vectors: Arrays,
    checkpoints: CheckpointStore,
    training: dict[str, Any],
) -> tuple[KerasModel, KerasModel, DataFrame, Arrays, dict[str, Any]]:
    """Trains a generator of captions, resuming from the latest checkpoint if any.

    Args:
        title: Name of the training in the progress bar and in messages.
        section: Section of the parameters of the training.
        pair: Untrained generator and discriminator.
        training_images: Real pictures.
        caption_vectors: Output of `encode_captions`.
        checkpoints: Checkpoints to resume from and to write.
        training: Parameters of the training.

    Returns:
        The trained generator and discriminator; the history, one row per window of steps; the previews of the first
        held-out captions: ``samples``, their ``steps`` and ``epochs``; and the record: durations and environment.

    Raises:
        UserError: If there are too few pictures, the device is missing, a checkpoint belongs to another configuration,
            or a loss is not finite.
        StoppedBySignalError: If the process received Ctrl-C or SIGTERM.
    """
    from gan_pipelines.adversarial.caption_training import train_on_captions
    from gan_pipelines.adversarial.player_training import PREVIEWS
    from gan_pipelines.networks.caption_blocks import conditioning_view
    from gan_pipelines.training.history import history_table
    from gan_pipelines.training.wordings import Wordings

    parameters = CaptionTrainingParameters.model_validate(training)
    shown = caption_vectors["heldout"][: parameters.preview.images]
    trained = train_on_captions(
        title,
        pair,
        training_images.pixels,
        Wordings(caption_vectors["training"], caption_vectors["training_wordings"]),
        parameters,
        lambda generator: drawn(generator, shown, parameters.seed, "preview")[0],
        conditioning=conditioning_view,
        section=section,
        store=checkpoints,
    )
    recording = trained.result.recordings[PREVIEWS]
    previews = {
        "samples": recording.values,
        "steps": recording.steps,
        "epochs": trained.pace.epochs(recording.steps),
    }
    history = history_table(trained.result.logs, trained.pace)
    return trained.generator, trained.discriminator, history, previews, trained.record()


def draw_samples(generator: KerasModel, caption_vectors: Arrays, sampling: dict[str, Any]) -> Arrays:
    """Draws pictures from the first captions of held-out pictures in turn.

    Returns:
        ``pixels``, uint8 ``(images, size, size, channels)``; ``latents`` ``(images, size)``; and ``heldout``, the
        number of the held-out picture whose caption was drawn ``(images,)``.
    """
    import numpy as np

    parameters = CaptionSamplingParameters.model_validate(sampling)
    numbers = np.arange(parameters.images) % len(caption_vectors["heldout"])
    pixels, latents = drawn(generator, caption_vectors["heldout"][numbers], parameters.seed, "samples")
    return {"pixels": pixels, "latents": latents, "heldout": numbers}


def drawn(generator: KerasModel, vectors: NDArray[Any], seed: int, stream: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Returns the largest picture of each caption, uint8, and the latents that they were drawn with."""
    from gan_pipelines.training.inference import infer
    from gan_pipelines.training.randomness import draw

    latents = draw("normal", (len(vectors), int(generator.inputs[0].shape[-1])), seed, stream)
    return to_bytes(infer(generator, [latents, vectors])[-1]), latents


def draw_captions(
    generator: KerasModel,
    text_encoder: KerasModel,
    vocabulary: dict[str, Any],
    heldout_images: ImageSet,
    sampling: dict[str, Any],
    captions: int,
    images: int,
) -> Image:
    """Returns ``images`` pictures of each of ``sampling.captions``, or of some held-out captions, below the caption.

    Words that no training caption has are named in a warning: they change nothing in a picture.
    """
    parameters = CaptionSamplingParameters.model_validate(sampling)
    different = dict.fromkeys(wordings[0] for wordings in captions_of(heldout_images))
    texts = parameters.captions or [*different][:captions]
    picture, unknown = draw_texts(generator, text_encoder, vocabulary, texts, images, parameters.seed)
    if unknown:
        logger.warning("No training caption has these words, so pictures do not show them: %s", ", ".join(unknown))
    return picture


def draw_texts(
    generator: KerasModel,
    text_encoder: KerasModel,
    vocabulary: dict[str, Any],
    texts: Sequence[str],
    images: int,
    seed: int,
) -> tuple[Image, tuple[str, ...]]:
    """Returns some pictures of each text, below the text; and the words that no training caption has."""
    import numpy as np

    from gan_pipelines.captions.encoders import encode
    from gan_pipelines.captions.words import unknown_words
    from gan_pipelines.headlines.vocabulary import Vocabulary
    from gan_pipelines.reporting.caption_sheet import caption_sheet

    words = Vocabulary.from_json(vocabulary)
    vectors = np.repeat(encode(text_encoder, texts, words), images, axis=0)
    pixels, _ = drawn(generator, vectors, seed, "captions")
    return caption_sheet(texts, pixels.reshape(len(texts), images, *pixels.shape[1:])), unknown_words(texts, words)


def score_attributes(
    heldout_images: ImageSet,
    training_images: ImageSet,
    images: dict[str, Any],
    scoring_seed: int,
    attribute_network: dict[str, Any],
    **samples: Arrays,
) -> list[dict[str, Any]]:
    """Scores whether each set of samples shows what its captions are about; see `attribute_agreement`.

    The network that reads attributes is trained on other drawings of the same source; of the user's pictures, on the
    training pictures, whose classes are the attribute. Without classes, ``agreement_refused`` says so.
    """
    from gan_pipelines.pixels import normalise
    from gan_pipelines.scores import attributes

    known = _attributes(heldout_images)
    if known is None:
        refusal = {"agreement_refused": "The pictures have no classes, so nothing says what a caption is about."}
        return [refusal] * len(samples)
    said, names = known
    others, values = _other_pictures(training_images, images)
    parameters = ClassifierTrainingParameters.model_validate(attribute_network)
    network = attributes.train_attribute_network("Attribute network", others, values, names, parameters)
    real = attributes.read_attributes(network, heldout_images.pixels, names)
    reports = []
    for each in samples.values():
        numbers, read = each["heldout"], attributes.read_attributes(network, normalise(each["pixels"]), names)
        found = attributes.attribute_agreement(read, said[numbers], real[numbers], names, scoring_seed)
        reports.append({"attribute_agreement": found})
    return reports


def _attributes(images: ImageSet) -> "tuple[NDArray[Any], Names] | None":
    if images.attributes is not None:
        return images.attributes, images.attribute_names
    if images.labels is not None:
        return images.labels[:, None], (("class", images.class_names),)
    return None


def _other_pictures(training_images: ImageSet, images: dict[str, Any]) -> tuple[Any, NDArray[Any]]:
    """Returns pictures in [-1, 1] and their attributes, for a network that scores."""
    import numpy as np

    from gan_pipelines.pixels import normalise
    from gan_pipelines.sources.captioned_fruit import AVAILABLE, draw_captioned_fruit
    from gan_pipelines.sources.frames import luminance

    if images["source"] == "captioned_fruit":
        _, size, _, channels = training_images.pixels.shape
        others = draw_captioned_fruit(range(AVAILABLE), size, _SCORING_SEED)
        pixels, values = others.pixels, others.attributes
        assert isinstance(pixels, np.ndarray)  # noqa: S101  drawn in memory
        assert values is not None  # noqa: S101  drawn with attributes
        return normalise(luminance(pixels) if channels == 1 else pixels), values
    known = _attributes(training_images)
    assert known is not None  # noqa: S101  as those of held-out pictures
    return training_images.pixels, known[0]
