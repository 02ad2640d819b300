import json
import os
import re
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest
from kedro.io import DatasetError

from gan_pipelines.datasets import keras_model
from gan_pipelines.datasets.keras_model import KerasModelDataset
from gan_pipelines.errors import UserError
from tests.datasets.cases import generator

pytestmark = pytest.mark.slow


@pytest.fixture
def dataset(tmp_path):
    return KerasModelDataset(filepath=str(tmp_path / "generator.keras"))


def output(model) -> np.ndarray:
    return np.asarray(model(np.linspace(-1, 1, 12, dtype=np.float32).reshape(2, 6), training=False))


def test_a_model_comes_back(dataset):
    model = generator(1)
    dataset.save(model)
    loaded = dataset.load()
    assert [weight.path for weight in loaded.weights] == [weight.path for weight in model.weights]
    for expected, found in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(output(loaded), output(model))
    assert not loaded.compiled


def test_equal_models_give_equal_bytes_seconds_apart(dataset, tmp_path):
    path = tmp_path / "generator.keras"
    dataset.save(generator(1))
    first = path.read_bytes()
    time.sleep(2.1)
    dataset.save(generator(1))
    assert path.read_bytes() == first
    dataset.save(dataset.load())
    assert path.read_bytes() == first
    dataset.save(generator(2))
    assert path.read_bytes() != first


def test_shared_objects_are_numbered_not_stored_by_address(dataset, tmp_path):
    import keras

    first, second = keras.layers.LeakyReLU(0.1), keras.layers.LeakyReLU(0.2)
    inputs = outputs = keras.Input((3,))
    for activation in (first, second, second, first):
        outputs = keras.layers.Dense(3, activation=activation)(outputs)
    dataset.save(keras.Model(inputs, outputs))
    with zipfile.ZipFile(tmp_path / "generator.keras") as archive:
        config = archive.read("config.json").decode()
    assert re.findall(r'"shared_object_id": (\d+)', config) == ["0", "1"]
    assert dataset.load().count_params() == 4 * 12


def test_no_optimizer_is_stored(dataset, tmp_path):
    import h5py
    import keras

    model = generator(1)
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    optimizer.apply([variable * 0 + 1 for variable in model.trainable_variables], model.trainable_variables)
    dataset.save(model)
    with zipfile.ZipFile(tmp_path / "generator.keras") as archive:
        assert json.loads(archive.read("config.json"))["compile_config"] == {}
        with archive.open("model.weights.h5") as stream, h5py.File(stream) as weights:
            stored: list[str] = []
            weights.visit(stored.append)
    assert any("conv2d_transpose" in name for name in stored)
    assert not any("optimizer" in name for name in stored)


def test_compiled_models_are_refused(dataset):
    model = generator(1)
    model.compile("adam", "mse")
    with pytest.raises(DatasetError, match="compiled"):
        dataset.save(model)
    assert not dataset.exists()


def test_a_fresh_process_without_the_package_loads_it(dataset, tmp_path):
    model = generator(1)
    dataset.save(model)
    program = f"""
import sys, keras, numpy as np
model = keras.models.load_model({str(tmp_path / "generator.keras")!r}, compile=False)
latents = np.linspace(-1, 1, 12, dtype=np.float32).reshape(2, 6)
np.save({str(tmp_path / "images.npy")!r}, np.asarray(model(latents, training=False)))
assert not any(name.startswith("gan_pipelines") for name in sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)
    np.testing.assert_array_equal(np.load(tmp_path / "images.npy"), output(model))


def test_what_unpacks_to_too_much_is_not_read(dataset, monkeypatch):
    dataset.save(generator(1))
    monkeypatch.setattr(keras_model, "MAXIMUM_BYTES", 1000)
    with pytest.raises(DatasetError, match="at most 1,000 are read") as error:
        dataset.load()
    assert isinstance(error.value.__cause__, UserError)


def test_code_in_a_model_is_not_run(dataset, tmp_path):
    import keras

    inputs = keras.Input((1,))
    dataset.save(keras.Model(inputs, keras.layers.Lambda(lambda x: x * 2)(inputs)))
    with pytest.raises(DatasetError, match=r"cannot be read as \.keras") as error:
        dataset.load()
    assert isinstance(error.value.__cause__, UserError)


@pytest.mark.parametrize("damage", ["cut", "emptied", "one bit flipped"])
def test_damage_is_found_before_keras_sees_it(damage, dataset, tmp_path, monkeypatch):
    path = tmp_path / "generator.keras"
    dataset.save(generator(1))
    if damage == "one bit flipped":
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    else:
        os.truncate(path, 100 if damage == "cut" else 0)
    monkeypatch.setattr(KerasModelDataset, "_read", lambda *_: pytest.fail("parsed"))
    with pytest.raises(DatasetError, match="damaged"):
        dataset.load()
