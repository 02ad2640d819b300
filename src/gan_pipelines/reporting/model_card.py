"""Model card of a trained generator (Mitchell et al., "Model Cards for Model Reporting", 2019)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import NotRequired, TypeAlias, TypedDict

import numpy as np

_SMALLEST_SIDE = 8
"""Sides in pixels that every translator accepts if they are multiples of what it needs."""


class ModelFacts(TypedDict):
    """Architecture of the model.

    ``parameters`` is the number of parameters of each network; ``published_in`` is the paper or chapter; ``inputs`` and
    ``outputs`` describe the tensors as text, with shape and range. Translators have ``size_multiple``, of which the
    sides of their sources must be multiples, and ``passes_source``, whether the network adds its output to the source.
    """

    name: str
    architecture: str
    published_in: str | None
    parameters: Mapping[str, int]
    inputs: str
    outputs: str
    size_multiple: NotRequired[int]
    passes_source: NotRequired[bool]


class DataFacts(TypedDict):
    """Training data. ``kind`` is the kind of the counted examples, such as images.

    Of a translator that learns from pairs, ``direction`` is which picture of a pair it translates into which, and
    ``pairs_by`` how pictures to translate were made from single ones. No path is recorded: it says where, not what.
    """

    kind: str
    source: str
    training: int
    heldout: int
    duplicates_removed: int
    rejected: int
    classes: Sequence[str]
    training_sha256: str | None
    heldout_sha256: str | None
    direction: NotRequired[str]
    pairs_by: NotRequired[str]


class TrainingFacts(TypedDict):
    """Course of the training. ``is_exact`` is whether a run on the same machine reproduces it bit for bit.

    ``best_step`` is the step whose weights were kept if the model was evaluated during training.
    """

    steps: int
    best_step: int | None
    stopped_early: bool
    epochs: float
    examples_per_second: float | None
    seconds: float
    resumed: int
    is_exact: bool
    jit_compile: bool
    parameters: Mapping[str, object]


class EnvironmentFacts(TypedDict):
    """Hardware and software of the training. ``threads`` is the number of threads within one operation."""

    backend: str
    python: str
    platform: str
    processor: str
    device: str
    threads: int
    packages: Mapping[str, str]


_Facts: TypeAlias = ModelFacts | DataFacts | TrainingFacts | EnvironmentFacts


def model_card(
    *,
    model: ModelFacts,
    data: DataFacts,
    training: TrainingFacts,
    environment: EnvironmentFacts,
    claims: Sequence[Mapping[str, object]],
    scores: Mapping[str, object],
    how_to_use: str,
) -> dict[str, object]:
    """Returns the model card as JSON values, with sections and keys in a fixed order.

    Args:
        model: Architecture of the model.
        data: Training data.
        training: Course of the training.
        environment: Hardware and software of the training.
        claims: Expected and measured scores; see ``checked_claims``.
        scores: Measured scores with their conditions. Values that are not finite become None.
        how_to_use: Code that generates samples; see ``usage_snippet``.

    Raises:
        ValueError: If a section has missing or unknown keys.
        TypeError: If a value has a type that JSON does not support.
    """
    return {
        "model": _section("model", model, ModelFacts),
        "data": _section("data", data, DataFacts),
        "training": _section("training", training, TrainingFacts),
        "environment": _section("environment", environment, EnvironmentFacts),
        "claims": _to_json(list(claims)),
        "scores": _to_json(scores),
        "how_to_use": how_to_use.splitlines(),
    }


def usage_snippet(
    generator_path: str,
    latent_size: int,
    samples: str,
    *,
    is_uniform: bool = False,
    classes: int = 0,
    codes: Sequence[int] = (),
) -> str:
    """Returns code that loads a generator and generates 16 samples with Keras only.

    Args:
        generator_path: Path of the ``.keras`` file, for readers of the card.
        latent_size: Size of the latent vector, including codes.
        samples: Description of the output with its shape, such as "pixels in [-1, 1] (16, 28, 28, 1)".
        is_uniform: Whether latents are uniform in [-1, 1] instead of standard normal.
        classes: Number of classes of a conditional generator. Default: 0, not conditional.
        codes: Numbers of categorical and continuous codes at the end of the latent vector. Default: no codes.
    """
    shape = f"(16, {latent_size - sum(codes)})"
    lines = [
        "import keras",
        "",
        f"generator = keras.saving.load_model({generator_path!r})",
        f"latents = keras.random.uniform({shape}, -1, 1, seed=0)"
        if is_uniform
        else f"latents = keras.random.normal({shape}, seed=0)",
    ]
    if codes:
        lines += [
            f"category = keras.ops.one_hot([0] * 16, {codes[0]})  # one of {codes[0]}, from 0 on",
            f"numbers = keras.random.uniform((16, {codes[1]}), -1, 1, seed=1)",
            "latents = keras.ops.concatenate([latents, category, numbers], axis=1)",
        ]
    if classes:
        lines += [
            f"wanted = 0  # a class, from 0 to {classes - 1}; data.classes has their names",
            f"labels = keras.ops.one_hot([wanted] * 16, {classes})",
        ]
    lines.append(f"samples = generator({'[latents, labels]' if classes else 'latents'}, training=False)  # {samples}")
    return "\n".join([*lines, ""])


def caption_snippet(latent_size: int) -> str:
    """Returns code that draws a picture from a caption with Keras and Pillow only."""
    return (
        "import json\n"
        "import keras\n"
        "import re\n"
        "from PIL import Image\n"
        "\n"
        "generator = keras.saving.load_model('generator.keras')\n"
        "text_encoder = keras.saving.load_model('text_encoder.keras')\n"
        "words = json.load(open('vocabulary.json'))['words']\n"
        "caption = 'a small yellow tomato on blue'\n"
        "found = re.findall(r'[^\\W_]+(?:[\\'\\u2019][^\\W_]+)*', caption.lower())\n"
        "ids = [words.index(word) + 3 for word in found if word in words]\n"
        "vector = text_encoder(keras.ops.convert_to_tensor([ids], 'int32'))\n"
        f"latents = keras.random.normal((1, {latent_size}), seed=0)\n"
        "picture = keras.tree.flatten(generator([latents, vector], training=False))[-1][0]\n"
        "pixels = keras.ops.clip(keras.ops.round(picture * 127.5 + 127.5), 0, 255)\n"
        "Image.fromarray(keras.ops.convert_to_numpy(pixels).astype('uint8').squeeze()).save('picture.png')\n"
    )


def translation_snippet(generator_paths: Sequence[str], channels: int, size_multiple: int) -> str:
    """Returns code that translates a picture of the user with Keras and Pillow only.

    Args:
        generator_paths: Paths of the ``.keras`` files, for readers of the card; one for each direction.
        channels: Channels of the source.
        size_multiple: The sides of the source must be multiples of this.
    """
    smallest = -(-_SMALLEST_SIDE // size_multiple) * size_multiple
    others = "".join(f"  # the other direction: {path}" for path in generator_paths[1:])
    return (
        "import keras\n"
        "import numpy\n"
        "from PIL import Image, ImageOps\n"
        "\n"
        f"generator = keras.saving.load_model({generator_paths[0]!r}){others}\n"
        'picture = ImageOps.exif_transpose(Image.open("picture.png")).convert("RGBA")\n'
        'white = Image.new("RGBA", picture.size, "white")  # behind transparent parts\n'
        f'picture = Image.alpha_composite(white, picture).convert("{"L" if channels == 1 else "RGB"}")\n'
        f"# The sides are cut to multiples of {size_multiple}; a side below {smallest} gets a black margin.\n"
        f"width, height = (max({smallest}, side - side % {size_multiple}) for side in picture.size)\n"
        f"source = numpy.asarray(picture.crop((0, 0, width, height))).reshape(1, height, width, {channels})\n"
        "translation = generator(source / 127.5 - 1, training=False)\n"
        "pixels = numpy.clip(numpy.rint(numpy.asarray(translation[0]) * 127.5 + 127.5), 0, 255).astype('uint8')\n"
        'Image.fromarray(pixels.squeeze()).save("translation.png")\n'
    )


def language_model_snippet(model_path: str, vocabulary_path: str) -> str:
    """Returns code that loads a language model and generates a headline by greedy decoding, with Keras only.

    Args:
        model_path: Path of the ``.keras`` file, for readers of the card.
        vocabulary_path: Path of the JSON file with the vocabulary.
    """
    return (
        "import json\n"
        "import keras\n"
        "\n"
        f"model = keras.saving.load_model({model_path!r})\n"
        f"words = json.load(open({vocabulary_path!r}))['words']\n"
        "tokens = [1]\n"
        "while len(tokens) < 30 and 1 not in tokens[1:]:\n"
        "    logits = keras.ops.reshape(model(keras.ops.array([tokens]), training=False), (-1, len(words) + 3))[-1]\n"
        "    first = 3 if len(tokens) == 1 else 1  # neither padding nor an empty headline\n"
        "    token = first + int(keras.ops.argmax(logits[first:]))\n"
        "    tokens.append(token if token != 2 else 3 + int(keras.ops.argmax(logits[3:])))  # no unknown word\n"
        "print(' '.join(words[token - 3] for token in tokens if token > 2))\n"
    )


def package_versions(names: Iterable[str]) -> dict[str, str]:
    """Returns the versions of the installed packages among ``names``, in alphabetical order."""
    versions = {}
    for name in sorted(set(names)):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def _section(title: str, facts: Mapping[str, object], kind: type[_Facts]) -> dict[str, object]:
    """Returns the facts in the order of the keys of ``kind``."""
    expected, required = kind.__annotations__, getattr(kind, "__required_keys__")  # noqa: B009 - unknown to mypy
    if not required <= facts.keys() <= expected.keys():
        wrong = (required - facts.keys()) | (facts.keys() - expected.keys())
        raise ValueError(
            f"The section {title!r} of the model card requires the keys {', '.join(expected)}; "
            f"missing or unknown: {', '.join(sorted(wrong))}."
        )
    return {key: _to_json(facts[key]) for key in expected if key in facts}


def _to_json(value: object) -> object:
    """Returns a JSON value: NumPy scalars as numbers, sequences as lists, values that are not finite as None."""
    if isinstance(value, np.generic):
        return _to_json(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): _to_json(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_to_json(entry) for entry in value]
    raise TypeError(f"A model card can contain text, numbers, None, lists and mappings, not {type(value).__name__}.")
