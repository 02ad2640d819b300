"""What a reader of a generator needs to know, in one document.

The idea is that of Mitchell et al., "Model Cards for Model Reporting", 2019.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TypeAlias, TypedDict

import numpy as np


class ModelFacts(TypedDict):
    """What the networks are.

    ``parameters`` counts those of each network; ``published_in`` is the paper or chapter; ``inputs`` and ``outputs``
    say in words what goes in and comes out, with shape and range.
    """

    name: str
    architecture: str
    published_in: str | None
    parameters: Mapping[str, int]
    inputs: str
    outputs: str


class DataFacts(TypedDict):
    """What the model learnt from. ``kind`` is what is counted, such as images."""

    kind: str
    source: str
    training: int
    heldout: int
    duplicates_removed: int
    rejected: int
    classes: Sequence[str]
    training_sha256: str | None


class TrainingFacts(TypedDict):
    """How it learnt. ``is_exact`` says whether a run on the same machine gives the same bits.

    ``best_step`` is the one whose weights were kept, where something was measured by the way.
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
    """Where it learnt. ``threads`` counts those within one operation."""

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
    """Returns the facts in a fixed order, as plain values that JSON knows.

    Args:
        model: What the networks are.
        data: What the model learnt from.
        training: How it learnt.
        environment: Where it learnt.
        claims: What the model is expected to reach, each beside what was measured; see ``checked_claims``.
        scores: What was measured, with its conditions. A value that is not finite becomes None.
        how_to_use: Code that draws samples; see ``usage_snippet``.

    Raises:
        ValueError: A section lacks a fact or has one that does not belong there.
        TypeError: A fact is of a type that JSON does not know.
    """
    return {
        "model": _section("model", model, ModelFacts),
        "data": _section("data", data, DataFacts),
        "training": _section("training", training, TrainingFacts),
        "environment": _section("environment", environment, EnvironmentFacts),
        "claims": _plain(list(claims)),
        "scores": _plain(scores),
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
    """Returns code that loads a generator and draws 16 samples in a fresh process, with Keras alone.

    Args:
        generator_path: The ``.keras`` file, as a reader of the card finds it.
        latent_size: Numbers in a latent.
        samples: What comes out, with its shape, such as "pixels in [-1, 1] (16, 28, 28, 1)".
        is_uniform: Whether latents are uniform in [-1, 1] instead of standard normal.
        classes: How many classes the generator can be asked for; 0 where it takes none.
        codes: Where latents end in codes: how many categories and how many numbers.
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


def language_model_snippet(model_path: str, vocabulary_path: str) -> str:
    """Returns code that loads a language model and writes a headline greedily, with Keras alone.

    Args:
        model_path: The ``.keras`` file, as a reader of the card finds it.
        vocabulary_path: The JSON file with its words.
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
    """Returns the installed version of each package, in alphabetical order; packages not installed are left out."""
    versions = {}
    for name in sorted(set(names)):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def _section(title: str, facts: Mapping[str, object], kind: type[_Facts]) -> dict[str, object]:
    """Returns the facts in the order in which their kind names them."""
    expected = kind.__annotations__
    if expected.keys() != facts.keys():
        raise ValueError(
            f"The section {title!r} of the model card takes {', '.join(expected)}; "
            f"missing or not among them: {', '.join(sorted(expected.keys() ^ facts.keys()))}."
        )
    return {key: _plain(facts[key]) for key in expected}


def _plain(value: object) -> object:
    """Returns a value as JSON knows it: numbers of NumPy as numbers, sequences as lists, what is not finite as None."""
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    raise TypeError(f"A model card holds text, numbers, lists and mappings, not {type(value).__name__}.")
