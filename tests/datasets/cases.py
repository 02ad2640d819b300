"""One dataset of each kind that is cheap to make, with two contents, and what tells contents apart."""

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from plotly.graph_objects import Figure, Scatter

from gan_pipelines.datasets.arrays import ArraysDataset, ImageSetDataset
from gan_pipelines.datasets.atomic_file import AtomicFileDataset
from gan_pipelines.datasets.keras_model import KerasModelDataset
from gan_pipelines.datasets.pictures import AnimationDataset, PictureDataset
from gan_pipelines.datasets.reports import JSONReportDataset, PlotDataset, TableDataset
from gan_pipelines.pixels import StoredPixels
from gan_pipelines.sources.image_set import ImageSet


@dataclass(frozen=True)
class Case:
    """A kind of dataset, and what is saved first and what over it."""

    kind: type[AtomicFileDataset]
    old: Any
    new: Any

    @property
    def file(self) -> str:
        """Name of the file in its folder."""
        return f"file{self.kind.SUFFIX}"

    def dataset(self, folder: Path, **arguments: Any) -> AtomicFileDataset:
        return self.kind(filepath=str(folder / self.file), **arguments)


def noise(seed: int, *shape: int) -> np.ndarray:
    return np.random.Generator(np.random.Philox(seed)).integers(0, 256, shape, np.uint8)


def images(seed: int) -> ImageSet:
    return ImageSet(noise(seed, 4, 8, 8, 1), np.arange(4) % 2, ("ein", "zwö"), np.array([True, False, False, True]))


def images_on_the_disk(seed: int) -> ImageSet:
    return replace(images(seed), pixels=StoredPixels(noise(seed, 4, 8, 8, 1)))


def frames(seed: int) -> list[Image.Image]:
    return [Image.fromarray(pixels) for pixels in noise(seed, 3, 16, 20)]


CASES = [
    Case(ArraysDataset, {"b": noise(1, 3, 5), "a": noise(2, 7).astype(np.float32)}, {"a": noise(3, 11)}),
    Case(ImageSetDataset, images(1), images(2)),
    Case(ImageSetDataset, images_on_the_disk(1), images_on_the_disk(2)),
    Case(PictureDataset, Image.fromarray(noise(1, 9, 7, 3)), Image.fromarray(noise(2, 9, 7, 3))),
    Case(AnimationDataset, frames(1), frames(2)),
    Case(JSONReportDataset, {"score": 0.1, "of": ["a"]}, {"score": 1 / 3, "of": None}),
    Case(PlotDataset, Figure(Scatter(y=[1, 2, 3])), Figure(Scatter(y=np.array([4.5, 5.5])))),
    Case(TableDataset, pd.DataFrame({"step": [1, 2], "loss": [0.1, 1 / 3]}), pd.DataFrame({"step": [3]})),
]
NAMES = [
    f"{case.kind.__name__}OnTheDisk"
    if isinstance(getattr(case.old, "pixels", None), StoredPixels)
    else case.kind.__name__
    for case in CASES
]


def generator(seed: int) -> Any:
    """Returns a model with what generators have: trained, moving and random state."""
    import keras

    keras.utils.clear_session()
    inputs = keras.Input((6,))
    hidden = keras.layers.Dense(16, kernel_initializer=keras.initializers.GlorotUniform(seed))(inputs)
    hidden = keras.layers.BatchNormalization()(keras.layers.Reshape((2, 2, 4))(hidden))
    hidden = keras.layers.Dropout(0.3, seed=1)(hidden)
    outputs = keras.layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="tanh")(hidden)
    built = keras.Model(inputs, outputs, name="generator")
    built.set_weights([noise(seed, *weights.shape).astype(weights.dtype) / 255 for weights in built.get_weights()])
    return built


@cache
def model_case() -> Case:
    """Returns the kind that takes seconds to make, as it needs Keras."""
    return Case(KerasModelDataset, generator(1), generator(2))


def facts(data: Any) -> Any:
    """Returns what equal contents have in common, in values that can be compared."""
    match data:
        case ImageSet():
            return facts(vars(data))
        case dict():
            return {key: facts(value) for key, value in data.items()}
        case list():
            return [facts(entry) for entry in data]
        case _:
            return _facts_of_one(data)


def _facts_of_one(data: Any) -> Any:
    match data:
        case np.ndarray() | StoredPixels():
            array = np.asarray(data)
            result = isinstance(data, StoredPixels), array.dtype.str, array.shape, array.tobytes()
        case Image.Image():
            result = data.mode, data.size, data.tobytes()
        case Figure():
            result = json.loads(data.to_json())
        case pd.DataFrame():
            result = data.to_dict("list")
        case _ if hasattr(data, "get_weights"):
            result = [weight.path for weight in data.weights], facts(data.get_weights())
        case _:
            result = data
    return result


def names(folder: Path) -> list[str]:
    """Returns what lies in a folder, hidden files included."""
    return sorted(path.name for path in folder.iterdir())
