"""What a reader of a generator needs to know, in one document.

The idea is that of Mitchell et al., "Model Cards for Model Reporting", 2019.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TypeAlias, TypedDict

import numpy as np


class ModelFacts(TypedDict):
    """What the networks are. ``parameters`` counts those of each network; ``published_in`` is the paper or chapter."""

    name: str
    architecture: str
    parameters: Mapping[str, int]
    latent_size: int
    image_shape: Sequence[int]
    pixel_range: Sequence[float]
    published_in: str | None


class DataFacts(TypedDict):
    """What the model learnt from, in numbers of images."""

    source: str
    training_images: int
    heldout_images: int
    duplicates_removed: int
    rejected_files: int
    classes: Sequence[str]


class TrainingFacts(TypedDict):
    """How it learnt. ``is_exact`` says whether a run on the same machine gives the same bits."""

    seed: int
    steps: int
    epochs: int
    batch_size: int
    optimizers: Mapping[str, object]
    losses: Mapping[str, object]
    updates: str
    average_decay: float | None
    precision: str
    jit_compile: bool
    images_per_second: float
    seconds: float
    resumed: int
    is_exact: bool


class EnvironmentFacts(TypedDict):
    """Where it learnt. ``threads`` counts those within one operation."""

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
    scores: Mapping[str, object],
    how_to_use: str,
) -> dict[str, object]:
    """Returns the facts in a fixed order, as plain values that JSON knows.

    Args:
        model: What the networks are.
        data: What the model learnt from.
        training: How it learnt.
        environment: Where it learnt.
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
        "scores": _plain(scores),
        "how_to_use": how_to_use.splitlines(),
    }


def usage_snippet(generator_path: str, latent_size: int, image_shape: Sequence[int]) -> str:
    """Returns code that loads a generator and draws samples in a fresh process, with Keras alone.

    Args:
        generator_path: The ``.keras`` file, as a reader of the card finds it.
        latent_size: Numbers in a latent, drawn from the standard normal distribution.
        image_shape: ``(height, width, channels)``.
    """
    samples = 16
    shape = (samples, *image_shape)
    return (
        "import keras\n"
        "\n"
        f"generator = keras.saving.load_model({generator_path!r})\n"
        f"latents = keras.random.normal(({samples}, {latent_size}), seed=0)\n"
        f"images = generator(latents, training=False)  # {shape}, pixels in [-1, 1]\n"
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
