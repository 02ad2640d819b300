"""Results do not depend on the user's file of Keras's settings."""

import json

import numpy as np
import pytest

from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.networks.registry import build_networks
from gan_pipelines.training.checkpoint import CheckpointStore
from tests.backends import BACKEND, run_python
from tests.training.test_trainer import train

ANOTHERS = {"floatx": "float16", "epsilon": 1e-3, "image_data_format": "channels_first", "backend": BACKEND}
PROGRAM = """
import sys
from pathlib import Path
from tests.training.test_configured_keras import train_convolutions
train_convolutions(Path(sys.argv[1]))
"""


def train_convolutions(folder):
    """Trains networks with convolutions and batch normalisation, as the stages of a model build and train them."""
    pair = build_networks(NetworksParameters(architecture="mnist_transposed", latent_size=4), (28, 28, 1), seed=0)
    pixels = np.random.default_rng(0).uniform(-1, 1, (16, 28, 28, 1)).astype(np.float32)
    trained = train(CheckpointStore(folder / "checkpoints"), pair=pair, pixels=pixels, steps=2)
    weights = trained.generator.get_weights()
    np.savez(folder / "weights.npz", *weights)
    return weights


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_training_is_the_same_whatever_the_users_file_says(tmp_path, monkeypatch):
    home = tmp_path / "keras"
    home.mkdir()
    (home / "keras.json").write_text(json.dumps(ANOTHERS), "utf8")
    monkeypatch.setenv("KERAS_HOME", str(home))
    run_python(PROGRAM, tmp_path, backend=BACKEND)
    expected = train_convolutions(tmp_path / "expected")
    with np.load(tmp_path / "weights.npz") as found:
        for array, name in zip(expected, found, strict=True):
            assert array.dtype == found[name].dtype == np.float32
            assert array.tobytes() == found[name].tobytes()
